"""One access in an emergency: who asked, who agreed, for how long, how it ended, and what was found afterwards."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class EmergencyState(StrEnum):
    """From the request of one to the review of a third."""

    REQUESTED = "requested"
    OPEN = "open"
    REFUSED = "refused"
    LAPSED = "lapsed"
    ENDED = "ended"
    REVIEWED = "reviewed"


class Scope(StrEnum):
    """What an access opens, and nothing besides: pages to read, or one act."""

    TRAIL = "trail"
    EQUIPMENT = "equipment"
    REGISTER = "register"
    HEAD_RESET = "head_reset"


class Ending(StrEnum):
    """How an access ended."""

    TIME = "time"
    REQUESTER = "requester"
    APPROVER = "approver"
    INSTITUTION = "institution"


class EmergencyAccess(Identified, TenantOwned, Model):
    """It belongs to the institution, which reads all of it; the bureau reads it beside those of the others.

    `decided_by` is the second person, who agreed or refused; `ender_id` is empty where time ended it. `opened_told_at`
    and `ended_told_at` are when the mails went out.
    """

    __tablename__ = "emergency_accesses"
    personal = frozenset({"reason", "review"})

    serial: Mapped[str]
    state: Mapped[str]
    scope: Mapped[str]
    reason: Mapped[str]
    hours: Mapped[int]
    requested_at: Mapped[datetime]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    approve_by: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ends_at: Mapped[datetime | None]
    opened_told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ender_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ending: Mapped[str] = mapped_column(default="")
    ended_told_at: Mapped[datetime | None]
    review_due_on: Mapped[date | None]
    review: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"]),
        UniqueConstraint("tenant_id", "serial"),
        CheckConstraint("state in ('requested', 'open', 'refused', 'lapsed', 'ended', 'reviewed')", name="state"),
        CheckConstraint("scope in ('trail', 'equipment', 'register', 'head_reset')", name="scope"),
        CheckConstraint("hours between 1 and 4", name="hours"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("decided_by <> requested_by", name="two_people"),
        CheckConstraint("reviewed_by <> requested_by and reviewed_by <> decided_by", name="third_person"),
        CheckConstraint("(decided_at is null) = (decided_by is null)", name="decided_pair"),
        CheckConstraint("(state in ('open', 'ended', 'reviewed')) = (ends_at is not null)", name="ends"),
        CheckConstraint("ends_at is null or decided_at is not null", name="decided"),
        CheckConstraint("(state in ('ended', 'reviewed')) = (ended_at is not null)", name="ended"),
        CheckConstraint("(ended_at is null) = (ending = '')", name="ending"),
        CheckConstraint("ending in ('', 'time', 'requester', 'approver', 'institution')", name="endings"),
        CheckConstraint("ender_id is not null or ending in ('', 'time')", name="ender"),
        CheckConstraint("(ended_at is null) = (review_due_on is null)", name="review_due"),
        CheckConstraint("(state = 'reviewed') = (reviewed_at is not null)", name="reviewed"),
        CheckConstraint("(reviewed_at is null) = (reviewed_by is null)", name="reviewed_pair"),
        CheckConstraint("(reviewed_at is null) = (review = '')", name="review"),
        Index(
            "uq_emergency_accesses_living",
            "tenant_id",
            unique=True,
            postgresql_where=text("state in ('requested', 'open')"),
        ),
    )
