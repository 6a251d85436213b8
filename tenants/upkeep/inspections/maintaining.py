"""Work on the equipment, kept with who of the institution was there (KH-8-1b)."""

from datetime import datetime
from uuid import UUID, uuid4

from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition
from tenants.people.models import User
from tenants.permissions import Permission
from tenants.registry import device_queries, standing
from tenants.registry import queries as registry
from tenants.upkeep.inspections import queries, rules, signing
from tenants.upkeep.inspections.models import MaintenanceEntry, MarkKind, UpkeepMark, Way
from tenants.upkeep.inspections.recording import check_reason
from tenants.upkeep.inspections.rules import TypedMaintenance


def record(*, actor: Actor, tenant_id: UUID, typed: TypedMaintenance, now: datetime) -> MaintenanceEntry:
    """Keep what was done. Raises `Invalid` with the form's field, `NotFound` for another's camera or box, `Closed`."""
    actor.require(Permission.UPKEEP_RECORD)
    standing.refuse_closed(tenant_id=tenant_id, what="不再登記保養")
    site = registry.site(tenant_id=tenant_id, site_id=typed.site_id)
    for fault in rules.faults_of_maintenance(typed, now):
        raise fault
    present = _present(tenant_id, typed)
    own = typed.way is Way.OWN
    made = MaintenanceEntry(
        id=uuid4(),
        tenant_id=tenant_id,
        site_id=site.id,
        camera_id=typed.camera_id,
        device_id=typed.device_id,
        work=typed.work,
        way=typed.way,
        began_at=typed.began_at,
        ended_at=typed.ended_at,
        firm="" if own else typed.firm.strip(),
        firm_people="" if own else typed.firm_people.strip(),
        staff_id=present.id,
        staff_name=present.name,
        remark=typed.remark.strip(),
        recorded_by=person(actor),
    )
    db.session.add(made)
    audit.record(
        Event.MAINTENANCE_RECORDED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        maintenance_id=str(made.id),
        site_id=str(site.id),
        work=made.work,
        way=made.way,
        user_id=str(present.id),
    )
    return made


def cancel(*, actor: Actor, tenant_id: UUID, maintenance_id: UUID, reason: str) -> UpkeepMark:
    """Let an entry count no more; it stays with its reason (KH-8-0). Raises `Invalid` and `InvalidTransition`."""
    actor.require(Permission.UPKEEP_RECORD)
    found = queries.entry(tenant_id=tenant_id, maintenance_id=maintenance_id)
    if queries.marks_of(found):
        raise InvalidTransition("這筆保養紀錄已經作廢。")
    check_reason(reason)
    made = UpkeepMark(id=uuid4(), tenant_id=tenant_id, maintenance_id=found.id, kind=MarkKind.CANCELLED)
    made.reason, made.person_id, made.person_name = reason.strip(), person(actor), actor.name
    db.session.add(made)
    audit.record(
        Event.MAINTENANCE_CANCELLED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        maintenance_id=str(found.id),
    )
    return made


def _present(tenant_id: UUID, typed: TypedMaintenance) -> User:
    """Who of the institution was there. Raises `Invalid`, and `NotFound` for another's camera or box."""
    if typed.camera_id is not None:
        registry.camera(tenant_id=tenant_id, camera_id=typed.camera_id)
    if typed.device_id is not None:
        device_queries.device(tenant_id=tenant_id, device_id=typed.device_id)
    found = signing.staff(tenant_id=tenant_id).get(typed.staff_id) if typed.staff_id else None
    if found is None:
        raise Invalid("請從清單中選取本校（園）的現職人員。", field="staff", code="not_staff")
    return found
