"""What is kept longer and why, what was destroyed and the proof of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class HoldBasis(StrEnum):
    """Why footage outlives its day: a request (DR-01), a call before one (DR-02), or an exception of KH 五(四)."""

    REQUEST = "request"
    URGENT = "urgent"
    OTHER_LAW = "other_law"
    CRIME_INVESTIGATION = "crime_investigation"
    OTHER_UNLAWFUL_ACT = "other_unlawful_act"


# What the law itself lets outlive the year; a request and a call do not.
EXCEPTIONS = frozenset({HoldBasis.OTHER_LAW, HoldBasis.CRIME_INVESTIGATION, HoldBasis.OTHER_UNLAWFUL_ACT})


class Hold(Identified, TenantOwned, Model):
    """A preservation. Its window is copied to its own key, so that the day's key can still go on time.

    `ends_on` is set when its end is known beforehand, such as the end of the appeal period after a refusal (DR-01).
    `document` is the 文號 of what asks for it; a request's own letter stands in its case. `copy_failures` counts tries
    that failed one after another, and `copy_error` says how the last one did.
    """

    __tablename__ = "holds"
    personal = frozenset({"necessity"})

    basis: Mapped[str]
    reference: Mapped[str]
    document: Mapped[str] = mapped_column(default="")
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
    copy_failures: Mapped[int] = mapped_column(default=0)
    copy_error: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("basis in ('request', 'urgent') or document <> ''", name="document"),
        CheckConstraint("(copy_failures = 0) = (copy_error = '')", name="copy_failures"),
        CheckConstraint(
            "basis in ('request', 'urgent', 'other_law', 'crime_investigation', 'other_unlawful_act')", name="basis"
        ),
        CheckConstraint("(released_at is null and ends_on is null) = (release_reason = '')", name="released_pair"),
        # Released by nobody means: by the service itself, when a case ended.
        CheckConstraint("released_by is null or released_at is not null", name="released_by"),
        CheckConstraint("destroyed_at is null or wrapped_secret is null", name="destroyed_pair"),
    )


class HoldStep(StrEnum):
    """What happened to a hold."""

    PLACED = "placed"
    EXTENDED = "extended"
    TAKEN_OVER = "taken_over"
    ENDING = "ending"
    RELEASED = "released"
    DESTROYED = "destroyed"


class HoldChange(Identified, TenantOwned, Model):
    """One line of a hold's history: who did what when, and on what it rested from then on. Never changed."""

    __tablename__ = "hold_changes"
    personal = frozenset({"by_name", "reason"})

    hold_id: Mapped[UUID]
    step: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    basis: Mapped[str]
    reference: Mapped[str]
    document: Mapped[str]
    review_on: Mapped[date]
    reason: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"]),
        CheckConstraint("step in ('placed', 'extended', 'taken_over', 'ending', 'released', 'destroyed')", name="step"),
        Index("ix_hold_changes_hold", "tenant_id", "hold_id", "at"),
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
    # Of the copy as it lies in the store, for whoever compares it without its key.
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
    While it is 待完成, `last_error` says why the last try did not come to a certificate (`pending`).
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
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "civil_day", "retention_days"),
        CheckConstraint("state in ('begun', 'certified')", name="state"),
        CheckConstraint(
            "(state = 'certified') = (certificate is not null and certified_at is not null)", name="certified_pair"
        ),
        # Of a city's half a million the handful that is not over, for a page that is opened all day.
        Index("ix_destructions_begun", "begun_at", postgresql_where=text("state = 'begun'")),
    )


class StopKind(StrEnum):
    """Why a run stopped: it would take too much of a site, or the worker's clock is ahead of everybody else's."""

    CLOCK = "clock"
    SHARE = "share"


class DestructionStop(Identified, TenantOwned, Model):
    """A run that destroyed nothing of its plan, until a second person let it go or the plan was another one.

    `days` is the plan as `[day, retention_days]`. It is over when released, and when what was found is true no more; a
    changed plan is another stop, so that nobody lets go what they did not see.
    """

    __tablename__ = "destruction_stops"
    personal = frozenset({"reason"})

    kind: Mapped[str]
    days: Mapped[list[list[Any]]] = mapped_column(JSONB)
    site: Mapped[str]
    share: Mapped[float]
    ahead_minutes: Mapped[int]
    found_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        CheckConstraint("kind in ('clock', 'share')", name="kind"),
        CheckConstraint("(released_at is null) = (released_by is null)", name="released_pair"),
        CheckConstraint("(released_at is null) = (reason = '')", name="released_for"),
        CheckConstraint("released_at is null or over_at is not null", name="released_is_over"),
        Index("uq_destruction_stops_open", "tenant_id", unique=True, postgresql_where=text("over_at is null")),
    )


class RetentionRun(TenantOwned, Model):
    """When the law last ran for an institution with a clock that somebody else confirmed."""

    __tablename__ = "retention_runs"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    ran_at: Mapped[datetime]
