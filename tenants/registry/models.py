"""Institutions, their sites, cameras and edge devices; and the agencies, which are not institutions of ours."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped


class TenantKind(StrEnum):
    """What an institution is. The bureau is one too: its chain keeps the platform's own acts."""

    BUREAU = "bureau"
    ELEMENTARY_SCHOOL = "elementary_school"
    PRESCHOOL = "preschool"


class Tenant(Identified, Timestamped, Model):
    """An institution. `tenants` has no `tenant_id`: its policy compares its own id."""

    __tablename__ = "tenants"
    personal = frozenset()

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str]
    district: Mapped[str]
    ownership: Mapped[str]
    supervising_authority: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        CheckConstraint("kind in ('bureau', 'elementary_school', 'preschool')", name="kind"),
        CheckConstraint("ownership in ('public', 'private')", name="ownership"),
    )


class Site(Identified, Timestamped, TenantOwned, Model):
    """A place under one regulation. A school with an attached preschool has two (DR-11)."""

    __tablename__ = "sites"
    personal = frozenset()

    code: Mapped[str]
    name: Mapped[str]
    profile: Mapped[str]
    retention_days: Mapped[int]
    opening_hours: Mapped[dict[str, list[list[str]]]] = mapped_column(JSONB, default=dict)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("retention_days between 14 and 351", name="retention_days"),
    )


class Camera(Identified, Timestamped, TenantOwned, Model):
    """A camera and where it looks. Its stream address and password stay on the edge box."""

    __tablename__ = "cameras"
    personal = frozenset()

    site_id: Mapped[UUID]
    code: Mapped[str]
    name: Mapped[str]
    zone: Mapped[str]
    audio: Mapped[bool] = mapped_column(default=False)
    active_from: Mapped[date]
    retired_on: Mapped[date | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "site_id", "code"),
        CheckConstraint("retired_on >= active_from", name="retired_after_active"),
    )


class EdgeDevice(Identified, TenantOwned, Model):
    """An enrolled edge box. `public_key` is its Ed25519 key in base64; the private half never left the box."""

    __tablename__ = "edge_devices"
    personal = frozenset()

    site_id: Mapped[UUID]
    name: Mapped[str]
    public_key: Mapped[str] = mapped_column(unique=True)
    enrolled_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    clock_offset_ms: Mapped[int | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("(revoked_at is null) = (revoked_by is null)", name="revoked_pair"),
    )


class EnrolmentToken(Identified, TenantOwned, Timestamped, Model):
    """A one-time code for one site: used once, withdrawn, or run out. Only its hash is kept."""

    __tablename__ = "enrolment_tokens"
    personal = frozenset()

    site_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    used_at: Mapped[datetime | None]
    device_id: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        ForeignKeyConstraint(["tenant_id", "device_id"], ["edge_devices.tenant_id", "edge_devices.id"]),
        CheckConstraint("(used_at is null) = (device_id is null)", name="used_pair"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
        CheckConstraint("used_at is null or withdrawn_at is null", name="used_or_withdrawn"),
    )


class Agency(Identified, Timestamped, Model):
    """A public agency that may ask by official document (KH-6-1a). `folded_name` joins 台 and 臺."""

    __tablename__ = "agencies"
    personal = frozenset({"contact"})

    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    kind: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("(verified_at is null) = (verified_by is null)", name="verified_pair"),
        CheckConstraint(
            "kind in ('police', 'prosecution', 'court', 'social_welfare', 'education', 'other')", name="kind"
        ),
    )
