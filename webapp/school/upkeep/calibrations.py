"""校正: how each camera stands, its past calibrations, and a new one (KH-8-1c)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.roc_dates import format_date
from tenants.upkeep import actions, queries
from tenants.upkeep.rules import is_right
from webapp.access import requires
from webapp.form_fields import id_or_none
from webapp.identify import actor
from webapp.school.upkeep import calibration_view
from webapp.school.upkeep.forms import CalibrationForm

blueprint = Blueprint("calibrations", __name__, url_prefix="/calibrations")


@blueprint.get("/")
@requires(Permission.CAMERA_READ)
def index(tenant_id: UUID) -> str:
    """Every camera, the last calibration, and a form for those who manage cameras."""
    cameras = registry.cameras(tenant_id=tenant_id)
    chosen = request.args.get("camera", "")
    return _page(tenant_id, CalibrationForm.of(cameras, chosen=chosen, now=clock.now()))


@blueprint.post("/")
@requires(Permission.CAMERA_MANAGE)
def record(tenant_id: UUID) -> ResponseReturnValue:
    """Record a calibration."""
    form, now = CalibrationForm.of(registry.cameras(tenant_id=tenant_id)), clock.now()
    typed = form.typed(now)
    camera_id = id_or_none(form.camera.data or "")
    if typed is None or camera_id is None:
        return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    made = actions.calibrate(actor=actor(), tenant_id=tenant_id, camera_id=camera_id, typed=typed, now=now)
    if is_right(made.offset_after_ms):
        flash(f"已登記校正，下次校正日為{format_date(made.next_due)}。", "good")
    else:
        flash("已登記，但校正後仍差 30 秒以上，畫面會顯示錯誤的分鐘。請再校正一次並登記，或送修。", "warn")
    return redirect(url_for("school.calibrations.index"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:camera_id>")
@requires(Permission.CAMERA_READ)
def history(tenant_id: UUID, camera_id: UUID) -> str:
    """Every calibration of one camera, also of one that was retired. Raises `NotFound`."""
    camera = registry.camera(tenant_id=tenant_id, camera_id=camera_id)
    return render_template(
        "school/upkeep/calibration_history.html",
        camera=camera,
        calibrations=queries.calibrations(tenant_id=tenant_id, camera_id=camera.id),
        offset_words=calibration_view.offset_words,
        view_words=calibration_view.view_words,
        may_record=actor().may(Permission.CAMERA_MANAGE) and camera.retired_on is None,
    )


def _page(tenant_id: UUID, form: CalibrationForm) -> str:
    return render_template(
        "school/upkeep/calibrations.html",
        lines=calibration_view.lines(tenant_id=tenant_id, now=clock.now()),
        form=form,
        may_record=actor().may(Permission.CAMERA_MANAGE),
        offset_words=calibration_view.offset_words,
    )
