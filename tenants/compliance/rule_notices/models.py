"""That an institution was told, and when the mails went out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Model, TenantOwned


class RuleNotice(TenantOwned, Model):
    """One version's notice to one institution: so many of its sites lack storage. `told_at` is NULL until then."""

    __tablename__ = "compliance_rule_notices"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("rule_schedules.id"), primary_key=True)
    sites: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    told_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("sites > 0", name="sites"),)
