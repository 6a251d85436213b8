"""Reading and verifying a chain."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import ActorKind
from tenants.audit import checking
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent, AuditHead
from tenants.audit.rules import Break


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


def of_kinds(*, tenant_id: UUID, kinds: Iterable[Event]) -> list[AuditEvent]:
    """Every event of some kinds that happen seldom, the oldest first."""
    query = select(AuditEvent).where(AuditEvent.tenant_id == tenant_id, AuditEvent.event.in_([e.key for e in kinds]))
    return list(db.session.scalars(query.order_by(AuditEvent.seq)))


def of_subject(*, tenant_id: UUID, subject_id: UUID, kinds: Iterable[Event]) -> list[AuditEvent]:
    """The events of these kinds about one thing, the oldest first."""
    query = select(AuditEvent).where(
        AuditEvent.tenant_id == tenant_id,
        AuditEvent.subject_id == subject_id,
        AuditEvent.event.in_([kind.key for kind in kinds]),
    )
    return list(db.session.scalars(query.order_by(AuditEvent.seq)))


def after(*, tenant_id: UUID, seq: int, kinds: Iterable[Event]) -> list[AuditEvent]:
    """The events of these kinds after a number, the oldest first."""
    query = select(AuditEvent).where(
        AuditEvent.tenant_id == tenant_id, AuditEvent.seq > seq, AuditEvent.event.in_([kind.key for kind in kinds])
    )
    return list(db.session.scalars(query.order_by(AuditEvent.seq)))


def event(*, tenant_id: UUID, seq: int) -> AuditEvent | None:
    """One event by its number."""
    return db.session.get(AuditEvent, (tenant_id, seq))


def length(*, tenant_id: UUID) -> int:
    """How many events the institution's chain has."""
    return db.session.get_one(AuditHead, tenant_id, populate_existing=True).seq


def newest(*, tenant_id: UUID) -> tuple[int, str]:
    """Number and hash of the chain's last event; the hash covers every event before it."""
    head = db.session.get_one(AuditHead, tenant_id, populate_existing=True)
    return head.seq, head.hash


def verify(*, tenant_id: UUID) -> Break | None:
    """Walk the whole chain and the heads of its tree in constant memory. None when they hold, else the first that not.

    `tenants.audit.checking.verify` also asks the store and says whose signatures there are.
    """
    return checking.verify(tenant_id=tenant_id).broken
