"""What the engine asks about holds before it copies, ends or destroys anything."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from infra.db import db
from tenants.errors import NotFound
from tenants.footage.models import DayKey, Segment, SegmentState
from tenants.footage.queries import KEY_OF_SEGMENT
from tenants.retention import queries
from tenants.retention.models import Hold, HoldWindow, PreservedSegment
from tenants.retention.rules import CameraSpan, days_of


def locked_hold(*, tenant_id: UUID, hold_id: UUID) -> Hold:
    """One hold, taken for this transaction: copying, releasing and destroying it wait for one another."""
    query = select(Hold).where(Hold.tenant_id == tenant_id, Hold.id == hold_id).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def open_holds(*, tenant_id: UUID) -> list[UUID]:
    """Holds that have not ended, oldest first."""
    query = select(Hold.id).where(Hold.tenant_id == tenant_id, Hold.released_at.is_(None))
    return list(db.session.scalars(query.order_by(Hold.placed_at)))


def ending_holds(*, tenant_id: UUID, today: date) -> list[UUID]:
    """Open holds whose announced last day is over."""
    query = select(Hold.id).where(Hold.tenant_id == tenant_id, Hold.released_at.is_(None), Hold.ends_on < today)
    return list(db.session.scalars(query))


def released_holds(*, tenant_id: UUID) -> list[UUID]:
    """Holds that ended and whose copies are not proven to be gone."""
    query = select(Hold.id).where(
        Hold.tenant_id == tenant_id, Hold.released_at.is_not(None), Hold.destroyed_at.is_(None)
    )
    return list(db.session.scalars(query))


def uncopied(*, tenant_id: UUID, hold_id: UUID, windows: Sequence[CameraSpan]) -> list[tuple[Segment, str]]:
    """Segments in the store that a hold covers and has no copy of, and whose key still lives; in order of time.

    Each with that key's recipient, which its device's line names.
    """
    query = (
        select(Segment, DayKey.recipient)
        .join(DayKey, KEY_OF_SEGMENT)
        .where(
            Segment.tenant_id == tenant_id,
            or_(*map(_in_span, windows)),
            Segment.state == SegmentState.STORED,
            DayKey.destroyed_at.is_(None),
            ~_copy_of(PreservedSegment.hold_id == hold_id),
        )
        .order_by(Segment.started_at, Segment.camera_id)
    )
    return [(segment, recipient) for segment, recipient in db.session.execute(query)]


def lacks_copies(*, tenant_id: UUID, hold_id: UUID) -> bool:
    """Whether a hold that goes on lacks copies of something that lies in the store."""
    hold = queries.hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is not None:
        return False
    windows = queries.windows(tenant_id=tenant_id, hold_id=hold_id)
    return bool(uncopied(tenant_id=tenant_id, hold_id=hold_id, windows=windows))


def held_days(*, tenant_id: UUID) -> frozenset[date]:
    """The civil days of which some open hold keeps anything: of no other day need `waiting_holds` be asked."""
    query = (
        select(HoldWindow)
        .join(Hold, and_(Hold.tenant_id == HoldWindow.tenant_id, Hold.id == HoldWindow.hold_id))
        .where(HoldWindow.tenant_id == tenant_id, Hold.released_at.is_(None))
    )
    return frozenset(day for window in db.session.scalars(query) for day in days_of(window))


def waiting_holds(*, tenant_id: UUID, day: date, retention_days: int) -> list[Hold]:
    """Open holds for which this day's key must not go yet: what they cover is uncopied, or not checked yet."""
    covered = (
        select(Segment.id)
        .join(
            HoldWindow,
            and_(
                HoldWindow.tenant_id == Segment.tenant_id,
                HoldWindow.camera_id == Segment.camera_id,
                HoldWindow.started_at < Segment.ended_at,
                HoldWindow.ended_at > Segment.started_at,
            ),
        )
        .where(
            HoldWindow.hold_id == Hold.id,
            Segment.tenant_id == tenant_id,
            Segment.civil_day == day,
            Segment.retention_days == retention_days,
            or_(
                Segment.state == SegmentState.CONFIRMED,
                and_(Segment.state == SegmentState.STORED, ~_copy_of(PreservedSegment.hold_id == Hold.id)),
            ),
        )
    )
    query = select(Hold).where(Hold.tenant_id == tenant_id, Hold.released_at.is_(None), covered.exists())
    return list(db.session.scalars(query.order_by(Hold.placed_at)))


def _in_span(span: CameraSpan) -> ColumnElement[bool]:
    """The days are named so that only their partitions are read."""
    return and_(
        Segment.camera_id == span.camera_id,
        Segment.civil_day.in_(days_of(span)),
        Segment.started_at < span.ended_at,
        Segment.ended_at > span.started_at,
    )


def _copy_of(of_hold: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(PreservedSegment.segment_id)
        .where(PreservedSegment.tenant_id == Segment.tenant_id, PreservedSegment.segment_id == Segment.id, of_hold)
        .exists()
    )
