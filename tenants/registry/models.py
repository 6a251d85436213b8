"""Institutions, their sites, cameras and edge devices; and the agencies, which are not institutions of ours."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped
from tenants.registry.edge_columns import DeviceRuns, Noticed, Sends, TakesKeys, TellsOfDisk, TellsOfRefusals


class TenantKind(StrEnum):
    """What an institution is. The bureau is one too: its chain keeps the platform's own acts."""

    BUREAU = "bureau"
    ELEMENTARY_SCHOOL = "elementary_school"
    PRESCHOOL = "preschool"


class Tenant(Identified, Timestamped, Model):
    """An institution. `tenants` has no `tenant_id`: its policy compares its own id.

    `opened_on` is None where it was not kept yet. What everybody may know of its closing: from which day on, after what
    instant nothing was recorded, who keeps its papers, into which one it went. A day to come is a closing ahead.
    """

    __tablename__ = "tenants"
    personal = frozenset()

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str]
    district: Mapped[str]
    ownership: Mapped[str]
    supervising_authority: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    opened_on: Mapped[date | None]
    closed_from: Mapped[date | None]
    filmed_until: Mapped[datetime | None]
    keeper: Mapped[str] = mapped_column(default="")
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))

    __table_args__ = (
        CheckConstraint("kind in ('bureau', 'elementary_school', 'preschool')", name="kind"),
        CheckConstraint("ownership in ('public', 'private')", name="ownership"),
        CheckConstraint("(closed_from is null) = (filmed_until is null)", name="filmed_until"),
        CheckConstraint("(closed_from is null) = (keeper = '')", name="keeper"),
        CheckConstraint(
            "successor_id is null or (successor_id <> id and closed_from is not null)",
            name="successor",
        ),
    )


class InstitutionName(Identified, Timestamped, Model):
    """From which civil day on an institution is called otherwise, or lies in a district of another name.

    A change is never rewritten; one that has not begun can be withdrawn, and at most one waits. `institution_id` and
    not `tenant_id`: a past name is as public as the present one, and whoever has it must find the institution.
    """

    __tablename__ = "institution_names"
    personal = frozenset()

    institution_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), index=True)
    effective_from: Mapped[date]
    name: Mapped[str]
    short_name: Mapped[str]
    district: Mapped[str]
    former_name: Mapped[str]
    former_short_name: Mapped[str]
    former_district: Mapped[str]
    document: Mapped[str]
    recorded_by: Mapped[UUID | None]
    begun_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        Index(
            "uq_institution_names_waiting",
            "institution_id",
            unique=True,
            postgresql_where=text("begun_at is null and withdrawn_at is null"),
        ),
        Index(
            "uq_institution_names_day",
            "institution_id",
            "effective_from",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        CheckConstraint("name <> '' and document <> ''", name="stated"),
        CheckConstraint("withdrawn_by is null or withdrawn_at is not null", name="withdrawn_by"),
        CheckConstraint("begun_at is null or withdrawn_at is null", name="begun_or_withdrawn"),
    )


class Site(Identified, Timestamped, TenantOwned, Noticed, Sends, Model):
    """A place under one regulation. A school with an attached preschool has two (DR-11).

    How long it keeps footage is no column: it follows from the day (`tenants.registry.classes`), and so does when it is
    open (`tenants.registry.hours`). `capacity_bytes` is
    the storage planned for it; NULL means that nobody has said, which is never shown as enough.
    """

    __tablename__ = "sites"
    personal = frozenset()

    code: Mapped[str]
    name: Mapped[str]
    profile: Mapped[str]
    capacity_bytes: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("capacity_bytes > 0", name="capacity_bytes"),
        CheckConstraint("sending_kilobits > 0", name="sending_kilobits"),
        CheckConstraint("(sending_closed_from is null) = (sending_closed_until is null)", name="sending_closed"),
    )


class PeriodBasis(StrEnum):
    """What a site's period rests on from a day on: a measure of the school's own, or the regulation alone again."""

    OWN_POLICY = "own_policy"
    REGULATION = "regulation"


class SitePeriod(Identified, Timestamped, TenantOwned, Model):
    """From which civil day on a site keeps footage for how long by its own decision, and who passed it (KH-2-2).

    A passed version is never rewritten: the next one follows it, or it is withdrawn before its first day's key was
    handed out. `retention_days` is NULL where the school goes back to the regulation.
    """

    __tablename__ = "site_periods"
    personal = frozenset()

    site_id: Mapped[UUID]
    effective_from: Mapped[date]
    basis: Mapped[str]
    retention_days: Mapped[int | None]
    considerations: Mapped[str] = mapped_column(default="")
    meeting: Mapped[str] = mapped_column(default="")
    meeting_on: Mapped[date | None]
    minutes: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        Index(
            "uq_site_periods_site_id_effective_from",
            "tenant_id",
            "site_id",
            "effective_from",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        CheckConstraint("basis in ('own_policy', 'regulation')", name="basis"),
        CheckConstraint("(basis = 'own_policy') = (retention_days is not null)", name="own_days"),
        CheckConstraint("retention_days between 14 and 346", name="retention_days"),
        CheckConstraint("withdrawn_by is null or withdrawn_at is not null", name="withdrawn_by"),
    )


class RuleSchedule(Identified, Timestamped, Model):
    """A version of a regulation that the bureau entered with its document, in force from a civil day on (DR-10).

    It belongs to no institution and binds all: everybody reads it, and only a session bound to the bureau writes it.
    """

    __tablename__ = "rule_schedules"
    personal = frozenset()

    code: Mapped[str]
    version: Mapped[str]
    effective_from: Mapped[date]
    min_days: Mapped[int]
    document: Mapped[str]
    words: Mapped[str]
    scheduled_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        Index(
            "uq_rule_schedules_code_version",
            "code",
            "version",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        Index(
            "uq_rule_schedules_code_effective_from",
            "code",
            "effective_from",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        CheckConstraint("min_days between 14 and 346", name="min_days"),
        CheckConstraint("withdrawn_by is null or withdrawn_at is not null", name="withdrawn_by"),
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


class EdgeDevice(Identified, TenantOwned, DeviceRuns, TakesKeys, TellsOfDisk, TellsOfRefusals, Model):
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
