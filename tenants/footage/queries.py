"""Reads of footage: metadata, never pixels. The session is bound to the institution."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from infra.causes import GapCause
from infra.clock import civil_day, day_start
from infra.db import db
from tenants.footage.models import CameraStatus, DayKey, FilmedDay, GapReport, Segment, SegmentState
from tenants.footage.rules import (
    LONGEST,
    ONE_DAY,
    CameraDay,
    Gap,
    Now,
    Reported,
    Window,
    camera_day,
    day_window,
    state_now,
)
from tenants.registry.models import Camera

PRESENT = (SegmentState.CONFIRMED, SegmentState.STORED)
# A device confirms for ten days after the recording, and a store that is down for long is asked again when it is back.
_CHECKED_WITHIN = timedelta(days=31)
KEY_OF_SEGMENT = and_(
    DayKey.tenant_id == Segment.tenant_id,
    DayKey.civil_day == Segment.civil_day,
    DayKey.retention_days == Segment.retention_days,
)


@dataclass(frozen=True)
class CameraTimeline:
    """One camera's day as its school sees it. `destroyed` when the day's footage was lawfully destroyed."""

    camera: Camera
    day: CameraDay
    now: Now
    destroyed: bool


class Listed(Protocol):
    """A segment as it is listed: its row as it comes. A day has 1,440 of a camera, and what is made of each is felt."""

    id: UUID
    retention_days: int
    started_at: datetime
    ended_at: datetime
    state: str


def segments_in(*, tenant_id: UUID, camera_id: UUID, window: Window) -> Sequence[Listed]:
    """The segments of one camera that hold any instant of the window and are in the store, by time."""
    query = (
        select(Segment.id, Segment.retention_days, Segment.started_at, Segment.ended_at, Segment.state)
        .where(
            Segment.tenant_id == tenant_id,
            Segment.camera_id == camera_id,
            Segment.civil_day.between(civil_day(window.started_at - LONGEST), civil_day(window.ended_at)),
            Segment.started_at < window.ended_at,
            Segment.started_at > window.started_at - LONGEST,
            Segment.ended_at > window.started_at,
            Segment.state.in_(PRESENT),
        )
        .order_by(Segment.started_at, Segment.id)
    )
    # By the connection: the session makes an object more of each of the minutes of a day.
    return cast("Sequence[Listed]", db.session.connection().execute(query).all())


def timeline(*, tenant_id: UUID, cameras: Sequence[Camera], day: date, now: datetime) -> list[CameraTimeline]:
    """Each camera's day: what was recorded, what is on its way, what is missing and why."""
    whole = day_window(day)
    arrived, classes = _arrived(tenant_id, cameras, whole)
    reports, said = _gap_reports(tenant_id, whole), statuses(tenant_id=tenant_id)
    gone = {key.retention_days for key in day_keys(tenant_id=tenant_id, first=day, last=day) if key.destroyed_at}
    once = {filmed.camera_id for filmed in filmed_days(tenant_id=tenant_id, days=[day])}
    lines: list[CameraTimeline] = []
    for camera in cameras:
        in_use, reported = _in_use(camera, whole), said.get(camera.id)
        known = (
            camera_day(
                in_use,
                arrived=arrived.get(camera.id, []),
                reports=reports.get(camera.id, []),
                reported=reported,
                now=now,
            )
            if in_use is not None
            else CameraDay(expected=None)
        )
        destroyed = camera.id in once or bool(classes.get(camera.id, set()) & gone)
        lines.append(CameraTimeline(camera, known, state_now(reported, now), destroyed))
    return lines


def earliest_days(*, tenant_id: UUID, cameras: Sequence[Camera]) -> dict[UUID, date]:
    """最早可查日期 of each camera that has footage: its oldest segment whose key still opens (KH-5-3c)."""
    living = (
        select(DayKey.civil_day, DayKey.retention_days)
        .where(DayKey.tenant_id == tenant_id, DayKey.destroyed_at.is_(None))
        .order_by(DayKey.civil_day)
    )
    found: dict[UUID, date] = {}
    waiting = {camera.id for camera in cameras}
    # Day by day, each from one partition: the oldest one or two mostly have every camera.
    for day, retention_days in db.session.execute(living).all() if waiting else ():
        filmed = exists().where(
            Segment.civil_day == day,
            Segment.retention_days == retention_days,
            Segment.tenant_id == tenant_id,
            Segment.camera_id == Camera.id,
            Segment.state.in_(PRESENT),
        )
        query = select(Camera.id).where(Camera.tenant_id == tenant_id, Camera.id.in_(waiting), filmed)
        with_footage = set(db.session.scalars(query))
        found |= dict.fromkeys(with_footage, day)
        waiting -= with_footage
        if not waiting:
            break
    return found


def day_keys(
    *, tenant_id: UUID, first: date, last: date, retention_days: int | None = None, living: bool = False
) -> list[DayKey]:
    """The institution's day keys from `first` to `last`, both included; only those not destroyed when `living`."""
    query = select(DayKey).where(DayKey.tenant_id == tenant_id, DayKey.civil_day.between(first, last))
    if retention_days is not None:
        query = query.where(DayKey.retention_days == retention_days)
    if living:
        query = query.where(DayKey.destroyed_at.is_(None))
    return list(db.session.scalars(query.order_by(DayKey.civil_day, DayKey.retention_days)))


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


def statuses(*, tenant_id: UUID) -> dict[UUID, Reported]:
    """The edge's last word about each camera."""
    return {
        status.camera_id: Reported(
            at=status.reported_at,
            recording=status.recording,
            recorded_until=status.recorded_until,
            late=_late(status),
            fault=GapCause(status.fault) if status.fault else None,
        )
        for status in db.session.scalars(select(CameraStatus).where(CameraStatus.tenant_id == tenant_id))
    }


def _late(status: CameraStatus) -> Window | None:
    if status.spooled_from is None or status.recorded_until is None or status.spooled_from >= status.recorded_until:
        return None
    return Window(status.spooled_from, status.recorded_until)


def _in_use(camera: Camera, whole: Window) -> Window | None:
    """When footage of the camera can be expected: on its first day, from the hour it was entered."""
    entered_on_first_day = civil_day(camera.created_at) == camera.active_from
    since = camera.created_at if entered_on_first_day else day_start(camera.active_from)
    until = day_start(camera.retired_on) if camera.retired_on is not None else whole.ended_at
    return Window(since, until).within(whole) if since < until else None


def _arrived(
    tenant_id: UUID, cameras: Sequence[Camera], whole: Window
) -> tuple[dict[UUID, list[Window]], dict[UUID, set[int]]]:
    """What arrived of each camera, minutes that touch as one: the database joins them, and a few windows travel."""
    spans = func.range_agg(func.tstzrange(Segment.started_at, Segment.ended_at))
    in_day = (
        Segment.tenant_id == tenant_id,
        Segment.camera_id.in_([camera.id for camera in cameras]),
        Segment.civil_day.between(civil_day(whole.started_at - LONGEST), civil_day(whole.started_at)),
        Segment.started_at < whole.ended_at,
        Segment.started_at > whole.started_at - LONGEST,
        Segment.ended_at > whole.started_at,
        Segment.state.in_(PRESENT),
    )
    of_class = (Segment.camera_id, Segment.retention_days)
    joined = select(*of_class, func.unnest(spans).label("span")).where(*in_day).group_by(*of_class).subquery()
    query = select(joined.c.camera_id, joined.c.retention_days, func.lower(joined.c.span), func.upper(joined.c.span))
    arrived: dict[UUID, list[Window]] = {}
    classes: dict[UUID, set[int]] = {}
    for camera_id, retention_days, started_at, ended_at in db.session.execute(query):
        arrived.setdefault(camera_id, []).append(Window(started_at, ended_at))
        classes.setdefault(camera_id, set()).add(retention_days)
    return arrived, classes


def _gap_reports(tenant_id: UUID, whole: Window) -> dict[UUID, list[Gap]]:
    query = (
        select(GapReport)
        .where(
            GapReport.tenant_id == tenant_id,
            GapReport.started_at < whole.ended_at,
            GapReport.ended_at > whole.started_at,
        )
        .order_by(GapReport.started_at)
    )
    found: dict[UUID, list[Gap]] = {}
    for report in db.session.scalars(query):
        gap = Gap(Window(report.started_at, report.ended_at), GapCause(report.cause))
        found.setdefault(report.camera_id, []).append(gap)
    return found
