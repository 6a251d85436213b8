"""Reads about what is kept, what is due, what is held and what is gone. Bound to one institution."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Date, cast, func, select, tuple_

from infra import clock
from infra.clock import civil_day
from infra.db import db
from infra.once import read_once
from tenants import periods
from tenants.errors import NotFound
from tenants.footage import queries as footage
from tenants.footage.models import DayKey, Segment, SegmentState
from tenants.footage.rules import Window, merged
from tenants.registry import classes
from tenants.registry import queries as registry
from tenants.registry.models import Camera
from tenants.retention.models import Destruction, DestructionState, Hold, HoldBasis, HoldWindow, PreservedSegment
from tenants.retention.rules import CameraSpan, DayAndClass, days_of, is_due


class AvailabilityState(StrEnum):
    """What can be said of a window. `empty`: nothing was destroyed, and nothing recorded that is known of.

    `expired` is an empty window of which nothing could be left any more: the period of its every day is over.
    """

    RECORDED = "recorded"
    PARTLY = "partly"
    EMPTY = "empty"
    DESTROYED = "destroyed"
    EXPIRED = "expired"
    FUTURE = "future"


@dataclass(frozen=True, kw_only=True)
class Availability:
    """What is left of one camera's window. `earliest` is the camera's 最早可查日期, None when it has nothing.

    `destroyed_at` is when the last of the keys was destroyed under which it was filmed; None where none was.
    """

    state: AvailabilityState
    recorded: tuple[Window, ...]
    certificates: tuple[str, ...]
    earliest: date | None
    destroyed_at: datetime | None = None

    @property
    def recorded_ms(self) -> int:
        """How much footage of the window can still be opened."""
        return round(sum(window.seconds for window in self.recorded) * 1000)


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How much a day holds."""

    segments: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """A day that should be gone and is not proven to be: due since `since`, its key destroyed already when `begun`."""

    day: date
    retention_days: int
    since: datetime
    begun: bool


def hold(*, tenant_id: UUID, hold_id: UUID) -> Hold:
    """One hold. Raises `NotFound`."""
    found = db.session.scalar(select(Hold).where(Hold.tenant_id == tenant_id, Hold.id == hold_id))
    if found is None:
        raise NotFound
    return found


@read_once
def holds(*, tenant_id: UUID, open_only: bool = False) -> list[Hold]:
    """The institution's holds, newest first."""
    query = select(Hold).where(Hold.tenant_id == tenant_id).order_by(Hold.placed_at.desc())
    return list(db.session.scalars(query.where(Hold.released_at.is_(None)) if open_only else query))


def holds_to_review(*, tenant_id: UUID, today: date) -> list[Hold]:
    """Open holds whose review is due or overdue, the longest waiting first (KH-5-4c, KH-6-4b)."""
    due = [
        each
        for each in holds(tenant_id=tenant_id, open_only=True)
        if each.review_on <= today and each.basis != HoldBasis.URGENT  # it is not reviewed: it lapses
    ]
    return sorted(due, key=attrgetter("review_on"))


def windows(*, tenant_id: UUID, hold_id: UUID | None) -> list[HoldWindow]:
    """What a hold keeps, by start; of no hold nothing."""
    query = select(HoldWindow).where(HoldWindow.tenant_id == tenant_id, HoldWindow.hold_id == hold_id)
    return list(db.session.scalars(query.order_by(HoldWindow.started_at, HoldWindow.camera_id)))


def preserved(*, tenant_id: UUID, hold_id: UUID, span: CameraSpan) -> list[PreservedSegment]:
    """The copies a hold has of one camera's window, by start: what a package may be built from."""
    query = select(PreservedSegment).where(
        PreservedSegment.tenant_id == tenant_id,
        PreservedSegment.hold_id == hold_id,
        PreservedSegment.camera_id == span.camera_id,
        PreservedSegment.started_at < span.ended_at,
        PreservedSegment.ended_at > span.started_at,
    )
    return list(db.session.scalars(query.order_by(PreservedSegment.started_at)))


def preserved_count(*, tenant_id: UUID, hold_id: UUID) -> int:
    """How many segments a hold has copied."""
    query = select(func.count()).where(PreservedSegment.tenant_id == tenant_id, PreservedSegment.hold_id == hold_id)
    return db.session.scalar(query) or 0


def destructions(*, tenant_id: UUID, limit: int = 100) -> list[Destruction]:
    """Destructions with their certificates, or 待完成; the newest day first."""
    query = select(Destruction).where(Destruction.tenant_id == tenant_id).limit(limit)
    return list(db.session.scalars(query.order_by(Destruction.civil_day.desc(), Destruction.retention_days)))


def destructions_between(*, tenant_id: UUID, first: date, last: date) -> list[Destruction]:
    """Destructions of the footage of these days, the newest day first."""
    query = select(Destruction).where(Destruction.tenant_id == tenant_id, Destruction.civil_day.between(first, last))
    return list(db.session.scalars(query.order_by(Destruction.civil_day.desc(), Destruction.retention_days)))


def destruction_months(*, tenant_id: UUID) -> list[date]:
    """The first day of every month of which footage was destroyed, the newest first."""
    month = cast(func.date_trunc("month", Destruction.civil_day), Date)
    query = select(month).where(Destruction.tenant_id == tenant_id).distinct().order_by(month.desc())
    return list(db.session.scalars(query))


def destruction(*, tenant_id: UUID, destruction_id: UUID) -> Destruction:
    """One destruction. Raises `NotFound`."""
    query = select(Destruction).where(Destruction.tenant_id == tenant_id, Destruction.id == destruction_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def begun_destructions(*, tenant_id: UUID) -> list[Destruction]:
    """Destructions whose key is gone and whose emptiness is not proven yet: 待完成."""
    query = select(Destruction).where(Destruction.tenant_id == tenant_id, Destruction.state == DestructionState.BEGUN)
    return list(db.session.scalars(query.order_by(Destruction.civil_day)))


def due_days(*, tenant_id: UUID, today: date) -> list[DayAndClass]:
    """The days whose footage may go and whose key still lives, the oldest first. A hold may still make one wait."""
    keys = footage.living_keys(tenant_id=tenant_id)
    return [DayAndClass(day=day, retention_days=days) for day, days in keys if day < today and is_due(day, days, today)]


def totals(*, tenant_id: UUID, day: date, retention_days: int) -> Totals:
    """How many segments and bytes one key protects."""
    query = select(func.count(), func.coalesce(func.sum(Segment.cipher_bytes), 0)).where(
        Segment.tenant_id == tenant_id, Segment.civil_day == day, Segment.retention_days == retention_days
    )
    segments, size = db.session.execute(query).one()
    return Totals(segments=segments, bytes=int(size))


def classes_in_use(*, tenant_id: UUID, today: date) -> set[int]:
    """Every retention class under which this institution's footage lies, is recorded today, or is known to come.

    A class that no site uses any more stays in use until its last day is proven to be empty.
    """
    known, sites = classes.of_tenant(tenant_id=tenant_id), registry.sites(tenant_id=tenant_id)
    ahead = {days for site in sites for _, days in known.changes(site, after=today)}
    kept = select(DayKey.retention_days).where(DayKey.tenant_id == tenant_id, DayKey.destroyed_at.is_(None))
    begun = select(Destruction.retention_days).where(
        Destruction.tenant_id == tenant_id, Destruction.state == DestructionState.BEGUN
    )
    return {known.of(site, today) for site in sites} | ahead | set(db.session.scalars(kept.union(begun)))


@read_once
def overdue(*, tenant_id: UUID, today: date) -> list[Overdue]:
    """What is due and not proven to be gone, the oldest first: late destruction is a violation too (KH-5-4a)."""
    waiting = [(each.day, each.retention_days, False) for each in due_days(tenant_id=tenant_id, today=today)]
    begun = [(each.civil_day, each.retention_days, True) for each in begun_destructions(tenant_id=tenant_id)]
    return [
        Overdue(day=day, retention_days=days, since=periods.deletable_from(day, days), begun=is_begun)
        for day, days, is_begun in sorted(waiting + begun)
    ]


def days_kept(*, tenant_id: UUID, today: date) -> int | None:
    """How many days back the institution's footage reaches; None when it has none, which is never shown as fine."""
    oldest = footage.oldest_day(tenant_id=tenant_id, cameras=registry.cameras(tenant_id=tenant_id))
    return (today - oldest).days if oldest is not None else None


def availability(*, tenant_id: UUID, span: CameraSpan) -> Availability:
    """Whether a camera's window is still there, wholly or in part, and which certificates say where the rest went."""
    alive: list[Window] = []
    touched: set[tuple[date, int]] = set()
    for segment, living in db.session.execute(
        select(Segment, DayKey.destroyed_at.is_(None))
        .join(DayKey, footage.KEY_OF_SEGMENT)
        .where(
            Segment.tenant_id == tenant_id,
            Segment.camera_id == span.camera_id,
            Segment.civil_day.in_(days_of(span)),
            Segment.started_at < span.ended_at,
            Segment.ended_at > span.started_at,
            Segment.state.in_(footage.PRESENT),
        )
    ):
        touched.add((segment.civil_day, segment.retention_days))
        if living:
            alive.append(Window(max(segment.started_at, span.started_at), min(segment.ended_at, span.ended_at)))
    filmed = touched | _once_filmed(tenant_id, span)
    keys = filmed or _own_days(tenant_id, span)
    gone = _destroyed(tenant_id, keys)
    state = _state(span, alive=bool(alive), gone=bool(gone))
    if state is AvailabilityState.EMPTY and keys and all(is_due(day, days, clock.today()) for day, days in keys):
        state = AvailabilityState.EXPIRED
    return Availability(
        state=state,
        recorded=tuple(merged(alive)),
        certificates=tuple(each.certificate_no or "待完成" for each in gone),
        earliest=_earliest(tenant_id, span.camera_id),
        destroyed_at=max((each.begun_at for each in gone if filmed), default=None),
    )


def is_unsound(*, tenant_id: UUID, span: CameraSpan) -> bool:
    """Whether a device entered footage of this span that the store lacks, or has other than the device signed."""
    query = select(Segment.id).where(
        Segment.tenant_id == tenant_id,
        Segment.camera_id == span.camera_id,
        Segment.civil_day.in_(days_of(span)),
        (Segment.started_at < span.ended_at) & (Segment.ended_at > span.started_at),
        Segment.state.in_((SegmentState.MISMATCHED, SegmentState.MISSING)),
    )
    return db.session.scalar(query.limit(1)) is not None


def _earliest(tenant_id: UUID, camera_id: UUID) -> date | None:
    camera = db.session.scalar(select(Camera).where(Camera.tenant_id == tenant_id, Camera.id == camera_id))
    cameras = [camera] if camera is not None else []
    return footage.earliest_days(tenant_id=tenant_id, cameras=cameras).get(camera_id)


def _state(span: CameraSpan, *, alive: bool, gone: bool) -> AvailabilityState:
    if span.started_at >= clock.now():
        return AvailabilityState.FUTURE
    if alive:
        return AvailabilityState.PARTLY if gone else AvailabilityState.RECORDED
    return AvailabilityState.DESTROYED if gone else AvailabilityState.EMPTY


def _once_filmed(tenant_id: UUID, span: CameraSpan) -> set[tuple[date, int]]:
    """The keys under which the camera had footage about then that was destroyed: the index may be gone with it."""
    kept = footage.filmed_days(tenant_id=tenant_id, days=days_of(span), camera_id=span.camera_id)
    return {
        (each.civil_day, each.retention_days)
        for each in kept
        if each.started_at < span.ended_at and each.ended_at > span.started_at
    }


def _own_days(tenant_id: UUID, span: CameraSpan) -> set[tuple[date, int]]:
    """The keys that would hold a window in which nothing is indexed: of the camera's site, in the class of each day."""
    camera = db.session.scalar(select(Camera).where(Camera.tenant_id == tenant_id, Camera.id == span.camera_id))
    if camera is None:
        return set()
    known, site = classes.of_tenant(tenant_id=tenant_id), registry.site(tenant_id=tenant_id, site_id=camera.site_id)
    return {(day, known.of(site, day)) for day in days_of(span) if day >= civil_day(span.started_at)}


def _destroyed(tenant_id: UUID, keys: set[tuple[date, int]]) -> list[Destruction]:
    """The destructions of those keys, also those whose emptiness is not proven yet."""
    query = (
        select(Destruction)
        .where(
            Destruction.tenant_id == tenant_id,
            tuple_(Destruction.civil_day, Destruction.retention_days).in_(sorted(keys)),
        )
        .order_by(Destruction.civil_day)
    )
    return list(db.session.scalars(query))
