"""What the signed lines of a camera remark: packets that were lost, and footage that was fetched off the card.

Few segments remark anything, and these alone stand in an index of their own. The session is bound to the institution.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, bindparam, select, text

from infra.clock import civil_day
from infra.db import db
from infra.manifest import UNKNOWN, Note
from tenants.footage.models import Segment
from tenants.footage.queries import PRESENT
from tenants.footage.rules import LONGEST, Window, merged

_REMARKS = "lost_packets > 0 or notes <> ''"
# A query repeats the condition as it stands here, or PostgreSQL does not see that the index holds all it needs.
Index(
    "ix_segments_remarks",
    Segment.tenant_id,
    Segment.camera_id,
    Segment.started_at,
    postgresql_include=["ended_at", "lost_packets", "notes", "state", "civil_day"],
    postgresql_where=text(_REMARKS),
)
_SEGMENT = Segment.__table__.c
_MICROSECOND = timedelta(microseconds=1)
# Of a day: so many minutes with damage, or packets in all (some six seconds of a usual picture), are no accident of the
# network any more.
_MANY_MINUTES, _MANY_PACKETS = 15, 1_000
_OF_CAMERAS = (
    _SEGMENT.tenant_id == bindparam("tenant_id"),
    _SEGMENT.camera_id.in_(bindparam("camera_ids", expanding=True)),
    _SEGMENT.civil_day.between(bindparam("first_day"), bindparam("last_day")),
    _SEGMENT.started_at < bindparam("ends"),
    _SEGMENT.started_at > bindparam("since"),
)
_FOUND = (
    select(_SEGMENT.camera_id, _SEGMENT.started_at, _SEGMENT.ended_at, _SEGMENT.lost_packets, _SEGMENT.notes)
    .where(*_OF_CAMERAS, _SEGMENT.ended_at > bindparam("begins"), _SEGMENT.state.in_(PRESENT), text(f"({_REMARKS})"))
    .order_by(_SEGMENT.started_at)
)
_NEWEST = select(_SEGMENT.lost_packets).where(*_OF_CAMERAS).order_by(_SEGMENT.started_at.desc()).limit(1)


@dataclass(frozen=True)
class Remark:
    """One segment that remarks something."""

    window: Window
    lost_packets: int
    recovered: bool


@dataclass(frozen=True)
class Loss:
    """RTP packets that the camera sent and its box never got, and in how many segments."""

    packets: int
    segments: int

    @property
    def is_much(self) -> bool:
        """Whether somebody should look at the line."""
        return self.segments >= _MANY_MINUTES or self.packets >= _MANY_PACKETS


@dataclass(frozen=True)
class Remarks:
    """What a span of one camera remarks, by time."""

    found: Sequence[Remark] = ()

    @property
    def recovered(self) -> Sequence[Window]:
        """Where footage is off the camera's card."""
        return merged(one.window for one in self.found if one.recovered)

    @property
    def loss(self) -> Loss:
        """All of it."""
        return _sum(self.found)

    @property
    def by_hour(self) -> Mapping[datetime, Loss]:
        """The hours in which anything was lost, by their beginnings; a segment counts where it begins."""
        hours: dict[datetime, list[Remark]] = {}
        for one in self.found:
            if one.lost_packets > 0:
                began = one.window.started_at
                hour = began.replace(minute=0, second=0, microsecond=0)
                hours.setdefault(hour, []).append(one)
        return {hour: _sum(held) for hour, held in hours.items()}


def remarks(*, tenant_id: UUID, camera_ids: Collection[UUID], window: Window) -> Mapping[UUID, Remarks]:
    """What each camera's segments in the window remark; a camera without any is not named."""
    found: dict[UUID, list[Remark]] = {}
    rows = db.session.execute(_FOUND, _asked(tenant_id, camera_ids, window))
    for camera_id, started_at, ended_at, lost, notes in rows:
        one = Remark(Window(started_at, ended_at), max(0, lost), Note.RECOVERED in notes.split(","))
        found.setdefault(camera_id, []).append(one)
    return {camera_id: Remarks(held) for camera_id, held in found.items()}


def counts_losses(*, tenant_id: UUID, camera_id: UUID, window: Window) -> bool | None:
    """Whether the box counts what it loses, by its newest segment in the window; None when there is no segment."""
    newest = db.session.scalar(_NEWEST, _asked(tenant_id, [camera_id], window))
    return None if newest is None else newest != UNKNOWN


def _sum(found: Sequence[Remark]) -> Loss:
    lost = [one.lost_packets for one in found if one.lost_packets > 0]
    return Loss(sum(lost), len(lost))


def _asked(tenant_id: UUID, camera_ids: Collection[UUID], window: Window) -> dict[str, object]:
    since = window.started_at - LONGEST
    return {
        "tenant_id": tenant_id,
        "camera_ids": list(camera_ids),
        "first_day": civil_day(since),
        "last_day": civil_day(window.ended_at - _MICROSECOND),
        "since": since,
        "begins": window.started_at,
        "ends": window.ended_at,
    }
