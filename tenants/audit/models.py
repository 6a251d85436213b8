"""One hash chain per institution, the daily heads of its tree, and an authority's time for them.

Rows are only ever added: the app role may not change or remove one (DR-06).
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
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


class AuditTreeStamp(Model):
    """What an authority said of one head (RFC 3161): when and by whom it was stamped, and the whole answer.

    A row of its own, since a head is never changed and a token may come a day after it. It is over the text that lies
    under `ledger/`, the bureau's signature included; the answer lies beside it there.
    """

    __tablename__ = "audit_tree_stamps"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    stamped_at: Mapped[datetime]
    authority: Mapped[str]
    token: Mapped[bytes]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "day"], ["audit_tree_heads.tenant_id", "audit_tree_heads.day"]),
    )
