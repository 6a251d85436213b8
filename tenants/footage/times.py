"""How far a camera's own clock is off, and what its box recorded without knowing the time (KH-3-10, DR-18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, true

from infra.camera_profiles import CLOCK_OFF_MS
from infra.db import db
from infra.manifest import CLOCK_BY_HAND, UNKNOWN, Trust, instant, microseconds
from infra.once import read_once
from infra.statements import made_once
from tenants.footage.check_models import CameraCheck
from tenants.footage.models import CameraStatus, Segment
from tenants.footage.newest_checks import newest_check
from tenants.registry.models import Camera

# An error of half a minute can show the wrong minute (KH-3-10); a box compares at night from where a warning begins.
WARN_MS, FAULT_MS = CLOCK_OFF_MS, 30_000
# A time zone is whole half hours off, from the camera's clock give or take its own error.
_ZONE_MS, _MOST_ZONES, _ZONE_ERROR_MS = 1_800_000, 28, 60_000
# A box reads each camera every five minutes; after three hours nothing is known any more.
_OLD = timedelta(hours=3)
# What a nightly check says of a clock, to a second, stands until the next one.
_CHECK_BOUND_MS, _CHECK_OLD = 1000, timedelta(hours=26)


class Drift(StrEnum):
    """What is to be said of a clock. `time_zone`: it runs well, and is set to the time of another part of the world."""

    GOOD = "good"
    WARN = "warn"
    FAULT = "fault"
    TIME_ZONE = "time_zone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class CameraClock:
    """What must be added to a camera's clock, positive where it is slow; within which bound; when it was read.

    It says something for as long as `stands`.
    """

    offset_ms: int
    bound_ms: int
    read_at: datetime
    stands: timedelta = _OLD

    def document(self) -> dict[str, Any]:
        """As the row keeps it."""
        return {"offset_ms": self.offset_ms, "bound_ms": self.bound_ms, "read_us": microseconds(self.read_at)}

    def drift(self, now: datetime) -> Drift:
        """What that is, now. Old readings, and those that could be wrong by more than what is judged, say nothing."""
        if now - self.read_at > self.stands or self.bound_ms >= WARN_MS:
            return Drift.UNKNOWN
        return drift_of(self.offset_ms)


@dataclass(frozen=True, kw_only=True)
class Undated:
    """What a box recorded of a camera in a run whose time nobody will know: after the one moment, before the other.

    It stays sealed on the box, and is neither sent nor deleted. `before` is None while the box has not said it yet.
    """

    segments: int
    seconds: int
    after: datetime
    before: datetime | None

    def document(self) -> dict[str, Any]:
        """As the row keeps it."""
        before_us = microseconds(self.before) if self.before is not None else None
        return {
            "segments": self.segments,
            "seconds": self.seconds,
            "after_us": microseconds(self.after),
            "before_us": before_us,
        }


@dataclass(frozen=True)
class Redated:
    """Segments of a camera's day whose times were worked out afterwards, from the first to the last of them.

    `bound` is how wrong they may be at most; None where the box could not say. `by_hand`: somebody said of some of them
    when the machine had been started.
    """

    segments: int
    started_at: datetime
    ended_at: datetime
    bound: timedelta | None
    by_hand: bool = False


@dataclass(frozen=True)
class Times:
    """Both, of one camera."""

    clock: CameraClock | None = None
    undated: Undated | None = None


def drift_of(offset_ms: int | None) -> Drift:
    """What an offset is: a warning from five seconds, a fault from thirty."""
    if offset_ms is None:
        return Drift.UNKNOWN
    off = abs(offset_ms)
    zones = round(off / _ZONE_MS)
    if 0 < zones <= _MOST_ZONES and abs(off - zones * _ZONE_MS) <= _ZONE_ERROR_MS:
        return Drift.TIME_ZONE
    return Drift.FAULT if off >= FAULT_MS else Drift.WARN if off >= WARN_MS else Drift.GOOD


@read_once
def of_cameras(*, tenant_id: UUID) -> Mapping[UUID, Times]:
    """The last word about each camera of an institution: whichever came last, of the five minutes or of the night."""
    rows = db.session.execute(*_said(tenant_id=tenant_id))
    told = {camera_id: Times(_clock(clock), _undated(undated)) for camera_id, clock, undated in rows}
    for camera_id, checked in _checked(tenant_id).items():
        held = told.get(camera_id, Times())
        if held.clock is None or held.clock.read_at < checked.read_at:
            told[camera_id] = Times(checked, held.undated)
    return told


def redated(*, tenant_id: UUID, camera_id: UUID, day: date) -> Redated | None:
    """What of a camera's day was recorded before its box knew the time; None of a day without any."""
    count, first, last, worst, least, by_hand = db.session.execute(
        select(
            func.count(),
            func.min(Segment.started_at),
            func.max(Segment.ended_at),
            func.max(Segment.clock_bound_us),
            func.min(Segment.clock_bound_us),
            func.bool_or(Segment.clock_source == CLOCK_BY_HAND),
        ).where(
            Segment.tenant_id == tenant_id,
            Segment.camera_id == camera_id,
            Segment.civil_day == day,
            Segment.trust == Trust.REDATED,
        )
    ).one()
    if not count:
        return None
    bound = timedelta(microseconds=worst) if least != UNKNOWN else None
    return Redated(count, first, last, bound, by_hand=by_hand)


def _checked(tenant_id: UUID) -> Mapping[UUID, CameraClock]:
    """What the last nightly checks said of clocks."""
    return {
        camera_id: CameraClock(offset_ms=int(offset_ms), bound_ms=_CHECK_BOUND_MS, read_at=at, stands=_CHECK_OLD)
        for camera_id, offset_ms, at in db.session.execute(*_last_checks(tenant_id=tenant_id))
        if offset_ms is not None
    }


@made_once
def _said(*, tenant_id: UUID) -> Select[UUID, dict[str, Any] | None, dict[str, Any] | None]:
    columns = CameraStatus.camera_id, CameraStatus.clock, CameraStatus.undated
    return select(*columns).where(CameraStatus.tenant_id == tenant_id)


@made_once
def _last_checks(*, tenant_id: UUID) -> Select[UUID, float | None, datetime]:
    last = newest_check(
        CameraCheck.clock_offset_ms, CameraCheck.measured_at, when=CameraCheck.clock_offset_ms.is_not(None)
    )
    found = select(Camera.id, last.c.clock_offset_ms, last.c.measured_at).join(last, true())
    return found.where(Camera.tenant_id == tenant_id)


def _clock(held: Mapping[str, Any] | None) -> CameraClock | None:
    if held is None:
        return None
    return CameraClock(offset_ms=held["offset_ms"], bound_ms=held["bound_ms"], read_at=instant(held["read_us"]))


def _undated(held: Mapping[str, Any] | None) -> Undated | None:
    if held is None:
        return None
    before_us = held["before_us"]
    return Undated(
        segments=held["segments"],
        seconds=held["seconds"],
        after=instant(held["after_us"]),
        before=instant(before_us) if before_us is not None else None,
    )
