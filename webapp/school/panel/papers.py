"""What a panel has on paper: the minutes, the statement to sign, and that somebody signed it with ink."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import papers, queries, sitting
from tenants.disclosures.insider.panel.models import PanelMeeting
from tenants.errors import NotFound
from tenants.permissions import Permission
from webapp import printouts
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school.panel import meeting_view
from webapp.school.panel.forms import PaperStatementForm

blueprint = Blueprint("panel_papers", __name__)


@blueprint.get("/panels/<uuid:meeting_id>/minutes.pdf")
@requires(Permission.PANEL_MANAGE)
def minutes(tenant_id: UUID, meeting_id: UUID) -> Response:
    """會議紀錄."""
    found, met = _meeting(tenant_id, meeting_id)
    return printouts.pdf(papers.minutes(found, met, printed_by=actor().name), name=f"{found.serial}-會議紀錄")


@blueprint.get("/panels/<uuid:meeting_id>/members/<uuid:member_id>/statement.pdf")
@requires(Permission.PANEL_MANAGE)
def statement(tenant_id: UUID, meeting_id: UUID, member_id: UUID) -> Response:
    """利害關係聲明 and 保密切結 of one member, to be signed with ink."""
    found, _met = _meeting(tenant_id, meeting_id)
    member = queries.member(tenant_id=tenant_id, meeting_id=meeting_id, member_id=member_id)
    return printouts.pdf(papers.statement(found, member, printed_by=actor().name), name=f"{found.serial}-切結書")


@blueprint.post("/panels/<uuid:meeting_id>/members/<uuid:member_id>/statement")
@requires(Permission.PANEL_MANAGE)
def record(tenant_id: UUID, meeting_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Note that the member signed it."""
    found, met = _meeting(tenant_id, meeting_id)
    form = PaperStatementForm.of(queries.member(tenant_id=tenant_id, meeting_id=meeting_id, member_id=member_id))
    if not form.validate():
        return meeting_view.render_meeting(found, met, statement=form), HTTPStatus.UNPROCESSABLE_ENTITY
    with outcome_said("已登記紙本聲明與切結，請將紙本併案保存。"):
        signed = form.statement()
        sitting.record_paper_statement(actor=actor(), tenant_id=tenant_id, member_id=member_id, statement=signed)
    address = url_for("school.panels.show", tenant_id=tenant_id, meeting_id=meeting_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _meeting(tenant_id: UUID, meeting_id: UUID) -> tuple[InsiderRequest, PanelMeeting]:
    """The meeting and its case; whom it concerns finds nothing of it (DR-27)."""
    met = queries.meeting(tenant_id=tenant_id, meeting_id=meeting_id)
    found = queries.case_of(met)
    if str(actor().id) in found.excluded:
        raise NotFound
    return found, met
