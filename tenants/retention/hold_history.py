"""The history of a hold: one line for each thing that happened to it, beside its event in the chain (KH-5-4c)."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.retention.models import Hold, HoldChange, HoldStep

_STEPS: Mapping[Event, HoldStep] = {
    Event.HOLD_PLACED: HoldStep.PLACED,
    Event.HOLD_EXTENDED: HoldStep.EXTENDED,
    Event.HOLD_TAKEN_OVER: HoldStep.TAKEN_OVER,
    Event.HOLD_ENDING: HoldStep.ENDING,
    Event.HOLD_RELEASED: HoldStep.RELEASED,
    Event.HOLD_DESTROYED: HoldStep.DESTROYED,
}


def record(event: Event, hold: Hold, *, actor: Actor, reason: str = "", **fields: object) -> None:
    """Record what happened to a hold, in the chain and as a line of what it rests on from now on."""
    db.session.add(
        HoldChange(
            id=uuid4(),
            tenant_id=hold.tenant_id,
            hold_id=hold.id,
            step=_STEPS[event],
            at=clock.now(),
            by_id=actor.id if actor.kind is ActorKind.PERSON else None,
            by_name=actor.name,
            basis=hold.basis,
            reference=hold.reference,
            document=hold.document,
            review_on=hold.review_on,
            reason=reason,
        )
    )
    said = fields | ({"reason": reason} if "reason" in event.fields else {})
    audit.record(event, tenant_id=hold.tenant_id, actor=actor, subject_id=hold.id, hold_id=str(hold.id), **said)


def history(*, tenant_id: UUID, hold_id: UUID) -> list[HoldChange]:
    """Everything that happened to a hold, in order."""
    query = select(HoldChange).where(HoldChange.tenant_id == tenant_id, HoldChange.hold_id == hold_id)
    return list(db.session.scalars(query.order_by(HoldChange.at, HoldChange.id)))
