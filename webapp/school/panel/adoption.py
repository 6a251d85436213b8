"""校內規定: a school whose regulation knows no panel records that it has one, from a day on (KH-2-1, TY-X-1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from infra import clock
from tenants.disclosures.insider.panel import adopting
from tenants.disclosures.insider.panel.models import PanelAdoption
from tenants.errors import Caution, Invalid, NeedsConfirmation
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.models import Site
from tenants.registry.regulations import profile
from tenants.roc_dates import format_date
from webapp.access import requires
from webapp.form_fields import options
from webapp.identify import actor
from webapp.school.retention.policy_forms import AdoptionForm

blueprint = Blueprint("panel_rule", __name__, url_prefix="/panel-rule")
_HAS, _HAS_NOT = "yes", "no"


class PanelRuleForm(AdoptionForm):
    """What the school passed about panels."""

    required = RadioField(
        "通過的內容",
        choices=options([(_HAS, "申請案由專案小組審查後，再由首長核定"), (_HAS_NOT, "不再由專案小組審查")]),
        default=_HAS,
    )

    def wrong(self) -> Iterable[Invalid]:
        """What cannot be recorded, as far as can be seen; nothing of a site that is not offered."""
        if self.site.errors:
            return []
        return adopting.adoption_faults(
            tenant_id=self.tenant_of[self.site.data],
            site_id=UUID(self.site.data),
            effective_from=self.effective_from.data,
            adoption=self.adoption(),
        )


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """One thing that the school passed."""

    site: str
    adoption: PanelAdoption
    badge: str
    state: str


@blueprint.get("/")
@requires(Permission.RETENTION_READ)
def index(tenant_id: UUID) -> str:
    """What was passed, and a form for what is passed next."""
    return _page(tenant_id)


@blueprint.post("/")
@requires(Permission.POLICY_ADOPT)
def adopt(tenant_id: UUID) -> ResponseReturnValue:
    """Record what the meeting passed."""
    form = PanelRuleForm.of(_free(tenant_id))
    if form.validate():
        try:
            made = adopting.adopt_panel(
                actor=actor(),
                tenant_id=tenant_id,
                site_id=UUID(form.site.data),
                effective_from=form.effective_from.day,
                required=form.required.data == _HAS,
                adoption=form.adoption(),
            )
        except NeedsConfirmation as asked:
            return _page(tenant_id, form=form, cautions=asked.cautions), HTTPStatus.UNPROCESSABLE_ENTITY
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已登記，自{format_date(made.effective_from)}起收到的申請適用；先前的申請依送出當時的規定。", "good")
            return redirect(url_for("school.panel_rule.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
    return _page(tenant_id, form=form), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(tenant_id: UUID, *, form: PanelRuleForm | None = None, cautions: tuple[Caution, ...] = ()) -> str:
    free = _free(tenant_id)
    return render_template(
        "school/panel/rule.html",
        lines=_lines(tenant_id),
        free=free,
        form=form or PanelRuleForm.of(free, fresh=True),
        faulty=form,
        cautions=cautions,
        may_adopt=actor().may(Permission.POLICY_ADOPT),
        own_rule=adopting.OWN_RULE,
    )


def _free(tenant_id: UUID) -> Sequence[Site]:
    """The sites whose regulation leaves it to the school."""
    today = clock.today()
    found = registry.sites(tenant_id=tenant_id)
    return [site for site in found if not profile(site.profile, today).insider.panel.required]


def _lines(tenant_id: UUID) -> Sequence[RuleLine]:
    names = {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
    today, lines = clock.today(), []
    counts: dict[UUID, date] = {}  # of each site the first day from which a later line counts
    for each in adopting.history(tenant_id=tenant_id):
        until = counts.get(each.site_id)
        badge, state = _state(each.effective_from, until, today)
        lines.append(RuleLine(site=names[each.site_id], adoption=each, badge=badge, state=state))
        counts[each.site_id] = each.effective_from
    return lines


def _state(begins: date, until: date | None, today: date) -> tuple[str, str]:
    if until is not None and (until <= today or until == begins):
        return "info", "已由後來的規定取代"
    return ("good", "施行中") if begins <= today else ("info", "尚未施行")
