"""What was said when somebody asked for urgent preservation; the footage itself is kept by an ordinary hold."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Source(StrEnum):
    """How the call for it came."""

    TELEPHONE = "telephone"
    VISIT = "visit"
    INCIDENT = "incident"


class UrgentHold(Identified, TenantOwned, Model):
    """One urgent preservation: its number and who called. Windows, lapse and copies are the hold's.

    `from_bureau`: an officer of the bureau pressed, not the institution. `over_cap`: beyond the caps, and the head
    confirmed it. `untold` are the notices that still have to go out by mail, so that a lost queue forgets none.
    """

    __tablename__ = "urgent_holds"
    personal = frozenset({"caller", "phone", "reason", "pressed_by"})

    hold_id: Mapped[UUID]
    number: Mapped[str]
    source: Mapped[str]
    caller: Mapped[str]
    agency: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    incident: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    pressed_by: Mapped[str]
    from_bureau: Mapped[bool] = mapped_column(default=False)
    over_cap: Mapped[bool] = mapped_column(default=False)
    warned_at: Mapped[datetime | None]
    untold: Mapped[list[str]] = mapped_column(JSONB, default=list)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"]),
        UniqueConstraint("tenant_id", "hold_id"),
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint("source in ('telephone', 'visit', 'incident')", name="source"),
        CheckConstraint("caller <> '' and reason <> ''", name="said"),
    )
