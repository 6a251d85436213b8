"""The service's own looks: faults that telemetry shows are opened, extended and noted as back; clocks that ran out.

A look may be repeated or run twice at once: what it did is found done, and a unique index holds the rest.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from infra.clock import civil_day
from infra.db import db
from infra.turns import queue_up
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.registry import queries as registry
from tenants.registry.standing import is_closed
from tenants.upkeep.faults import actions, escalating, observed, telemetry
from tenants.upkeep.faults.escalating import Owed
from tenants.upkeep.faults.facts import known
from tenants.upkeep.faults.kinds import FaultKind, How, LineCode
from tenants.upkeep.faults.models import Fault, FaultCamera, FaultEscalation, FaultLine
from tenants.upkeep.faults.rules import Found
from tenants.upkeep.faults.telemetry import Joining, Move, Opening, Turning


def is_waiting(*, tenant_id: UUID, now: datetime) -> bool:
    """Whether a look would do anything (for the sweep)."""
    return bool(_moves(tenant_id, now) or escalating.owed(tenant_id=tenant_id, now=now))


def look(*, actor: Actor, tenant_id: UUID, now: datetime) -> None:
    """Open, extend and note what telemetry shows, and raise what ran out. Nothing for a closed institution."""
    queue_up("fault-findings", tenant_id)
    for move in _moves(tenant_id, now):
        match move:
            case Opening():
                _open(actor, tenant_id, move)
            case Joining():
                _join(actor, tenant_id, move, now)
            case Turning():
                _turn(actor, tenant_id, move, now)
    db.session.flush()
    for owed in escalating.owed(tenant_id=tenant_id, now=now):
        _raise(actor, tenant_id, owed, now)


def _moves(tenant_id: UUID, now: datetime) -> Sequence[Move]:
    if is_closed(registry.tenant(tenant_id=tenant_id), civil_day(now)):
        return ()
    held = known(tenant_id=tenant_id, now=now)
    return telemetry.moves(held, observed.open_faults(tenant_id=tenant_id), now)


def _open(actor: Actor, tenant_id: UUID, move: Opening) -> None:
    actions.open_fault(
        actor=actor,
        tenant_id=tenant_id,
        found=Found(
            kind=move.kind,
            found_at=move.found_at,
            how=How.TELEMETRY,
            camera_ids=move.camera_ids,
            site_id=move.site_id if move.whole_site else None,
            words=move.words,
        ),
    )


def _join(actor: Actor, tenant_id: UUID, move: Joining, now: datetime) -> None:
    """Cameras of the same failure; one that is more than one camera's is the switch's or the box's."""
    found = db.session.scalar(
        select(Fault).where(Fault.tenant_id == tenant_id, Fault.id == move.fault_id).with_for_update()
    )
    if found is None or found.ended_at is not None:
        return
    kind = FaultKind.KEY if found.kind == FaultKind.KEY else FaultKind.NOT_RECORDING
    if found.kind == FaultKind.NOT_RECORDING:
        found.kind = FaultKind.BOX_OR_SWITCH
    for camera_id in move.camera_ids:
        values = {"tenant_id": tenant_id, "fault_id": found.id, "camera_id": camera_id, "kind": kind}
        row = insert(FaultCamera).values(found_at=move.found_at, **values)
        db.session.execute(row.on_conflict_do_nothing())
    _line(found, LineCode.CAMERA_ADDED, now, move.words)
    count = len(move.camera_ids)
    audit.record(
        Event.FAULT_EXTENDED, tenant_id=tenant_id, actor=actor, subject_id=found.id, serial=found.serial, count=count
    )


def _turn(actor: Actor, tenant_id: UUID, move: Turning, now: datetime) -> None:
    """Note that all is back, or that something is wrong again. A person ends it all the same."""
    found = db.session.get_one(Fault, move.fault_id)
    back = move.code is LineCode.BACK_TO_NORMAL
    own = (FaultCamera.tenant_id == tenant_id, FaultCamera.fault_id == found.id)
    db.session.execute(update(FaultCamera).where(*own).values(normal_since=now if back else None))
    _line(found, move.code, now, move.words)
    event = Event.FAULT_NORMAL_AGAIN if back else Event.FAULT_WRONG_AGAIN
    audit.record(event, tenant_id=tenant_id, actor=actor, subject_id=found.id, serial=found.serial)


def _raise(actor: Actor, tenant_id: UUID, owed: Owed, now: datetime) -> None:
    named = {"tenant_id": tenant_id, "fault_id": owed.fault_id, "clock": owed.clock, "level": owed.level}
    statement = insert(FaultEscalation).values(id=uuid4(), due_at=owed.due_at, raised_at=now, **named)
    new = db.session.scalar(statement.on_conflict_do_nothing().returning(FaultEscalation.id))
    if new is not None:
        audit.record(
            Event.FAULT_ESCALATED,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=owed.fault_id,
            serial=owed.serial,
            clock=owed.clock.value,
            level=owed.level.value,
        )


def _line(found: Fault, code: LineCode, now: datetime, words: str) -> None:
    named = {"tenant_id": found.tenant_id, "fault_id": found.id}
    db.session.add(FaultLine(id=uuid4(), at=now, code=code, how=How.TELEMETRY, words=words, **named))
