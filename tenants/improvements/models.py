"""One thing that an institution is asked to put right: the institution's row, which the bureau's connection reads."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned
from tenants.improvements.lifecycle import ItemState


class Improvement(Identified, TenantOwned, Model):
    """What was found, under which article, by when it is due, and the latest answer and decision.

    `finding`, `answer` and `decision` are letters between the bureau and the institution: written to be read by the
    other side, and so by the bureau's connection too (infra/decisions/0058).
    """

    __tablename__ = "compliance_improvements"
    personal = frozenset({"finding", "answer", "decision"})

    serial: Mapped[str]
    sample_serial: Mapped[str]
    disclosure_id: Mapped[UUID]
    case_serial: Mapped[str]
    check: Mapped[str]
    article: Mapped[str]
    finding: Mapped[str]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=ItemState.ASKED.value)
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "serial"),
        CheckConstraint("state in ('asked', 'answered', 'returned', 'accepted')", name="state"),
        CheckConstraint("finding <> '' and article <> ''", name="worded"),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered_pair"),
        CheckConstraint("(decided_at is null) = (decided_by is null)", name="decided_pair"),
        CheckConstraint("state = 'asked' or answered_at is not null", name="answered"),
        CheckConstraint("state not in ('returned', 'accepted') or decided_at is not null", name="decided"),
    )
