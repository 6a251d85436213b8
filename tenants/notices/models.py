"""Mails that are told or wait to be, what was told at once, what has risen; a person's own wishes and calendar."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, one_of


class What(StrEnum):
    """The morning's one mail, or one that could not wait for it."""

    DIGEST = "digest"
    AT_ONCE = "at_once"


class MailState(StrEnum):
    """What became of a mail; all but `WAITING` are ends. `OVERTAKEN`: a later digest says all that it would have.

    `BOUNCED`: our server took it, and one behind it reported that it cannot be delivered.
    """

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    NO_ADDRESS = "no_address"
    LEFT = "left"
    OVERTAKEN = "overtaken"
    BOUNCED = "bounced"


class NoticeMail(Identified, TenantOwned, Model):
    """One mail to one person, written down in the transaction that decides on it and sent from this row alone.

    `roles` are the person's at that time. `lines` are kinds, counts and days: nothing of a case and nobody's name.
    `must_by`: it goes at any hour rather than after this instant.
    """

    __tablename__ = "notice_mails"
    personal = frozenset()

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    roles: Mapped[list[str]] = mapped_column(JSONB)
    what: Mapped[str]
    civil_day: Mapped[date]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    planned_at: Mapped[datetime]
    send_after: Mapped[datetime]
    must_by: Mapped[datetime | None]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("what", What),
        one_of("state", MailState),
        CheckConstraint("(ended_at is null) = (state = 'waiting')", name="ended"),
        Index(
            "uq_notice_mails_digest",
            "tenant_id",
            "user_id",
            "civil_day",
            unique=True,
            postgresql_where=text("what = 'digest'"),
        ),
        Index("ix_notice_mails_waiting", "tenant_id", "send_after", postgresql_where=text("state = 'waiting'")),
        Index("ix_notice_mails_planned", "tenant_id", "planned_at"),
    )


# As which kind it is told that a day's digests were made, as a fault is.
DAY = "day"


class NoticeTold(TenantOwned, Model):
    """That something was told at once, or that a day's digests were made: once, however often a job runs."""

    __tablename__ = "notice_told"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


class NoticeRise(Identified, TenantOwned, Model):
    """That a thing rose to the head or the bureau, from which day, and until it was done. `subject` is an id."""

    __tablename__ = "notice_rises"
    personal = frozenset()

    kind: Mapped[str]
    subject: Mapped[str]
    due_on: Mapped[date]
    level: Mapped[str]
    raised_on: Mapped[date]
    ended_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("level in ('head', 'bureau')", name="level"),
        UniqueConstraint("tenant_id", "kind", "subject", "due_on", "level"),
        Index("ix_notice_rises_open", "tenant_id", postgresql_where=text("ended_on is null")),
    )


class NoticeWish(Model):
    """A person's own quiet hours, and whether they want the morning's mail where their duties leave it to them."""

    __tablename__ = "notice_wishes"
    personal = frozenset()

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    digest: Mapped[bool]
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    said_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("quiet_from between 18 and 22 and quiet_until between 6 and 8", name="bounds"),)


class CalendarFeed(Identified, Model):
    """The address under which a person's calendar fetches their due days: of its secret a hash is kept."""

    __tablename__ = "calendar_feeds"
    personal = frozenset({"token_hash"})

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_calendar_feeds_current", "user_id", unique=True, postgresql_where=text("revoked_at is null")),
    )
