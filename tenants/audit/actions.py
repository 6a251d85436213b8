"""Recording an act in the same transaction as the act (DR-06). There is no other way to write an event."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent, AuditHead
from tenants.audit.rules import GENESIS, Link


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
) -> AuditEvent:
    """Append one event to the institution's chain and return it.

    Takes the head row's lock, so two writers of one chain wait for each other and the order is strict whatever the
    clock says. Raises `ValueError` when the fields are not exactly those of the catalogue.
    """
    if fields.keys() != event.fields:
        raise ValueError(f"{event.key} takes exactly {sorted(event.fields)}, got {sorted(fields)}")
    head = db.session.execute(
        select(AuditHead).where(AuditHead.tenant_id == tenant_id).with_for_update(),
        execution_options={"populate_existing": True},  # a head read before the lock was granted is an old one
    ).scalar_one()
    link = Link(
        tenant_id=tenant_id,
        seq=head.seq + 1,
        at=clock.now(),
        event=event.key,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_roles=",".join(sorted(actor.roles)),
        agency_id=actor.agency_id,
        subject_id=subject_id,
        address=actor.address,
        client=actor.client[:200],
        fields=fields,
        previous=head.hash,
    )
    row = AuditEvent(**vars(link), hash=link.hash())
    db.session.add(row)
    head.seq, head.hash = link.seq, row.hash
    return row
