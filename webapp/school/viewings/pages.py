"""The console of a viewing session: begin it, show it, go on, end it. The picture itself comes from `media`."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.disclosures.models import Disclosure, Door
from tenants.disclosures.viewing import actions, appointing, ending, presence, queries, rules
from tenants.disclosures.viewing.appointing import appointment
from tenants.disclosures.viewing.footage import STRETCH
from tenants.disclosures.viewing.models import Pause, ViewingSession, ViewingState
from tenants.errors import Invalid
from tenants.misuse import breaches
from tenants.people.pins import WrongPin
from tenants.permissions import Permission
from tenants.profiles import Clause
from webapp.access import requires
from webapp.companion_pin import tell_pin
from webapp.forms import Form
from webapp.identify import actor, keep_changes
from webapp.school.viewings import view
from webapp.school.viewings.forms import AppointmentForm, BeginForm, BreachForm, CompanionForm, FarewellForm
from webapp.viewing_cookie import remember, token_of

blueprint = Blueprint("viewings", __name__)
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_CASE = "/disclosures/<uuid:disclosure_id>/viewings/new"
_SESSION = "/viewings/<uuid:viewing_id>"
_BROKEN_OFF = (
    "已停止調閱，就違規情形立案；後續的調閱與領取待首長決定。"
    "影像是否已流出？已流出時，請到查處案件的通報時限勾選「個資事故」。"
)


@blueprint.get(_CASE)
@requires(Permission.FOOTAGE_WATCH)
def new(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """The start screen, with the prohibition; the open session where there is one."""
    disclosure = queries.case_for(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    found = queries.open_session(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if found is not None:
        return _back(found)
    people = queries.companions(disclosure)
    return _start(disclosure, BeginForm.offering(people, **view.known_of(disclosure)))


@blueprint.post(_CASE)
@requires(Permission.FOOTAGE_WATCH)
def begin(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """Begin: the companion's PIN was typed."""
    disclosure = queries.case_for(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    form = BeginForm.offering(queries.companions(disclosure))
    sound, companion_id = form.validate(), form.companion_id()
    if not sound or companion_id is None:
        tell_pin(form, companion_id)
        return _start(disclosure, form), _UNPROCESSABLE
    try:
        begun = actions.begin(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            viewer=form.viewer(),
            companion_id=companion_id,
            pin=form.pin.data,
        )
    except Invalid as refused:
        return _start(disclosure, _told(form, refused)), _UNPROCESSABLE
    return remember(_back(begun.viewing), begun)


@blueprint.post("/disclosures/<uuid:disclosure_id>/viewings/new/appointment")
@requires(Permission.FOOTAGE_WATCH)
def appoint(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """約定時間."""
    disclosure = queries.case_for(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    fresh = BeginForm.offering(queries.companions(disclosure), **view.known_of(disclosure))
    form = AppointmentForm()
    sound, starts_at = form.validate(), form.starts_at()
    if not sound or starts_at is None:
        return _start(disclosure, fresh, appointing=form), _UNPROCESSABLE
    try:
        appointing.appoint(
            actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, starts_at=starts_at, place=form.place.data
        )
    except Invalid as refused:
        form.show(refused)
        return _start(disclosure, fresh, appointing=form), _UNPROCESSABLE
    flash("已登記約定時間，並寄信通知申請人；沒有留電子郵件的，請以電話告知。", "good")
    return redirect(
        url_for("school.viewings.new", tenant_id=tenant_id, disclosure_id=disclosure_id), HTTPStatus.SEE_OTHER
    )


@blueprint.get(_SESSION)
@requires(Permission.FOOTAGE_WATCH)
def show(tenant_id: UUID, viewing_id: UUID) -> ResponseReturnValue:
    """The console: the player while it runs in this browser, else what can be done next."""
    return _page(presence.look(actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id))


@blueprint.post(f"{_SESSION}/pause")
@requires(Permission.FOOTAGE_WATCH)
def pause(tenant_id: UUID, viewing_id: UUID) -> ResponseReturnValue:
    """「離開／停止」."""
    return _back(presence.pause(actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id))


@blueprint.post(f"{_SESSION}/resumption")
@requires(Permission.FOOTAGE_WATCH)
def go_on(tenant_id: UUID, viewing_id: UUID) -> ResponseReturnValue:
    """Go on after a stop, with the PIN of whoever accompanies now."""
    found = queries.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor())
    form = CompanionForm.offering(queries.companions(queries.case_of(found)))
    sound, companion_id = form.validate(), form.companion_id()
    if not sound or companion_id is None:
        return _page(found, companion_form=form), _UNPROCESSABLE
    try:
        running = actions.go_on(
            actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id, companion_id=companion_id, pin=form.pin.data
        )
    except Invalid as refused:
        return _page(found, companion_form=_told(form, refused)), _UNPROCESSABLE
    return remember(_back(found), running)


@blueprint.post(f"{_SESSION}/handover")
@requires(Permission.FOOTAGE_WATCH)
def hand_over(tenant_id: UUID, viewing_id: UUID) -> ResponseReturnValue:
    """Another person accompanies from now on."""
    found = queries.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor())
    form = CompanionForm.offering(queries.companions(queries.case_of(found)))
    sound, companion_id = form.validate(), form.companion_id()
    if not sound or companion_id is None:
        return _page(found, companion_form=form), _UNPROCESSABLE

    def act() -> None:
        actions.hand_over(
            actor=actor(),
            tenant_id=tenant_id,
            viewing_id=viewing_id,
            token=token_of(viewing_id),
            companion_id=companion_id,
            pin=form.pin.data,
        )

    return _tried(found, act, "已交接陪同人員。", companion_form=form)


@blueprint.post(f"{_SESSION}/signatures")
@requires(Permission.FOOTAGE_WATCH)
def sign_off(tenant_id: UUID, viewing_id: UUID) -> ResponseReturnValue:
    """Both sign, and the register has its line."""
    found = queries.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor())
    form = FarewellForm.since(view.taken_over(found), viewer=found.viewer_name)
    if not form.validate():
        tell_pin(form, found.companion_id)
        return _page(found, farewell=form), _UNPROCESSABLE

    def act() -> None:
        ending.sign_off(
            actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id, farewell=form.farewell(), pin=form.pin.data
        )

    return _tried(found, act, "調閱已結束，並已登載於調閱登記簿。", farewell=form)


@blueprint.post(f"{_SESSION}/breach")
@requires(Permission.FOOTAGE_WATCH)
def breach(tenant_id: UUID, viewing_id: UUID) -> ResponseReturnValue:
    """通報違規: over at once, and a case of its own."""
    found = queries.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor())
    form = BreachForm.offering(view.in_the_room(found, but=actor().id))
    if not form.validate():
        presence.pause(actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id, reason=Pause.BREACH)
        keep_changes()  # whatever is still to be written down, the picture is gone
        return _page(found, breach_form=form), _UNPROCESSABLE

    def act() -> None:
        breaches.report_breach(actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id, breach=form.breach())

    return _tried(found, act, _BROKEN_OFF, breach_form=form)


def _tried(found: ViewingSession, act: Callable[[], None], done: str, **form: Form) -> ResponseReturnValue:
    """Back to the console after a step; the console with the sentence where it was refused."""
    try:
        act()
    except presence.Stopped as refused:
        keep_changes()
        flash(str(refused), "bad")
        return _back(found)
    except Invalid as refused:
        for each in form.values():
            _told(each, refused)
        return _page(found, **form), _UNPROCESSABLE
    flash(done, "good")
    return _back(found)


def _told(form: Form, refused: Invalid) -> Form:
    """The form with the sentence on it. A wrong PIN counts although the answer is a refusal."""
    if any(isinstance(each, WrongPin) for each in (refused, *refused.besides)):
        keep_changes()
    form.show(refused)
    return form


def _start(disclosure: Disclosure, form: Form, *, appointing: Form | None = None) -> str:
    rule = view.rules_of(disclosure)
    return render_template(
        "school/viewings/begin.html",
        disclosure=disclosure,
        form=form,
        appointing=appointing or AppointmentForm(formdata=None),
        appointment=appointment(tenant_id=disclosure.tenant_id, disclosure_id=disclosure.id),
        articles={clause.value: rule.article(clause) for clause in Clause},
        texts={clause.value: rule.text(clause) for clause in Clause},
        notice=rules.NOTICE,
        instruction=rules.INSTRUCTION,
        insider=disclosure.door == Door.INSIDER,
    )


def _page(viewing: ViewingSession, **sent: Form) -> str:
    """The console; with the form that came back with faults, else with fresh ones."""
    live, ended = _is_here(viewing), viewing.state == ViewingState.ENDED
    people = [] if ended else queries.companions(queries.case_of(viewing))
    fresh = {
        "companion_form": CompanionForm.offering(people, chosen=None if live else viewing.companion_id, fresh=True),
        "farewell": FarewellForm.since(view.taken_over(viewing), viewer=viewing.viewer_name, fresh=True),
        "breach_form": BreachForm.offering(view.in_the_room(viewing, but=actor().id), fresh=True),
    }
    return render_template(
        "school/viewings/session.html",
        **view.page(viewing) | view.marked(viewing, by=actor().id if live else None),
        live=live,
        mine=viewing.operator_id == actor().id,
        films=view.films(viewing) if live else (),
        stretch=STRETCH,
        gaps=() if ended else view.gaps(viewing),
        **(fresh | sent),
    )


def _is_here(viewing: ViewingSession) -> bool:
    """Whether the session runs, and in this very browser."""
    if viewing.state != ViewingState.RUNNING or viewing.operator_id != actor().id:
        return False
    return presence.hashed(token_of(viewing.id)) == viewing.token_hash


def _back(viewing: ViewingSession) -> Response:
    return redirect(
        url_for("school.viewings.show", tenant_id=viewing.tenant_id, viewing_id=viewing.id), HTTPStatus.SEE_OTHER
    )
