"""首頁: what has to be done now, by which article."""

from uuid import UUID

from flask import Blueprint, render_template

from infra import clock
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor
from webapp.school import todo

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(Permission.CAMERA_READ)
def show(tenant_id: UUID) -> str:
    """The institution's first page, with what this person may see of it."""
    return render_template("school/home.html", page=todo.page(tenant_id=tenant_id, actor=actor(), now=clock.now()))
