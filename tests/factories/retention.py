"""Holds, what they keep, and destructions. Rows only."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.footage.lines import signed_line
from tenants.footage.models import Segment
from tenants.retention.models import (
    Destruction,
    DestructionStop,
    Hold,
    HoldChange,
    HoldWindow,
    PreservedSegment,
    RetentionRun,
)
from tenants.retention.urgent.models import UrgentHold
from tests.factories.registry import Institution


def hold(of: Institution, *, camera: str = "C-GATE", started_at: datetime | None = None) -> UUID:
    """A hold for a request, over half an hour of one camera, not yet copied."""
    started_at = started_at or clock.now() - timedelta(hours=1)
    made = Hold(
        id=uuid4(),
        tenant_id=of.tenant_id,
        basis="request",
        reference="調閱-115-0001",
        necessity="",
        placed_at=clock.now(),
        review_on=clock.today() + timedelta(days=180),
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(_placed(made))
    db.session.add(
        HoldWindow(
            id=uuid4(),
            tenant_id=of.tenant_id,
            hold_id=made.id,
            camera_id=of.cameras[camera],
            started_at=started_at,
            ended_at=started_at + timedelta(minutes=30),
        )
    )
    db.session.commit()
    return made.id


def urgent(of: Institution, *, number: str = "緊急保全-115-0001", camera: str = "C-GATE") -> UUID:
    """An urgent preservation of half an hour of one camera, pressed just now."""
    hold_id = hold(of, camera=camera)
    kept = db.session.get_one(Hold, hold_id)
    kept.basis, kept.reference, kept.ends_on = "urgent", number, clock.today() + timedelta(days=7)
    kept.release_reason = "期限屆滿"
    said = UrgentHold(id=uuid4(), tenant_id=of.tenant_id, hold_id=hold_id, number=number, source="telephone")
    said.caller, said.reason, said.pressed_by = "向陽派出所 陳警員", "校門口車禍", "陳警衛"
    db.session.add(said)
    db.session.commit()
    return hold_id


def _placed(made: Hold) -> HoldChange:
    same = {name: getattr(made, name) for name in ("tenant_id", "basis", "reference", "document", "review_on")}
    change = HoldChange(id=uuid4(), hold_id=made.id, step="placed", at=made.placed_at, **same)
    change.by_name, change.reason = "factory", ""
    return change


def preserved(of: Institution, *, hold_id: UUID, segment: Segment) -> None:
    """A segment as copied for a hold."""
    copied = ("camera_id", "device_id", "civil_day", "retention_days", "started_at", "ended_at")
    held = signed_line(segment, recipient="age1example")
    db.session.add(
        PreservedSegment(
            tenant_id=of.tenant_id,
            hold_id=hold_id,
            segment_id=segment.id,
            plain_sha256=segment.plain_sha256.hex(),
            cipher_sha256="0" * 64,
            cipher_bytes=1000,
            line=held.line,
            signature=held.signature,
            copied_at=clock.now(),
            **{name: getattr(segment, name) for name in copied},
        )
    )
    db.session.commit()


def destruction(of: Institution, *, day: date | None = None, retention_days: int = 14) -> UUID:
    """A certified destruction of one day."""
    made = Destruction(
        id=uuid4(),
        tenant_id=of.tenant_id,
        civil_day=day or clock.today() - timedelta(days=retention_days + 1),
        retention_days=retention_days,
        profile_version="KH_PRESCHOOL 1",
        state="certified",
        begun_at=clock.now(),
        begun_by="test",
        segments=1,
        size=1000,
        digest="0" * 64,
        kept_back=0,
        certified_at=clock.now(),
        certificate_no=f"銷毀-{uuid4().hex[:8]}",
        certificate={
            "segments": 1,
            "sites": ["晨光幼兒園"],
            "regulations": ["監錄系統實施要點（高雄市政府教育局）"],
            "articles": ["要點第五點第四款"],
            "cameras": [{"site": "晨光幼兒園", "code": "C-GATE", "name": "前門", "segments": 1}],
        },
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def stop(of: Institution, *, days: int = 6) -> UUID:
    """A run that stopped over so many days, and the run before it."""
    first = clock.today() - timedelta(days=14 + days)
    made = DestructionStop(
        id=uuid4(),
        tenant_id=of.tenant_id,
        kind="share",
        days=[[(first + timedelta(days=n)).isoformat(), 14] for n in range(days)],
        site="晨光幼兒園",
        share=0.3,
        ahead_minutes=0,
        found_at=clock.now(),
    )
    db.session.add_all([made, RetentionRun(tenant_id=of.tenant_id, ran_at=clock.now())])
    db.session.commit()
    return made.id
