"""Inspections, maintenance, the night's drill. None of it is ever changed: a cancelled record has a mark (KH-8-0)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped, one_of


class Question(StrEnum):
    """What an inspection asks, in the order of 附件3 and 附錄2 (KH-A3-03 to KH-A3-05)."""

    HOST = "host"
    DEVICES = "devices"
    PICTURE = "picture"


class Work(StrEnum):
    """What was done to the equipment (KH-8-1b)."""

    CLEANING = "cleaning"
    FIRMWARE = "firmware"
    DISK_CHANGE = "disk_change"
    OTHER = "other"


class Way(StrEnum):
    """How it was done: by the school's own people, by a firm on site, or by a firm from afar."""

    OWN = "own"
    VISIT = "visit"
    REMOTE = "remote"


class MarkKind(StrEnum):
    """What was said of a record later: looked at again by a second person, or cancelled."""

    RECHECKED = "rechecked"
    CANCELLED = "cancelled"


class DrillOutcome(StrEnum):
    """What came of a night's drill. `no_footage`: the site had nothing of that day in the store."""

    OK = "ok"
    FAILED = "failed"
    NO_FOOTAGE = "no_footage"


class DrillCause(StrEnum):
    """Why a segment could not be used."""

    MISSING = "missing"
    OTHER_BYTES = "other_bytes"
    KEY_MISSING = "key_missing"
    NOT_OPENED = "not_opened"
    OTHER_SAMPLES = "other_samples"
    NO_PICTURE = "no_picture"


class InspectionInterval(Identified, Timestamped, TenantOwned, Model):
    """From which civil day on a site is looked through every so many months; the newest that has begun counts."""

    __tablename__ = "inspection_intervals"
    personal = frozenset()

    site_id: Mapped[UUID]
    effective_from: Mapped[date]
    months: Mapped[int] = mapped_column(SmallInteger)
    decided_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        CheckConstraint("months between 1 and 12", name="months"),
    )


class InspectionCap(Identified, Timestamped, Model):
    """The longest interval that the bureau leaves to the schools from a day on. It binds all and belongs to none."""

    __tablename__ = "inspection_caps"
    personal = frozenset()

    effective_from: Mapped[date]
    months: Mapped[int] = mapped_column(SmallInteger)
    decided_by: Mapped[UUID]

    __table_args__ = (CheckConstraint("months between 1 and 12", name="months"),)


class Inspection(Identified, Timestamped, TenantOwned, Model):
    """One row of 附件3 or 附錄2. `inspector_name` is the signature as it was given; `firm` whoever helped.

    `late_reason`: why it was entered more than a week later (補登). `calibrations` are the ids of those it names.
    """

    __tablename__ = "inspections"
    personal = frozenset({"inspector_name", "remark", "firm", "late_reason"})

    site_id: Mapped[UUID]
    profile: Mapped[str]
    profile_version: Mapped[str]
    inspected_on: Mapped[date]
    host_ok: Mapped[bool]
    devices_ok: Mapped[bool]
    picture_ok: Mapped[bool]
    remark: Mapped[str]
    inspector_id: Mapped[UUID]
    inspector_name: Mapped[str]
    firm: Mapped[str]
    late_reason: Mapped[str]
    calibrations: Mapped[list[str]] = mapped_column(JSONB)
    signed_at: Mapped[datetime]
    recorded_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("(host_ok and devices_ok and picture_ok) or remark <> ''", name="remarked"),
        CheckConstraint("inspector_name <> ''", name="signed"),
        Index("ix_inspections_day", "tenant_id", "site_id", "inspected_on"),
    )


class InspectionAnswer(Identified, TenantOwned, Model):
    """One answer of a person, beside what the facts proposed then (row 77). `camera_id` NULL: of the whole site.

    `proposed` NULL: the facts did not say. `fault_id` is the fault that a 否 opened in the same step (KH-A3-09).
    """

    __tablename__ = "inspection_answers"
    personal = frozenset()

    inspection_id: Mapped[UUID]
    camera_id: Mapped[UUID | None]
    question: Mapped[str]
    answer: Mapped[bool]
    proposed: Mapped[bool | None]
    reasons: Mapped[list[str]] = mapped_column(JSONB)
    fault_id: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "inspection_id"], ["inspections.tenant_id", "inspections.id"]),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        UniqueConstraint("tenant_id", "inspection_id", "camera_id", "question", postgresql_nulls_not_distinct=True),
        one_of("question", Question),
    )


class MaintenanceEntry(Identified, Timestamped, TenantOwned, Model):
    """What was done to the equipment, by whom, and who of the institution was there (KH-8-1b)."""

    __tablename__ = "maintenance_entries"
    personal = frozenset({"firm", "firm_people", "staff_name", "remark"})

    site_id: Mapped[UUID]
    camera_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    work: Mapped[str]
    way: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    firm: Mapped[str]
    firm_people: Mapped[str]
    staff_id: Mapped[UUID]
    staff_name: Mapped[str]
    remark: Mapped[str]
    recorded_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        ForeignKeyConstraint(["tenant_id", "device_id"], ["edge_devices.tenant_id", "edge_devices.id"]),
        UniqueConstraint("tenant_id", "id"),
        one_of("work", Work),
        one_of("way", Way),
        CheckConstraint("ended_at > began_at", name="span"),
        CheckConstraint("staff_name <> ''", name="accompanied"),
        CheckConstraint("way = 'own' or (firm <> '' and firm_people <> '')", name="named"),
        Index("ix_maintenance_entries_time", "tenant_id", "began_at"),
    )


class UpkeepMark(Identified, Timestamped, TenantOwned, Model):
    """What was said of an inspection or a maintenance entry later; at most once of each kind."""

    __tablename__ = "upkeep_marks"
    personal = frozenset({"reason", "person_name"})

    inspection_id: Mapped[UUID | None]
    maintenance_id: Mapped[UUID | None]
    kind: Mapped[str]
    reason: Mapped[str]
    person_id: Mapped[UUID]
    person_name: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "inspection_id"], ["inspections.tenant_id", "inspections.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "maintenance_id"], ["maintenance_entries.tenant_id", "maintenance_entries.id"]
        ),
        UniqueConstraint("tenant_id", "inspection_id", "kind"),
        UniqueConstraint("tenant_id", "maintenance_id", "kind"),
        one_of("kind", MarkKind),
        CheckConstraint("(inspection_id is null) <> (maintenance_id is null)", name="one_record"),
        CheckConstraint("kind = 'cancelled' or inspection_id is not null", name="rechecked"),
        CheckConstraint("kind = 'rechecked' or reason <> ''", name="reasoned"),
    )


class SegmentDrill(Identified, TenantOwned, Model):
    """One random minute of a site's day, really fetched, opened and decoded (row 78): what came of it, no picture."""

    __tablename__ = "segment_drills"
    personal = frozenset()

    site_id: Mapped[UUID]
    civil_day: Mapped[date]
    drilled_at: Mapped[datetime]
    outcome: Mapped[str]
    cause: Mapped[str]
    camera_id: Mapped[UUID | None]
    segment_id: Mapped[UUID | None]
    started_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        UniqueConstraint("tenant_id", "site_id", "civil_day"),
        one_of("outcome", DrillOutcome),
        CheckConstraint("(outcome = 'failed') = (cause <> '')", name="cause"),
        CheckConstraint("(outcome = 'no_footage') = (segment_id is null)", name="segment"),
    )
