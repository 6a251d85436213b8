"""The copy for reference as rows: the copy, everything that happened to it, and the certificate of its end."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Found(StrEnum):
    """What a check came to: the bytes that were kept, others, or nothing that opens."""

    SAME = "same"
    OTHER = "other"
    UNREADABLE = "unreadable"


class CopyStep(StrEnum):
    """What happened to a copy."""

    MADE = "made"
    KEPT = "kept"
    OPENED = "opened"
    CHECKED = "checked"
    EXTENDED = "extended"
    ENDED = "ended"
    DESTROYED = "destroyed"


class RetainedCopy(TenantOwned, Model):
    """A case's copy for reference, under the id of its package: a run that died is written over by the next one.

    `made_at` is NULL until the store showed it whole. `pieces` are what it is played from. `oldest_at` is the first
    instant that was approved, from which its year runs. `basis`, `reference`, `document` and `necessity` are as a
    hold's: `request` is no exception of the law. `failures` counts tries to make it that failed one after another.
    Ended by nobody means: by the service, when its year was over.
    """

    __tablename__ = "retained_copies"
    personal = frozenset({"custodian", "necessity", "end_reason"})

    id: Mapped[UUID] = mapped_column(ForeignKey("packages.id"), primary_key=True)
    disclosure_id: Mapped[UUID]
    oldest_at: Mapped[datetime]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(default="")
    form_sha256: Mapped[str] = mapped_column(default="")
    pieces: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    recipient: Mapped[str] = mapped_column(default="")
    wrapped_secret: Mapped[bytes | None]
    made_at: Mapped[datetime | None]
    custodian: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    review_on: Mapped[date | None]
    basis: Mapped[str] = mapped_column(default="request")
    reference: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(default="")
    necessity: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]
    found: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    end_reason: Mapped[str] = mapped_column(default="")
    destroyed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "disclosure_id"),
        CheckConstraint("(made_at is null) = (sha256 = '')", name="made_with_hash"),
        CheckConstraint("(made_at is null) = (review_on is null)", name="made_with_review"),
        CheckConstraint("basis in ('request', 'other_law', 'crime_investigation', 'other_unlawful_act')", name="basis"),
        CheckConstraint("basis = 'request' or document <> ''", name="document"),
        CheckConstraint("(checked_at is null) = (found = '')", name="checked_pair"),
        CheckConstraint("found in ('', 'same', 'other', 'unreadable')", name="found"),
        CheckConstraint("ended_by is null or ended_at is not null", name="ended_by"),
        CheckConstraint("(ended_at is null) = (end_reason = '')", name="ended_for"),
        CheckConstraint("destroyed_at is null or (ended_at is not null and wrapped_secret is null)", name="destroyed"),
        CheckConstraint("(failures = 0) = (last_error = '')", name="failures"),
    )


class CopyChange(Identified, TenantOwned, Model):
    """One line of a copy's history: who did what when, who kept it where, and on what it rested then. Never changed."""

    __tablename__ = "retained_changes"
    personal = frozenset({"by_name", "custodian", "reason"})

    copy_id: Mapped[UUID]
    step: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    custodian: Mapped[str]
    place: Mapped[str]
    basis: Mapped[str]
    reference: Mapped[str]
    document: Mapped[str]
    review_on: Mapped[date | None]
    found: Mapped[str]
    reason: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "copy_id"], ["retained_copies.tenant_id", "retained_copies.id"]),
        CheckConstraint("step in ('made', 'kept', 'opened', 'checked', 'extended', 'ended', 'destroyed')", name="step"),
        Index("ix_retained_changes_copy", "tenant_id", "copy_id", "at"),
    )


class CopyCertificate(Identified, TenantOwned, Model):
    """The certificate of a copy's destruction, issued once nothing of it was left. Never changed.

    An auditor reads it too, so nobody is named in it and no reason in somebody's own words: that stays with the copy.
    `oldest_on` is the day of the oldest footage.
    """

    __tablename__ = "retained_certificates"
    personal = frozenset()

    copy_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(unique=True)
    oldest_on: Mapped[date]
    certified_at: Mapped[datetime]
    paper: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "copy_id"], ["retained_copies.tenant_id", "retained_copies.id"]),
        UniqueConstraint("tenant_id", "copy_id"),
    )
