"""What was recorded: one row per segment, the keys of each day, and what the edge says about its cameras."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra import object_keys
from infra.db import Identified, Model, TenantOwned, Timestamped


class DayKey(TenantOwned, Timestamped, Model):
    """The age key of one institution, Taipei civil day and retention class; the unit of destruction.

    Per class and not only per day, so that two sites of one institution under different periods can each go on their
    own day (infra/decisions/0003). `wrapped_secret` is NULL once destroyed, and nothing opens that day's footage again.
    """

    __tablename__ = "day_keys"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    civil_day: Mapped[date] = mapped_column(primary_key=True)
    retention_days: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(unique=True)
    wrapped_secret: Mapped[bytes | None]
    destroyed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(wrapped_secret is null) = (destroyed_at is not null)", name="destroyed_pair"),)


class RecordsKey(TenantOwned, Timestamped, Model):
    """The age key to which scans of an institution's letters are encrypted. Web may encrypt; media and worker open."""

    __tablename__ = "records_keys"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    recipient: Mapped[str] = mapped_column(unique=True)
    wrapped_secret: Mapped[bytes]


class SegmentState(StrEnum):
    """`confirmed`: the device says it is in the store; `stored`: the store agrees; `mismatched`: it does not."""

    CONFIRMED = "confirmed"
    STORED = "stored"
    MISMATCHED = "mismatched"


class Segment(Model):
    """About a minute of one camera. `line` is its manifest line to the byte, `signature` the device's Ed25519 one.

    Partitioned by `civil_day`. Wall span is half-open; `media_ms` is what the samples add up to, kept apart on purpose.
    """

    __tablename__ = "segments"
    personal = frozenset()

    civil_day: Mapped[date] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID]
    camera_id: Mapped[UUID]
    device_id: Mapped[UUID]
    retention_days: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    media_ms: Mapped[int]
    plain_sha256: Mapped[str]
    cipher_sha256: Mapped[str]
    cipher_md5: Mapped[str]
    cipher_bytes: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[str]
    signature: Mapped[str]
    state: Mapped[str]
    confirmed_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("ended_at > started_at", name="span"),
        CheckConstraint("state in ('confirmed', 'stored', 'mismatched')", name="state"),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        ForeignKeyConstraint(["tenant_id", "device_id"], ["edge_devices.tenant_id", "edge_devices.id"]),
        Index("ix_segments_camera_time", "tenant_id", "camera_id", "started_at"),
        Index("ix_segments_unchecked", "tenant_id", "confirmed_at", postgresql_where="state = 'confirmed'"),
        {"postgresql_partition_by": "RANGE (civil_day)"},
    )

    @property
    def object_key(self) -> str:
        """Where its encrypted bytes lie in the store."""
        return object_keys.segment(
            retention_days=self.retention_days,
            tenant_id=self.tenant_id,
            day=self.civil_day,
            camera_id=self.camera_id,
            segment_id=self.id,
        )


class CameraStatus(TenantOwned, Model):
    """The last word of the edge about one camera. Late upload is told from a gap by `spooled_from` (DR-17)."""

    __tablename__ = "camera_status"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    camera_id: Mapped[UUID] = mapped_column(primary_key=True)
    reported_at: Mapped[datetime]
    recording: Mapped[bool]
    recorded_until: Mapped[datetime | None]
    spooled: Mapped[int]
    spooled_from: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")

    __table_args__ = (ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),)


class GapReport(Identified, TenantOwned, Model):
    """A span the edge knows it did not record, with its cause, as the device signed it."""

    __tablename__ = "gap_reports"
    personal = frozenset()

    camera_id: Mapped[UUID]
    device_id: Mapped[UUID]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    cause: Mapped[str]
    reported_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        UniqueConstraint("tenant_id", "camera_id", "started_at"),
        CheckConstraint("ended_at > started_at", name="span"),
    )
