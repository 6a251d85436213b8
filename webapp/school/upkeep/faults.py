"""報修: what is broken, a report in three taps, and one fault from its finding to its end (KH-8-1d, TY-3-3a)."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.upkeep.faults import queries, settling, steps
from tenants.upkeep.faults.actions import Found, open_fault
from tenants.upkeep.faults.kinds import FaultKind, GapReason, How
from tenants.upkeep.faults.models import Fault
from tenants.upkeep.faults.settling import Word
from webapp.access import requires
from webapp.form_fields import id_or_none
from webapp.forms import written
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school.upkeep import fault_view

blueprint = Blueprint("faults", __name__, url_prefix="/faults")


@blueprint.get("/")
@requires(Permission.FAULT_REPORT)
def index(tenant_id: UUID) -> str:
    """The open faults; those that ended when asked for."""
    ended = request.args.get("ended") == "1"
    return render_template(
        "school/upkeep/faults.html",
        cards=fault_view.cards(tenant_id=tenant_id, ended=ended, now=clock.now()),
        ended=ended,
        may_handle=actor().may(Permission.FAULT_HANDLE),
    )


@blueprint.get("/new")
@requires(Permission.FAULT_REPORT)
def new(tenant_id: UUID) -> str:
    """Which camera, and then what is wrong with it: the button that says so sends it."""
    chosen = id_or_none(request.args.get("camera", ""))
    cameras = registry.cameras(tenant_id=tenant_id)
    camera = next((each for each in cameras if each.id == chosen), None)
    return render_template(
        "school/upkeep/fault_new.html",
        cameras=cameras,
        sites=registry.sites(tenant_id=tenant_id),
        camera=camera,
        kinds=fault_view.OFFERED,
        open_faults=queries.open_by_camera(tenant_id=tenant_id).get(camera.id, []) if camera else [],
        names=fault_view.NAMES,
    )


@blueprint.post("/new")
@requires(Permission.FAULT_REPORT)
def report_new(tenant_id: UUID) -> ResponseReturnValue:
    """通報."""
    camera_id, site_id = (id_or_none(request.form.get(name, "")) for name in ("camera", "site"))
    typed = request.form.get("kind", "")
    if typed not in set(fault_view.OFFERED):
        raise NotFound
    try:
        found = Found(
            kind=FaultKind(typed),
            camera_ids=[camera_id] if camera_id else (),
            site_id=site_id,
            found_at=clock.now(),
            how=How.PERSON,
            words=written("words"),
        )
        made = open_fault(actor=actor(), tenant_id=tenant_id, found=found)
    except Invalid as refused:
        flash(str(refused), "bad")
        return redirect(url_for("school.faults.new", camera=camera_id), HTTPStatus.SEE_OTHER)
    flash(f"已通報，編號 {made.serial}，由{made.unit}處理。", "good")
    return _back(made.id)


@blueprint.get("/<uuid:fault_id>")
@requires(Permission.FAULT_REPORT)
def show(tenant_id: UUID, fault_id: UUID) -> str:
    """One fault: what is known, what is to be done next, and its history."""
    page = fault_view.page(tenant_id=tenant_id, fault_id=fault_id, actor=actor(), now=clock.now())
    return render_template("school/upkeep/fault.html", page=page, reasons=fault_view.REASONS)


@blueprint.get("/<uuid:fault_id>/sheet")
@requires(Permission.FAULT_HANDLE)
def sheet(tenant_id: UUID, fault_id: UUID) -> str:
    """What a vendor is given: data of the device, and no word that anybody typed (TY-3-3a)."""
    return render_template(
        "school/upkeep/fault_sheet.html", sheet=fault_view.sheet(tenant_id=tenant_id, fault_id=fault_id)
    )


@blueprint.post("/<uuid:fault_id>/report")
@requires(Permission.FAULT_HANDLE)
def take_up(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """受理並報修."""
    return _step(tenant_id, fault_id, "已受理。", steps.report, "cause", "words")


@blueprint.post("/<uuid:fault_id>/assign")
@requires(Permission.FAULT_HANDLE)
def assign(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """指派."""
    user_id = id_or_none(request.form.get("user", ""))
    if user_id is None:
        raise NotFound
    with outcome_said("已指派。"):
        steps.assign(actor=actor(), tenant_id=tenant_id, fault_id=fault_id, user_id=user_id)
    return _back(fault_id)


@blueprint.post("/<uuid:fault_id>/begin")
@requires(Permission.FAULT_HANDLE)
def begin(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """開始處理."""
    return _step(tenant_id, fault_id, "已登記開始處理。", steps.begin, "words")


@blueprint.post("/<uuid:fault_id>/note")
@requires(Permission.FAULT_REPORT)
def note(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """補充說明."""
    return _step(tenant_id, fault_id, "已補充說明。", steps.note, "words")


@blueprint.post("/<uuid:fault_id>/repair")
@requires(Permission.FAULT_HANDLE)
def repair(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """登記修復."""
    return _step(tenant_id, fault_id, "已登記修復，請另一位人員複查。", steps.repair, "cause", "manner")


@blueprint.post("/<uuid:fault_id>/recheck")
@requires(Permission.FAULT_RECHECK)
def recheck(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """複查."""
    works = request.form.get("works") == "yes"
    with outcome_said("複查通過。" if works else "已退回處理。"):
        words = written("words")
        steps.recheck(actor=actor(), tenant_id=tenant_id, fault_id=fault_id, works=works, words=words)
    return _back(fault_id)


@blueprint.post("/<uuid:fault_id>/gaps")
@requires(Permission.FAULT_HANDLE)
def settle(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """說明中斷原因."""
    with outcome_said("已說明中斷的原因。"):
        settling.settle(
            actor=actor(),
            tenant_id=tenant_id,
            fault_id=fault_id,
            keys=request.form.getlist("gaps"),
            word=word_typed(),
        )
    return _back(fault_id)


@blueprint.post("/<uuid:fault_id>/close")
@requires(Permission.FAULT_HANDLE)
def close(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """結案."""
    return _step(tenant_id, fault_id, "已結案。", steps.close)


@blueprint.post("/<uuid:fault_id>/cancel")
@requires(Permission.FAULT_HANDLE)
def cancel(tenant_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """取消."""
    return _step(tenant_id, fault_id, "已取消。系統若仍監測到異常，會再建立一件。", steps.cancel, "reason")


def word_typed() -> Word:
    """Why seconds are missing, from the form. Raises `NotFound` for a reason that no page offers."""
    typed = request.form.get("reason", "")
    if typed not in set(GapReason):
        raise NotFound
    return Word(reason=GapReason(typed), words=written("words"))


def _step(tenant_id: UUID, fault_id: UUID, done: str, step: Callable[..., Fault], *names: str) -> ResponseReturnValue:
    queries.fault(tenant_id=tenant_id, fault_id=fault_id)
    with outcome_said(done):
        typed = {name: written(name) for name in names}
        step(actor=actor(), tenant_id=tenant_id, fault_id=fault_id, **typed)
    return _back(fault_id)


def _back(fault_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("school.faults.show", fault_id=fault_id), HTTPStatus.SEE_OTHER)
