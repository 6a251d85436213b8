"""An agency's public key, as its row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model


class AgencyKey(Identified, Model):
    """A public key (`age1…`) to which an agency wants its copies encrypted, and from when until when it is used.

    An officer registers it, and it is used once the operator has confirmed it with the agency by another way. A row is
    never rewritten to another key: of those in use the one that was confirmed last is taken. At most one waits.
    """

    __tablename__ = "agency_keys"
    personal = frozenset({"revoke_reason"})

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), index=True)
    recipient: Mapped[str]
    registered_at: Mapped[datetime]
    registered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    revoke_reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index(
            "uq_agency_keys_waiting",
            "agency_id",
            unique=True,
            postgresql_where=text("confirmed_at is null and revoked_at is null"),
        ),
        CheckConstraint("recipient like 'age1%'", name="recipient"),
        CheckConstraint("(confirmed_at is null) = (confirmed_by is null)", name="confirmed_pair"),
        CheckConstraint("confirmed_by <> registered_by", name="confirmed_by_another"),
        CheckConstraint("(revoked_at is null) = (revoked_by is null)", name="revoked_pair"),
        CheckConstraint("(revoked_at is null) = (revoke_reason = '')", name="revoked_for"),
    )
