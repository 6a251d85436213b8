"""What only a request by official document has."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
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
    """

    __tablename__ = "official_requests"
    personal = frozenset(
        {"officer_name", "officer_title", "officer_phone", "duty", "purpose", "scope", "intended_use", "subject"}
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
    reply_number: Mapped[str] = mapped_column(default="")
    reply_date: Mapped[date | None]

    __mapper_args__: Any = {"polymorphic_identity": Door.OFFICIAL.value, "polymorphic_load": "inline"}  # noqa: RUF012
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "id"], ["disclosures.tenant_id", "disclosures.id"]),
        CheckConstraint("also_sent_to >= 0", name="also_sent_to"),
        CheckConstraint("also_sent_to = 0 or parent_number <> ''", name="sent_as_part"),
        Index("ix_official_requests_number", "agency_id", "folded_number"),
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
