"""待說明的錄影中斷: what the boxes told and nobody explained, of a fault or not (KH-5-3b)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.upkeep.faults import settling
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school import regulation
from webapp.school.upkeep import fault_view
from webapp.school.upkeep.faults import word_typed

blueprint = Blueprint("gaps", __name__, url_prefix="/gaps")
_MOST = 100


@blueprint.get("/")
@requires(Permission.FAULT_HANDLE)
def index(tenant_id: UUID) -> str:
    """The oldest first, a hundred at a time."""
    owed = settling.unsettled(tenant_id=tenant_id, now=clock.now())
    return render_template(
        "school/upkeep/gaps.html",
        gaps=fault_view.gap_lines(tenant_id=tenant_id, owed=owed[:_MOST]),
        count=len(owed),
        reasons=fault_view.REASONS,
        days=settling.SETTLE_DAYS,
        article=regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.CONTINUITY),
    )


@blueprint.post("/")
@requires(Permission.FAULT_HANDLE)
def settle(tenant_id: UUID) -> ResponseReturnValue:
    """說明中斷原因."""
    with outcome_said("已說明中斷的原因。"):
        settling.settle(actor=actor(), tenant_id=tenant_id, keys=request.form.getlist("gaps"), word=word_typed())
    return redirect(url_for("school.gaps.index"), HTTPStatus.SEE_OTHER)
