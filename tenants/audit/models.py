"""One hash chain per institution, and the daily heads of its tree.

Rows are only ever added: the app role may not change or remove one (DR-06).
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Model


class AuditEvent(Model):
    """One act. `hash` covers every other column, `previous` included."""

    __tablename__ = "audit_events"
    personal = frozenset({"actor_name", "address", "client", "fields"})

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(index=True)
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    actor_roles: Mapped[str]
    agency_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    address: Mapped[str]
    client: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous: Mapped[str]
    hash: Mapped[str]


class AuditHead(Model):
    """Where the next link goes. Taking this row's lock is what makes a chain's order strict."""

    __tablename__ = "audit_heads"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]


class AuditTreeHead(Model):
    """The chain's Merkle tree as it was anchored for a day: the tree of RFC 6962 over the first `size` events.

    Leaves are the 32 bytes of each event's hash. `frontier` is the tree's right edge, from which tomorrow's head and a
    day's proofs are made without reading the years before. Unsigned where the bureau's key was not at hand. `lost` is
    the head that a restored backup lost before this one.
    """

    __tablename__ = "audit_tree_heads"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[str]
    chain_hash: Mapped[str]
    frontier: Mapped[bytes]
    anchored_at: Mapped[datetime]
    key_id: Mapped[str | None]
    signature: Mapped[str | None]
    lost: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        UniqueConstraint("tenant_id", "size"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(key_id is null) = (signature is null)", name="signed_pair"),
    )
