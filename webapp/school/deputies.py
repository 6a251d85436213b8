"""代理人: who acts in whose office, and the end of it before its day (DR-26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import Invalid
from tenants.people import deputies, deputy_queries, queries
from tenants.people.deputy_queries import Named
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school import regulation
from webapp.school.people_forms import DeputyForm

blueprint = Blueprint("deputies", __name__, url_prefix="/people/deputies")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One deputyship in words."""

    named: Named
    office: str
    badge: str
    state: str
    revocable: bool


@blueprint.get("/")
@requires(Permission.PEOPLE_MANAGE)
def index(tenant_id: UUID) -> str:
    """Everybody who acts, acted or will act for somebody."""
    return _page(tenant_id, DeputyForm.of(queries.staff(tenant_id=tenant_id), fresh=True))


@blueprint.post("/")
@requires(Permission.PEOPLE_MANAGE)
def appoint(tenant_id: UUID) -> ResponseReturnValue:
    """Let somebody act in an office for a period."""
    form = DeputyForm.of(queries.staff(tenant_id=tenant_id))
    if form.validate():
        try:
            made = deputies.appoint(tenant_id=tenant_id, wanted=form.wanted(), actor=actor())
        except Invalid as refused:
            form.show(_beside(refused))
        else:
            period = f"{format_date(made.starts_on)}至{format_date(made.ends_on)}"
            flash(f"已指派，{period}代理「{ROLE_NAMES[Role(made.role)]}」；期滿自動失效。", "good")
            return _back()
    return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<uuid:deputy_id>/revocation")
@requires(Permission.PEOPLE_MANAGE)
def revoke(tenant_id: UUID, deputy_id: UUID) -> ResponseReturnValue:
    """End it at once."""
    with outcome_said("已撤銷代理，即時失效。"):
        deputies.revoke(tenant_id=tenant_id, deputy_id=deputy_id, actor=actor())
    return _back()


def _beside(refused: Invalid) -> Invalid:
    """A deputy whose other duties do not go with the office is a fault of whom was chosen."""
    return Invalid(str(refused), field="deputy") if refused.field == "role" else refused


def _lines(tenant_id: UUID, today: date) -> Sequence[Line]:
    return [_line(named, today) for named in deputy_queries.listed(tenant_id=tenant_id)]


def _line(named: Named, today: date) -> Line:
    found = named.deputy
    badge, state = _state(named, today)
    return Line(
        named=named,
        office=ROLE_NAMES[Role(found.role)],
        badge=badge,
        state=state,
        revocable=found.revoked_at is None and found.ends_on >= today,
    )


def _state(named: Named, today: date) -> tuple[str, str]:
    found = named.deputy
    if found.revoked_at is not None:
        return "info", "已撤銷"
    if found.ends_on < today:
        return "info", "已期滿"
    return ("good", "代理中") if found.starts_on <= today else ("warn", "尚未開始")


def _page(tenant_id: UUID, form: DeputyForm) -> str:
    return render_template(
        "school/deputies.html",
        form=form,
        lines=_lines(tenant_id, clock.today()),
        designation=regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.DESIGNATION),
    )


def _back() -> Response:
    return redirect(url_for("school.deputies.index"), HTTPStatus.SEE_OTHER)
