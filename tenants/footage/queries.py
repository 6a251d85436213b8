"""Reads of footage: metadata, never pixels. The session is bound to the institution."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.footage.models import DayKey, FilmedDay, Segment, SegmentState
from tenants.footage.rules import (
    ONE_DAY,
)
from tenants.registry.models import Camera

PRESENT = (SegmentState.CONFIRMED, SegmentState.STORED)
# A device confirms for 15 days after the recording, and a store that is down for long is asked again when it is back.
_CHECKED_WITHIN = timedelta(days=31)
KEY_OF_SEGMENT = and_(
    DayKey.tenant_id == Segment.tenant_id,
    DayKey.civil_day == Segment.civil_day,
    DayKey.retention_days == Segment.retention_days,
)


def earliest_days(*, tenant_id: UUID, cameras: Sequence[Camera]) -> dict[UUID, date]:
    """最早可查日期 of each camera that has footage: its oldest segment whose key still opens (KH-5-3c)."""
    return _earliest_days(tenant_id=tenant_id, camera_ids=frozenset(camera.id for camera in cameras))


def oldest_day(*, tenant_id: UUID, cameras: Sequence[Camera]) -> date | None:
    """最早可查日期 of all of them, in use or not; None where they have no footage. It is kept to its day (DR-33)."""
    return min(earliest_days(tenant_id=tenant_id, cameras=cameras).values(), default=None)


@read_once
def living_keys(*, tenant_id: UUID) -> list[tuple[date, int]]:
    """The days and classes whose footage can still be opened, the oldest first."""
    return [(day, retention_days) for day, retention_days in db.session.execute(*_living_keys(tenant_id=tenant_id))]


@read_once
def _earliest_days(*, tenant_id: UUID, camera_ids: frozenset[UUID]) -> dict[UUID, date]:
    found: dict[UUID, date] = {}
    waiting = set(camera_ids)
    # Day by day, each from one partition: the oldest one or two mostly have every camera.
    for day, retention_days in living_keys(tenant_id=tenant_id) if waiting else ():
        asked = _filmed(tenant_id=tenant_id, day=day, retention_days=retention_days, camera_ids=waiting)
        with_footage = set(db.session.scalars(*asked))
        found |= dict.fromkeys(with_footage, day)
        waiting -= with_footage
        if not waiting:
            break
    return found


def day_keys(*, tenant_id: UUID, first: date, last: date, living: bool = False) -> list[DayKey]:
    """The institution's day keys from `first` to `last`, both included; only those not destroyed when `living`."""
    asked = _living_of_days if living else _of_days
    return list(db.session.scalars(*asked(tenant_id=tenant_id, first=first, last=last)))


def any_key_lives(*, tenant_id: UUID, through: date) -> bool:
    """Whether footage of any day up to `through`, included, can still be opened."""
    living = exists().where(DayKey.tenant_id == tenant_id, DayKey.civil_day <= through, DayKey.destroyed_at.is_(None))
    return bool(db.session.scalar(select(living)))


def filmed_days(*, tenant_id: UUID, days: Collection[date], camera_id: UUID | None = None) -> list[FilmedDay]:
    """What cameras had on these days under keys that are destroyed: it outlives the index."""
    query = select(FilmedDay).where(FilmedDay.tenant_id == tenant_id, FilmedDay.civil_day.in_(days))
    if camera_id is not None:
        query = query.where(FilmedDay.camera_id == camera_id)
    return list(db.session.scalars(query.order_by(FilmedDay.civil_day, FilmedDay.retention_days, FilmedDay.camera_id)))


def states_of(*, tenant_id: UUID, segments: Sequence[tuple[date, UUID]]) -> dict[UUID, SegmentState]:
    """The state of each of these segments that the index knows."""
    query = select(Segment.id, Segment.state).where(
        Segment.tenant_id == tenant_id,
        Segment.civil_day.in_({day for day, _ in segments}),
        Segment.id.in_({segment_id for _, segment_id in segments}),
    )
    return {segment_id: SegmentState(state) for segment_id, state in db.session.execute(query)} if segments else {}


def unchecked(*, tenant_id: UUID, today: date) -> ColumnElement[bool]:
    """Segments for which the store has not been asked yet; what stayed so for a month, the sweep of the store finds."""
    return and_(
        Segment.tenant_id == tenant_id,
        Segment.state == SegmentState.CONFIRMED,
        Segment.civil_day.between(today - _CHECKED_WITHIN, today + ONE_DAY),
    )


def has_unchecked(*, tenant_id: UUID, today: date) -> bool:
    """Whether segments wait for the store to be asked (for the sweep)."""
    return bool(db.session.scalar(select(exists().where(unchecked(tenant_id=tenant_id, today=today)))))


@made_once
def _living_keys(*, tenant_id: UUID) -> Select[date, int]:
    return (
        select(DayKey.civil_day, DayKey.retention_days)
        .where(DayKey.tenant_id == tenant_id, DayKey.destroyed_at.is_(None))
        .order_by(DayKey.civil_day, DayKey.retention_days)
    )


@made_once
def _filmed(*, tenant_id: UUID, day: date, retention_days: int, camera_ids: Collection[UUID]) -> Select[UUID]:
    filmed = exists().where(
        Segment.civil_day == day,
        Segment.retention_days == retention_days,
        Segment.tenant_id == tenant_id,
        Segment.camera_id == Camera.id,
        Segment.state.in_(PRESENT),
    )
    return select(Camera.id).where(Camera.tenant_id == tenant_id, Camera.id.in_(camera_ids), filmed)


@made_once
def _of_days(*, tenant_id: UUID, first: date, last: date) -> Select[DayKey]:
    return (
        select(DayKey)
        .where(DayKey.tenant_id == tenant_id, DayKey.civil_day.between(first, last))
        .order_by(DayKey.civil_day, DayKey.retention_days)
    )


@made_once
def _living_of_days(*, tenant_id: UUID, first: date, last: date) -> Select[DayKey]:
    return (
        select(DayKey)
        .where(DayKey.tenant_id == tenant_id, DayKey.civil_day.between(first, last), DayKey.destroyed_at.is_(None))
        .order_by(DayKey.civil_day, DayKey.retention_days)
    )
