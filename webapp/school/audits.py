"""稽核軌跡: every act that concerns the institution, newest first, and whether the chain is whole."""

from uuid import UUID

from flask import Blueprint, render_template, request

from infra import clock
from tenants.actor import ActorKind
from tenants.audit import queries
from tenants.permissions import Permission
from webapp import audit_view
from webapp.access import requires

blueprint = Blueprint("audits", __name__, url_prefix="/audit")
_PAGE = 50


@blueprint.get("/")
@requires(Permission.AUDIT_READ)
def index(tenant_id: UUID) -> str:
    """Fifty events below a sequence number. `verify=1` walks the whole chain first, `who=people` omits machines."""
    before = audit_view.sequence(request.args.get("before", ""))
    kind = ActorKind.PERSON if request.args.get("who") == "people" else None
    events = queries.latest(tenant_id=tenant_id, before=before, limit=_PAGE + 1, kind=kind)
    checked = request.args.get("verify") == "1"
    return render_template(
        "school/audit.html",
        lines=[audit_view.line(event) for event in events[:_PAGE]],
        older=events[_PAGE - 1].seq if len(events) > _PAGE else None,
        before=before,
        who="people" if kind else None,
        checked=checked,
        broken=queries.verify(tenant_id=tenant_id) if checked else None,
        length=queries.length(tenant_id=tenant_id),
        now=clock.now(),
    )
