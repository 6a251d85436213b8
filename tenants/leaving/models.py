"""Somebody leaves an institution: from which day, and that everything they held was handed over."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Way(StrEnum):
    """離職: the account closes with the last role. 調職: it goes on elsewhere, and keeps nothing of here."""

    LEFT = "left"
    TRANSFERRED = "transferred"


class Departure(Identified, TenantOwned, Model):
    """One person's leaving. `gone_on` is the first day without any role here; what is told of it stays with the row.

    `carried_out_at` is when the service looked at the account after that day, and closed it where nothing was left.
    `handed` are the things without a row of their own that were handed over, such as keys; `settled_at` is when the
    head found everything done.
    """

    __tablename__ = "departures"
    personal = frozenset()

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    way: Mapped[str]
    gone_on: Mapped[date]
    document: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    handed: Mapped[list[str]] = mapped_column(JSONB, default=list)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    carried_out_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("way in ('left', 'transferred')", name="way"),
        CheckConstraint("(settled_at is null) = (settled_by is null)", name="settled_pair"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
        CheckConstraint("settled_at is null or withdrawn_at is null", name="one_end"),
        Index(
            "uq_departures_open",
            "tenant_id",
            "user_id",
            unique=True,
            postgresql_where=text("settled_at is null and withdrawn_at is null"),
        ),
    )
