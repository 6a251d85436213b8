"""What a worker notes about itself: tries that failed, and what the store can do. No picture and no person."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
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


class Service(StrEnum):
    """What a worker looks at for the operator, who is at another machine."""

    STORE = "store"
    MAIL = "mail"
    TIMESTAMPS = "timestamps"
    DISK = "disk"
    BACKUP = "backup"


class ServiceCheck(TenantOwned, Model):
    """How a service was when a worker last looked, and since when it has been so. A row of the bureau's.

    `answers` is None where the worker was told of no such service. `free` and `total` are bytes, of a disk.
    """

    __tablename__ = "service_checks"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime]
    since: Mapped[datetime]
    answers: Mapped[bool | None]
    free: Mapped[int | None] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("service in ('store', 'mail', 'timestamps', 'disk', 'backup')", name="service"),
        CheckConstraint("free between 0 and total", name="free"),
    )
