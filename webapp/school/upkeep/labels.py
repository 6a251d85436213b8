"""鏡頭標籤: a sheet to print, by which anybody who stands before a camera says that it is broken (TY-3-3a)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from infra import qr
from infra.settings import Settings
from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.upkeep.faults import labels
from webapp.access import requires
from webapp.identify import actor

blueprint = Blueprint("fault_labels", __name__, url_prefix="/fault-labels")


@blueprint.get("/")
@requires(Permission.FAULT_HANDLE)
def index(tenant_id: UUID) -> str:
    """The sheet."""
    held = labels.labelled(tenant_id=tenant_id)
    return render_template(
        "school/upkeep/labels.html",
        labels=[(each.camera, _address(tenant_id, each.code)) for each in held],
        lacking=len(registry.cameras(tenant_id=tenant_id)) - len(held),
    )


@blueprint.post("/")
@requires(Permission.FAULT_HANDLE)
def make(tenant_id: UUID) -> ResponseReturnValue:
    """Make those that lack."""
    labels.make_labels(actor=actor(), tenant_id=tenant_id)
    return redirect(url_for("school.fault_labels.index"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:camera_id>.svg")
@requires(Permission.FAULT_HANDLE)
def code(tenant_id: UUID, camera_id: UUID) -> Response:
    """A label's QR code. Raises `NotFound` where the camera has none."""
    held = labels.labels(tenant_id=tenant_id).get(camera_id)
    if held is None:
        raise NotFound
    return Response(qr.svg(_address(tenant_id, held)), mimetype="image/svg+xml")


def _address(tenant_id: UUID, label: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    institution = registry.tenant(tenant_id=tenant_id).code
    return settings.base_url + url_for("fault_reports.show", code=institution, name=label)
