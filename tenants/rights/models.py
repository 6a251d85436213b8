"""A request under the Personal Data Protection Act, as a row (DR-28)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
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

    `look_allowed_by` let its footage be looked at for the legal review.

    `camera_id` and the asked span name that footage; NULL where the request is about none. `mask_plan` is a
    `masks.Plan` as JSON, and `masks_confirmed_by` who else of the institution saw that it hides what it should.
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
    camera_id: Mapped[UUID | None]
    camera_name: Mapped[str] = mapped_column(default="")
    asked_from: Mapped[datetime | None]
    asked_until: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    extended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    extension_reason: Mapped[str] = mapped_column(default="")
    look_asked_at: Mapped[datetime | None]
    look_asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    look_allowed_at: Mapped[datetime | None]
    look_allowed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
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
    mask_plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    masked_at: Mapped[datetime | None]
    masked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    masks_confirmed_at: Mapped[datetime | None]
    masks_confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    carried_out_at: Mapped[datetime | None]
    carried_out_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    manner: Mapped[str] = mapped_column(default="")
    given_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        UniqueConstraint("tenant_id", "serial"),
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        ForeignKeyConstraint(["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"]),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("state in ('received', 'reviewed', 'answered', 'closed', 'withdrawn')", name="state"),
        # Not `right`: that is a word of SQL, which a check would have to quote.
        CheckConstraint("answer in ('', 'granted', 'partly', 'refused')", name="answer"),
        CheckConstraint("(extended_at is null) = (extended_by is null)", name="extended_pair"),
        CheckConstraint("extended_at is null or extension_reason <> ''", name="extended_because"),
        CheckConstraint("(look_asked_at is null) = (look_asked_by is null)", name="look_asked_pair"),
        CheckConstraint("(look_allowed_at is null) = (look_allowed_by is null)", name="look_allowed_pair"),
        CheckConstraint("(reviewed_at is null) = (reviewed_by is null)", name="reviewed_pair"),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered_pair"),
        CheckConstraint("(answered_at is null) = (answer = '')", name="answered_with"),
        CheckConstraint("answer in ('', 'granted') or reasons <> ''", name="reasoned"),
        CheckConstraint("answer not in ('partly', 'refused') or refusal_ground <> ''", name="refused_by_law"),
        CheckConstraint(
            "(asked_from is null) = (camera_id is null) and (asked_until is null) = (camera_id is null) "
            "and (camera_name = '') = (camera_id is null) and (asked_until is null or asked_until > asked_from)",
            name="asked_whole",
        ),
        CheckConstraint(
            "(masked_at is null) = (mask_plan is null) and (masked_by is null) = (mask_plan is null)", name="masked"
        ),
        CheckConstraint("(masks_confirmed_at is null) = (masks_confirmed_by is null)", name="masks_confirmed_pair"),
        CheckConstraint("masks_confirmed_at is null or masked_at <= masks_confirmed_at", name="masks_confirmed"),
        CheckConstraint("(carried_out_at is null) = (carried_out_by is null)", name="carried_out_pair"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_pair"),
        CheckConstraint("(ended_at is null) = (state not in ('closed', 'withdrawn'))", name="ended"),
    )


class RightsCopy(Identified, TenantOwned, Model):
    """A masked copy that was made for one medium, while it was being written: nothing of it stays with us.

    `take` counts from 1 where a clock was set back and the span was recorded more than once. `sha256` and `bytes` are
    of the file that left; empty while it was not taken, or did not leave whole. `read_back_at`: it was read from the
    medium and is that file.
    """

    __tablename__ = "rights_copies"
    personal = frozenset()

    rights_id: Mapped[UUID]
    take: Mapped[int]
    medium_serial: Mapped[str]
    prepared_at: Mapped[datetime]
    prepared_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    masks_sha256: Mapped[str]
    taken_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(default="")
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    read_back_at: Mapped[datetime | None]
    read_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "rights_id"], ["rights_requests.tenant_id", "rights_requests.id"]),
        CheckConstraint("take >= 1", name="take"),
        CheckConstraint("medium_serial <> ''", name="medium_serial"),
        CheckConstraint("(sha256 = '') = (bytes is null) and (bytes is null or taken_at is not null)", name="left"),
        CheckConstraint("(read_back_at is null) = (read_back_by is null)", name="read_back_pair"),
        CheckConstraint("read_back_at is null or sha256 <> ''", name="read_back_what_left"),
        Index("ix_rights_copies_request", "tenant_id", "rights_id"),
    )
