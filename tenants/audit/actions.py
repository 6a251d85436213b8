"""Recording an act in the same transaction as the act (DR-06). There is no other way to write an event."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent, AuditHead
from tenants.audit.rules import GENESIS, Link

# Every act of the service comes through here, so the statements are spelled once, and go past the unit of work: to add
# a row and change another by it took the process six times as long.
_EVENTS, _HEADS = cast("Table", AuditEvent.__table__), cast("Table", AuditHead.__table__)
# No parameter has a column's name, or every statement that is part of another would set the column.
_GIVEN = {each: bindparam(f"its_{each.name}", type_=each.type) for each in _EVENTS.c}
_OWN = _HEADS.c.tenant_id == _GIVEN[_EVENTS.c.tenant_id]
_LOCKED_HEAD = select(_HEADS.c.seq, _HEADS.c.hash).where(_OWN).with_for_update()
_MOVED = update(_HEADS).where(_OWN).values(seq=_GIVEN[_EVENTS.c.seq], hash=_GIVEN[_EVENTS.c.hash])
_APPEND = insert(_EVENTS).values(_GIVEN).add_cte(_MOVED.cte("moved"))


def start_chain(*, tenant_id: UUID, code: str, actor: Actor) -> None:
    """Give a new institution its chain. The session must be bound to it."""
    db.session.add(AuditHead(tenant_id=tenant_id, seq=0, hash=GENESIS))
    db.session.flush()  # the head row must exist before `record` can lock it
    record(Event.CHAIN_STARTED, tenant_id=tenant_id, actor=actor, code=code)


def record(
    event: Event,
    *,
    tenant_id: UUID,
    actor: Actor,
    subject_id: UUID | None = None,
    **fields: Any,  # noqa: ANN401 - JSON values, checked against the catalogue
) -> Link:
    """Append one event to the institution's chain, after all that is pending in the session; the new link.

    Takes the head row's lock, so two writers of one chain wait for each other and the order is strict whatever the
    clock says. Raises `ValueError` when the fields are not exactly those of the catalogue.
    """
    if fields.keys() != event.fields:
        raise ValueError(f"{event.key} takes exactly {sorted(event.fields)}, got {sorted(fields)}")
    db.session.flush()  # rows are locked before the chain, by whoever locks both
    head = db.session.execute(_LOCKED_HEAD, {"its_tenant_id": tenant_id}).one()
    link = Link(
        tenant_id=tenant_id,
        seq=head.seq + 1,
        at=clock.now(),
        event=event.key,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_roles=_roles(actor),
        agency_id=actor.agency_id,
        subject_id=subject_id,
        address=actor.address,
        client=actor.client[:200],
        fields=fields,
        previous=head.hash,
    )
    written = vars(link) | {"hash": link.hash()}
    db.session.execute(_APPEND, {f"its_{name}": value for name, value in written.items()})
    return link


def _roles(actor: Actor) -> str:
    """As what somebody acts: their roles, those they act in, and the number of the emergency access they act under."""
    marked = [f"emergency:{actor.under}"] if actor.under else []
    return ",".join(sorted([*actor.roles, *(f"{role}:{how}" for role, how in actor.acting.items()), *marked]))
