"""What the console's page asks by itself while a session runs: a sign of life, the PIN again, a mark. JSON only."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from tenants.disclosures.viewing import actions, presence, queries
from tenants.errors import Invalid
from tenants.people.pins import WrongPin
from tenants.permissions import Permission
from tenants.roc_dates import format_second
from webapp.access import requires
from webapp.forms import Form
from webapp.identify import actor, keep_changes
from webapp.school.viewings import view
from webapp.school.viewings.forms import MarkForm, PinForm
from webapp.viewing_cookie import token_of

blueprint = Blueprint("viewing_calls", __name__, url_prefix="/viewings/<uuid:viewing_id>")
Answer = tuple[dict[str, Any], HTTPStatus]


@blueprint.post("/heartbeat")
@requires(Permission.FOOTAGE_WATCH)
def heartbeat(tenant_id: UUID, viewing_id: UUID) -> Answer:
    """The page is open, and the companion has not stopped it."""
    found = presence.beat(actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id, token=token_of(viewing_id))
    return view.beat(found), HTTPStatus.OK


@blueprint.post("/confirmation")
@requires(Permission.FOOTAGE_WATCH)
def confirm(tenant_id: UUID, viewing_id: UUID) -> Answer:
    """The companion typed the PIN again."""
    queries.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor())
    form = PinForm()
    if not form.validate():
        return _faults(form)
    try:
        found = actions.confirm(
            actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id, token=token_of(viewing_id), pin=form.pin.data
        )
    except WrongPin as refused:
        keep_changes()
        return {"detail": str(refused)}, HTTPStatus.UNPROCESSABLE_ENTITY
    return view.beat(found), HTTPStatus.OK


@blueprint.post("/marks")
@requires(Permission.FOOTAGE_WATCH)
def mark(tenant_id: UUID, viewing_id: UUID) -> Answer:
    """Mark the moment on the screen."""
    queries.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor())
    form = MarkForm()
    if not form.validate():
        return _faults(form)
    made = actions.mark(
        actor=actor(),
        tenant_id=tenant_id,
        viewing_id=viewing_id,
        token=token_of(viewing_id),
        window_id=_window(form),
        taken_at=_taken(form),
        note=form.note.data,
    )
    return _marks(tenant_id, viewing_id) | {"at": format_second(made.taken_at), "note": made.note}, HTTPStatus.OK


@blueprint.post("/marks/<uuid:mark_id>/removal")
@requires(Permission.FOOTAGE_WATCH)
def unmark(tenant_id: UUID, viewing_id: UUID, mark_id: UUID) -> Answer:
    """Take a mark off the list again."""
    queries.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor())
    actions.unmark(
        actor=actor(), tenant_id=tenant_id, viewing_id=viewing_id, token=token_of(viewing_id), mark_id=mark_id
    )
    return _marks(tenant_id, viewing_id), HTTPStatus.OK


def _marks(tenant_id: UUID, viewing_id: UUID) -> dict[str, Any]:
    """The list as the page shows it from now on."""
    found = queries.session(tenant_id=tenant_id, viewing_id=viewing_id)
    return {"marks": render_template("school/viewings/_marks.html", **view.marked(found, by=actor().id))}


@blueprint.errorhandler(presence.Stopped)
def stopped(refused: presence.Stopped) -> Answer:
    """The session is not live: the page takes the picture away and shows what to do."""
    keep_changes()
    return {"code": refused.code, "detail": str(refused)}, HTTPStatus.CONFLICT


def _window(form: MarkForm) -> UUID:
    try:
        return UUID(form.window.data)
    except ValueError as error:
        raise Invalid("標記的時段不存在。", field="window") from error


def _taken(form: MarkForm) -> datetime:
    try:
        return datetime.fromtimestamp(int(form.taken_ms.data) / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid("標記的影像時間不正確。", field="taken_ms") from error


def _faults(form: Form) -> Answer:
    found = [str(each) for errors in form.errors.values() for each in errors]
    return {"detail": " ".join(found)}, HTTPStatus.UNPROCESSABLE_ENTITY
