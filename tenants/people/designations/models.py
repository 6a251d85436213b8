"""Who is designated: a person or an office, with the one who is asked for. Rows are ended, and never rewritten."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Kind(StrEnum):
    """專人 or 處室 (KH-4-1); TY designates an office (TY-3-1a)."""

    PERSON = "person"
    OFFICE = "office"


class Ending(StrEnum):
    """Why a designation is over, or never began."""

    SUCCEEDED = "succeeded"
    RESIGNED = "resigned"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Designation(Identified, TenantOwned, Model):
    """From `from_on` on, until the first day that is no longer covered. Of an institution one at most is open-ended.

    What somebody may is said by their membership, which only a designation lets be granted; this says by whose order.
    One that was taken back before it began covers no day: it ends on the day on which it begins.
    """

    __tablename__ = "designations"
    personal = frozenset()

    kind: Mapped[str]
    office: Mapped[str] = mapped_column(default="")
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    document: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    ending: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("kind in ('person', 'office')", name="kind"),
        CheckConstraint("(kind = 'office') = (office <> '')", name="office"),
        CheckConstraint("until_on >= from_on", name="span"),
        CheckConstraint("ending in ('', 'succeeded', 'resigned', 'withdrawn', 'closed')", name="ending"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_pair"),
        CheckConstraint("(ended_at is null) = (until_on is null) and (ended_at is null) = (ending = '')", name="ended"),
        Index("uq_designations_open", "tenant_id", unique=True, postgresql_where=text("until_on is null")),
    )
