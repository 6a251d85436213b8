"""Reading and verifying a chain."""

from collections.abc import Iterator
from dataclasses import fields
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.audit.models import AuditEvent, AuditHead
from tenants.audit.rules import Break, Link, first_break

_LINK_COLUMNS = tuple(field.name for field in fields(Link))


def latest(*, tenant_id: UUID, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
    """The newest events of an institution first; `before` continues below a sequence number."""
    query = select(AuditEvent).where(AuditEvent.tenant_id == tenant_id)
    if before is not None:
        query = query.where(AuditEvent.seq < before)
    return list(db.session.scalars(query.order_by(AuditEvent.seq.desc()).limit(limit)))


def verify(*, tenant_id: UUID) -> Break | None:
    """Walk the whole chain in constant memory. None when it is whole, else its first broken link."""
    head = db.session.get_one(AuditHead, tenant_id)
    return first_break(_links(tenant_id), head_seq=head.seq, head_hash=head.hash)


def _links(tenant_id: UUID) -> Iterator[tuple[Link, str]]:
    rows = db.session.scalars(
        select(AuditEvent).where(AuditEvent.tenant_id == tenant_id).order_by(AuditEvent.seq),
        execution_options={"yield_per": 500},
    )
    for row in rows:
        yield Link(**{name: getattr(row, name) for name in _LINK_COLUMNS}), row.hash
