"""Requests by official document: what was asked, what was decided, what left, and the register's line about it.

Rows carry `tenant_id` (the institution decides) and `agency_id` (the asking agency may read its own): two policies.
Camera names are copied at filing, so that the agency reads its case without a view into the institution.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class DisclosureState(StrEnum):
    """The life of a request, as in `lifecycle`."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    REFUSED = "refused"
    EXPORTED = "exported"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Disclosure(Identified, TenantOwned, Model):
    """One request of one agency to one institution. The four elements are NULL where the letter does not state them.

    `returned_for` is what else than an element the request was sent back for.
    `untold` are the steps of which the other side still has to be told by mail, so that a lost queue forgets none.
    """

    __tablename__ = "disclosures"
    personal = frozenset(
        {"officer_name", "officer_title", "officer_phone", "duty", "purpose", "scope", "intended_use", "subject"}
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    site_id: Mapped[UUID]
    serial: Mapped[str]
    state: Mapped[str]
    profile: Mapped[str]
    profile_version: Mapped[str]
    filed_at: Mapped[datetime]
    filed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    officer_name: Mapped[str]
    officer_title: Mapped[str]
    officer_phone: Mapped[str]
    document_number: Mapped[str]
    folded_number: Mapped[str]
    document_date: Mapped[date]
    urgency: Mapped[str]
    classification: Mapped[str]
    subject: Mapped[str]
    duty: Mapped[str]
    legal_basis: Mapped[str | None]
    purpose: Mapped[str | None]
    scope: Mapped[str | None]
    intended_use: Mapped[str | None]
    wants_copy: Mapped[bool]
    copy_necessity: Mapped[str]
    hold_id: Mapped[UUID]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decision_reasons: Mapped[str] = mapped_column(default="")
    copy_approved: Mapped[bool] = mapped_column(default=False)
    escort_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    returned_note: Mapped[str] = mapped_column(default="")
    returned_for: Mapped[list[str]] = mapped_column(JSONB, default=list)
    reply_number: Mapped[str] = mapped_column(default="")
    reply_date: Mapped[date | None]
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    untold: Mapped[list[str]] = mapped_column(JSONB, default=list)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        ForeignKeyConstraint(["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "serial"),
        CheckConstraint(
            "state in ('submitted', 'returned', 'approved', 'partially_approved', 'refused', 'exported', 'closed', "
            "'withdrawn')",
            name="state",
        ),
        CheckConstraint("(decided_at is null) = (decided_by is null)", name="decided_pair"),
        CheckConstraint("(replied_at is null) = (replied_by is null)", name="replied_pair"),
        CheckConstraint("(closed_at is null) = (closed_by is null)", name="closed_pair"),
        CheckConstraint("state <> 'closed' or replied_at is not null", name="closed_after_reply"),
        Index("ix_disclosures_number", "agency_id", "folded_number"),
    )


class DisclosureWindow(Identified, TenantOwned, Model):
    """One camera and half-open span that was asked for, and what of it was approved (both NULL: nothing)."""

    __tablename__ = "disclosure_windows"
    personal = frozenset()

    disclosure_id: Mapped[UUID]
    agency_id: Mapped[UUID]
    camera_id: Mapped[UUID]
    camera_name: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    approved_from: Mapped[datetime | None]
    approved_until: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        CheckConstraint("ended_at > started_at", name="span"),
        CheckConstraint("(approved_from is null) = (approved_until is null)", name="approved_pair"),
        CheckConstraint(
            "approved_from >= started_at and approved_until <= ended_at and approved_until > approved_from",
            name="approved_inside",
        ),
        Index("ix_disclosure_windows_case", "tenant_id", "disclosure_id"),
    )


class Letter(Identified, TenantOwned, Model):
    """The scan of an official document, encrypted in the store to the institution's records key."""

    __tablename__ = "letters"
    personal = frozenset({"file_name"})

    disclosure_id: Mapped[UUID]
    agency_id: Mapped[UUID]
    file_name: Mapped[str]
    size: Mapped[int]
    pages: Mapped[int]
    sha256: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        Index("ix_letters_case", "tenant_id", "disclosure_id"),
    )


class PackageState(StrEnum):
    """`pending` until a worker built it; `lacking` when the store held nothing for the approved windows."""

    PENDING = "pending"
    READY = "ready"
    LACKING = "lacking"


class Package(Identified, TenantOwned, Model):
    """What leaves: one zip of playable files, manifest and verifier. Collected once, by one officer, in time.

    When the line broke the institution opens it again: `collected_*` is then the latest time, the register has both.
    `sent_bytes` is how much of it left at that time, and NULL while nobody knows. It goes with the case's hold.
    `reopening_asked_at` is when its officer last asked for that, and is over once `reopened_at` is later.
    """

    __tablename__ = "packages"
    personal = frozenset({"collected_address", "reopen_reason", "reopening_asked_why"})

    disclosure_id: Mapped[UUID]
    agency_id: Mapped[UUID]
    state: Mapped[str]
    ordered_at: Mapped[datetime]
    built_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(default="")
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    manifest: Mapped[str] = mapped_column(default="")
    recipient: Mapped[str] = mapped_column(default="")
    wrapped_secret: Mapped[bytes | None]
    link_hash: Mapped[str] = mapped_column(default="")
    link_for: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    link_expires_at: Mapped[datetime | None]
    collected_at: Mapped[datetime | None]
    collected_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    collected_address: Mapped[str] = mapped_column(default="")
    receipt_version: Mapped[str] = mapped_column(default="")
    sent_bytes: Mapped[int | None] = mapped_column(BigInteger)
    reopening_asked_at: Mapped[datetime | None]
    reopening_asked_why: Mapped[str] = mapped_column(default="")
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reopen_reason: Mapped[str] = mapped_column(default="")
    destroyed_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        UniqueConstraint("tenant_id", "disclosure_id"),
        CheckConstraint("state in ('pending', 'ready', 'lacking')", name="state"),
        CheckConstraint("(collected_at is null) = (collected_by is null)", name="collected_pair"),
        CheckConstraint("reopening_asked_at is null or reopening_asked_why <> ''", name="reopening_asked_for"),
        CheckConstraint("(reopened_at is null) = (reopened_by is null)", name="reopened_pair"),
        CheckConstraint("reopened_at is null or reopen_reason <> ''", name="reopened_for"),
        CheckConstraint("destroyed_at is null or wrapped_secret is null", name="destroyed_pair"),
    )


class RegisterEntry(Identified, TenantOwned, Model):
    """A line of the access register (附件2), numbered without holes per institution and year; never changed."""

    __tablename__ = "register_entries"
    personal = frozenset({"accessor_name", "accessor_unit", "accessor_title", "summary", "operator_name"})

    disclosure_id: Mapped[UUID]
    roc_year: Mapped[int]
    number: Mapped[int]
    accessed_from: Mapped[datetime]
    accessed_until: Mapped[datetime]
    accessor_name: Mapped[str]
    accessor_unit: Mapped[str]
    accessor_title: Mapped[str]
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    summary: Mapped[str]
    operator_name: Mapped[str]
    viewed: Mapped[bool]
    copied: Mapped[bool]
    entered_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        UniqueConstraint("tenant_id", "roc_year", "number"),
        CheckConstraint("viewed or copied", name="handling"),
        CheckConstraint("accessor_title <> ''", name="title"),
    )

    @property
    def online(self) -> bool:
        """線上交付: fetched through this system, so that the operator is who let the copy out (KH-A2-07, ADR 0010)."""
        return self.copied
