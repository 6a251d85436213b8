"""Links by which a person sets the password of their own account. Only hashes of them are kept."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Occasion(StrEnum):
    """Why somebody is invited: their institution was opened, or its heads are locked out (infra/decisions/0060)."""

    OPENED = "opened"
    EMERGENCY = "emergency"


class AccountInvitation(Identified, TenantOwned, Model):
    """One link. Its secret is made as it is mailed; a later invitation of the same person ends it.

    `refused_at` is when the mail server said for good that there is no such address.
    """

    __tablename__ = "account_invitations"
    personal = frozenset()

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    occasion: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    token_hash: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("occasion in ('opened', 'emergency')", name="occasion"),
        CheckConstraint("(sent_at is null) = (token_hash = '')", name="token"),
        CheckConstraint("(sent_at is null) = (expires_at is null)", name="expires"),
        CheckConstraint("used_at is null or sent_at is not null", name="used"),
        CheckConstraint("refused_at is null or sent_at is not null", name="refused"),
        Index("ix_account_invitations_user", "tenant_id", "user_id"),
    )
