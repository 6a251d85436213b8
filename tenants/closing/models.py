"""The act of closing: by which document, from which day, into whose hands."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped


class ClosingKind(StrEnum):
    """How an institution ends: a private one is closed, a public one abolished, and either may go into another."""

    CLOSED = "closed"
    ABOLISHED = "abolished"
    MERGED = "merged"


class ClosingState(StrEnum):
    """`scheduled` until its day; then it is carried out and never taken back."""

    CARRIED_OUT = "carried_out"
    SCHEDULED = "scheduled"
    WITHDRAWN = "withdrawn"


class Closing(Identified, Timestamped, TenantOwned, Model):
    """One closing. What everybody may know of it stands on the institution's own row besides.

    `custodian_id` is who was named with it; who is custodian now, the memberships say.
    """

    __tablename__ = "closings"
    personal = frozenset()

    kind: Mapped[str]
    state: Mapped[str]
    effective_from: Mapped[date]
    document: Mapped[str]
    document_date: Mapped[date]
    keeper: Mapped[str]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    custodian_id: Mapped[UUID]
    decided_by: Mapped[UUID]
    carried_out_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        CheckConstraint("kind in ('closed', 'abolished', 'merged')", name="kind"),
        CheckConstraint("state in ('carried_out', 'scheduled', 'withdrawn')", name="state"),
        CheckConstraint("(kind = 'merged') = (successor_id is not null)", name="successor"),
        CheckConstraint("document <> '' and keeper <> ''", name="stated"),
        CheckConstraint("(state = 'carried_out') = (carried_out_at is not null)", name="carried_out"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at is not null)", name="withdrawn"),
        Index("uq_closings_living", "tenant_id", unique=True, postgresql_where=text("state <> 'withdrawn'")),
    )
