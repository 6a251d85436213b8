"""Floor, ceiling and hold, each a clock of its own, for each camera and each kind of copy.

A hold neither lengthens what a period says nor hides that a day is late: the three are never one number. The session is
bound to the institution.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from infra.clock import civil_day
from infra.db import db
from infra.statements import made_once
from tenants import periods
from tenants.footage import areas
from tenants.footage.models import DayKey, FilmedDay, Segment, SweptArea
from tenants.footage.queries import PRESENT
from tenants.registry.models import Camera
from tenants.retention import at_hand
from tenants.retention.models import EXCEPTIONS, Destruction, DestructionState, Hold, HoldBasis, PreservedSegment
from tenants.retention.rules import DayAndClass, is_due

# Before the year is over there is a month to act, and in its last days somebody is told every day (KH-5-4a).
WARN_DAYS = 330
ALARM_DAYS = 360


class CopyClass(StrEnum):
    """The kinds of copies that there are of a camera's footage."""

    FOOTAGE = "footage"
    HELD = "held"
    RETAINED = "retained"


@dataclass(frozen=True, kw_only=True)
class CameraClock:
    """One camera and kind of copy: its oldest surviving second, and what the law says of it.

    `owed_until` is the floor's last day and `due_since` the ceiling's instant, None while it is not due; both None for
    what a hold keeps. `reviewed_on` is the nearest review of what holds it. `excused`: an exception of the law keeps it
    beyond the year.
    """

    camera_id: UUID
    copy: CopyClass
    oldest: datetime
    owed_until: date | None = None
    due_since: datetime | None = None
    reviewed_on: date | None = None
    excused: bool = False

    def late_minutes(self, now: datetime) -> int:
        """How many minutes past its time; 0 while it is not due."""
        return max(0, (now - self.due_since) // timedelta(minutes=1)) if self.due_since is not None else 0

    def alert_days(self, now: datetime) -> int:
        """330 or 360 once it is so old and should not be; 0 before, while it is owed, and where the law excuses it."""
        age = (civil_day(now) - civil_day(self.oldest)).days
        is_owed = self.owed_until is not None and self.due_since is None
        return 0 if self.excused or is_owed else next((days for days in (ALARM_DAYS, WARN_DAYS) if age >= days), 0)


def of_cameras(*, tenant_id: UUID, now: datetime) -> list[CameraClock]:
    """Every camera's clocks, retired ones included, those of what is left of destroyed days first."""
    cameras = list(db.session.scalars(select(Camera.id).where(Camera.tenant_id == tenant_id)))
    return [*_footage(tenant_id, cameras, now), *_held(tenant_id, now)]


def floor_missing(*, tenant_id: UUID, today: date) -> int:
    """Segments that the store lost before their day, as the last sweep of each day found: each is an incident."""
    if not at_hand.any_missing(tenant_id=tenant_id):
        return 0
    found = [(areas.day_of(area), missing) for area, missing in db.session.execute(*_missing(tenant_id=tenant_id))]
    return sum(missing for of, missing in found if of is not None and not is_due(of.day, of.retention_days, today))


@made_once
def _missing(*, tenant_id: UUID) -> Select[str, int]:
    return select(SweptArea.area, SweptArea.missing).where(SweptArea.tenant_id == tenant_id, SweptArea.missing > 0)


def _footage(tenant_id: UUID, cameras: Iterable[UUID], now: datetime) -> Iterator[CameraClock]:
    """The oldest day of each camera that is not proven to be empty, whether its key still lives or not."""
    waiting = set(cameras)
    for of, begun in _uncertified(tenant_id):
        if not waiting:
            return
        found = _begun_seconds(tenant_id, of) if begun else _living_seconds(tenant_id, of, waiting)
        for camera_id, oldest in sorted(found.items()):
            if camera_id not in waiting:
                continue
            waiting.discard(camera_id)
            due = is_due(of.day, of.retention_days, civil_day(now))
            yield CameraClock(
                camera_id=camera_id,
                copy=CopyClass.FOOTAGE,
                oldest=oldest,
                owed_until=periods.kept_through(of.day, of.retention_days),
                due_since=periods.deletable_from(of.day, of.retention_days) if due else None,
            )


def _uncertified(tenant_id: UUID) -> list[tuple[DayAndClass, bool]]:
    living = select(DayKey.civil_day, DayKey.retention_days).where(
        DayKey.tenant_id == tenant_id, DayKey.destroyed_at.is_(None)
    )
    begun = select(Destruction.civil_day, Destruction.retention_days).where(
        Destruction.tenant_id == tenant_id, Destruction.state == DestructionState.BEGUN
    )
    found = [(DayAndClass(day=day, retention_days=days), False) for day, days in db.session.execute(living)]
    found += [(DayAndClass(day=day, retention_days=days), True) for day, days in db.session.execute(begun)]
    return sorted(found)


def _living_seconds(tenant_id: UUID, of: DayAndClass, cameras: set[UUID]) -> dict[UUID, datetime]:
    """One probe of one table for each camera, instead of reading every minute of the day."""
    first = (
        select(Segment.started_at)
        .where(
            Segment.civil_day == of.day,
            Segment.retention_days == of.retention_days,
            Segment.tenant_id == tenant_id,
            Segment.camera_id == Camera.id,
            Segment.state.in_(PRESENT),
        )
        .order_by(Segment.started_at)
        .limit(1)
        .scalar_subquery()
    )
    query = select(Camera.id, first).where(Camera.tenant_id == tenant_id, Camera.id.in_(cameras))
    return {camera_id: oldest for camera_id, oldest in db.session.execute(query) if oldest is not None}


def _begun_seconds(tenant_id: UUID, of: DayAndClass) -> dict[UUID, datetime]:
    query = select(FilmedDay.camera_id, FilmedDay.started_at).where(
        FilmedDay.tenant_id == tenant_id,
        FilmedDay.civil_day == of.day,
        FilmedDay.retention_days == of.retention_days,
    )
    return dict(db.session.execute(query).all())


def _held(tenant_id: UUID, now: datetime) -> Iterator[CameraClock]:
    """What holds keep of each camera: late once its hold ended, old once the year is over without an exception.

    One that ends by itself before its review is not reviewed, and an urgent one lapses.
    """
    is_open = Hold.released_at.is_(None)
    ends_later = or_(Hold.ends_on.is_(None), Hold.ends_on >= Hold.review_on)
    query = (
        select(
            PreservedSegment.camera_id,
            Hold.basis,
            func.min(PreservedSegment.started_at),
            func.min(Hold.released_at),
            func.min(Hold.review_on).filter(is_open),
            func.min(Hold.review_on).filter(is_open, ends_later, Hold.basis != HoldBasis.URGENT),
        )
        .join(Hold, (Hold.tenant_id == PreservedSegment.tenant_id) & (Hold.id == PreservedSegment.hold_id))
        .where(PreservedSegment.tenant_id == tenant_id, Hold.destroyed_at.is_(None))
        .group_by(PreservedSegment.camera_id, Hold.basis)
        .order_by(PreservedSegment.camera_id, Hold.basis)
    )
    for camera_id, basis, oldest, released_at, review_on, reviewed_on in db.session.execute(query):
        yield CameraClock(
            camera_id=camera_id,
            copy=CopyClass.HELD,
            oldest=oldest,
            due_since=released_at,
            reviewed_on=reviewed_on,
            excused=basis in EXCEPTIONS and review_on is not None and review_on >= civil_day(now),
        )
