"""A look through an institution's accounts, and what was said of each. Lines are only added."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Verdict(StrEnum):
    """What the head says of an account: it is still needed, or its roles end."""

    CONFIRMED = "confirmed"
    ENDED = "ended"


class AccountReview(Identified, TenantOwned, Model):
    """One look through the accounts, done once each of them has its line. One at most is open."""

    __tablename__ = "account_reviews"
    personal = frozenset()

    begun_at: Mapped[datetime]
    begun_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("(completed_at is null) = (completed_by is null)", name="completed_pair"),
        Index("uq_account_reviews_open", "tenant_id", unique=True, postgresql_where=text("completed_at is null")),
    )


class AccountVerdict(Identified, TenantOwned, Model):
    """What was said of one account in one review. Its roles of that day stand in the chain."""

    __tablename__ = "account_verdicts"
    personal = frozenset()

    review_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[str]
    said_at: Mapped[datetime]
    said_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "review_id"], ["account_reviews.tenant_id", "account_reviews.id"]),
        UniqueConstraint("tenant_id", "review_id", "user_id"),
        CheckConstraint("verdict in ('confirmed', 'ended')", name="verdict"),
    )
