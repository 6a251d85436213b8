"""The bureau's calendar, which binds everybody, and a site's own hours and days. No row is ever rewritten."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped, one_of
from tenants.registry.hours.rules import Periods, Weekly

_LIVING = text("withdrawn_at is null")


class HoursTemplate(Identified, Timestamped, Model):
    """The hours that the bureau gives for a school year, from a civil day on; a site that set none of its own has them.

    `vacation` are the hours in a vacation: NULL where they are those of the term, empty where all are closed.
    """

    __tablename__ = "hours_templates"
    personal = frozenset()

    effective_from: Mapped[date]
    weekly: Mapped[Weekly] = mapped_column(JSONB)
    vacation: Mapped[Weekly | None] = mapped_column(JSONB(none_as_null=True))
    document: Mapped[str]
    recorded_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        Index("uq_hours_templates_effective_from", "effective_from", unique=True, postgresql_where=_LIVING),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
    )


class SpanKind(StrEnum):
    """What the days of the bureau's calendar are. A closure goes before everything else (停班停課)."""

    CLOSURE = "closure"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    VACATION = "vacation"


class CalendarSpan(Identified, Timestamped, Model):
    """Days of the bureau's calendar that are not as every week, by the document that says so.

    `districts` names those of a closure as they were called on its day, empty for the whole city; `closed_from` is the
    clock time from which a closure holds; `like_weekday` (0 is Monday) says whose hours a make-up day has. `note` says
    why it was entered after it began.
    """

    __tablename__ = "calendar_spans"
    personal = frozenset()

    kind: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    name: Mapped[str]
    document: Mapped[str]
    note: Mapped[str]
    districts: Mapped[list[str]] = mapped_column(JSONB, default=list)
    closed_from: Mapped[time | None]
    like_weekday: Mapped[int | None]
    recorded_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_note: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        one_of("kind", SpanKind),
        CheckConstraint("first_day <= last_day", name="ordered"),
        CheckConstraint("(kind = 'make_up') = (like_weekday is not null)", name="like_weekday"),
        CheckConstraint("kind = 'closure' or (closed_from is null and districts = '[]')", name="of_closures"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
        Index("ix_calendar_spans_days", "last_day", "first_day"),
    )


class HoursBasis(StrEnum):
    """What a site's hours rest on from a day on: its own, or the bureau's template again."""

    OWN = "own"
    TEMPLATE = "template"


class SiteHours(Identified, Timestamped, TenantOwned, Model):
    """From which civil day on a site is open when (KH-5-3a). The next version follows it; none is rewritten.

    `care` are the periods of extended care on every day with hours of the week; `vacation` as of the template.
    """

    __tablename__ = "site_hours"
    personal = frozenset()

    site_id: Mapped[UUID]
    effective_from: Mapped[date]
    basis: Mapped[str]
    weekly: Mapped[Weekly] = mapped_column(JSONB)
    care: Mapped[Periods] = mapped_column(JSONB)
    vacation: Mapped[Weekly | None] = mapped_column(JSONB(none_as_null=True))
    recorded_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        Index(
            "uq_site_hours_site_id_effective_from",
            "tenant_id",
            "site_id",
            "effective_from",
            unique=True,
            postgresql_where=_LIVING,
        ),
        CheckConstraint("basis in ('own', 'template')", name="basis"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
    )


class SiteDay(Identified, Timestamped, TenantOwned, Model):
    """One civil day on which a site is open otherwise than every week, or not at all; two of a day cannot be.

    `notice` is the official notice that a closed day rests on, `note` says why it was entered after the day had begun.
    """

    __tablename__ = "site_days"
    personal = frozenset({"reason", "note", "withdrawn_note"})

    site_id: Mapped[UUID]
    day: Mapped[date]
    periods: Mapped[Periods] = mapped_column(JSONB)
    reason: Mapped[str]
    notice: Mapped[str]
    note: Mapped[str]
    recorded_by: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_note: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        Index("uq_site_days_day", "tenant_id", "site_id", "day", unique=True, postgresql_where=_LIVING),
        CheckConstraint("periods <> '[]' or notice <> ''", name="notice"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
    )
