"""A camera's day as pages and holds read it, out of an index of hundreds of millions of minutes (ADR 0013).

The session is bound to the institution.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol, cast
from uuid import UUID

from infra.causes import GapCause
from infra.clock import civil_day, day_start
from infra.db import db
from infra.once import read_once
from tenants.footage.coverage import CameraDay, camera_day
from tenants.footage.day_statements import DAY, GAPS, GONE, MINUTES, OF_CLASSES, RUNS, SAID
from tenants.footage.rules import (
    LONGEST,
    Gap,
    Now,
    Reported,
    Window,
    day_window,
    state_now,
)
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.registry.models import Camera

_MICROSECOND = timedelta(microseconds=1)
# No regulation lets footage go earlier: today and the days before it are all in the index.
_INDEXED = timedelta(days=13)


@dataclass(frozen=True)
class _Entered:
    """Of a camera's day: what its box signed for, and what of it the store lost."""

    spans: list[Window] = field(default_factory=list)
    lost: list[Window] = field(default_factory=list)


_NOTHING = _Entered()


class Listed(Protocol):
    """A segment as it is listed: its row as it comes, with its span in microseconds since 1970."""

    id: UUID
    retention_days: int
    started_us: int
    ended_us: int
    state: str


@dataclass(frozen=True)
class CameraTimeline:
    """One camera's day as its school sees it. `destroyed` when the day's footage was lawfully destroyed.

    `stored_bytes` is what the store has of the day; None where nothing came, which is not that nothing will.
    """

    camera: Camera
    day: CameraDay
    now: Now
    destroyed: bool
    stored_bytes: int | None


def segments_in(*, tenant_id: UUID, camera_id: UUID, window: Window) -> Sequence[Listed]:
    """The segments of one camera that hold any instant of the window and are in the store, by time."""
    asked = _asked(tenant_id, [camera_id], window, last=civil_day(window.ended_at))
    return cast("Sequence[Listed]", db.session.execute(MINUTES, asked).all())


def timeline(*, tenant_id: UUID, cameras: Sequence[Camera], day: date, now: datetime) -> list[CameraTimeline]:
    """Each camera's day: what was recorded, what is on its way, what is missing and why."""
    whole = day_window(day)
    gone = _gone(tenant_id, day)
    entered, sizes = _entered(tenant_id, cameras, whole)
    reports, said = _gap_reports(tenant_id, whole), statuses(tenant_id=tenant_id)
    lines: list[CameraTimeline] = []
    for camera in cameras:
        in_use, reported, of_it = _in_use(camera, whole), said.get(camera.id), entered.get(camera.id, _NOTHING)
        told = reports.get(camera.id, [])
        known = (
            camera_day(in_use, arrived=of_it.spans, lost=of_it.lost, reports=told, reported=reported, now=now)
            if in_use is not None
            else CameraDay(expected=None)
        )
        lines.append(CameraTimeline(camera, known, state_now(reported, now), camera.id in gone, sizes.get(camera.id)))
    return lines


def gaps_in(*, tenant_id: UUID, cameras: Sequence[Camera], window: Window, now: datetime) -> dict[UUID, Sequence[Gap]]:
    """What of a span of days each camera has no footage of, and why; what is still on its way is no gap (DR-17).

    Footage that may be destroyed by now is not looked for: of days so old the ledger alone tells.
    """
    since = day_start(civil_day(now) - _INDEXED)
    older = Window(window.started_at, since) if window.started_at < since else None
    indexed = window.within(Window(since, now))
    arrived = _arrived(tenant_id, cameras, indexed) if indexed is not None else {}
    reports, said = _gap_reports(tenant_id, window), statuses(tenant_id=tenant_id)
    found: dict[UUID, Sequence[Gap]] = {}
    for camera in cameras:
        told = reports.get(camera.id, [])
        past = [replace(gap, window=part) for gap in told if older and (part := gap.window.within(older)) is not None]
        span = _in_use(camera, indexed) if indexed is not None else None
        seen = (
            camera_day(span, arrived=arrived.get(camera.id, []), reports=told, reported=said.get(camera.id), now=now)
            if span is not None
            else CameraDay(expected=None)
        )
        found[camera.id] = [*past, *seen.gaps]
    return found


@read_once
def statuses(*, tenant_id: UUID) -> dict[UUID, Reported]:
    """The edge's last word about each camera."""
    return {
        camera_id: Reported(
            at=at,
            recording=recording,
            recorded_until=recorded_until,
            late=_late(spooled_from, recorded_until),
            fault=GapCause(fault) if fault else None,
            frozen_since=frozen_since,
        )
        for camera_id, at, recording, recorded_until, spooled_from, fault, frozen_since in db.session.execute(
            SAID, {"tenant_id": tenant_id}
        )
    }


@read_once
def stopped_since(*, tenant_id: UUID) -> Mapping[UUID, datetime]:
    """Since when each camera has nothing that by its box's last word does not record.

    That is its last footage; where the box never had any of it, since both are there.
    """
    stopped = {each: word for each, word in statuses(tenant_id=tenant_id).items() if not word.recording}
    if not stopped:
        return {}
    boxes = device_queries.enrolled_at(tenant_id=tenant_id)
    return {
        camera.id: stopped[camera.id].recorded_until
        or max(camera.created_at, day_start(camera.active_from), boxes.get(camera.site_id, camera.created_at))
        for camera in registry.cameras_ever(tenant_id=tenant_id)
        if camera.id in stopped
    }


def _late(spooled_from: datetime | None, recorded_until: datetime | None) -> Window | None:
    if spooled_from is None or recorded_until is None or spooled_from >= recorded_until:
        return None
    return Window(spooled_from, recorded_until)


def _in_use(camera: Camera, whole: Window) -> Window | None:
    """When footage of the camera can be expected: on its first day, from the hour it was entered."""
    entered_on_first_day = civil_day(camera.created_at) == camera.active_from
    since = camera.created_at if entered_on_first_day else day_start(camera.active_from)
    until = day_start(camera.retired_on) if camera.retired_on is not None else whole.ended_at
    return Window(since, until).within(whole) if since < until else None


def _arrived(tenant_id: UUID, cameras: Sequence[Camera], whole: Window) -> dict[UUID, list[Window]]:
    """What of each camera its box signed for: the database joins the minutes, and a few windows travel."""
    found: dict[UUID, list[Window]] = {}
    for camera_id, started_at, ended_at in db.session.execute(RUNS, _asked_of(tenant_id, cameras, whole)):
        found.setdefault(camera_id, []).append(Window(started_at, ended_at))
    return found


def _entered(
    tenant_id: UUID, cameras: Sequence[Camera], whole: Window
) -> tuple[Mapping[UUID, _Entered], Mapping[UUID, int]]:
    """The same of one day, with how many bytes of it the store has, in one walk through the index."""
    found: dict[UUID, _Entered] = {}
    sizes: dict[UUID, int] = {}
    for camera_id, since, until, lost_since, lost_until, stored_bytes in db.session.execute(
        DAY, _asked_of(tenant_id, cameras, whole)
    ):
        of_it = found.setdefault(camera_id, _Entered())
        if since is not None:
            of_it.spans.append(Window(since, until))
        if lost_since is not None:
            of_it.lost.append(Window(lost_since, lost_until))
        if stored_bytes is not None:
            sizes[camera_id] = int(stored_bytes)
    return found, sizes


def _gone(tenant_id: UUID, day: date) -> set[UUID]:
    """The cameras of which the day is destroyed; rows of one whose key is may lie in the index a while longer."""
    found = db.session.execute(GONE, {"tenant_id": tenant_id, "day": day}).all()
    classes = [retention_days for retention_days, camera_id in found if camera_id is None]
    cameras = {camera_id for _, camera_id in found if camera_id is not None}
    if not classes:
        return cameras
    left = {"tenant_id": tenant_id, "day": day, "classes": classes}
    return cameras | set(db.session.scalars(OF_CLASSES, left))


def _gap_reports(tenant_id: UUID, whole: Window) -> dict[UUID, list[Gap]]:
    asked = {"tenant_id": tenant_id, "begins": whole.started_at, "ends": whole.ended_at}
    found: dict[UUID, list[Gap]] = {}
    for camera_id, started_at, ended_at, cause, signed in db.session.execute(GAPS, asked):
        found.setdefault(camera_id, []).append(Gap(Window(started_at, ended_at), GapCause(cause), signed))
    return found


def _asked_of(tenant_id: UUID, cameras: Sequence[Camera], whole: Window) -> dict[str, object]:
    return _asked(tenant_id, [each.id for each in cameras], whole, last=civil_day(whole.ended_at - _MICROSECOND))


def _asked(tenant_id: UUID, camera_ids: Sequence[UUID], window: Window, *, last: date) -> dict[str, object]:
    """The places of `_in_span`. The days are named so that only their partitions are read."""
    since = window.started_at - LONGEST
    return {
        "tenant_id": tenant_id,
        "camera_ids": camera_ids,
        "first_day": civil_day(since),
        "last_day": last,
        "since": since,
        "begins": window.started_at,
        "ends": window.ended_at,
    }
