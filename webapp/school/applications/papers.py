"""What an application leaves on paper: its copy with the number masked, scans of one filled in by hand, its custody."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from tenants.disclosures import custody_record
from tenants.disclosures.insider import printing, queries
from tenants.disclosures.papers import scans
from tenants.permissions import Permission
from webapp import printouts, uploads
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said

blueprint = Blueprint("application_papers", __name__, url_prefix="/applications/<uuid:disclosure_id>")


@blueprint.get("/form.pdf")
@requires(Permission.DISCLOSURE_READ)
def copy(tenant_id: UUID, disclosure_id: UUID) -> Response:
    """The form as its page shows it, the number masked; the one for the file comes from the process with the key."""
    found = queries.case(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    sheet = printing.masked(found.disclosure, printed_by=actor().name)
    return printouts.pdf(sheet, name=f"{found.disclosure.serial}-申請單（證號遮蔽）")


@blueprint.get("/custody")
@requires(Permission.DISCLOSURE_READ)
def custody(tenant_id: UUID, disclosure_id: UUID) -> Response:
    """The custody of what the case keeps and of who looked at it, with proofs for whoever checks them without us."""
    found = custody_record.application_document(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    return printouts.document(found, name=f"custody-{disclosure_id}")


@blueprint.post("/scan")
@requires(Permission.PAPER_ENTER)
def add_scan(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """Add the scan of the paper that was filled in."""
    with outcome_said("已收存紙本掃描檔。"):
        scans.scan_application(
            actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, scan=uploads.scan(), store=uploads.store()
        )
    address = url_for("school.applications.show", tenant_id=tenant_id, disclosure_id=disclosure_id)
    return redirect(address, HTTPStatus.SEE_OTHER)
