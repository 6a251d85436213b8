"""How an institution's faults stand on a day, told again for any past day as it was then (ADR 0047)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select

from infra import clock
from infra.clock import civil_day, day_start
from infra.db import db
from infra.statements import made_once
from tenants.upkeep.faults import settling
from tenants.upkeep.faults.escalating import recheck_until
from tenants.upkeep.faults.kinds import LineCode
from tenants.upkeep.faults.models import Fault, FaultLine

_ONE_DAY = timedelta(days=1)
_STEPS = (LineCode.REPORTED, LineCode.ASSIGNED, LineCode.REPAIRED, LineCode.NOT_REPAIRED, LineCode.RECHECKED)
# A fault, or the camera of a gap, and the civil day from which it is so.
Since = tuple[UUID, date]


@dataclass(frozen=True, kw_only=True)
class FaultsStanding:
    """What was open at the end of a day (of today: now), and what of it was late, each with the day since when.

    `opened` counts the day's own. `unassigned` names only what a regulation gives to an office (TY-3-3b).
    `unexplained` are cameras, each since the day when its oldest gap without a reason became 無故中斷 (KH-5-3b), and
    `gaps_owed` counts all gaps without a reason, late or not.
    """

    day: date
    opened: int
    open: Sequence[Since]
    unassigned: Sequence[Since]
    unreported: Sequence[Since]
    unrepaired: Sequence[Since]
    unchecked: Sequence[Since]
    unexplained: Sequence[Since]
    gaps_owed: int


@dataclass(frozen=True)
class _AsItWas:
    """A fault with its steps up to a moment: what was said of it later does not count."""

    fault: Fault
    steps: Sequence[FaultLine]
    until: datetime

    @property
    def is_open(self) -> bool:
        return self.fault.ended_at is None or self.fault.ended_at > self.until

    def has(self, *codes: LineCode) -> bool:
        return any(step.code in codes for step in self.steps)

    @property
    def last(self) -> FaultLine | None:
        """The last word of repair and second look."""
        said = [step for step in self.steps if step.code not in {LineCode.REPORTED, LineCode.ASSIGNED}]
        return said[-1] if said else None

    @property
    def repaired_at(self) -> datetime | None:
        """When it was repaired, if nobody has looked again since."""
        return self.last.at if self.last is not None and self.last.code == LineCode.REPAIRED else None

    @property
    def is_repaired(self) -> bool:
        return self.last is not None and self.last.code != LineCode.NOT_REPAIRED


def standing(*, tenant_id: UUID, day: date) -> FaultsStanding:
    """One query for the faults, and for the gaps of the ledger at most three; where any are left those of the hours.

    Of a day to come nothing is known, and it reads as today. The session is bound to the institution.
    """
    until = min(day_start(day + _ONE_DAY), clock.now())
    seen = _faults(tenant_id, day, until)
    open_ones = [each for each in seen if each.is_open]
    owed = settling.owed_by_ledger(tenant_id=tenant_id, until=until)
    return FaultsStanding(
        day=day,
        opened=sum(civil_day(each.fault.opened_at) == day for each in seen),
        open=tuple((each.fault.id, civil_day(each.fault.opened_at)) for each in open_ones),
        unassigned=_late(
            until,
            (
                (each.fault, each.fault.assign_until)
                for each in open_ones
                if each.fault.assign_until < each.fault.report_until
                and not each.has(LineCode.REPORTED, LineCode.ASSIGNED)
            ),
        ),
        unreported=_late(
            until, ((each.fault, each.fault.report_until) for each in open_ones if not each.has(LineCode.REPORTED))
        ),
        unrepaired=_late(until, ((each.fault, each.fault.repair_until) for each in open_ones if not each.is_repaired)),
        unchecked=_late(
            until,
            (
                (each.fault, recheck_until(each.repaired_at, each.fault.recheck_days))
                for each in open_ones
                if each.repaired_at is not None
            ),
        ),
        unexplained=_unexplained(owed, day),
        gaps_owed=len(owed),
    )


def _faults(tenant_id: UUID, day: date, until: datetime) -> list[_AsItWas]:
    """The faults that were open at any moment of the day, each with its steps by then."""
    found: dict[UUID, tuple[Fault, list[FaultLine]]] = {}
    for fault, line in db.session.execute(*_steps(tenant_id=tenant_id, begins=day_start(day), until=until)):
        steps = found.setdefault(fault.id, (fault, []))[1]
        if line is not None:
            steps.append(line)
    return [_AsItWas(fault, steps, until) for fault, steps in found.values()]


@made_once
def _steps(*, tenant_id: UUID, begins: datetime, until: datetime) -> Select[Fault, FaultLine | None]:
    return (
        select(Fault, FaultLine)
        .outerjoin(
            FaultLine,
            (FaultLine.tenant_id == Fault.tenant_id)
            & (FaultLine.fault_id == Fault.id)
            & (FaultLine.at <= until)
            & FaultLine.code.in_(_STEPS),
        )
        .where(
            Fault.tenant_id == tenant_id,
            Fault.opened_at <= until,
            or_(Fault.ended_at.is_(None), Fault.ended_at >= begins),
        )
        .order_by(Fault.opened_at, Fault.id, FaultLine.at)
    )


def _late(until: datetime, due: Iterable[tuple[Fault, datetime]]) -> Sequence[Since]:
    return tuple((fault.id, civil_day(due_at)) for fault, due_at in due if due_at < until)


def _unexplained(owed: Iterable[settling.OwedGap], day: date) -> Sequence[Since]:
    since: dict[UUID, date] = {}
    for gap in owed:
        if gap.late_from <= day:
            since[gap.camera_id] = min(gap.late_from, since.get(gap.camera_id, gap.late_from))
    return tuple(since.items())
