"""What only a request by official document has."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned
from tenants.disclosures.models import Disclosure, Door
from tenants.people.models import User
from tenants.registry.models import Agency


class OfficialRequest(Disclosure):
    """One request of one agency. The four elements are NULL where the letter does not state them.

    `returned_for` is what else than an element the request was sent back for. `parent_number` joins the cases of one
    letter to several places, for the agency alone; `also_sent_to` is to how many other institutions it went, which is
    all that each of them learns of the others (KH-6-1c).

    `return_by` is the last day on which the agency may still have a copy; `copy_ended` what became of it, on which day
    and by which document; `chased_at` when the agency was last told that the day is over (anchors row 61).
    """

    __tablename__ = "official_requests"
    personal = frozenset(
        {
            "officer_name",
            "officer_title",
            "officer_phone",
            "duty",
            "purpose",
            "scope",
            "intended_use",
            "subject",
            "explanation",
        }
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey(Agency.id), index=True)
    officer_name: Mapped[str]
    officer_title: Mapped[str]
    officer_phone: Mapped[str]
    document_number: Mapped[str]
    folded_number: Mapped[str]
    document_date: Mapped[date]
    urgency: Mapped[str]
    classification: Mapped[str]
    subject: Mapped[str]
    explanation: Mapped[str] = mapped_column(default="")
    parent_number: Mapped[str] = mapped_column(default="")
    also_sent_to: Mapped[int] = mapped_column(default=0)
    duty: Mapped[str]
    legal_basis: Mapped[str | None]
    purpose: Mapped[str | None]
    scope: Mapped[str | None]
    intended_use: Mapped[str | None]
    wants_copy: Mapped[bool]
    copy_necessity: Mapped[str]
    copy_approved: Mapped[bool] = mapped_column(default=False)
    escort_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    returned_for: Mapped[list[str]] = mapped_column(JSONB, default=list)
    return_by: Mapped[date | None]
    copy_ended: Mapped[str] = mapped_column(default="")
    copy_ended_on: Mapped[date | None]
    copy_ended_document: Mapped[str] = mapped_column(default="")
    copy_ended_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    chased_at: Mapped[datetime | None]
    reply_number: Mapped[str] = mapped_column(default="")
    reply_date: Mapped[date | None]

    __mapper_args__: Any = {"polymorphic_identity": Door.OFFICIAL.value, "polymorphic_load": "inline"}  # noqa: RUF012
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "id"], ["disclosures.tenant_id", "disclosures.id"]),
        CheckConstraint("copy_ended in ('', 'returned', 'destroyed')", name="copy_ended"),
        CheckConstraint(
            "(copy_ended = '') = (copy_ended_on is null) and (copy_ended = '') = (copy_ended_document = '') "
            "and (copy_ended = '') = (copy_ended_by is null)",
            name="copy_ended_whole",
        ),
        CheckConstraint("also_sent_to >= 0", name="also_sent_to"),
        CheckConstraint("also_sent_to = 0 or parent_number <> ''", name="sent_as_part"),
        Index("ix_official_requests_number", "agency_id", "folded_number"),
    )

    def copy_is_outside_again(self) -> None:
        """What the agency reported of an earlier copy stands in the chain, and ends nothing of the one it has now."""
        self.copy_ended, self.copy_ended_on, self.copy_ended_document = "", None, ""
        self.copy_ended_by, self.chased_at = None, None


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


class MediumKind(StrEnum):
    """What a copy is carried away on."""

    DISC = "disc"
    USB = "usb"
    DRIVE = "drive"


class MediumHandover(Identified, TenantOwned, Model):
    """A copy that leaves on a medium, in person: which medium, how often it was written, and who took it (row 70).

    `taken` counts the downloads for this medium alone; `sha256` and `sealed_bytes` are the latest one's as it left,
    sealed, and `sealed_to` is whose key opens it (empty: a passphrase does). `signed` says how the officer signed: on
    the handler's screen, or on a paper receipt with a number. One that was not handed over may be `replaced_at` by
    another medium, or by nothing when its case is withdrawn.
    """

    __tablename__ = "medium_handovers"
    personal = frozenset({"officer_name", "officer_title"})

    disclosure_id: Mapped[UUID]
    medium_kind: Mapped[str]
    medium_serial: Mapped[str]
    prepared_at: Mapped[datetime]
    prepared_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    taken: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(default="")
    sealed_to: Mapped[str] = mapped_column(default="")
    sealed_bytes: Mapped[int | None] = mapped_column(BigInteger)
    replaced_at: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    handed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    officer_name: Mapped[str] = mapped_column(default="")
    officer_title: Mapped[str] = mapped_column(default="")
    signed: Mapped[str] = mapped_column(default="")
    receipt_number: Mapped[str] = mapped_column(default="")
    receipt_version: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        CheckConstraint("medium_kind in ('disc', 'usb', 'drive')", name="medium_kind"),
        CheckConstraint("medium_serial <> ''", name="medium_serial"),
        CheckConstraint("taken >= 0 and (taken = 0) = (taken_at is null)", name="taken"),
        CheckConstraint("(taken = 0) = (sha256 = '')", name="taken_as"),
        CheckConstraint("(handed_at is null) = (handed_by is null)", name="handed_pair"),
        CheckConstraint("handed_at is null or taken > 0", name="handed_what_was_taken"),
        CheckConstraint("handed_at is null or replaced_at is null", name="handed_or_replaced"),
        CheckConstraint("(handed_at is null) = (signed = '')", name="handed_signed"),
        CheckConstraint("signed in ('', 'screen', 'paper')", name="signed"),
        CheckConstraint("(signed = 'paper') = (receipt_number <> '')", name="paper_has_number"),
        CheckConstraint("handed_at is null or (officer_name <> '' and officer_title <> '')", name="handed_to"),
        Index(
            "uq_medium_handovers_open",
            "tenant_id",
            "disclosure_id",
            unique=True,
            postgresql_where=text("handed_at is null and replaced_at is null"),
        ),
    )
