"""Opening a fault, whoever found it. While one is open for the same thing, another finding is a line of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from infra import clock, queues
from infra.clock import civil_day
from infra.db import db
from infra.queues import Job
from infra.turns import queue_up
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid
from tenants.numbering import next_of
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry import regulations, standing
from tenants.registry.models import Site
from tenants.upkeep.faults import queries, rules, targets
from tenants.upkeep.faults.kinds import FaultState, LineCode, of_camera
from tenants.upkeep.faults.models import Fault, FaultCamera, FaultLine
from tenants.upkeep.faults.rules import Found

__all__ = ["Found", "open_fault"]


def open_fault(*, actor: Actor, tenant_id: UUID, found: Found) -> Fault:
    """The open fault of what was found: a new one, or the one that is there, which gets a line (ADR 0047).

    Of several cameras those that have an open fault of the kind stay with theirs, and a new one takes the rest.
    Raises `NotFound` for a camera or site that is not the institution's, `Invalid`, and `Closed`.
    """
    actor.require(Permission.FAULT_REPORT)
    standing.refuse_closed(tenant_id=tenant_id, what="不再受理報修")
    now = clock.now()
    for fault in rules.faults_of(found, now):
        raise fault
    site = _site_of(tenant_id, found)
    # One finding after another, so that of two at the same moment the second sees what the first opened.
    queue_up("fault-findings", tenant_id)
    held = queries.open_of_site(tenant_id=tenant_id, site_id=site.id, kind=found.kind) if found.is_of_site else None
    if held is not None:
        return _told_again(actor, held, found, now)
    known = queries.open_of_cameras(tenant_id=tenant_id, camera_ids=found.camera_ids, kind=of_camera(found.kind))
    left = [camera_id for camera_id in dict.fromkeys(found.camera_ids) if camera_id not in known]
    if found.is_of_site:
        return _opened(actor, site, found, left, now)
    told = [_told_again(actor, fault, found, now) for fault in {each.id: each for each in known.values()}.values()]
    return _opened(actor, site, found, left, now) if left else told[0]


def _site_of(tenant_id: UUID, found: Found) -> Site:
    """The one place of the finding."""
    cameras = [registry.camera(tenant_id=tenant_id, camera_id=each) for each in found.camera_ids]
    site_ids = {camera.site_id for camera in cameras} | ({found.site_id} if found.site_id is not None else set())
    if len(site_ids) > 1:
        raise Invalid("不同場所的鏡頭請分開通報。", field="camera", code="several_sites")
    return registry.site(tenant_id=tenant_id, site_id=site_ids.pop())


def _told_again(actor: Actor, fault: Fault, found: Found, now: datetime) -> Fault:
    _line(actor, fault, LineCode.FOUND_AGAIN, found, now)
    audit.record(
        Event.FAULT_FOUND_AGAIN,
        tenant_id=fault.tenant_id,
        actor=actor,
        subject_id=fault.id,
        serial=fault.serial,
        found_how=found.how.value,
    )
    return fault


def _opened(actor: Actor, site: Site, found: Found, camera_ids: Sequence[UUID], now: datetime) -> Fault:
    in_force = targets.in_force(day=civil_day(now))
    until = rules.deadlines(now, in_force)
    unit, repairs = _unit(site, now)
    made = Fault(
        id=uuid4(),
        tenant_id=site.tenant_id,
        site_id=site.id,
        serial=next_of("報修", Fault, tenant_id=site.tenant_id),
        kind=found.kind,
        whole_site=found.is_of_site,
        state=FaultState.FOUND,
        how=found.how,
        found_at=min(found.found_at, now),
        opened_at=now,
        opened_by=_who(actor),
        unit=unit,
        assign_until=until.assign if repairs else until.report,
        report_until=until.report,
        repair_until=until.repair,
        recheck_days=in_force.recheck_days,
        bureau_hours=in_force.bureau_hours,
    )
    db.session.add(made)
    db.session.flush()  # cameras and lines name it
    shared = {"tenant_id": made.tenant_id, "fault_id": made.id, "kind": of_camera(found.kind)}
    db.session.add_all(FaultCamera(camera_id=each, found_at=made.found_at, **shared) for each in camera_ids)
    _line(actor, made, LineCode.FOUND, found, now)
    audit.record(
        Event.FAULT_OPENED,
        tenant_id=made.tenant_id,
        actor=actor,
        subject_id=made.id,
        serial=made.serial,
        kind=made.kind,
        found_how=made.how,
        count=len(camera_ids),
    )
    queues.enqueue_after_commit(db.session, Job.PLAN_NOTICES, tenant_id=made.tenant_id)  # 立即 (KH-8-1d)
    return made


def _line(actor: Actor, fault: Fault, code: LineCode, found: Found, now: datetime) -> None:
    one = found.camera_ids[0] if len(found.camera_ids) == 1 else None
    named = {"tenant_id": fault.tenant_id, "fault_id": fault.id, "camera_id": one, "by": _who(actor)}
    words = found.words.strip()
    db.session.add(FaultLine(id=uuid4(), at=now, code=code, how=found.how, words=words, **named))


def _who(actor: Actor) -> UUID | None:
    return actor.id if actor.kind is ActorKind.PERSON else None


def _unit(site: Site, now: datetime) -> tuple[str, bool]:
    """To whose desk it goes where nobody has it yet, and whether the regulation names that desk (TY-3-3b)."""
    profile = regulations.profile(site.profile, civil_day(now))
    return profile.repair_unit or profile.managing_unit, profile.repair_unit is not None
