"""作業佇列: what waits, runs and failed, by queue and by institution."""

from flask import Blueprint, render_template

from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.bureau import queues_view

blueprint = Blueprint("queues", __name__, url_prefix="/platform/queues")


@blueprint.get("")
@requires(Permission.PLATFORM_READ, place=Place.BUREAU)
def show() -> str:
    """Counts and ages; institutions by name and nobody else."""
    return render_template("bureau/queues.html", page=queues_view.page(), view=queues_view)
