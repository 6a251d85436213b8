"""保養: cleaning, firmware, disks, a firm's visits and its sessions from afar, with who was there (KH-8-1b)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.upkeep.inspections import maintaining, queries, rules, signing
from tenants.upkeep.inspections.models import Way, Work
from tenants.upkeep.inspections.queries import Told
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school import regulation
from webapp.school.upkeep.inspection_forms import CancelForm, MaintenanceForm

blueprint = Blueprint("maintenance", __name__, url_prefix="/maintenance-records")


@blueprint.get("/")
@requires(Permission.UPKEEP_READ)
def index(tenant_id: UUID) -> str:
    """The entries, and a form for a new one."""
    fresh = {"day": clock.today(), "staff": str(actor().id)}
    return _page(tenant_id, _form(tenant_id, fresh=fresh))


@blueprint.post("/")
@requires(Permission.UPKEEP_RECORD)
def record(tenant_id: UUID) -> ResponseReturnValue:
    """Record one."""
    form = _form(tenant_id)
    typed = form.typed()
    if typed is not None and form.tell(rules.faults_of_maintenance(typed, clock.now())):
        try:
            maintaining.record(actor=actor(), tenant_id=tenant_id, typed=typed, now=clock.now())
        except Invalid as refused:
            form.show(refused)
        else:
            flash("已登記保養紀錄。", "good")
            return redirect(url_for("school.maintenance.index"), HTTPStatus.SEE_OTHER)
    return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<uuid:maintenance_entry_id>/cancellation")
@requires(Permission.UPKEEP_RECORD)
def cancel(tenant_id: UUID, maintenance_entry_id: UUID) -> ResponseReturnValue:
    """作廢."""
    form = CancelForm()
    with outcome_said("已作廢，紀錄保留並標示。"):
        maintaining.cancel(
            actor=actor(), tenant_id=tenant_id, maintenance_id=maintenance_entry_id, reason=form.reason.data or ""
        )
    return redirect(url_for("school.maintenance.index"), HTTPStatus.SEE_OTHER)


def _form(tenant_id: UUID, *, fresh: dict[str, object] | None = None) -> MaintenanceForm:
    return MaintenanceForm.offering(
        sites=registry.sites(tenant_id=tenant_id),
        people=signing.staff(tenant_id=tenant_id).values(),
        cameras=registry.cameras(tenant_id=tenant_id),
        devices=[each for each in device_queries.devices(tenant_id=tenant_id) if each.revoked_at is None],
        fresh=fresh,
    )


def _page(tenant_id: UUID, form: MaintenanceForm) -> str:
    told = queries.told(tenant_id=tenant_id)
    return render_template(
        "school/upkeep/maintenance.html",
        entries=[(each, told.get(each.id, Told())) for each in reversed(queries.maintenance(tenant_id=tenant_id))],
        form=form,
        work_names={each.value: rules.WORK_NAMES[each] for each in Work},
        way_names={each.value: rules.WAY_NAMES[each] for each in Way},
        cameras={camera.id: camera.name for camera in registry.cameras_ever(tenant_id=tenant_id)},
        article=regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.INSPECTION),
        may_record=actor().may(Permission.UPKEEP_RECORD),
    )
