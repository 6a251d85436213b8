"""Reads about what is kept, what is due, what is held and what is gone. Bound to one institution."""

from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Date, Select, cast, func, select

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants import periods
from tenants.errors import NotFound
from tenants.footage import queries as footage
from tenants.footage.models import DayKey, Segment
from tenants.registry import classes
from tenants.registry import queries as registry
from tenants.retention import at_hand
from tenants.retention.models import Destruction, DestructionState, Hold, HoldBasis, HoldWindow, PreservedSegment
from tenants.retention.rules import CameraSpan, DayAndClass, is_due


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
    there = at_hand.any_kept if open_only else at_hand.any_hold
    asked = _open_holds if open_only else _holds
    return list(db.session.scalars(*asked(tenant_id=tenant_id))) if there(tenant_id=tenant_id) else []


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
    return list(db.session.scalars(*_begun(tenant_id=tenant_id))) if at_hand.any_begun(tenant_id=tenant_id) else []


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


@made_once
def _holds(*, tenant_id: UUID) -> Select[Hold]:
    return select(Hold).where(Hold.tenant_id == tenant_id).order_by(Hold.placed_at.desc())


@made_once
def _open_holds(*, tenant_id: UUID) -> Select[Hold]:
    return select(Hold).where(Hold.tenant_id == tenant_id, Hold.released_at.is_(None)).order_by(Hold.placed_at.desc())


@made_once
def _begun(*, tenant_id: UUID) -> Select[Destruction]:
    return (
        select(Destruction)
        .where(Destruction.tenant_id == tenant_id, Destruction.state == DestructionState.BEGUN)
        .order_by(Destruction.civil_day)
    )
