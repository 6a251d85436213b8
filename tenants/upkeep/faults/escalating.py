"""Whose turn it is when a clock of a fault has run out: the head's, and after so many hours more the bureau's (Q-12).

Facts only: `tenants.notices` tells people of them. All is counted in the office's time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra.clock import civil_day
from infra.db import db
from tenants.upkeep.faults.kinds import Clock, FaultState, Level
from tenants.upkeep.faults.models import Fault, FaultEscalation
from tenants.working_days import office_closes, working_days_after, working_hours_after


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A clock that ran out, and who is to hear of it."""

    fault_id: UUID
    serial: str
    clock: Clock
    level: Level
    due_at: datetime


def owed(*, tenant_id: UUID, now: datetime) -> list[Owed]:
    """What ran out of the open faults and was not raised yet."""
    raised = {
        (held.fault_id, held.clock, held.level, held.due_at)
        for held in db.session.scalars(select(FaultEscalation).where(FaultEscalation.tenant_id == tenant_id))
    }
    faults = db.session.scalars(select(Fault).where(Fault.tenant_id == tenant_id, Fault.ended_at.is_(None)))
    return [
        each
        for fault in faults
        for each in of_fault(fault, now)
        if (each.fault_id, each.clock, each.level, each.due_at) not in raised
    ]


def raised(*, tenant_id: UUID) -> Mapping[UUID, Level]:
    """How high each open fault was raised by a clock that still runs for it."""
    query = (
        select(Fault, FaultEscalation.clock, FaultEscalation.level, FaultEscalation.due_at)
        .join(FaultEscalation, FaultEscalation.fault_id == Fault.id)
        .where(Fault.tenant_id == tenant_id, FaultEscalation.tenant_id == tenant_id, Fault.ended_at.is_(None))
    )
    found: dict[UUID, Level] = {}
    for fault, clock, level, due_at in db.session.execute(query):
        if (Clock(clock), due_at) in list(running(fault)) and found.get(fault.id) is not Level.BUREAU:
            found[fault.id] = Level(level)
    return found


def of_fault(fault: Fault, now: datetime) -> Iterator[Owed]:
    """Everything of one fault that ran out by now. An unassigned one is told to the head alone (TY-3-3b)."""
    for clock, due_at in running(fault):
        if now <= due_at:
            continue
        yield _owed(fault, clock, Level.HEAD, due_at)
        if clock is not Clock.ASSIGN and now > working_hours_after(due_at, fault.bureau_hours):
            yield _owed(fault, clock, Level.BUREAU, due_at)


def running(fault: Fault) -> Iterator[tuple[Clock, datetime]]:
    """The clocks that run for a fault, and until when. After the second look nothing is measured any more."""
    if fault.ended_at is not None or fault.state == FaultState.RECHECKED:
        return
    if fault.state == FaultState.REPAIRED and fault.repaired_at is not None:
        yield Clock.RECHECK, recheck_until(fault.repaired_at, fault.recheck_days)
        return
    # Where the regulation names no office that repairs, nobody waits to be assigned: the two moments are one.
    if fault.handled_by is None and fault.assign_until < fault.report_until:
        yield Clock.ASSIGN, fault.assign_until
    if fault.state == FaultState.FOUND:
        yield Clock.REPORT, fault.report_until
    yield Clock.REPAIR, fault.repair_until


def recheck_until(repaired_at: datetime, days: int) -> datetime:
    """Until when somebody else is to look."""
    return office_closes(working_days_after(civil_day(repaired_at), days))


def _owed(fault: Fault, clock: Clock, level: Level, due_at: datetime) -> Owed:
    return Owed(fault_id=fault.id, serial=fault.serial, clock=clock, level=level, due_at=due_at)
