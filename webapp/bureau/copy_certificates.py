"""One certificate of a copy for reference, for an auditor; the list stands with those of days."""

from uuid import UUID

from flask import Blueprint, Response, render_template

from tenants.compliance import copy_certificates
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.identify import actor
from webapp.printouts import document
from webapp.school.retention.retained_view import certified_windows

blueprint = Blueprint("copy_certificates", __name__, url_prefix="/certificates/copies/<uuid:institution_id>")


@blueprint.get("/<uuid:copy_id>")
@requires(Permission.CERTIFICATE_AUDIT, place=Place.BUREAU)
def show(institution_id: UUID, copy_id: UUID) -> str:
    """One certificate, and where it stands in its institution's chain."""
    line, anchored = copy_certificates.certificate(actor=actor(), institution_id=institution_id, copy_id=copy_id)
    return render_template(
        "bureau/copy_certificate.html",
        line=line,
        paper=line.paper,
        windows=certified_windows(line.paper),
        anchored=anchored,
    )


@blueprint.get("/<uuid:copy_id>/proof")
@requires(Permission.CERTIFICATE_AUDIT, place=Place.BUREAU)
def proof(institution_id: UUID, copy_id: UUID) -> Response:
    """The proof for somebody who checks it without us (ADR 0012); it names nobody."""
    found = copy_certificates.proof(actor=actor(), institution_id=institution_id, copy_id=copy_id)
    return document(found, name=f"proof-{found['seq']}")
