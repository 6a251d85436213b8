"""Which cases there are to draw from, what was drawn, and what an auditor found in each case that was drawn."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned
from tenants.compliance.sampling.lifecycle import CaseState


class ComplianceCase(TenantOwned, Model):
    """That a case exists: its code, by which door and on which day it came. Nothing of what it is about (DR-09, DR-37).

    Written once, by the institution's own job; the bureau draws from these.
    """

    __tablename__ = "compliance_cases"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID] = mapped_column(primary_key=True)
    serial: Mapped[str]
    door: Mapped[str]
    filed_on: Mapped[date] = mapped_column(index=True)
    computed_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        CheckConstraint("door in ('official', 'insider')", name="door"),
    )


class AuditSample(Identified, TenantOwned, Model):
    """One draw, the bureau's own row; never changed, so that a second draw of a day stands beside the first.

    `population` is from how many, `drawn_from` what they were (institution, case, stratum), `population_sha256` its
    hash. `seed` is the hash of the event `seq` of the bureau's chain, which announced this before anything was drawn.
    """

    __tablename__ = "audit_samples"
    personal = frozenset({"purpose"})

    serial: Mapped[str]
    purpose: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    door: Mapped[str]
    kind: Mapped[str]
    district: Mapped[str]
    strata: Mapped[str]
    asked: Mapped[int]
    population: Mapped[int]
    population_sha256: Mapped[str]
    drawn_from: Mapped[list[list[str]]] = mapped_column(JSONB, deferred=True)
    seed: Mapped[str]
    seq: Mapped[int]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "serial"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("strata in ('', 'district', 'kind')", name="strata"),
        CheckConstraint("asked > 0 and population > 0", name="counts"),
        CheckConstraint("purpose <> ''", name="purpose"),
    )


class SampledCase(Identified, TenantOwned, Model):
    """One case of a draw, the bureau's row: its place in it, and what was found once an auditor opened it.

    `facts` are what the rules said when it was opened and are not taken again: a finding must not change under the
    auditor's hand. `opened_for` is the reason, which a sealed case asks for (DR-37). `verdicts` are the auditor's own.
    """

    __tablename__ = "audit_sample_cases"
    personal = frozenset({"opened_for", "note"})

    sample_id: Mapped[UUID]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    disclosure_id: Mapped[UUID]
    serial: Mapped[str]
    place: Mapped[int]
    stratum: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=CaseState.DRAWN.value)
    sealed: Mapped[bool | None]
    facts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    opened_for: Mapped[str] = mapped_column(default="")
    verdicts: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    note: Mapped[str] = mapped_column(default="")
    judged_at: Mapped[datetime | None]
    judged_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "sample_id"], ["audit_samples.tenant_id", "audit_samples.id"]),
        UniqueConstraint("tenant_id", "sample_id", "place"),
        UniqueConstraint("tenant_id", "sample_id", "disclosure_id"),
        CheckConstraint("state in ('drawn', 'opened', 'judged')", name="state"),
        CheckConstraint("(opened_at is null) = (opened_by is null)", name="opened_pair"),
        CheckConstraint("(judged_at is null) = (judged_by is null)", name="judged_pair"),
        CheckConstraint("(opened_at is null) = (state = 'drawn')", name="opened"),
        CheckConstraint("(judged_at is null) = (state <> 'judged')", name="judged"),
    )
