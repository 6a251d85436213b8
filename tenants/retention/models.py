"""What is kept longer and why, what was destroyed and the proof of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class HoldBasis(StrEnum):
    """Why footage outlives its day: a request under review (DR-01), or an exception of KH 五(四)."""

    REQUEST = "request"
    OTHER_LAW = "other_law"
    CRIME_INVESTIGATION = "crime_investigation"
    OTHER_UNLAWFUL_ACT = "other_unlawful_act"


class Hold(Identified, TenantOwned, Model):
    """A preservation. Its window is copied to its own key, so that the day's key can still go on time.

    `ends_on` is set when its end is known beforehand, such as the end of the appeal period after a refusal (DR-01).
    """

    __tablename__ = "holds"
    personal = frozenset({"necessity"})

    basis: Mapped[str]
    reference: Mapped[str]
    necessity: Mapped[str]
    placed_at: Mapped[datetime]
    placed_by: Mapped[UUID | None]
    review_on: Mapped[date]
    recipient: Mapped[str | None] = mapped_column(unique=True)
    wrapped_secret: Mapped[bytes | None]
    ends_on: Mapped[date | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None]
    release_reason: Mapped[str] = mapped_column(default="")
    destroyed_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("basis in ('request', 'other_law', 'crime_investigation', 'other_unlawful_act')", name="basis"),
        CheckConstraint("(released_at is null and ends_on is null) = (release_reason = '')", name="released_pair"),
        # Released by nobody means: by the service itself, when a case ended.
        CheckConstraint("released_by is null or released_at is not null", name="released_by"),
        CheckConstraint("destroyed_at is null or wrapped_secret is null", name="destroyed_pair"),
    )


class HoldWindow(Identified, TenantOwned, Model):
    """One camera and half-open span that a hold keeps."""

    __tablename__ = "hold_windows"
    personal = frozenset()

    hold_id: Mapped[UUID]
    camera_id: Mapped[UUID]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"]),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        CheckConstraint("ended_at > started_at", name="span"),
        Index("ix_hold_windows_camera_time", "tenant_id", "camera_id", "started_at"),
    )


class PreservedSegment(TenantOwned, Model):
    """A segment copied for a hold. It carries the device's line and signature, and so stands when the index is gone."""

    __tablename__ = "preserved_segments"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    hold_id: Mapped[UUID] = mapped_column(primary_key=True)
    segment_id: Mapped[UUID] = mapped_column(primary_key=True)
    camera_id: Mapped[UUID]
    device_id: Mapped[UUID]
    civil_day: Mapped[date]
    retention_days: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    plain_sha256: Mapped[str]
    cipher_sha256: Mapped[str]
    cipher_bytes: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[str]
    signature: Mapped[str]
    copied_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"]),
        Index("ix_preserved_segments_day", "tenant_id", "civil_day"),
    )


class DestructionState(StrEnum):
    """Two phases: once `begun` the key is gone for good; `certified` only after a listing showed nothing left."""

    BEGUN = "begun"
    CERTIFIED = "certified"


class Destruction(Identified, TenantOwned, Model):
    """The destruction of one day key and everything under it. `certificate` is NULL until verified empty.

    `restored` says of one that was only noticed after the database was restored what shows that it had happened.
    """

    __tablename__ = "destructions"
    personal = frozenset()

    civil_day: Mapped[date]
    retention_days: Mapped[int]
    profile_version: Mapped[str]
    state: Mapped[str]
    begun_at: Mapped[datetime]
    begun_by: Mapped[str]
    segments: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    kept_back: Mapped[int]
    certified_at: Mapped[datetime | None]
    certificate_no: Mapped[str | None] = mapped_column(unique=True)
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    restored: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "civil_day", "retention_days"),
        CheckConstraint("state in ('begun', 'certified')", name="state"),
        CheckConstraint(
            "(state = 'certified') = (certificate is not null and certified_at is not null)", name="certified_pair"
        ),
    )
