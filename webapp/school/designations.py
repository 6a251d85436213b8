"""專人指派: who is designated to manage, operate and maintain, since when, and who was on any day (KH-4-1, TY-3-1a)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import Invalid
from tenants.people import queries
from tenants.people.designations import actions
from tenants.people.designations import queries as designations
from tenants.people.designations.models import Designation, Ending, Kind
from tenants.people.designations.queries import Named
from tenants.people.designations.standing import standing
from tenants.people.models import User
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school import regulation
from webapp.school.designation_forms import DayForm, DesignationForm, EndDesignationForm

blueprint = Blueprint("designations", __name__, url_prefix="/people/designations")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_ENDINGS: Mapping[str, str] = {
    Ending.SUCCEEDED: "已交接",
    Ending.RESIGNED: "辭職或出缺",
    Ending.WITHDRAWN: "生效前撤回",
    Ending.CLOSED: "機構停辦",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One designation in words."""

    designation: Designation
    what: str
    contact: str
    badge: str
    state: str
    withdrawable: bool


@blueprint.get("/")
@requires(Permission.PEOPLE_MANAGE)
def index(tenant_id: UUID) -> str:
    """How it stands, who was designated on a day that is asked for, and the forms."""
    return _page(tenant_id)


@blueprint.post("/")
@requires(Permission.PEOPLE_MANAGE)
def designate(tenant_id: UUID) -> ResponseReturnValue:
    """指派 where nobody is, else 交接."""
    form = DesignationForm.of(_people(tenant_id))
    if not form.validate():
        return _page(tenant_id, form=form), _UNPROCESSABLE
    try:
        made = actions.hand_over(actor=actor(), tenant_id=tenant_id, wanted=form.wanted())
    except Invalid as refused:
        form.show(Invalid(str(refused), field="contact") if refused.field in {"role", "user_id"} else refused)
        return _page(tenant_id, form=form), _UNPROCESSABLE
    flash(f"已登記指派，{format_date(made.from_on)} 00:00 起生效，權限同時移轉。請受指派人員簽署保密切結。", "good")
    return _back()


@blueprint.post("/ending")
@requires(Permission.PEOPLE_MANAGE)
def end(tenant_id: UUID) -> ResponseReturnValue:
    """The end without a successor."""
    form = EndDesignationForm()
    if not form.validate():
        return _page(tenant_id, ending=form), _UNPROCESSABLE
    try:
        actions.end(actor=actor(), tenant_id=tenant_id, on=form.on.day, resigned=bool(form.resigned.data))
    except Invalid as refused:
        form.show(refused)
        return _page(tenant_id, ending=form), _UNPROCESSABLE
    flash(f"已登記指派於{format_date(form.on.day)}結束。請儘速指派接任人員。", "bad")
    return _back()


@blueprint.post("/<uuid:designation_id>/withdrawal")
@requires(Permission.PEOPLE_MANAGE)
def withdraw(tenant_id: UUID, designation_id: UUID) -> ResponseReturnValue:
    """Take back one that lies ahead."""
    with outcome_said("已撤回，原指派繼續有效。"):
        actions.withdraw(actor=actor(), tenant_id=tenant_id, designation_id=designation_id)
    return _back()


def _page(tenant_id: UUID, *, form: DesignationForm | None = None, ending: EndDesignationForm | None = None) -> str:
    today, people = clock.today(), _people(tenant_id)
    asking = DayForm(request.args)
    asked = asking.asked()
    stands = standing(tenant_id=tenant_id, day=asked or today)
    found = designations.named(tenant_id=tenant_id)
    names = {user.id: user.name for user in people}
    return render_template(
        "school/designations.html",
        stands=stands,
        in_force=next((_line(each, today) for each in found if each.designation.id == stands.designation_id), None),
        active=[names.get(each, "已離職人員") for each in stands.active],
        asking=asking,
        asked=asked,
        lines=[_line(each, today) for each in found],
        form=form or DesignationForm.of(people, fresh=True),
        ending=ending or EndDesignationForm(formdata=None),
        has_open=any(each.designation.until_on is None for each in found),
        faulty=form or ending,
        **_article(tenant_id),
    )


def _article(tenant_id: UUID) -> dict[str, str]:
    rules = regulation.rules_of_institution(tenant_id=tenant_id)
    return {
        "article": rules.article(Clause.DESIGNATION),
        "article_text": rules.text(Clause.DESIGNATION),
        "unit": rules.managing_unit,
    }


def _line(named: Named, today: date) -> Line:
    found = named.designation
    badge, state = _state(found, today)
    return Line(
        designation=found,
        what=found.office if found.kind == Kind.OFFICE else "專人",
        contact=named.contact,
        badge=badge,
        state=state,
        withdrawable=found.until_on is None and found.from_on > today,
    )


def _state(found: Designation, today: date) -> tuple[str, str]:
    if found.until_on is not None and found.until_on <= max(today, found.from_on):
        return "info", _ENDINGS[found.ending]
    if found.from_on > today:
        return "warn", "尚未生效"
    return "good", "有效"


def _people(tenant_id: UUID) -> list[User]:
    """Everybody of the institution with a usable account, once each."""
    found = {user.id: user for _held, user in queries.staff(tenant_id=tenant_id) if user.deactivated_at is None}
    return list(found.values())


def _back() -> Response:
    return redirect(url_for("school.designations.index"), HTTPStatus.SEE_OTHER)
