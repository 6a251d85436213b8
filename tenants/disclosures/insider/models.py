"""What only a request of an insider has: the form (附件1, 附錄1) as it was filled in, and its signatures."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned
from tenants.disclosures.models import Disclosure, Door


class Eligibility(StrEnum):
    """What the handler found about who asks (KH-6-2a, KH-6-2b): 編制內 or for one of its children, or not."""

    UNCHECKED = "unchecked"
    ELIGIBLE = "eligible"
    ACCEPTED = "accepted"
    INELIGIBLE = "ineligible"


class InsiderRequest(Disclosure):
    """One application. `filed_by` is who keyed it in where that was a person with an account.

    `excluded` are accounts that may not sign, sit, operate or accompany: the person complained of and their relatives
    (DR-27). `sealed` shows the case under its number only, except to those who work on it (DR-37). `seen` says what the
    handler saw, of which no copy is kept; `reason_specific` is NULL until somebody read the reason as it stands now.
    `event_id` is shared by the applications of one event (KH-6-2b), of which no applicant hears. `known_at` and what
    follows are of a report to other authorities, such as within 24 hours (section 9.7).
    """

    __tablename__ = "insider_requests"
    personal = frozenset(
        {
            "applicant_name",
            "relation",
            "child_name",
            "child_class",
            "unit",
            "title",
            "phone",
            "email",
            "id_masked",
            "id_sealed",
            "id_search",
            "reason",
            "concerned_right",
            "conflict_note",
            "eligibility_note",
            "purpose_note",
        }
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(index=True)
    panel_required: Mapped[bool]
    applied_on: Mapped[date]
    applicant_class: Mapped[str]
    applicant_name: Mapped[str]
    relation: Mapped[str]
    child_name: Mapped[str] = mapped_column(default="")
    child_class: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    title: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    id_kind: Mapped[str]
    id_masked: Mapped[str]
    id_sealed: Mapped[bytes]
    id_search: Mapped[str]
    ground: Mapped[str]
    reason: Mapped[str]
    concerned_right: Mapped[str] = mapped_column(default="")
    incident_from: Mapped[datetime | None]
    incident_until: Mapped[datetime | None]
    acknowledged: Mapped[str]
    paper_number: Mapped[str] = mapped_column(default="")
    sealed: Mapped[bool] = mapped_column(default=False)
    eligibility: Mapped[str] = mapped_column(default=Eligibility.UNCHECKED.value)
    eligibility_note: Mapped[str] = mapped_column(default="")
    standing: Mapped[str] = mapped_column(default="")
    seen: Mapped[list[str]] = mapped_column(JSONB, default=list)
    reason_specific: Mapped[bool | None]
    purpose_note: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    excluded: Mapped[list[str]] = mapped_column(JSONB, default=list)
    conflict_note: Mapped[str] = mapped_column(default="")
    refusal: Mapped[str] = mapped_column(default="")
    event_id: Mapped[UUID | None]
    known_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    report_number: Mapped[str] = mapped_column(default="")

    __mapper_args__: Any = {"polymorphic_identity": Door.INSIDER.value, "polymorphic_load": "inline"}  # noqa: RUF012
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "id"], ["disclosures.tenant_id", "disclosures.id"]),
        CheckConstraint("eligibility in ('unchecked', 'eligible', 'accepted', 'ineligible')", name="eligibility"),
        CheckConstraint("eligibility <> 'accepted' or eligibility_note <> ''", name="accepted_because"),
        CheckConstraint("(checked_at is null) = (checked_by is null)", name="checked_pair"),
        CheckConstraint("(reported_at is null) = (report_number = '')", name="reported_pair"),
        CheckConstraint("reported_at >= known_at", name="reported_after"),
        CheckConstraint("(incident_from is null) = (incident_until is null)", name="incident_pair"),
        CheckConstraint("incident_until > incident_from", name="incident"),
        Index("ix_insider_requests_search", "tenant_id", "id_search"),
        Index("ix_insider_requests_event", "tenant_id", "event_id"),
    )


def excluded(disclosure: Disclosure) -> Sequence[str]:
    """The accounts that may take no part in a case of either door, since it concerns them (DR-27)."""
    return disclosure.excluded if isinstance(disclosure, InsiderRequest) else ()


def applicant_id(disclosure: Disclosure) -> UUID | None:
    """Who asked, where that is somebody with an account: whoever keyed in a paper form did not."""
    if isinstance(disclosure, InsiderRequest) and disclosure.paper_number:
        return None
    return disclosure.filed_by


def apart(found: InsiderRequest) -> frozenset[str]:
    """The accounts that neither check, sign nor decide: whom the case concerns, and who asked (DR-27)."""
    asked = applicant_id(found)
    return frozenset(found.excluded) | ({str(asked)} if asked is not None else set())


class Box(StrEnum):
    """The signature boxes of the form, in their order (KH-A1-12 to KH-A1-16)."""

    APPLICANT = "applicant"
    CCTV_HANDLER = "cctv_handler"
    OFFICE_HEAD = "office_head"
    HEAD = "head"


class Signature(Identified, TenantOwned, Model):
    """One signature in one box. Returning the form voids those after the applicant's and keeps them (KH-A1-16).

    `acting` is what is printed beside the name: 代, 代為決行 or 兼任; empty for whoever holds the office.
    """

    __tablename__ = "signatures"
    personal = frozenset({"name", "title"})

    disclosure_id: Mapped[UUID]
    box: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    title: Mapped[str]
    acting: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        CheckConstraint("box in ('applicant', 'cctv_handler', 'office_head', 'head')", name="box"),
        CheckConstraint("acting in ('', '代', '代為決行', '兼任')", name="acting"),
        CheckConstraint("box = 'applicant' or user_id is not null", name="signed_in"),
        Index(
            "uq_signatures_box",
            "tenant_id",
            "disclosure_id",
            "box",
            unique=True,
            postgresql_where=text("voided_at is null"),
        ),
    )
