"""The room that there is for footage, as the operator says it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class StorageCapacity(Identified, TenantOwned, Model):
    """From which day on the store has room for how many bytes: a row of the bureau's, never rewritten.

    Of two for the same day the later entry counts, so that a mistake is put right without hiding it.
    """

    __tablename__ = "storage_capacities"
    personal = frozenset()

    capacity_bytes: Mapped[int] = mapped_column(BigInteger)
    effective_from: Mapped[date]
    reason: Mapped[str]
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (CheckConstraint("capacity_bytes > 0", name="capacity_bytes"),)
