"""A case: what was asked, through which door, and what was decided.

Rows carry `tenant_id` (the institution decides); those that an agency reads carry its `agency_id` too: two policies.
Camera names are copied at filing, so that whoever asked reads the case without a view into the institution.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned
from tenants.people.models import User
from tenants.registry.models import Site
from tenants.retention.models import Hold


class DisclosureState(StrEnum):
    """The life of a request, as in `lifecycle`."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    RESOLVED = "resolved"
    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    REFUSED = "refused"
    EXPORTED = "exported"
    VIEWED = "viewed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Door(StrEnum):
    """How somebody asks: a public agency by official document, or an insider with the regulation's form."""

    OFFICIAL = "official"
    INSIDER = "insider"


# A table of a door is joined to this one when its class is made, so those that it refers to must be known by then.
class Halt(StrEnum):
    """What of a halted case waits: every way to the footage, or only looking at the institution."""

    ALL = "all"
    VIEWING = "viewing"


class HaltCause(StrEnum):
    """Why a case is halted: a breach or a leak, or what the head says when halting it by hand."""

    BREACH = "breach"
    ORDER = "order"
    COMPLAINT = "complaint"
    IDENTITY = "identity"
    OTHER = "other"


class HaltEnd(StrEnum):
    """What was decided about a halted case: it goes on, or what was granted is taken back."""

    WENT_ON = "went_on"
    TAKEN_BACK = "taken_back"


class Disclosure(Identified, TenantOwned, Model):
    """One request to one institution: what every door has. What only one has lies in its own table.

    `filed_by` is NULL where somebody without an account asked. `replied_at` is when the answer was given: by letter to
    an agency, as the decision itself to an insider. `viewed_at` is the end of the first viewing that the register has,
    for those who ask and do not read the register. `hold_id` is NULL where nothing was left to be held.
    `decided_acting` is 代 or 代為決行 where not the head decided (DR-26). `untold` are
    the steps of which the other side still has to be told by mail, so that a lost queue forgets none. `halted_at` and
    what follows are of the latest halt of the case, for a breach or by the head's hand (`halt_note`: the head's words,
    for the institution only); `barred` are accounts of the institution that
    committed one in it, and neither operate nor accompany any more (infra/decisions/0048).
    """

    __tablename__ = "disclosures"
    personal: ClassVar[frozenset[str]] = frozenset()

    door: Mapped[str]
    site_id: Mapped[UUID]
    serial: Mapped[str]
    state: Mapped[str]
    profile: Mapped[str]
    profile_version: Mapped[str]
    filed_at: Mapped[datetime]
    filed_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    hold_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    decided_acting: Mapped[str] = mapped_column(default="")
    decision_reasons: Mapped[str] = mapped_column(default="")
    returned_note: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    viewed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    halted_at: Mapped[datetime | None]
    halt: Mapped[str] = mapped_column(default="")
    halt_cause: Mapped[str] = mapped_column(default="")
    halt_note: Mapped[str] = mapped_column(default="")
    halt_end: Mapped[str] = mapped_column(default="")
    halt_decided_at: Mapped[datetime | None]
    halt_decided_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    halt_reasons: Mapped[str] = mapped_column(default="")
    barred: Mapped[list[str]] = mapped_column(JSONB, default=list)
    untold: Mapped[list[str]] = mapped_column(JSONB, default=list)

    __mapper_args__: Any = {"polymorphic_on": "door", "polymorphic_abstract": True}  # noqa: RUF012 - SQLAlchemy wants a dict
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant_id", "site_id"], [Site.tenant_id, Site.id]),
        ForeignKeyConstraint(["tenant_id", "hold_id"], [Hold.tenant_id, Hold.id]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "serial"),
        CheckConstraint("door in ('official', 'insider')", name="door"),
        CheckConstraint(
            "state in ('submitted', 'returned', 'resolved', 'approved', 'partially_approved', 'refused', 'exported', "
            "'viewed', 'closed', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("door = 'insider' or filed_by is not null", name="filed_by"),
        CheckConstraint("(decided_at is null) = (decided_by is null)", name="decided_pair"),
        CheckConstraint("decided_acting in ('', '代', '代為決行')", name="decided_acting"),
        CheckConstraint("(replied_at is null) = (replied_by is null)", name="replied_pair"),
        CheckConstraint("(closed_at is null) = (closed_by is null)", name="closed_pair"),
        CheckConstraint("state <> 'closed' or replied_at is not null", name="closed_after_reply"),
        CheckConstraint("halt in ('', 'all', 'viewing')", name="halt"),
        CheckConstraint("halt_cause in ('', 'breach', 'order', 'complaint', 'identity', 'other')", name="halt_cause"),
        CheckConstraint("(halted_at is null) = (halt_cause = '')", name="halt_cause_pair"),
        CheckConstraint("halt_note <> '' or halt_cause in ('', 'breach')", name="halt_note"),
        CheckConstraint("halt_end in ('', 'went_on', 'taken_back')", name="halt_end"),
        CheckConstraint("(halted_at is null) = (halt = '')", name="halted_pair"),
        CheckConstraint("halt_end = '' or halted_at is not null", name="halt_end_of"),
        CheckConstraint("(halt_decided_at is null) = (halt_decided_by is null)", name="halt_decided_pair"),
        CheckConstraint("(halt_decided_at is null) = (halt_end = '')", name="halt_decided"),
    )

    @property
    def held_as(self) -> UUID:
        """The case's hold. Whoever asks for it handles footage, and a case with footage has one."""
        assert self.hold_id is not None  # noqa: S101 - granted windows lie in the hold of their filing
        return self.hold_id


class DisclosureWindow(Identified, TenantOwned, Model):
    """One camera and half-open span that was asked for, and what of it was approved (both NULL: nothing)."""

    __tablename__ = "disclosure_windows"
    personal = frozenset()

    disclosure_id: Mapped[UUID]
    agency_id: Mapped[UUID | None]
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
