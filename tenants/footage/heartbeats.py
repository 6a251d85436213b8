"""What the edge says of itself: which cameras record, what waits on its disk, and which seconds it did not record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from infra.age_keys import Kind
from infra.causes import GapCause, PictureFault
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.footage import doubles
from tenants.footage.admission import check_own, device_of
from tenants.footage.models import CameraStatus, GapReport
from tenants.footage.pictures import PictureHealth
from tenants.footage.rules import Window
from tenants.footage.times import CameraClock, Undated
from tenants.registry.assessments.moves import Seen, note_moves
from tenants.registry.models import EdgeDevice


@dataclass(frozen=True, kw_only=True)
class CameraReport:
    """One camera now. `spooled_from` is where the oldest footage that has not been sent begins."""

    camera_id: UUID
    recording: bool
    recorded_until: datetime | None
    spooled: int
    spooled_from: datetime | None
    fault: GapCause | None
    frozen_since: datetime | None = None
    picture: PictureHealth | None = None
    clock: CameraClock | None = None
    undated: Undated | None = None


@dataclass(frozen=True, kw_only=True)
class GapFound:
    """A span that a box of before signed gaps did not record. The same start again is the same gap."""

    camera_id: UUID
    window: Window
    cause: GapCause


@dataclass(frozen=True, kw_only=True)
class DiskReport:
    """For how many hours of what the box writes its disk has room, None before it was measured, and what is wrong."""

    hours_left: int | None
    hours_in_all: int | None
    fault: str
    sending: str


@dataclass(frozen=True, kw_only=True)
class RefusedReport:
    """How many segments and gaps a box could not send, and why the newest was not taken (`infra.refusals`)."""

    segments: int
    gaps: int
    code: str


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """Everything one heartbeat says. `instance` names the run of the box, anew at each start.

    `disk` and `refused` are None of a box whose program says nothing of it yet. `key_kinds` are the day keys that it
    takes, as `infra.age_keys.Kind` calls them, or others that we do not know; one of before says nothing and takes
    classic ones.
    """

    clock_offset_ms: int | None
    cameras: Sequence[CameraReport]
    gaps: Sequence[GapFound]
    disk: DiskReport | None = None
    refused: RefusedReport | None = None
    instance: UUID | None = None
    key_kinds: Collection[str] = ()


def record_heartbeat(*, actor: Actor, tenant_id: UUID, heartbeat: Heartbeat, now: datetime) -> None:
    """Keep the last word about each camera, and every gap. Raises `Invalid` for a camera of another site."""
    device = device_of(actor, tenant_id)
    check_own(device, [*(one.camera_id for one in heartbeat.cameras), *(one.camera_id for one in heartbeat.gaps)])
    device.last_seen_at, device.clock_offset_ms = now, heartbeat.clock_offset_ms
    device.takes_hybrid = Kind.HYBRID in heartbeat.key_kinds
    if heartbeat.disk is not None:
        _keep_disk(device, heartbeat.disk)
    if heartbeat.refused is not None:
        _keep_refused(device, heartbeat.refused)
    doubles.notice(device, heartbeat.instance, actor=actor, now=now)
    for report in heartbeat.cameras:
        _keep_status(tenant_id, report, now)
    note_moves(actor=actor, tenant_id=tenant_id, seen=_views(heartbeat.cameras))
    new = sum(_keep_gap(tenant_id, device.id, gap, now) for gap in heartbeat.gaps)
    if new:
        audit.record(
            Event.FOOTAGE_GAPS_REPORTED,
            tenant_id=tenant_id,
            actor=actor,
            device_id=str(device.id),
            count=new,
            seconds=round(sum(gap.window.seconds for gap in heartbeat.gaps)),
        )


def _views(reports: Sequence[CameraReport]) -> Mapping[UUID, Seen]:
    """What is told of each camera's view: of those before a washroom a move asks for a second person (KH-3-4)."""
    return {
        report.camera_id: Seen(
            seen_at=report.picture.taken_at,
            is_moved=PictureFault.MOVED in report.picture.faults,
            reference_at=report.picture.reference_at,
        )
        for report in reports
        if report.picture is not None
    }


def _keep_disk(device: EdgeDevice, disk: DiskReport) -> None:
    device.disk_hours_left, device.disk_hours = disk.hours_left, disk.hours_in_all
    device.disk_fault, device.sending = disk.fault, disk.sending


def _keep_refused(device: EdgeDevice, refused: RefusedReport) -> None:
    device.refused_segments, device.refused_gaps = refused.segments, refused.gaps
    device.refused_code = refused.code


def _keep_status(tenant_id: UUID, report: CameraReport, now: datetime) -> None:
    values: dict[str, Any] = {
        "reported_at": now,
        "recording": report.recording,
        "recorded_until": report.recorded_until,
        "spooled": report.spooled,
        "spooled_from": report.spooled_from,
        "fault": report.fault or "",
        "frozen_since": report.frozen_since,
        "undated": report.undated.document() if report.undated is not None else None,
    }
    if report.picture is not None:  # what is not said again stays as it was
        values["picture"] = report.picture.document()
    if report.clock is not None:
        values["clock"] = report.clock.document()
    statement = insert(CameraStatus).values(tenant_id=tenant_id, camera_id=report.camera_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "camera_id"], set_=values))


def _keep_gap(tenant_id: UUID, device_id: UUID, gap: GapFound, now: datetime) -> int:
    statement = insert(GapReport).values(
        id=uuid4(),
        tenant_id=tenant_id,
        camera_id=gap.camera_id,
        device_id=device_id,
        started_at=gap.window.started_at,
        ended_at=gap.window.ended_at,
        cause=gap.cause,
        reported_at=now,
    )
    return len(db.session.scalars(statement.on_conflict_do_nothing().returning(GapReport.id)).all())
