"""What a worker notes about itself: tries that failed, and what the store can do. No picture and no person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Model, TenantOwned


class JobFault(TenantOwned, Model):
    """A job of one institution about one thing, whose last try failed: since when, how often, and what it said.

    `subject` is made of the ids and days that the job names. It is over when a later try came to its end.
    """

    __tablename__ = "job_faults"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    job: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    tried_at: Mapped[datetime]
    tries: Mapped[int]
    error: Mapped[str]
    over_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("tries > 0", name="tries"),)


class StoreCheck(TenantOwned, Model):
    """What the store was last seen to do, and how its expiry rules last compared with the law. A row of the bureau's.

    `faults` is None until somebody compared: nothing known is never fine.
    """

    __tablename__ = "store_checks"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    checked_at: Mapped[datetime]
    lifecycle: Mapped[bool]
    object_lock: Mapped[bool]
    versioning: Mapped[bool]
    compared_at: Mapped[datetime | None]
    faults: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (CheckConstraint("(compared_at is null) = (faults is null)", name="compared_pair"),)
