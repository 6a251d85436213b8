"""鏡頭與今日錄影: what each camera does now, and any day of one camera."""

from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.errors import NotFound
from tenants.footage import camera_checks
from tenants.footage.rules import day_window
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry import queries as registry
from tenants.roc_dates import BadDate, parse_date, short_date
from tenants.upkeep.faults import queries as faults
from webapp.access import requires
from webapp.identify import actor
from webapp.school import regulation
from webapp.school.equipment import camera_view, clock_view, loss_view, picture_view, settings_view, sound_view
from webapp.school.upkeep import fault_view, function_view

blueprint = Blueprint("cameras", __name__, url_prefix="/cameras")


@blueprint.get("/")
@requires(Permission.CAMERA_READ)
def index(tenant_id: UUID) -> str:
    """Every camera with its state; with its day for those who may see the timeline."""
    cameras = registry.cameras(tenant_id=tenant_id)
    return render_template(
        "school/equipment/cameras.html",
        cards=camera_view.cards(tenant_id=tenant_id, cameras=cameras, day=clock.today(), now=clock.now()),
        may_see_days=actor().may(Permission.TIMELINE_READ),
        may_read_upkeep=actor().may(Permission.UPKEEP_READ),
        open_faults=faults.open_by_camera(tenant_id=tenant_id),
        fault_names=fault_view.NAMES,
        may_report=actor().may(Permission.FAULT_REPORT),
        today=clock.today(),
        now=clock.now(),
    )


@blueprint.get("/<uuid:camera_id>")
@requires(Permission.TIMELINE_READ)
def day(tenant_id: UUID, camera_id: UUID) -> str:
    """One camera's day: today, or the 民國 date that was typed."""
    camera = next((held for held in registry.cameras(tenant_id=tenant_id) if held.id == camera_id), None)
    if camera is None:
        raise NotFound
    typed = request.args.get("day", "").strip()
    chosen, error = _chosen(typed)
    card = camera_view.cards(tenant_id=tenant_id, cameras=[camera], day=chosen, now=clock.now())[0]
    return render_template(
        "school/equipment/camera.html",
        card=card,
        picture=picture_view.shown(tenant_id=tenant_id, camera_id=camera_id, now=clock.now()),
        losses=loss_view.losses(
            tenant_id=tenant_id,
            camera_id=camera_id,
            of_day=card.remarks,
            day=day_window(chosen),
            now=clock.now(),
        ),
        sound=sound_view.of_day(tenant_id=tenant_id, camera=camera, day=day_window(chosen)),
        clock_article=regulation.rules_by_site(tenant_id=tenant_id)[camera.site_id].article(Clause.EQUIPMENT),
        redated=clock_view.redated_words(tenant_id=tenant_id, camera_id=camera_id, day=chosen),
        chosen=chosen,
        typed=typed or short_date(chosen),
        error=error,
        settings=settings_view.settings(tenant_id=tenant_id, camera=camera),
        functions=function_view.functions(tenant_id=tenant_id, camera=camera),
        may_approve=actor().may(Permission.CAMERA_MANAGE),
        open_faults=faults.open_by_camera(tenant_id=tenant_id),
        fault_names=fault_view.NAMES,
        may_report=actor().may(Permission.FAULT_REPORT),
        explained=fault_view.explained(tenant_id=tenant_id, camera_id=camera_id, day=day_window(chosen)),
        neighbours=camera_view.neighbours(chosen, today=clock.today()),
    )


@blueprint.post("/<uuid:camera_id>/approval")
@requires(Permission.CAMERA_MANAGE)
def approve(tenant_id: UUID, camera_id: UUID) -> ResponseReturnValue:
    """Approve the settings that the page showed."""
    try:
        check_id = UUID(request.form.get("check", ""))
    except ValueError as error:
        raise NotFound from error
    camera_checks.approve(actor=actor(), tenant_id=tenant_id, camera_id=camera_id, check_id=check_id)
    flash("已核定。主機之後的檢查會以這些設定比對。", "good")
    address = url_for("school.cameras.day", tenant_id=tenant_id, camera_id=camera_id, _anchor="settings")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _chosen(typed: str) -> tuple[date, BadDate | None]:
    """The day to show and what is wrong with what was typed; a day that is not understood shows today."""
    if not typed:
        return clock.today(), None
    try:
        day = parse_date(typed, field="day")
    except BadDate as refused:
        return clock.today(), refused
    if day > clock.today():
        return clock.today(), BadDate("這一天還沒有到，沒有錄影。以下顯示今天。", field="day")
    return day, None
