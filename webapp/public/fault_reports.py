"""What the label on a camera opens: a short form for anybody who stands there, without an account (TY-3-3a)."""

from http import HTTPStatus

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tenants.errors import Invalid
from tenants.registry.models import Camera, Tenant
from tenants.upkeep.faults import labels
from tenants.upkeep.faults.kinds import FaultKind
from webapp.access import public
from webapp.forms import written
from webapp.public.applying import visiting
from webapp.school.upkeep.fault_view import NAMES

fault_reports = Blueprint("fault_reports", __name__, url_prefix="/fault/<code>/<name>")


@fault_reports.get("/")
@public
def show(code: str, name: str) -> str:
    """The form: what is wrong with this camera."""
    tenant = visiting.institution(code)
    return _form(tenant, labels.camera_of(tenant_id=tenant.id, code=name))


@fault_reports.post("/")
@public
def send(code: str, name: str) -> ResponseReturnValue:
    """Enter it. Too many in an hour are refused with where to turn to."""
    tenant = visiting.institution(code)
    camera = labels.camera_of(tenant_id=tenant.id, code=name)
    typed = request.form.get("kind", "")
    kind = FaultKind(typed) if typed in set(FaultKind) else FaultKind.HOST  # which no label offers
    try:
        words = written("words")
        labels.report_by_label(tenant_id=tenant.id, code=name, kind=kind, words=words, actor=visiting.stranger())
    except Invalid as refused:
        status = HTTPStatus.TOO_MANY_REQUESTS if refused.code == "too_many" else HTTPStatus.UNPROCESSABLE_ENTITY
        return _form(tenant, camera, refused=str(refused)), status
    return render_template("public/fault_reported.html", tenant=tenant, camera=camera)


def _form(tenant: Tenant, camera: Camera, *, refused: str = "") -> str:
    return render_template(
        "public/fault_report.html",
        tenant=tenant,
        camera=camera,
        kinds=[(kind.value, NAMES[kind.value]) for kind in labels.SEEN],
        longest=labels.LONGEST,
        refused=refused,
        words=request.form.get("words", ""),
    )
