"""The seats of people with an account: what there is to declare, to read and to say, and the meeting's file."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from infra.calendars import MEDIA_TYPE
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import queries, sitting
from tenants.disclosures.insider.panel.calendar import calendar_file
from tenants.disclosures.insider.panel.models import PanelMember
from tenants.errors import Invalid
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor
from webapp.panel_forms import DeclarationForm, OpinionForm
from webapp.panel_view import seat_page
from webapp.school.panel import overview

blueprint = Blueprint("panel_seats", __name__, url_prefix="/panel-seats")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.PANEL_SIT)
def index(tenant_id: UUID) -> str:
    """One's own seats; and for who convenes, the cases that wait for a panel."""
    return render_template("school/panel/index.html", **overview.of(tenant_id, actor()))


@blueprint.get("/<uuid:member_id>")
@requires(Permission.PANEL_SIT)
def show(tenant_id: UUID, member_id: UUID) -> str:
    """One's own seat."""
    return _page(*_own(tenant_id, member_id))


@blueprint.post("/<uuid:member_id>/declaration")
@requires(Permission.PANEL_SIT)
def declare(tenant_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """利害關係聲明 and 保密切結."""
    own = _own(tenant_id, member_id)
    form = DeclarationForm()
    if not form.validate():
        return _page(*own, declaration=form), _UNPROCESSABLE
    try:
        sitting.declare(actor=actor(), tenant_id=tenant_id, member_id=member_id, declaration=form.declaration())
    except Invalid as refused:
        form.show(refused)
        return _page(*own, declaration=form), _UNPROCESSABLE
    if form.declaration().conflict:
        flash("已登記您迴避本案，並通知召集人另請他人擔任。謝謝您的說明。", "good")
        return redirect(url_for("school.panel_seats.index"), HTTPStatus.SEE_OTHER)
    flash("已完成聲明與切結，可以查看案件摘要。", "good")
    return redirect(url_for("school.panel_seats.show", member_id=member_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:member_id>/opinion")
@requires(Permission.PANEL_SIT)
def say(tenant_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """One's opinion before the meeting."""
    own = _own(tenant_id, member_id)
    form = OpinionForm()
    try:
        if not form.validate():
            return _page(*own, opinion=form), _UNPROCESSABLE
        sitting.give_opinion(actor=actor(), tenant_id=tenant_id, member_id=member_id, opinion=form.opinion())
    except Invalid as refused:
        form.show(refused)
        return _page(*own, opinion=form), _UNPROCESSABLE
    flash("已記下您的意見，開會前都可以修改。", "good")
    return redirect(url_for("school.panel_seats.show", member_id=member_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:member_id>/meeting.ics")
@requires(Permission.PANEL_SIT)
def calendar(tenant_id: UUID, member_id: UUID) -> Response:
    """The meeting as a calendar file."""
    member, found = _own(tenant_id, member_id)
    meeting = queries.meeting(tenant_id=tenant_id, meeting_id=member.meeting_id)
    return Response(calendar_file(meeting, serial=found.serial), content_type=MEDIA_TYPE)


def _own(tenant_id: UUID, member_id: UUID) -> tuple[PanelMember, InsiderRequest]:
    return sitting.own_seat(actor=actor(), tenant_id=tenant_id, member_id=member_id)


def _page(
    member: PanelMember,
    found: InsiderRequest,
    *,
    declaration: DeclarationForm | None = None,
    opinion: OpinionForm | None = None,
) -> str:
    addresses = {
        "declaration": url_for("school.panel_seats.declare", member_id=member.id),
        "opinion": url_for("school.panel_seats.say", member_id=member.id),
        "calendar": url_for("school.panel_seats.calendar", member_id=member.id),
    }
    view = seat_page(member, found, addresses=addresses, declaration=declaration, opinion=opinion)
    return render_template("school/panel/seat.html", **view)
