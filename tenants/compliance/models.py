"""Roll-ups: facts about each institution that the bureau role may read. No picture, and no link to one (DR-09)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Model, TenantOwned

# What the share can say (`rules.Coverage`): unknown, not yet due and never due are three things, and none is zero.
_COVERAGES = "coverage_state in ('known', 'unknown', 'not_begun', 'not_due')"


class ComplianceNow(TenantOwned, Model):
    """One institution as of `computed_at`. NULL means that nothing is known, which is never shown as fine (DR-30).

    `stopped_in_faults`: cameras that do not record and of which an open fault tells it. `stopped_since`: how long the
    others have not, which gives the bureau's morning its age.
    `upload_late_since`: from when the oldest footage is that still lies at a site (DR-17); NULL where none does.
    """

    __tablename__ = "compliance_now"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    computed_at: Mapped[datetime]
    last_report_at: Mapped[datetime | None]
    upload_late_since: Mapped[datetime | None]
    cameras: Mapped[int]
    recording_now: Mapped[int | None]
    coverage_today: Mapped[float | None]
    coverage_state: Mapped[str]
    days_kept: Mapped[int | None]
    oldest_day: Mapped[date | None]
    open_requests: Mapped[int]
    late_requests: Mapped[int] = mapped_column(default=0)
    overdue_destructions: Mapped[int]
    short_cameras: Mapped[int] = mapped_column(default=0)
    short_of: Mapped[list[int]] = mapped_column(JSONB, default=list)
    stopped_in_faults: Mapped[int] = mapped_column(default=0)
    stopped_since: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("coverage_today between 0 and 1", name="coverage_today"),
        CheckConstraint(_COVERAGES, name="coverage_state"),
    )


class ComplianceRetention(TenantOwned, Model):
    """How one institution stands with floor, ceiling and holds as of `computed_at`; three things, never one number.

    `late_minutes` runs from the first instant at which something might have gone until it is proven to be gone, and
    `days_overdue` counts what is late by more than a day. `lost_requests` are open cases whose footage was
    destroyed after it had been asked for (KH-6-3b). `urgent_holds` has number and dates of each that rests on a call
    alone, and nothing of what it keeps or for whom (DR-02, DR-09). `held_bytes` is what the copies of holds take up,
    NULL where it was not counted yet. `wrong_since`: when any of these began to need somebody, which it did at each
    minute since.
    """

    __tablename__ = "compliance_retention"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    computed_at: Mapped[datetime]
    floor_missing: Mapped[int]
    late_minutes: Mapped[int]
    days_overdue: Mapped[int]
    open_holds: Mapped[int]
    late_reviews: Mapped[int]
    incomplete_holds: Mapped[int]
    stopped_runs: Mapped[int]
    lost_requests: Mapped[int]
    stalled: Mapped[bool]
    urgent_holds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    wrong_since: Mapped[datetime | None]
    held_bytes: Mapped[int | None] = mapped_column(BigInteger)


class ComplianceCamera(TenantOwned, Model):
    """One camera as of `computed_at`: the list behind an institution's figures (DR-30). Names and seconds, no picture.

    A camera that was retired keeps its last row; the list shows those of the institution's own `computed_at`.
    """

    __tablename__ = "compliance_cameras"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    camera_id: Mapped[UUID] = mapped_column(primary_key=True)
    computed_at: Mapped[datetime]
    site_name: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    state: Mapped[str]
    fault: Mapped[str]
    due_seconds: Mapped[int]
    recorded_seconds: Mapped[int]
    coverage_state: Mapped[str]
    oldest_day: Mapped[date | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        CheckConstraint("state in ('recording', 'not_recording', 'silent')", name="state"),
        CheckConstraint("recorded_seconds between 0 and due_seconds", name="recorded_seconds"),
        CheckConstraint(_COVERAGES, name="coverage_state"),
    )


class ComplianceDay(TenantOwned, Model):
    """One institution on one civil day: seconds that had to be recorded, and seconds that were."""

    __tablename__ = "compliance_days"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    civil_day: Mapped[date] = mapped_column(primary_key=True)
    cameras: Mapped[int]
    due_seconds: Mapped[int]
    recorded_seconds: Mapped[int]
    coverage_state: Mapped[str]
    gaps: Mapped[int]
    computed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("recorded_seconds between 0 and due_seconds", name="recorded_seconds"),
        CheckConstraint(_COVERAGES, name="coverage_state"),
    )


class ComplianceSiteDay(TenantOwned, Model):
    """How much one site's cameras put into the store on a civil day; no row where nothing is known to be stored.

    What a longer period will need is told from these (DR-10), and they stay when the day's footage is destroyed.
    """

    __tablename__ = "compliance_site_days"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    civil_day: Mapped[date] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    computed_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        CheckConstraint("size > 0", name="size"),
    )
