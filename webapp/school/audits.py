"""稽核軌跡: every act that concerns the institution, newest first, and whether the chain is whole."""

from uuid import UUID

from flask import Blueprint, render_template

from tenants.permissions import Permission
from webapp import audit_trail
from webapp.access import requires
from webapp.identify import actor

blueprint = Blueprint("audits", __name__, url_prefix="/audit")


@blueprint.get("/")
@requires(Permission.AUDIT_READ)
def index(tenant_id: UUID) -> str:
    """One page of the institution's own chain."""
    return render_template(
        "school/audit.html",
        trail=audit_trail.trail(tenant_id=tenant_id),
        may_report=actor().may(Permission.MISUSE_HANDLE),
    )
