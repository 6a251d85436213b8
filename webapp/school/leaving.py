"""離職與調職精靈: what somebody still holds, from which day it ends, and that all of it was handed over (KH-5-2)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.leaving import actions, queries
from tenants.leaving.models import Departure, Way
from tenants.leaving.rules import HANDED_NAMES, WAY_NAMES, Handed
from tenants.people import queries as people
from tenants.people.models import User
from tenants.people.pins import WrongPin
from tenants.people.undertakings import actions as undertakings
from tenants.people.undertakings import texts
from tenants.people.undertakings.models import Occasion
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from webapp.access import requires
from webapp.form_fields import id_or_none
from webapp.identify import actor, keep_changes
from webapp.outcome import outcome_said
from webapp.school import regulation
from webapp.school.leaving_forms import LeavingForm, SecrecyForm, SettleForm, WhoForm

blueprint = Blueprint("leaving", __name__, url_prefix="/people/leaving")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_DEPARTURE = "/departures/<uuid:departure_id>"


@blueprint.get("/")
@requires(Permission.PEOPLE_MANAGE)
def index(tenant_id: UUID) -> ResponseReturnValue:
    """Who leaves and left; with somebody named, on to what they still hold."""
    staff = _staff(tenant_id)
    asking = WhoForm.of(staff, formdata=request.args)
    user_id = id_or_none(str(asking.person.data or ""))
    if user_id in {user.id for user in staff}:
        return redirect(url_for("school.leaving.show", user_id=user_id), HTTPStatus.SEE_OTHER)
    lines = [(each, WAY_NAMES[Way(each.departure.way)]) for each in queries.departures(tenant_id=tenant_id)]
    return render_template(
        "school/leaving/index.html", asking=asking, lines=lines, today=clock.today(), **_article(tenant_id)
    )


@blueprint.get("/<uuid:user_id>")
@requires(Permission.PEOPLE_MANAGE)
def show(tenant_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """What the person still holds, and the form."""
    found = queries.open_of(tenant_id=tenant_id, user_id=user_id)
    if found is not None:
        return redirect(url_for("school.leaving.departure", departure_id=found.id), HTTPStatus.SEE_OTHER)
    return _wizard(tenant_id, _person(tenant_id, user_id))


@blueprint.post("/<uuid:user_id>")
@requires(Permission.PEOPLE_MANAGE)
def leave(tenant_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """登記離職或調職."""
    person = _person(tenant_id, user_id)
    form = _form(tenant_id, person)
    if not form.validate():
        return _wizard(tenant_id, person, form), _UNPROCESSABLE
    try:
        made = actions.leave(actor=actor(), tenant_id=tenant_id, wanted=form.wanted(user_id))
    except Invalid as refused:
        form.show(refused)
        return _wizard(tenant_id, person, form), _UNPROCESSABLE
    flash(f"已登記。{person.name}的權限於{format_date(made.gone_on)} 00:00 全部結束，姓名仍保留於各項紀錄。", "good")
    return redirect(url_for("school.leaving.departure", departure_id=made.id), HTTPStatus.SEE_OTHER)


@blueprint.get(_DEPARTURE)
@requires(Permission.PEOPLE_MANAGE)
def departure(tenant_id: UUID, departure_id: UUID) -> str:
    """How far the hand-over is."""
    return _checklist(_found(tenant_id, departure_id))


@blueprint.post(f"{_DEPARTURE}/secrecy")
@requires(Permission.PEOPLE_MANAGE)
def sign(tenant_id: UUID, departure_id: UUID) -> ResponseReturnValue:
    """離職保密切結, by the PIN of who leaves."""
    found, form = _found(tenant_id, departure_id), SecrecyForm()
    if not form.validate():
        return _checklist(found, secrecy=form), _UNPROCESSABLE
    try:
        undertakings.sign(
            actor=actor(),
            tenant_id=tenant_id,
            user_id=found.user_id,
            occasion=Occasion.LEAVING,
            version=texts.NEWEST,
            pin=form.pin.data,
        )
    except Invalid as refused:
        if isinstance(refused, WrongPin):  # it counts although the answer is a refusal
            keep_changes()
        form.show(refused)
        return _checklist(found, secrecy=form), _UNPROCESSABLE
    flash("已簽署離職保密切結。", "good")
    return _back(departure_id)


@blueprint.post(f"{_DEPARTURE}/settlement")
@requires(Permission.PEOPLE_MANAGE)
def settle(tenant_id: UUID, departure_id: UUID) -> ResponseReturnValue:
    """完成交接."""
    found, form = _found(tenant_id, departure_id), SettleForm.of()
    if not form.validate():
        return _checklist(found, settling=form), _UNPROCESSABLE
    try:
        actions.settle(actor=actor(), tenant_id=tenant_id, departure_id=departure_id, handed=form.chosen())
    except (Invalid, InvalidTransition) as refused:
        form.show(refused, beside="handed")
        return _checklist(found, settling=form), _UNPROCESSABLE
    flash("交接已完成。", "good")
    return _back(departure_id)


@blueprint.post(f"{_DEPARTURE}/withdrawal")
@requires(Permission.PEOPLE_MANAGE)
def withdraw(tenant_id: UUID, departure_id: UUID) -> ResponseReturnValue:
    """Take it back before its day."""
    with outcome_said("已撤回，角色與指派維持原狀。"):
        actions.withdraw(actor=actor(), tenant_id=tenant_id, departure_id=departure_id)
    return redirect(url_for("school.leaving.index"), HTTPStatus.SEE_OTHER)


def _wizard(tenant_id: UUID, person: User, form: LeavingForm | None = None) -> str:
    return render_template(
        "school/leaving/person.html",
        person=person,
        held=queries.held_by(tenant_id=tenant_id, user_id=person.id, actor=actor()),
        form=form or _form(tenant_id, person, fresh=True),
        **_article(tenant_id),
    )


def _checklist(found: Departure, *, secrecy: SecrecyForm | None = None, settling: SettleForm | None = None) -> str:
    tenant_id, user_id = found.tenant_id, found.user_id
    person = people.user(user_id=user_id)
    assert person is not None  # noqa: S101 - a foreign key says so
    return render_template(
        "school/leaving/departure.html",
        row=found,
        person=person,
        way=WAY_NAMES[Way(found.way)],
        held=queries.held_by(tenant_id=tenant_id, user_id=user_id, actor=actor()),
        begun=found.gone_on <= clock.today(),
        bound=queries.is_bound(found),
        signed=queries.signature(found),
        handed=[HANDED_NAMES[Handed(each)] for each in found.handed],
        secrecy=secrecy or SecrecyForm(formdata=None),
        settling=settling or SettleForm.of(fresh=True),
        faulty=secrecy or settling,
        paragraphs=texts.SECRECY[texts.NEWEST],
        version=texts.NEWEST,
        **_article(tenant_id),
    )


def _form(tenant_id: UUID, person: User, *, fresh: bool = False) -> LeavingForm:
    held = queries.roles_of(tenant_id=tenant_id, user_id=person.id)
    others = [user for user in _staff(tenant_id) if user.id != person.id]
    return LeavingForm.of(held, others, fresh=fresh)


def _article(tenant_id: UUID) -> dict[str, str]:
    rules = regulation.rules_of_institution(tenant_id=tenant_id)
    return {"article": rules.article(Clause.LEAVERS), "article_text": rules.text(Clause.LEAVERS)}


def _staff(tenant_id: UUID) -> list[User]:
    return list({user.id: user for _held, user in people.staff(tenant_id=tenant_id)}.values())


def _person(tenant_id: UUID, user_id: UUID) -> User:
    found = next((user for user in _staff(tenant_id) if user.id == user_id), None)
    if found is None:
        raise NotFound
    return found


def _found(tenant_id: UUID, departure_id: UUID) -> Departure:
    found = queries.departure(tenant_id=tenant_id, departure_id=departure_id)
    if found is None or found.withdrawn_at is not None:
        raise NotFound
    return found


def _back(departure_id: UUID) -> Response:
    return redirect(url_for("school.leaving.departure", departure_id=departure_id), HTTPStatus.SEE_OTHER)
