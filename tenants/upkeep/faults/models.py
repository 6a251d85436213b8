"""Faults with their cameras and history, labels on cameras, announced maintenance, and the reasons of gaps."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped, one_of
from tenants.upkeep.faults.kinds import Clock, FaultKind, GapReason, How, Level, LineCode

_PAIRS = ("handled", "reported", "begun", "repaired", "rechecked", "ended")


def _of_fault() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "fault_id"], ["faults.tenant_id", "faults.id"])


class Fault(Identified, TenantOwned, Model):
    """One fault of a site, however many cameras it takes (KH-8-1d).

    `found_at` is when it began as far as anybody knows, `opened_at` when it was entered; the clocks count from there.
    `…_until` and the two counts are the bureau's targets as they were then. `whole_site`: it is of the place itself.
    """

    __tablename__ = "faults"
    personal = frozenset({"cause", "manner", "end_reason"})

    site_id: Mapped[UUID]
    serial: Mapped[str]
    kind: Mapped[str]
    whole_site: Mapped[bool]
    state: Mapped[str]
    how: Mapped[str]
    found_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    unit: Mapped[str]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reported_at: Mapped[datetime | None]
    reported_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    begun_at: Mapped[datetime | None]
    begun_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    repaired_at: Mapped[datetime | None]
    repaired_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    rechecked_at: Mapped[datetime | None]
    rechecked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    cause: Mapped[str] = mapped_column(default="")
    manner: Mapped[str] = mapped_column(default="")
    end_reason: Mapped[str] = mapped_column(default="")
    assign_until: Mapped[datetime]
    report_until: Mapped[datetime]
    repair_until: Mapped[datetime]
    recheck_days: Mapped[int]
    bureau_hours: Mapped[int]

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "serial"),
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        CheckConstraint(
            "state in ('found', 'reported', 'in_work', 'repaired', 'rechecked', 'closed', 'cancelled')", name="state"
        ),
        one_of("kind", FaultKind),
        one_of("how", How),
        *(CheckConstraint(f"({each}_at is null) = ({each}_by is null)", name=f"{each}_pair") for each in _PAIRS),
        CheckConstraint("(ended_at is null) = (state not in ('closed', 'cancelled'))", name="ended"),
        CheckConstraint("rechecked_by <> repaired_by", name="two_persons"),
        CheckConstraint("state <> 'cancelled' or end_reason <> ''", name="cancelled_because"),
        CheckConstraint("found_at <= opened_at", name="found"),
        # A job that is repeated, or runs twice at once, opens nothing twice.
        Index(
            "uq_faults_open_of_site",
            "tenant_id",
            "site_id",
            "kind",
            unique=True,
            postgresql_where=text("ended_at is null and whole_site"),
        ),
        Index("ix_faults_open", "tenant_id", "opened_at", postgresql_where=text("ended_at is null")),
    )


class FaultCamera(TenantOwned, Model):
    """A camera that a fault takes, and what is wrong with it. `normal_since`: telemetry has it back; a person closes.

    At most one open row a camera and kind, so that the same thing found again is a line of the fault that is there.
    """

    __tablename__ = "fault_cameras"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    fault_id: Mapped[UUID] = mapped_column(primary_key=True)
    camera_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    found_at: Mapped[datetime]
    normal_since: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        _of_fault(),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        one_of("kind", FaultKind),
        Index(
            "uq_fault_cameras_open",
            "tenant_id",
            "camera_id",
            "kind",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )


class FaultLine(Identified, TenantOwned, Model):
    """One line of a fault's history; never changed. `by` is NULL where no account said it."""

    __tablename__ = "fault_lines"
    personal = frozenset({"words"})

    fault_id: Mapped[UUID]
    camera_id: Mapped[UUID | None]
    at: Mapped[datetime]
    code: Mapped[str]
    how: Mapped[str]
    words: Mapped[str]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        _of_fault(),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        one_of("code", LineCode),
        one_of("how", How),
        Index("ix_fault_lines_at", "tenant_id", "fault_id", "at"),
    )


class FaultEscalation(Identified, TenantOwned, Model):
    """That a clock of a fault ran out, and who is to be told; once for each clock, level and due moment."""

    __tablename__ = "fault_escalations"
    personal = frozenset()

    fault_id: Mapped[UUID]
    clock: Mapped[str]
    level: Mapped[str]
    due_at: Mapped[datetime]
    raised_at: Mapped[datetime]

    __table_args__ = (
        _of_fault(),
        one_of("clock", Clock),
        one_of("level", Level),
        UniqueConstraint("tenant_id", "fault_id", "clock", "level", "due_at"),
    )


class FaultTarget(Identified, Timestamped, Model):
    """From which day on faults are to be dealt with how fast (Q-12): the bureau's, binding all, never rewritten.

    Hours are the office's; days are working days. `bureau_hours`: how long after the head the bureau is told.
    """

    __tablename__ = "fault_targets"
    personal = frozenset()

    effective_from: Mapped[date] = mapped_column(unique=True)
    assign_hours: Mapped[int]
    report_hours: Mapped[int]
    repair_days: Mapped[int]
    recheck_days: Mapped[int]
    bureau_hours: Mapped[int]
    document: Mapped[str]
    entered_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("assign_hours between 1 and 40 and report_hours between 1 and 40", name="hours"),
        CheckConstraint("repair_days between 1 and 30 and recheck_days between 1 and 30", name="days"),
        CheckConstraint("bureau_hours between 1 and 80", name="bureau_hours"),
    )


class FaultLabel(Identified, TenantOwned, Model):
    """The code on a camera's label, by which anybody who stands there says that it is broken (TY-3-3a)."""

    __tablename__ = "fault_labels"
    personal = frozenset()

    camera_id: Mapped[UUID]
    code: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("(revoked_at is null) = (revoked_by is null)", name="revoked_pair"),
        Index(
            "uq_fault_labels_current",
            "tenant_id",
            "camera_id",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )


class MaintenanceWindow(Identified, TenantOwned, Model):
    """Work on a site or one camera, as it was announced. It hides nothing: what it costs counts and is labelled.

    What was entered after it had begun is 事後說明 and not 計畫性 (KH-5-3b): `announced_at` tells them apart.
    """

    __tablename__ = "maintenance_windows"
    personal = frozenset({"reason"})

    site_id: Mapped[UUID]
    camera_id: Mapped[UUID | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    announced_at: Mapped[datetime]
    announced_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
    )


class GapSettlement(Identified, TenantOwned, Model):
    """A person's word why a camera recorded nothing over a span (KH-5-3b); never changed, and a later one counts.

    By span and not by row: what the ledger learns later of the same seconds is settled with them.
    """

    __tablename__ = "gap_settlements"
    personal = frozenset({"words"})

    camera_id: Mapped[UUID]
    fault_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    reason: Mapped[str]
    words: Mapped[str]
    settled_at: Mapped[datetime]
    settled_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        _of_fault(),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        one_of("reason", GapReason),
        CheckConstraint("ended_at > started_at", name="span"),
        CheckConstraint("words <> ''", name="worded"),
        Index("ix_gap_settlements_camera_time", "tenant_id", "camera_id", "started_at"),
    )
