"""What bears the whole identity number: the print of an application for the file, and the scan of one on paper (DR-22).

The chain says who took it before it is given: the line is committed with the answer, or there is no answer.
"""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response

from infra import age, object_keys
from tenants.disclosures.insider import printing
from tenants.disclosures.papers import scans
from tenants.footage.keys import open_records_key
from tenants.people import identity_keeping
from tenants.permissions import Permission
from webapp import printouts
from webapp.access import requires
from webapp.forms import written
from webapp.identify import actor
from webapp.media.holdings import kms, store

papers = Blueprint("media_papers", __name__, url_prefix="/media/schools/<uuid:tenant_id>")


@papers.post("/applications/<uuid:disclosure_id>/form")
@requires(Permission.APPLICATION_PRINT)
def form(tenant_id: UUID, disclosure_id: UUID) -> Response:
    """附件1 or 附錄1 for the file. A form sends it, so that no preview of a link prints anything."""
    found = printing.for_the_file(
        actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, reason=written("reason")
    )
    secret = open_records_key(tenant_id=tenant_id, kms=kms())
    number = identity_keeping.opened(found.id_sealed, secret, row=found.id)
    return printouts.pdf(printing.whole(found, number, printed_by=actor().name), name=f"{found.serial}-申請單")


@papers.get("/papers/<uuid:scan_id>")
@requires(Permission.APPLICATION_PRINT)
def scan(tenant_id: UUID, scan_id: UUID) -> Response:
    """The scan, to be saved and not shown in our origin, as a letter's is."""
    found = scans.opened_by(actor=actor(), tenant_id=tenant_id, scan_id=scan_id)
    secret = open_records_key(tenant_id=tenant_id, kms=kms())
    plain = age.decrypt(store().get(object_keys.letter(tenant_id=tenant_id, letter_id=scan_id)), secret)
    answer = Response(plain, HTTPStatus.OK, mimetype="application/pdf")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers.set("Content-Disposition", "attachment", filename=f"paper-{found.id}.pdf")
    return answer
