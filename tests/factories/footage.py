"""Segments, keys and what the edge said. Rows only: no object lies in any store, and no line is really signed.

For real, signed and encrypted segments use the edge's own writer.
"""

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from infra import clock
from infra.camera_profiles import approving
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.footage import camera_checks
from tenants.footage.check_models import CameraApproval, CameraCheck
from tenants.footage.models import (
    CameraStatus,
    DayKey,
    FilmedDay,
    GapReport,
    QuarantinedObject,
    RecordsKey,
    Segment,
    SweptArea,
)
from tenants.registry.models import EdgeDevice, EnrolmentToken
from tests.factories.lines import LOOK
from tests.factories.registry import Institution


def _sha256(text_: str) -> bytes:
    return hashlib.sha256(text_.encode()).digest()


def device(of: Institution, *, public_key: str = "", takes_hybrid: bool = False) -> UUID:
    """An enrolled edge box, with the token it used."""
    held = binding_of(db.session)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    device_id = uuid4()
    box = EdgeDevice(
        id=device_id,
        tenant_id=of.tenant_id,
        site_id=of.site_id,
        name="邊緣主機",
        public_key=public_key or uuid4().hex,
        enrolled_at=clock.now(),
        last_seen_at=clock.now(),
        takes_hybrid=takes_hybrid,
    )
    db.session.add(box)
    db.session.flush()
    token(of, used_by=device_id)
    bind(db.session, held)
    return device_id


def token(of: Institution, *, code: str = "", used_by: UUID | None = None) -> UUID:
    """A one-time code, unused unless a device is named."""
    made = EnrolmentToken(
        id=uuid4(),
        tenant_id=of.tenant_id,
        site_id=of.site_id,
        token_hash=_sha256(code or uuid4().hex).hex(),
        expires_at=clock.now() + timedelta(days=1),
        issued_by=uuid4(),
        used_at=clock.now() if used_by else None,
        device_id=used_by,
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def day_key(of: Institution, *, day: datetime | None = None, retention_days: int = 14) -> DayKey:
    """A day's key whose wrapped half opens nothing."""
    key = DayKey(
        tenant_id=of.tenant_id,
        civil_day=clock.civil_day(day or clock.now()),
        retention_days=retention_days,
        recipient=f"age1{uuid4().hex}",
        wrapped_secret=b"wrapped",
    )
    db.session.add(key)
    db.session.commit()
    return key


def records_key(of: Institution) -> RecordsKey:
    """A records key whose wrapped half opens nothing."""
    key = RecordsKey(tenant_id=of.tenant_id, recipient=f"age1{uuid4().hex}", wrapped_secret=b"wrapped")
    db.session.add(key)
    db.session.commit()
    return key


def segment(
    of: Institution,
    *,
    device_id: UUID,
    camera: str = "C-GATE",
    started_at: datetime | None = None,
    seconds: int = 60,
    state: str = "stored",
    retention_days: int = 14,
) -> Segment:
    """One indexed minute."""
    segment_id, started_at = uuid4(), started_at or clock.now() - timedelta(minutes=5)
    where = {"day": clock.civil_day(started_at), "days": retention_days}
    db.session.execute(text("select ensure_segment_partition(:day, :days)"), where)
    made = Segment(
        civil_day=clock.civil_day(started_at),
        tenant_id=of.tenant_id,
        id=segment_id,
        site_id=of.site_id,
        camera_id=of.cameras[camera],
        device_id=device_id,
        retention_days=retention_days,
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=seconds),
        media_ms=seconds * 1000,
        plain_sha256=_sha256(f"plain {segment_id}"),
        cipher_sha256=_sha256(f"cipher {segment_id}"),
        cipher_md5=_sha256(f"md5 {segment_id}")[:16],
        signature=_sha256(f"left {segment_id}") + _sha256(f"right {segment_id}"),
        plain_bytes=900,
        cipher_bytes=1000,
        state=state,
        confirmed_at=clock.now(),
        checked_at=clock.now() if state != "confirmed" else None,
        **LOOK,
    )
    db.session.add(made)
    db.session.commit()
    return made


def status(
    of: Institution, *, camera: str = "C-GATE", recording: bool = True, recorded_until: datetime | None = None
) -> None:
    """The edge's last word about a camera."""
    db.session.add(
        CameraStatus(
            tenant_id=of.tenant_id,
            camera_id=of.cameras[camera],
            reported_at=clock.now(),
            recording=recording,
            recorded_until=recorded_until or clock.now(),
            spooled=0,
        )
    )
    db.session.commit()


def gap(
    of: Institution,
    *,
    device_id: UUID,
    camera: str = "C-GATE",
    started_at: datetime | None = None,
    lasting: timedelta = timedelta(minutes=10),
) -> UUID:
    """Ten minutes the edge knows it did not record, or as long as told."""
    started_at = started_at or clock.now() - timedelta(hours=1)
    made = GapReport(
        id=uuid4(),
        tenant_id=of.tenant_id,
        camera_id=of.cameras[camera],
        device_id=device_id,
        started_at=started_at,
        ended_at=started_at + lasting,
        cause="camera_unreachable",
        reported_at=clock.now(),
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def camera_check(of: Institution, *, device_id: UUID, camera: str = "C-GATE", **changed: Any) -> UUID:  # noqa: ANN401
    """How a camera was set when its box looked."""
    facts = {"codec": "h264", "width": 1920, "height": 1080, "fps": 15.0, "key_interval_ms": 2000, "kbps": 2048}
    said = {"make": "Acme", "model": "Dome 2", "firmware": "1.0.4", "clock_offset_ms": 0, "masks": None}
    named = {"id": uuid4(), "tenant_id": of.tenant_id, "camera_id": of.cameras[camera], "device_id": device_id}
    times = {"measured_at": clock.now(), "reported_at": clock.now()}
    made = CameraCheck(**{**named, **times, **facts, **said, **changed})
    db.session.add(made)
    db.session.commit()
    return made.id


def camera_approval(of: Institution, *, check_id: UUID, approved_by: UUID, camera: str = "C-GATE") -> None:
    """What was measured then, approved."""
    profile = approving(camera_checks.measured_of(db.session.get_one(CameraCheck, check_id)))
    assert profile is not None
    named = {"tenant_id": of.tenant_id, "camera_id": of.cameras[camera], "check_id": check_id}
    db.session.add(CameraApproval(id=uuid4(), **named, profile=asdict(profile), approved_by=approved_by))
    db.session.commit()


def filmed_day(of: Institution, *, camera: str = "C-GATE", day: datetime | None = None) -> None:
    """What a camera had on a day whose key is destroyed."""
    began = day or clock.now() - timedelta(days=20)
    db.session.add(
        FilmedDay(
            tenant_id=of.tenant_id,
            civil_day=clock.civil_day(began),
            retention_days=14,
            camera_id=of.cameras[camera],
            site_id=of.site_id,
            segments=1,
            size=1000,
            started_at=began,
            ended_at=began + timedelta(minutes=1),
        )
    )
    db.session.commit()


def stray(of: Institution, *, area: str = "", age: timedelta = timedelta(days=30)) -> UUID:
    """An object that nothing accounts for, and the sweep that found it; footage of a past day unless told."""
    area, now = area or f"seg/d14/{of.tenant_id}/2026-01-05/", clock.now()
    made = QuarantinedObject(
        id=uuid4(),
        tenant_id=of.tenant_id,
        area=area,
        key=f"{'letters/' if area == 'elsewhere' else area}{uuid4()}/{uuid4()}.age",
        form="object",
        size=1000,
        md5=_sha256("stray")[:16].hex(),
        modified_at=now - age,
        found_at=now,
        seen_at=now,
        state="quarantined",
    )
    sweep = SweptArea(
        tenant_id=of.tenant_id, area=area, swept_at=now, objects=1, size=1000, strays=1, missing=0, differing=0
    )
    db.session.add(made)
    db.session.merge(sweep)
    db.session.commit()
    return made.id


def swept(of: Institution, *, area: str, missing: int = 0) -> None:
    """What the last sweep of an area found to be missing."""
    counted = {"objects": 1, "size": 1000, "strays": 0, "differing": 0}
    db.session.add(SweptArea(tenant_id=of.tenant_id, area=area, swept_at=clock.now(), missing=missing, **counted))
    db.session.commit()
