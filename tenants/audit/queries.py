"""Reading and verifying a chain."""

from contextlib import closing
from dataclasses import fields
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import ActorKind
from tenants.audit.models import AuditEvent, AuditHead
from tenants.audit.rules import Break, Link, first_break

_LINK_COLUMNS = tuple(field.name for field in fields(Link))


def latest(
    *, tenant_id: UUID, before: int | None = None, limit: int = 50, kind: ActorKind | None = None
) -> list[AuditEvent]:
    """The newest events of an institution first; `before` continues below a sequence number, `kind` is who acted."""
    query = select(AuditEvent).where(AuditEvent.tenant_id == tenant_id)
    if kind is not None:
        query = query.where(AuditEvent.actor_kind == kind)
    if before is not None:
        query = query.where(AuditEvent.seq < before)
    return list(db.session.scalars(query.order_by(AuditEvent.seq.desc()).limit(limit)))


def length(*, tenant_id: UUID) -> int:
    """How many events the institution's chain has."""
    return db.session.get_one(AuditHead, tenant_id, populate_existing=True).seq


def verify(*, tenant_id: UUID) -> Break | None:
    """Walk the whole chain in constant memory. None when it is whole, else its first broken link."""
    head = db.session.get_one(AuditHead, tenant_id)
    query = select(AuditEvent).where(AuditEvent.tenant_id == tenant_id).order_by(AuditEvent.seq)
    # What the database says, not what the session loaded before; and closed at once, since a break ends the walk early.
    options = {"yield_per": 500, "populate_existing": True}
    with closing(db.session.scalars(query, execution_options=options)) as rows:
        return first_break(map(_link, rows), head_seq=head.seq, head_hash=head.hash)


def _link(row: AuditEvent) -> tuple[Link, str]:
    return Link(**{name: getattr(row, name) for name in _LINK_COLUMNS}), row.hash
