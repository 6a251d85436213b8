"""A case of misuse or leakage, the viewing sessions that it is about, and everything that was done about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, one_of


class MisuseState(StrEnum):
    """`open` until the outcome of every kind of liability is known."""

    OPEN = "open"
    CLOSED = "closed"


class MisuseKind(StrEnum):
    """What seems to have happened."""

    MISUSE = "misuse"
    LEAK = "leak"


class MeasureKind(StrEnum):
    """What was done: looked into, told to persons, or handed to another authority."""

    INQUIRY = "inquiry"
    REPORTED_CYBER = "reported_cyber"
    REPORTED_AUTHORITY = "reported_authority"
    NOTIFIED = "notified"
    ETHICS_OFFICE = "ethics_office"
    POLICE = "police"
    OTHER = "other"


class MisuseCase(Identified, TenantOwned, Model):
    """One case. `discovered_at` is 知悉時間 as reported; it is written once, and a `MisuseStatement` says it anew.

    `suspects` are accounts that can neither see nor touch the case; `suspect_viewings` are sessions whose viewer it
    suspects, who has no account here. `hold_id` freezes the footage that it is about, and `disclosure_id` is the case
    in which it was looked at or handed over.
    """

    __tablename__ = "misuse_cases"
    personal = frozenset({"discovered_by", "what", "administrative", "civil", "criminal"})

    serial: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    discovered_at: Mapped[datetime]
    discovered_by: Mapped[str]
    reported_at: Mapped[datetime]
    reported_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    what: Mapped[str]
    suspects: Mapped[list[str]] = mapped_column(JSONB, default=list)
    suspect_viewings: Mapped[list[str]] = mapped_column(JSONB, default=list)
    disclosure_id: Mapped[UUID | None]
    hold_id: Mapped[UUID | None]
    administrative: Mapped[str] = mapped_column(default="")
    civil: Mapped[str] = mapped_column(default="")
    criminal: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__: Any = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "serial"),
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        ForeignKeyConstraint(["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"]),
        CheckConstraint("state in ('open', 'closed')", name="state"),
        CheckConstraint("kind in ('misuse', 'leak')", name="kind"),
        CheckConstraint("discovered_at <= reported_at", name="discovered"),
        CheckConstraint("(closed_at is null) = (closed_by is null)", name="closed_pair"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        CheckConstraint(
            "state <> 'closed' or (administrative <> '' and civil <> '' and criminal <> '')", name="closed_with"
        ),
    )


class MisuseViewing(Identified, TenantOwned, Model):
    """A viewing session that a case is about, such as the one whose code a leaked picture shows. Only added."""

    __tablename__ = "misuse_viewings"
    personal = frozenset()

    misuse_id: Mapped[UUID]
    viewing_id: Mapped[UUID]
    linked_at: Mapped[datetime]
    linked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "misuse_id"], ["misuse_cases.tenant_id", "misuse_cases.id"]),
        ForeignKeyConstraint(["tenant_id", "viewing_id"], ["viewing_sessions.tenant_id", "viewing_sessions.id"]),
        UniqueConstraint("tenant_id", "misuse_id", "viewing_id"),
    )


class MisuseStatement(Identified, TenantOwned, Model):
    """知悉時間 and what the case is, said anew with its reason; the newest counts. Only added (DR-29)."""

    __tablename__ = "misuse_statements"
    personal = frozenset({"reason"})

    misuse_id: Mapped[UUID]
    discovered_at: Mapped[datetime]
    incidents: Mapped[list[str]] = mapped_column(JSONB)
    reason: Mapped[str]
    said_at: Mapped[datetime]
    said_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "misuse_id"], ["misuse_cases.tenant_id", "misuse_cases.id"]),
        Index("ix_misuse_statements_case", "tenant_id", "misuse_id"),
    )


class MisuseMeasure(Identified, TenantOwned, Model):
    """One thing that was done about a case. Only added, never changed."""

    __tablename__ = "misuse_measures"
    personal = frozenset({"words"})

    misuse_id: Mapped[UUID]
    kind: Mapped[str]
    words: Mapped[str]
    document: Mapped[str] = mapped_column(default="")
    noted_at: Mapped[datetime]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "misuse_id"], ["misuse_cases.tenant_id", "misuse_cases.id"]),
        one_of("kind", MeasureKind),
        Index("ix_misuse_measures_case", "tenant_id", "misuse_id"),
    )
