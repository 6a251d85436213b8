"""What who convenes does: convene, move, replace, note who came, record what was resolved, correct it."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import convening, queries, resolving
from tenants.disclosures.insider.panel.models import Attendance, Capacity, PanelMeeting
from tenants.errors import Destroyed, Invalid, NotFound
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor
from webapp.school.panel import meeting_view
from webapp.school.panel.forms import AttendanceForm, ConveneForm, ReplaceForm, WhenForm
from webapp.school.panel.resolution_form import ResolutionForm

blueprint = Blueprint("panels", __name__)
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/cases/<uuid:disclosure_id>/panels")
@requires(Permission.PANEL_MANAGE)
def index(tenant_id: UUID, disclosure_id: UUID) -> str:
    """The panels of a case, and the form for the next one."""
    return meeting_view.render_case(_case(tenant_id, disclosure_id))


@blueprint.post("/cases/<uuid:disclosure_id>/panels")
@requires(Permission.PANEL_MANAGE)
def convene(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """Convene."""
    found = _case(tenant_id, disclosure_id)
    form = ConveneForm.of(found, *meeting_view.educators_and_heads(found))
    if not form.validate():
        return meeting_view.render_case(found, convening=form), _UNPROCESSABLE
    try:
        made = convening.convene(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, plan=form.plan())
    except Invalid as refused:
        form.show(refused)
        return meeting_view.render_case(found, convening=form), _UNPROCESSABLE
    flash("已召集專案小組，開會通知寄送中。", "good")
    return _back(made.id)


@blueprint.get("/panels/<uuid:meeting_id>")
@requires(Permission.PANEL_MANAGE)
def show(tenant_id: UUID, meeting_id: UUID) -> str:
    """One meeting."""
    return meeting_view.render_meeting(*_meeting(tenant_id, meeting_id))


@blueprint.post("/panels/<uuid:meeting_id>/time")
@requires(Permission.PANEL_MANAGE)
def move(tenant_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Another time or place."""
    found, met = _meeting(tenant_id, meeting_id)
    form = WhenForm()
    sound, meets_at = form.validate(), form.meets_at()
    if not sound or meets_at is None:
        return meeting_view.render_meeting(found, met, when=form), _UNPROCESSABLE
    try:
        convening.reschedule(
            actor=actor(), tenant_id=tenant_id, meeting_id=meeting_id, meets_at=meets_at, place=form.place.data
        )
    except Invalid as refused:
        form.show(refused)
        return meeting_view.render_meeting(found, met, when=form), _UNPROCESSABLE
    flash("已變更開會時間或地點，並通知所有成員。", "good")
    return _back(meeting_id)


@blueprint.post("/panels/<uuid:meeting_id>/attendance")
@requires(Permission.PANEL_MANAGE)
def note_attendance(tenant_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Who came."""
    found, met = _meeting(tenant_id, meeting_id)
    form = AttendanceForm()
    try:
        resolving.note_attendance(
            actor=actor(), tenant_id=tenant_id, meeting_id=meeting_id, attendance=form.attendance()
        )
    except Invalid as refused:
        form.show(refused)
        return meeting_view.render_meeting(found, met, attendance=form), _UNPROCESSABLE
    flash("已登記出席情形。", "good")
    return _back(meeting_id)


@blueprint.post("/panels/<uuid:meeting_id>/start")
@requires(Permission.PANEL_MANAGE)
def start_now(tenant_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """「現在開會」: everybody is there before the time."""
    found, met = _meeting(tenant_id, meeting_id)
    form = AttendanceForm()
    try:
        convening.start_now(actor=actor(), tenant_id=tenant_id, meeting_id=meeting_id, attendance=form.attendance())
    except Invalid as refused:
        form.show(refused)
        return meeting_view.render_meeting(found, met, attendance=form), _UNPROCESSABLE
    flash("會議已開始，會議時間已改為現在，並登記出席情形。", "good")
    return _back(meeting_id)


@blueprint.post("/panels/<uuid:meeting_id>/resolution")
@requires(Permission.PANEL_MANAGE)
def resolve(tenant_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """What was resolved."""
    found, met = _meeting(tenant_id, meeting_id)
    form = ResolutionForm.sent(found, met)
    outcome = form.outcome(meeting_view.windows_by_id(found))
    if outcome is None:
        return meeting_view.render_meeting(found, met, resolution=form), _UNPROCESSABLE
    try:
        resolving.resolve(actor=actor(), tenant_id=tenant_id, meeting_id=meeting_id, outcome=outcome)
    except (Invalid, Destroyed) as refused:
        form.show(refused, beside="grants")
        return meeting_view.render_meeting(found, met, resolution=form), _UNPROCESSABLE
    flash("已登記專案小組的決議，接著依序簽核。", "good")
    return _back(meeting_id)


@blueprint.post("/panels/<uuid:meeting_id>/members/<uuid:member_id>/replacement")
@requires(Permission.PANEL_MANAGE)
def replace(tenant_id: UUID, meeting_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Somebody else for a seat."""
    found, met = _meeting(tenant_id, meeting_id)
    member = queries.member(tenant_id=tenant_id, meeting_id=meeting_id, member_id=member_id)
    educators, heads = meeting_view.educators_and_heads(found)
    form = ReplaceForm.of(found, member, [*educators, *heads])
    if not form.validate():
        return meeting_view.render_meeting(found, met, replacing=(member_id, form)), _UNPROCESSABLE
    try:
        convening.replace(
            actor=actor(),
            tenant_id=tenant_id,
            member_id=member_id,
            seat=form.seat(Capacity(member.capacity)),
            because=form.because.data or "",
        )
    except Invalid as refused:
        form.show(refused)
        return meeting_view.render_meeting(found, met, replacing=(member_id, form)), _UNPROCESSABLE
    flash("已更換成員，開會通知寄送中。原成員的紀錄保留。", "good")
    return _back(met.id)


@blueprint.post("/panels/<uuid:meeting_id>/members/<uuid:member_id>/invitation")
@requires(Permission.PANEL_MANAGE)
def invite_again(tenant_id: UUID, meeting_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Send the invitation once more."""
    queries.member(tenant_id=tenant_id, meeting_id=meeting_id, member_id=member_id)
    convening.invite_again(actor=actor(), tenant_id=tenant_id, member_id=member_id)
    flash("開會通知已重新寄送；沒有帳號的成員，先前的連結已失效。", "good")
    return _back(meeting_id)


@blueprint.post("/panels/<uuid:meeting_id>/resolutions/<uuid:resolution_id>/corrections")
@requires(Permission.PANEL_MANAGE)
def correct(tenant_id: UUID, meeting_id: UUID, resolution_id: UUID) -> ResponseReturnValue:
    """更正紀錄."""
    found, met = _meeting(tenant_id, meeting_id)
    made = queries.one_resolution(tenant_id=tenant_id, meeting_id=meeting_id, resolution_id=resolution_id)
    form = meeting_view.correction_form(queries.seated(tenant_id=tenant_id, meeting_id=met.id))
    form.was = queries.attendance_of(made)
    if not form.validate():
        return meeting_view.render_meeting(found, met, correction=form), _UNPROCESSABLE
    try:
        resolving.correct_attendance(
            actor=actor(),
            tenant_id=tenant_id,
            resolution_id=resolution_id,
            member_id=UUID(form.member_id.data),
            said=Attendance(form.said.data),
            reason=form.reason.data or "",
        )
    except Invalid as refused:
        form.show(refused)
        return meeting_view.render_meeting(found, met, correction=form), _UNPROCESSABLE
    flash("已登記更正紀錄，原決議保留。", "good")
    return _back(met.id)


def _case(tenant_id: UUID, disclosure_id: UUID) -> InsiderRequest:
    """The case; whom it concerns finds nothing of it, nor of what its panel says (DR-27)."""
    found = queries.case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if str(actor().id) in found.excluded:
        raise NotFound
    return found


def _meeting(tenant_id: UUID, meeting_id: UUID) -> tuple[InsiderRequest, PanelMeeting]:
    met = queries.meeting(tenant_id=tenant_id, meeting_id=meeting_id)
    return _case(tenant_id, met.disclosure_id), met


def _back(meeting_id: UUID) -> Response:
    return redirect(url_for("school.panels.show", meeting_id=meeting_id), HTTPStatus.SEE_OTHER)
