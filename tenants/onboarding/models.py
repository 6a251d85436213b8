"""A roster that was looked through, its lines as they are carried out one by one, and what came of each."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, one_of


class RosterState(StrEnum):
    """`checked` for an hour; `incomplete` where some lines could not be carried out, `stale` where none could."""

    CHECKED = "checked"
    CONFIRMED = "confirmed"
    DONE = "done"
    INCOMPLETE = "incomplete"
    STALE = "stale"
    EXPIRED = "expired"


class LineState(StrEnum):
    """`stopped` is a line that would no longer do what was shown, or that failed again and again."""

    WAITING = "waiting"
    DONE = "done"
    STOPPED = "stopped"


class Roster(Identified, TenantOwned, Model):
    """One file without a fault. It belongs to the bureau, whose operator uploaded it.

    `content` is the file, emptied as soon as it is of no use any more: a confirmed one without it is laid out in
    lines. `sha256` stays. `plan` is the hash of `outcomes`, so that what is confirmed is what was shown.
    """

    __tablename__ = "rosters"
    personal = frozenset({"content"})

    state: Mapped[str]
    content: Mapped[str] = mapped_column(deferred=True)
    sha256: Mapped[str]
    new_districts: Mapped[list[str]] = mapped_column(JSONB)
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, deferred=True)
    plan: Mapped[str]
    checked_at: Mapped[datetime]
    checked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "id"),
        one_of("state", RosterState),
        CheckConstraint("content <> '' or state <> 'checked'", name="content"),
        CheckConstraint("content = '' or state in ('checked', 'confirmed')", name="content_over"),
        CheckConstraint("(state in ('checked', 'confirmed')) = (finished_at is null)", name="finished"),
        CheckConstraint("(confirmed_at is null) = (confirmed_by is null)", name="confirmed_pair"),
        CheckConstraint("(state in ('checked', 'expired')) = (confirmed_at is null)", name="confirmed"),
    )


class RosterLine(Identified, TenantOwned, Model):
    """One line of a confirmed roster that asks for something, the bureau's row: wholly carried out, or not at all.

    `shown` is what the dry run said it would do, without a person's name. `cells` are what the line says, emptied as
    soon as it is over. `failures` are tries that ended in an error nobody foresaw.
    """

    __tablename__ = "roster_lines"
    personal = frozenset({"cells"})

    roster_id: Mapped[UUID]
    line: Mapped[int]
    shown: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cells: Mapped[dict[str, str]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(default=LineState.WAITING.value)
    reason: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    over_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "roster_id"], ["rosters.tenant_id", "rosters.id"]),
        UniqueConstraint("tenant_id", "roster_id", "line"),
        one_of("state", LineState),
        CheckConstraint("(state = 'waiting') = (over_at is null)", name="over"),
        CheckConstraint("(state = 'waiting') = (cells <> '{}')", name="cells"),
        CheckConstraint("(state = 'stopped') = (reason <> '')", name="reason"),
        CheckConstraint("state <> 'done' or institution_id is not null", name="institution"),
    )
