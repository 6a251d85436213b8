"""What is left of one camera's window, and which certificates say where the rest went. Bound to one institution."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, tuple_

from infra import clock
from infra.clock import civil_day
from infra.db import db
from tenants.footage import queries as footage
from tenants.footage.models import DayKey, Segment, SegmentState
from tenants.footage.rules import Window, merged
from tenants.registry import classes
from tenants.registry import queries as registry
from tenants.registry.models import Camera
from tenants.retention.models import Destruction
from tenants.retention.rules import CameraSpan, days_of, is_due


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
