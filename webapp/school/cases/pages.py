"""調閱案件: the list, one case, and how far it is."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request

from infra import clock
from tenants.disclosures import custody_record
from tenants.disclosures.insider import queries as applications
from tenants.disclosures.official import copies_out
from tenants.disclosures.official import queries as official
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor
from webapp.printouts import document
from webapp.school.cases import case_page

blueprint = Blueprint("cases", __name__, url_prefix="/cases")


@blueprint.get("/")
@requires(Permission.DISCLOSURE_READ)
def index(tenant_id: UUID) -> str:
    """The institution's cases: those that wait for it first; ended ones when asked for."""
    everything = request.args.get("all") == "1"
    found = official.inbox(tenant_id=tenant_id, include_closed=everything)
    asked = applications.inbox(tenant_id=tenant_id, actor=actor(), include_closed=everything)
    return render_template(
        "school/cases/cases.html",
        lines=case_page.lines(found),
        applications=case_page.application_lines(asked),
        copies=copies_out.copies_out(tenant_id=tenant_id),
        today=clock.today(),
        everything=everything,
        may_rights=actor().may(Permission.RIGHTS_HANDLE),
        may_key_in=actor().may(Permission.PAPER_ENTER),
    )


@blueprint.get("/<uuid:disclosure_id>")
@requires(Permission.DISCLOSURE_READ)
def show(tenant_id: UUID, disclosure_id: UUID) -> str:
    """One case: the letter, the windows, what was preserved, and the steps with the article beside each."""
    return case_page.render(official.case(tenant_id=tenant_id, disclosure_id=disclosure_id))


@blueprint.get("/<uuid:disclosure_id>/custody")
@requires(Permission.DISCLOSURE_READ)
def custody(tenant_id: UUID, disclosure_id: UUID) -> Response:
    """The custody of what the case keeps and gave away, with proofs for who checks them without us (ADR 0012)."""
    found = custody_record.case_document(tenant_id=tenant_id, disclosure_id=disclosure_id)
    return document(found, name=f"custody-{disclosure_id}")


@blueprint.get("/<uuid:disclosure_id>/progress")
@requires(Permission.DISCLOSURE_READ)
def progress(tenant_id: UUID, disclosure_id: UUID) -> str:
    """The stations of a case, for the page to refresh by itself."""
    found = official.case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    return render_template("cases/_progress.html", **case_page.progress_of(found))
