"""A request under the Personal Data Protection Act, as a row (DR-28)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class RightsState(StrEnum):
    """The life of a request, as in `lifecycle`."""

    RECEIVED = "received"
    REVIEWED = "reviewed"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Right(StrEnum):
    """What may be asked (個人資料保護法第三條)."""

    INQUIRY = "inquiry"
    INSPECTION = "inspection"
    COPY = "copy"
    CORRECTION = "correction"
    STOP = "stop"
    DELETION = "deletion"


class Answer(StrEnum):
    """准駁之決定."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"


class RightsRequest(Identified, TenantOwned, Model):
    """One request of one person. `identity_seen` names the document that was seen; no copy of it is kept.

    `due_on` is the last day of the statute's period, after an extension that of the extended one. `hold_id` preserves
    the footage that the request is about, and `disclosure_id` is the application that it was taken over from.
    """

    __tablename__ = "rights_requests"
    personal = frozenset(
        {
            "person_name",
            "relation",
            "subject_name",
            "contact",
            "identity_seen",
            "about",
            "review_note",
            "masking",
            "reasons",
            "manner",
        }
    )

    serial: Mapped[str]
    right: Mapped[str]
    state: Mapped[str]
    received_on: Mapped[date]
    due_on: Mapped[date]
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    person_name: Mapped[str]
    relation: Mapped[str]
    subject_name: Mapped[str] = mapped_column(default="")
    contact: Mapped[str]
    identity_seen: Mapped[str]
    about: Mapped[str]
    disclosure_id: Mapped[UUID | None]
    hold_id: Mapped[UUID | None]
    extended_at: Mapped[datetime | None]
    extended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    extension_reason: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    review_note: Mapped[str] = mapped_column(default="")
    third_parties: Mapped[bool] = mapped_column(default=False)
    masking: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(default="")
    refusal_ground: Mapped[str] = mapped_column(default="")
    reasons: Mapped[str] = mapped_column(default="")
    carried_out_at: Mapped[datetime | None]
    carried_out_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    manner: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        UniqueConstraint("tenant_id", "serial"),
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        ForeignKeyConstraint(["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"]),
        CheckConstraint("state in ('received', 'reviewed', 'answered', 'closed', 'withdrawn')", name="state"),
        # Not `right`: that is a word of SQL, which a check would have to quote.
        CheckConstraint("answer in ('', 'granted', 'partly', 'refused')", name="answer"),
        CheckConstraint("(extended_at is null) = (extended_by is null)", name="extended_pair"),
        CheckConstraint("extended_at is null or extension_reason <> ''", name="extended_because"),
        CheckConstraint("(reviewed_at is null) = (reviewed_by is null)", name="reviewed_pair"),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered_pair"),
        CheckConstraint("(answered_at is null) = (answer = '')", name="answered_with"),
        CheckConstraint("answer in ('', 'granted') or reasons <> ''", name="reasoned"),
        CheckConstraint("answer not in ('partly', 'refused') or refusal_ground <> ''", name="refused_by_law"),
        CheckConstraint("(carried_out_at is null) = (carried_out_by is null)", name="carried_out_pair"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_pair"),
        CheckConstraint("(ended_at is null) = (state not in ('closed', 'withdrawn'))", name="ended"),
    )
