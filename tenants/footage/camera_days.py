"""A camera's day as pages and holds read it, out of an index of hundreds of millions of minutes (ADR 0013).

The statements are made once, with places for values: to make one anew costs as much as to ask it. They name columns of
tables, so that the session makes no object of each row; and times travel as microseconds, since a time with its zone
costs the driver more than all the rest of a row. The session is bound to the institution.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Label,
    Select,
    Uuid,
    any_,
    bindparam,
    extract,
    func,
    null,
    select,
)
from sqlalchemy import cast as as_type

from infra.causes import GapCause
from infra.clock import civil_day, day_start
from infra.db import IN_BYTES, db
from infra.once import read_once
from tenants.footage.coverage import CameraDay, camera_day
from tenants.footage.models import CameraStatus, DayKey, FilmedDay, GapReport, Segment
from tenants.footage.queries import PRESENT
from tenants.footage.rules import (
    LONGEST,
    Gap,
    Now,
    Reported,
    Window,
    day_window,
    state_now,
)
from tenants.registry.models import Camera

_MICROSECOND = timedelta(microseconds=1)
# No regulation lets footage go earlier: today and the days before it are all in the index.
_INDEXED = timedelta(days=13)


def _in_span() -> Iterator[ColumnElement[bool]]:
    yield _SEGMENT.tenant_id == bindparam("tenant_id")
    yield _SEGMENT.camera_id.in_(bindparam("camera_ids", expanding=True))
    yield _SEGMENT.civil_day.between(bindparam("first_day"), bindparam("last_day"))
    yield _SEGMENT.started_at < bindparam("ends")
    yield _SEGMENT.started_at > bindparam("since")
    yield _SEGMENT.ended_at > bindparam("begins")
    yield _SEGMENT.state.in_(PRESENT)


def _us(column: ColumnElement[datetime]) -> ColumnElement[int]:
    return as_type(extract("epoch", column) * 1_000_000, BigInteger)


_SEGMENT, _KEY, _FILMED = Segment.__table__.c, DayKey.__table__.c, FilmedDay.__table__.c
_STATUS, _GAP = CameraStatus.__table__.c, GapReport.__table__.c
_MINUTES = (
    select(
        _SEGMENT.id,
        _SEGMENT.retention_days,
        _us(_SEGMENT.started_at).label("started_us"),
        _us(_SEGMENT.ended_at).label("ended_us"),
        _SEGMENT.state,
    )
    .where(*_in_span())
    .order_by(_SEGMENT.started_at, _SEGMENT.id)
    .execution_options(**IN_BYTES)
)


def _joined(*more: Label[Any]) -> Select[*tuple[Any, ...]]:
    """Of each camera its minutes, those that touch as one. By camera alone, as the index lies: nothing is sorted."""
    spans = func.unnest(func.range_agg(func.tstzrange(_SEGMENT.started_at, _SEGMENT.ended_at))).label("span")
    found = select(_SEGMENT.camera_id, spans, *more).where(*_in_span()).group_by(_SEGMENT.camera_id).subquery()
    told = (found.c[each.name] for each in more)
    return select(found.c.camera_id, func.lower(found.c.span), func.upper(found.c.span), *told)


_RUNS = _joined()
_IS_ITS_OWN = _SEGMENT.civil_day == bindparam("last_day")
_IS_GONE = _SEGMENT.retention_days == any_(bindparam("gone", type_=ARRAY(Integer)))
_DAY = _joined(
    func.sum(_SEGMENT.cipher_bytes).filter(_IS_ITS_OWN).label("stored_bytes"),
    func.bool_or(_IS_GONE).filter(_IS_ITS_OWN).label("is_gone"),
)
_GAPS = (
    select(_GAP.camera_id, _GAP.started_at, _GAP.ended_at, _GAP.cause, _GAP.signature.is_not(None))
    .where(
        _GAP.tenant_id == bindparam("tenant_id"),
        _GAP.started_at < bindparam("ends"),
        _GAP.ended_at > bindparam("begins"),
    )
    .order_by(_GAP.started_at)
)
_SAID = select(
    _STATUS.camera_id,
    _STATUS.reported_at,
    _STATUS.recording,
    _STATUS.recorded_until,
    _STATUS.spooled_from,
    _STATUS.fault,
    _STATUS.frozen_since,
).where(_STATUS.tenant_id == bindparam("tenant_id"))
# What of a day is destroyed: classes whose key is, and cameras whose rows went with it.
_GONE = (
    select(_KEY.retention_days, as_type(null(), Uuid).label("camera_id"))
    .where(_KEY.tenant_id == bindparam("tenant_id"), _KEY.civil_day == bindparam("day"), _KEY.destroyed_at.is_not(None))
    .union_all(
        select(as_type(null(), Integer), _FILMED.camera_id).where(
            _FILMED.tenant_id == bindparam("tenant_id"), _FILMED.civil_day == bindparam("day")
        )
    )
)


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


@dataclass(frozen=True)
class _Arrived:
    """What of one camera's day is in the index. `is_gone`: the key of some of it is destroyed."""

    windows: list[Window]
    stored_bytes: int | None
    is_gone: bool


_NOTHING = _Arrived(windows=[], stored_bytes=None, is_gone=False)


def segments_in(*, tenant_id: UUID, camera_id: UUID, window: Window) -> Sequence[Listed]:
    """The segments of one camera that hold any instant of the window and are in the store, by time."""
    asked = {"tenant_id": tenant_id, "camera_ids": [camera_id], **_span(window, last=civil_day(window.ended_at))}
    return cast("Sequence[Listed]", db.session.execute(_MINUTES, asked).all())


def timeline(*, tenant_id: UUID, cameras: Sequence[Camera], day: date, now: datetime) -> list[CameraTimeline]:
    """Each camera's day: what was recorded, what is on its way, what is missing and why."""
    whole = day_window(day)
    gone, once = _gone(tenant_id, day)
    arrived = _arrived_of_day(tenant_id, cameras, whole, gone)
    reports, said = _gap_reports(tenant_id, whole), statuses(tenant_id=tenant_id)
    lines: list[CameraTimeline] = []
    for camera in cameras:
        in_use, reported, came = _in_use(camera, whole), said.get(camera.id), arrived.get(camera.id, _NOTHING)
        told = reports.get(camera.id, [])
        known = (
            camera_day(in_use, arrived=came.windows, reports=told, reported=reported, now=now)
            if in_use is not None
            else CameraDay(expected=None)
        )
        destroyed = camera.id in once or came.is_gone
        lines.append(CameraTimeline(camera, known, state_now(reported, now), destroyed, came.stored_bytes))
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
            _SAID, {"tenant_id": tenant_id}
        )
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
    """What arrived of each camera: the database joins the minutes, and a few windows travel."""
    found: dict[UUID, list[Window]] = {}
    for camera_id, started_at, ended_at in db.session.execute(_RUNS, _asked(tenant_id, cameras, whole)):
        found.setdefault(camera_id, []).append(Window(started_at, ended_at))
    return found


def _arrived_of_day(
    tenant_id: UUID, cameras: Sequence[Camera], whole: Window, gone: Collection[int]
) -> dict[UUID, _Arrived]:
    """The same of one day, with how much it is, in one walk through the index; `gone` are classes without their key."""
    found: dict[UUID, _Arrived] = {}
    asked = _asked(tenant_id, cameras, whole) | {"gone": list(gone)}
    for camera_id, started_at, ended_at, stored_bytes, is_gone in db.session.execute(_DAY, asked):
        size = None if stored_bytes is None else int(stored_bytes)
        came = found.setdefault(camera_id, _Arrived([], size, bool(is_gone)))
        came.windows.append(Window(started_at, ended_at))
    return found


def _asked(tenant_id: UUID, cameras: Sequence[Camera], whole: Window) -> dict[str, object]:
    asked = {"tenant_id": tenant_id, "camera_ids": [camera.id for camera in cameras]}
    return asked | _span(whole, last=civil_day(whole.ended_at - _MICROSECOND))


def _gone(tenant_id: UUID, day: date) -> tuple[set[int], set[UUID]]:
    found = db.session.execute(_GONE, {"tenant_id": tenant_id, "day": day}).all()
    classes = {retention_days for retention_days, camera_id in found if camera_id is None}
    return classes, {camera_id for _, camera_id in found if camera_id is not None}


def _gap_reports(tenant_id: UUID, whole: Window) -> dict[UUID, list[Gap]]:
    asked = {"tenant_id": tenant_id, "begins": whole.started_at, "ends": whole.ended_at}
    found: dict[UUID, list[Gap]] = {}
    for camera_id, started_at, ended_at, cause, signed in db.session.execute(_GAPS, asked):
        found.setdefault(camera_id, []).append(Gap(Window(started_at, ended_at), GapCause(cause), signed))
    return found


def _span(window: Window, *, last: date) -> dict[str, object]:
    """The places of `_in_span`. The days are named so that only their partitions are read."""
    since = window.started_at - LONGEST
    return {
        "first_day": civil_day(since),
        "last_day": last,
        "since": since,
        "begins": window.started_at,
        "ends": window.ended_at,
    }
