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
    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    REFUSED = "refused"
    EXPORTED = "exported"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Door(StrEnum):
    """How somebody asks: a public agency, by official document."""

    OFFICIAL = "official"


# A table of a door is joined to this one when its class is made, so those that it refers to must be known by then.
class Disclosure(Identified, TenantOwned, Model):
    """One request to one institution: what every door has. What only one has lies in its own table.

    `untold` are the steps of which the other side still has
    to be told by mail, so that a lost queue forgets none.
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
    filed_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    hold_id: Mapped[UUID]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    decision_reasons: Mapped[str] = mapped_column(default="")
    returned_note: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    untold: Mapped[list[str]] = mapped_column(JSONB, default=list)

    __mapper_args__: Any = {"polymorphic_on": "door", "polymorphic_abstract": True}  # noqa: RUF012 - SQLAlchemy wants a dict
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant_id", "site_id"], [Site.tenant_id, Site.id]),
        ForeignKeyConstraint(["tenant_id", "hold_id"], [Hold.tenant_id, Hold.id]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "serial"),
        CheckConstraint("door in ('official')", name="door"),
        CheckConstraint(
            "state in ('submitted', 'returned', 'approved', 'partially_approved', 'refused', 'exported', 'closed', "
            "'withdrawn')",
            name="state",
        ),
        CheckConstraint("(decided_at is null) = (decided_by is null)", name="decided_pair"),
        CheckConstraint("(replied_at is null) = (replied_by is null)", name="replied_pair"),
        CheckConstraint("(closed_at is null) = (closed_by is null)", name="closed_pair"),
        CheckConstraint("state <> 'closed' or replied_at is not null", name="closed_after_reply"),
    )


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
