"""保存與銷毀: what is kept, what goes when, what is held and what is gone."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request

from tenants.audit import proofs
from tenants.audit.events import Event
from tenants.disclosures.retained import queries as copies
from tenants.errors import NotFound
from tenants.footage import quarantine
from tenants.permissions import Permission
from tenants.retention import queries as retained
from tenants.retention import stops
from tenants.retention.models import StopKind
from webapp.access import requires
from webapp.identify import actor
from webapp.printouts import document
from webapp.school.retention import destruction_view, kept_view, law_view, retained_view

blueprint = Blueprint("retention", __name__)


@blueprint.get("/retention")
@requires(Permission.RETENTION_READ)
def show(tenant_id: UUID) -> str:
    """What is kept until when, holds with their basis and review date, and the certificates."""
    stop = law_view.open_stop(tenant_id=tenant_id)
    return render_template(
        "school/retention/retention.html",
        page=kept_view.retention_page(tenant_id=tenant_id, actor=actor()),
        clocks=law_view.clock_lines(tenant_id=tenant_id),
        pending=law_view.pending_lines(tenant_id=tenant_id),
        stop=stop,
        why=stops.WHY[StopKind(stop.kind)] if stop is not None else "",
        may_hold=actor().may(Permission.HOLD_MANAGE),
        copies=retained_view.totals(tenant_id=tenant_id, actor=actor()),
        strays=sum(quarantine.counts(tenant_id=tenant_id).values()),
    )


@blueprint.get("/retention/certificates")
@requires(Permission.RETENTION_READ)
def certificates(tenant_id: UUID) -> str:
    """Every destruction of one month's footage, so that each day can be found for as long as its record is kept."""
    months = destruction_view.months(tenant_id=tenant_id)
    month = destruction_view.chosen(months, request.args.get("month", ""))
    lines = destruction_view.of_month(month, tenant_id=tenant_id) if month else []
    gone = copies.certificates(tenant_id=tenant_id)
    return render_template("school/retention/certificates.html", months=months, month=month, lines=lines, copies=gone)


@blueprint.get("/retention/certificates/<uuid:destruction_id>")
@requires(Permission.RETENTION_READ)
def certificate(tenant_id: UUID, destruction_id: UUID) -> str:
    """One certificate of destruction, to read and to print."""
    found = retained.destruction(tenant_id=tenant_id, destruction_id=destruction_id)
    if found.certificate is None:
        raise NotFound
    return render_template(
        "school/retention/certificate.html",
        destruction=found,
        paper=found.certificate,
        proof=proofs.anchored(tenant_id=tenant_id, event=Event.DESTRUCTION_CERTIFIED, subject_id=destruction_id),
    )


@blueprint.get("/retention/certificates/<uuid:destruction_id>/proof")
@requires(Permission.RETENTION_READ)
def certificate_proof(tenant_id: UUID, destruction_id: UUID) -> Response:
    """The proof that the certifying was in the chain, for somebody who checks it without us (ADR 0012)."""
    found = proofs.proof_of_subject(tenant_id=tenant_id, event=Event.DESTRUCTION_CERTIFIED, subject_id=destruction_id)
    if found is None:
        raise NotFound("這份證明的稽核紀錄尚未錨定。請於明日錨定後再下載。")
    return document(found.document(), name=f"proof-{found.seq}")
