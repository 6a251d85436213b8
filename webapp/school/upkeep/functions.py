"""設備功能: what somebody found of a camera's four functions (KH-3-7). Advice, never a breach."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry import queries as registry
from tenants.registry.models import Camera
from tenants.upkeep import actions, queries
from webapp.access import requires
from webapp.identify import actor
from webapp.school import regulation
from webapp.school.upkeep.forms import FunctionsForm

blueprint = Blueprint("functions", __name__, url_prefix="/cameras/<uuid:camera_id>/functions")


@blueprint.get("/")
@requires(Permission.CAMERA_MANAGE)
def show(tenant_id: UUID, camera_id: UUID) -> str:
    """The form, with what was found last."""
    camera = _camera(tenant_id, camera_id)
    last = queries.last_review(tenant_id=tenant_id, camera_id=camera_id)
    return _page(camera, FunctionsForm(obj=last))


@blueprint.post("/")
@requires(Permission.CAMERA_MANAGE)
def review(tenant_id: UUID, camera_id: UUID) -> ResponseReturnValue:
    """Record what was found."""
    camera, form = _camera(tenant_id, camera_id), FunctionsForm()
    if not form.validate():
        return _page(camera, form), HTTPStatus.UNPROCESSABLE_ENTITY
    actions.review_functions(
        actor=actor(), tenant_id=tenant_id, camera_id=camera_id, found=form.found(), remarks=form.remarks()
    )
    flash("已記錄設備功能評估。", "good")
    address = url_for("school.cameras.day", camera_id=camera_id, _anchor="functions")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _camera(tenant_id: UUID, camera_id: UUID) -> Camera:
    """A camera under a regulation that speaks of functions. Raises `NotFound`."""
    camera = next((each for each in registry.cameras(tenant_id=tenant_id) if each.id == camera_id), None)
    if camera is None or not regulation.rules_by_site(tenant_id=tenant_id)[camera.site_id].equipment_functions:
        raise NotFound
    return camera


def _page(camera: Camera, form: FunctionsForm) -> str:
    rules = regulation.rules_by_site(tenant_id=camera.tenant_id)[camera.site_id]
    return render_template(
        "school/upkeep/functions.html", camera=camera, form=form, article=rules.article(Clause.EQUIPMENT)
    )
