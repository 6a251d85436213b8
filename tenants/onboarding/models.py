"""A roster that was looked through and not yet carried out, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class RosterState(StrEnum):
    """`checked` for an hour; `stale` where the directory had changed before it was carried out."""

    CHECKED = "checked"
    CONFIRMED = "confirmed"
    DONE = "done"
    STALE = "stale"
    EXPIRED = "expired"


class Roster(Identified, TenantOwned, Model):
    """One file without a fault. It belongs to the bureau, whose operator uploaded it.

    `content` is the file, emptied as soon as it is of no use any more; `sha256` stays. `plan` is the hash of
    `outcomes`, so that what is carried out is what was shown.
    """

    __tablename__ = "rosters"
    personal = frozenset({"content"})

    state: Mapped[str]
    content: Mapped[str]
    sha256: Mapped[str]
    new_districts: Mapped[list[str]] = mapped_column(JSONB)
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    plan: Mapped[str]
    checked_at: Mapped[datetime]
    checked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        CheckConstraint("state in ('checked', 'confirmed', 'done', 'stale', 'expired')", name="state"),
        CheckConstraint("(state in ('checked', 'confirmed')) = (content <> '')", name="content"),
        CheckConstraint("(state in ('checked', 'confirmed')) = (finished_at is null)", name="finished"),
        CheckConstraint("(confirmed_at is null) = (confirmed_by is null)", name="confirmed_pair"),
        CheckConstraint("(state in ('checked', 'expired')) = (confirmed_at is null)", name="confirmed"),
    )
