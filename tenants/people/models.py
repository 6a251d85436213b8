"""People and where they hold a role. A person precedes every institution, so `users` belongs to none."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped


class User(Identified, Timestamped, Model):
    """An account. Never deleted, only deactivated, so that the audit trail keeps its name (KH-5-2)."""

    __tablename__ = "users"
    personal = frozenset({"login", "name", "title", "email", "password_hash", "pin_hash"})

    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str]
    session_epoch: Mapped[int] = mapped_column(default=0)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    pin_hash: Mapped[str] = mapped_column(default="")
    pin_failures: Mapped[int] = mapped_column(default=0)
    pin_locked_until: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    deactivated_by: Mapped[UUID | None]

    __table_args__ = (CheckConstraint("(deactivated_at is null) = (deactivated_by is null)", name="deactivated_pair"),)


class Membership(Identified, Model):
    """A role held at one institution (the bureau included) or in one agency.

    `begins_on` is the first day of one that lies ahead, and NULL once it began; `ends_on` is the first day without it.
    Rights follow from these days themselves: no job has to run at midnight (TY-4-2).
    """

    __tablename__ = "memberships"
    personal = frozenset()

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    role: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID | None]
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("(tenant_id is null) <> (agency_id is null)", name="one_place"),
        CheckConstraint("(role = 'agency_officer') = (agency_id is not null)", name="role_fits_place"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_pair"),
        CheckConstraint("ends_on > begins_on", name="span"),
        Index(
            "uq_memberships_current",
            "user_id",
            "tenant_id",
            "agency_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at is null"),
            postgresql_nulls_not_distinct=True,
        ),
    )


class Deputy(Identified, TenantOwned, Model):
    """Who acts in whose office, from a day through a day (DR-26). `acting` is what is printed: 代, or 代為決行.

    A membership says what somebody is; this says for whom they stand in meanwhile, so it is a table of its own.
    """

    __tablename__ = "deputies"
    personal = frozenset({"reason"})

    principal_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    acting: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("role in ('head', 'handler', 'office_head')", name="role"),
        CheckConstraint("acting = '代' or (acting = '代為決行' and role = 'head')", name="acting"),
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("principal_id <> user_id", name="another"),
        CheckConstraint("(revoked_at is null) = (revoked_by is null)", name="revoked_pair"),
        Index("ix_deputies_user", "tenant_id", "user_id"),
    )
