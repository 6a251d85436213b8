"""One hash chain per institution. Rows are only ever added: the app role may not change or remove one (DR-06)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
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
    anchored_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    anchored_at: Mapped[datetime | None]
