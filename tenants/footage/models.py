"""What was recorded: one row per segment, the keys of each day, and what the edge says about its cameras."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from infra import object_keys
from infra.db import Identified, Model, TenantOwned, Timestamped
from tenants.footage.camera_numbers import CameraNumbers


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
    """`confirmed`: the device says it is in the store; `stored`: the store agrees; `mismatched`: it does not.

    `missing`: it was stored, and a sweep no longer found it. A later sweep that finds it makes it `stored` again.
    """

    CONFIRMED = "confirmed"
    MISMATCHED = "mismatched"
    MISSING = "missing"
    STORED = "stored"


class Segment(Model):
    """About a minute of one camera. Its columns are its manifest line, `signature` is the device's Ed25519 one over it.

    The text itself is not kept: `lines` makes it again to the byte. Partitioned by `civil_day` and, below, by
    `retention_days`, so that a day of a class goes as one table (infra/decisions/0013): every query names its days.
    Wall span is half-open; `media_ms` is what the samples add up to, kept apart on purpose. There are 28.8 million a
    day: the migration orders the columns so that none is padded.
    """

    __tablename__ = "segments"
    personal = frozenset()

    civil_day: Mapped[date] = mapped_column(primary_key=True)
    retention_days: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID]
    camera_id: Mapped[UUID]
    device_id: Mapped[UUID]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    monotonic_ns: Mapped[int] = mapped_column(BigInteger)
    clock_offset_us: Mapped[int] = mapped_column(BigInteger)
    media_ms: Mapped[int]
    packets: Mapped[int]
    plain_bytes: Mapped[int]
    cipher_bytes: Mapped[int]
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    v: Mapped[int] = mapped_column(SmallInteger)
    audio: Mapped[bool]
    plain_sha256: Mapped[bytes]
    cipher_sha256: Mapped[bytes]
    cipher_md5: Mapped[bytes]
    signature: Mapped[bytes]
    clock_source: Mapped[str]
    codec: Mapped[str]
    ended_because: Mapped[str]
    state: Mapped[str]
    # Since version 2 of the line; rows of version 1 read as "not known", and take no room for it.
    wall_us: Mapped[int] = mapped_column(BigInteger, server_default="-1")
    camera_offset_us: Mapped[int] = mapped_column(BigInteger, server_default="0")
    clock_bound_us: Mapped[int] = mapped_column(BigInteger, server_default="-1")
    camera_bound_us: Mapped[int] = mapped_column(server_default="-1")
    camera_age_s: Mapped[int] = mapped_column(server_default="-1")
    lost_packets: Mapped[int] = mapped_column(server_default="-1")
    boot_id: Mapped[UUID] = mapped_column(server_default=str(UUID(int=0)))
    trust: Mapped[str] = mapped_column(server_default="unstated")
    notes: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        CheckConstraint("ended_at > started_at", name="span"),
        CheckConstraint("state in ('confirmed', 'mismatched', 'missing', 'stored')", name="state"),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        ForeignKeyConstraint(["tenant_id", "device_id"], ["edge_devices.tenant_id", "edge_devices.id"]),
        # Rows lie as they arrived, each minute of a camera in another page: what lists its day, and what is counted
        # and hashed when it goes, is in the index itself.
        Index(
            "ix_segments_camera_time",
            "tenant_id",
            "camera_id",
            "started_at",
            postgresql_include=[
                "ended_at",
                "civil_day",
                "retention_days",
                "id",
                "state",
                "site_id",
                "cipher_bytes",
                "cipher_sha256",
            ],
        ),
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


class FilmedDay(TenantOwned, Model):
    """What one camera had under one day key when that key was destroyed: what is still asked once the index is gone."""

    __tablename__ = "filmed_days"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    civil_day: Mapped[date] = mapped_column(primary_key=True)
    retention_days: Mapped[int] = mapped_column(primary_key=True)
    camera_id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID]
    segments: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]

    __table_args__ = (ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),)


class StrayForm(StrEnum):
    """As what something lies in the store that nothing accounts for."""

    MARKER = "marker"
    OBJECT = "object"
    UPLOAD = "upload"
    VERSION = "version"


class StrayState(StrEnum):
    """`quarantined` until it is accounted for (`claimed`), gone by itself (`gone`), or two persons let it go."""

    APPROVED = "approved"
    CLAIMED = "claimed"
    DESTROYED = "destroyed"
    GONE = "gone"
    PROPOSED = "proposed"
    QUARANTINED = "quarantined"


class QuarantinedObject(Identified, TenantOwned, Model):
    """Something in the store that no row accounts for. It is kept, shown and never removed without two persons.

    What lies under no institution's name belongs to the bureau, which runs the store.
    """

    __tablename__ = "quarantined_objects"
    personal = frozenset({"reason"})

    area: Mapped[str]
    key: Mapped[str]
    form: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    md5: Mapped[str]
    modified_at: Mapped[datetime]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    proposed_at: Mapped[datetime | None]
    proposed_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "key", "form"),
        CheckConstraint(
            "state in ('approved', 'claimed', 'destroyed', 'gone', 'proposed', 'quarantined')", name="state"
        ),
        CheckConstraint("form in ('marker', 'object', 'upload', 'version')", name="form"),
        CheckConstraint("(proposed_at is null) = (proposed_by is null)", name="proposed_pair"),
        CheckConstraint("(approved_at is null) = (approved_by is null)", name="approved_pair"),
        CheckConstraint("approved_by <> proposed_by", name="two_persons"),
        CheckConstraint("state <> 'destroyed' or approved_by is not null", name="destroyed_by_two"),
        CheckConstraint("(ended_at is null) = (state not in ('claimed', 'destroyed', 'gone'))", name="ended_pair"),
        Index("ix_quarantined_objects_area", "tenant_id", "area"),
    )


class SweptArea(TenantOwned, Model):
    """When a part of the store was last compared with the database, and what came of it."""

    __tablename__ = "swept_areas"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    swept_at: Mapped[datetime]
    objects: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    strays: Mapped[int]
    missing: Mapped[int]
    differing: Mapped[int]


class CameraStatus(TenantOwned, CameraNumbers, Model):
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
    frozen_since: Mapped[datetime | None]

    __table_args__ = (ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),)


_GAP_PLACE = ("tenant_id", "camera_id", "started_at")


class GapReport(Identified, TenantOwned, Model):
    """A span the edge knows it did not record, with its cause. Append-only by database rights.

    `line` and `signature` are what its device signed (`infra.gap_lines`), to the byte; both are NULL where a box of
    before signed gaps told it in a heartbeat.
    """

    __tablename__ = "gap_reports"
    personal = frozenset()

    camera_id: Mapped[UUID]
    device_id: Mapped[UUID]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    cause: Mapped[str]
    reported_at: Mapped[datetime]
    line: Mapped[str | None]
    signature: Mapped[str | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        CheckConstraint("ended_at > started_at", name="span"),
        CheckConstraint("(line is null) = (signature is null)", name="signed_pair"),
        Index("ix_gap_reports_camera_time", *_GAP_PLACE),
        Index("uq_gap_reports_unsigned", *_GAP_PLACE, unique=True, postgresql_where="signature is null"),
    )
