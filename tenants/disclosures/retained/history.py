"""The history of a copy for reference: one line for each thing that happened to it, beside its event in the chain."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.models import Disclosure
from tenants.disclosures.retained.models import CopyChange, CopyStep, RetainedCopy

_STEPS: Mapping[Event, CopyStep] = {
    Event.RETAINED_MADE: CopyStep.MADE,
    Event.RETAINED_KEPT: CopyStep.KEPT,
    Event.RETAINED_OPENED: CopyStep.OPENED,
    Event.RETAINED_CHECKED: CopyStep.CHECKED,
    Event.RETAINED_EXTENDED: CopyStep.EXTENDED,
    Event.RETAINED_ENDED: CopyStep.ENDED,
    Event.RETAINED_DESTROYED: CopyStep.DESTROYED,
}


def record(event: Event, copy: RetainedCopy, *, actor: Actor, reason: str = "", **fields: object) -> None:
    """Record what happened to a copy, in the chain and as a line of who keeps it and on what it rests from now on.

    The chain names nobody who keeps it: names stay in the row (DR-06).
    """
    found = str(fields.get("found", ""))
    change = CopyChange(
        id=uuid4(),
        tenant_id=copy.tenant_id,
        copy_id=copy.id,
        step=_STEPS[event],
        at=clock.now(),
        by_id=actor.id if actor.kind is ActorKind.PERSON else None,
        by_name=actor.name,
        found=found,
        reason=reason,
        **{name: getattr(copy, name) for name in _SAME},
    )
    db.session.add(change)
    said = fields | ({"reason": reason} if "reason" in event.fields else {})
    audit.record(
        event,
        tenant_id=copy.tenant_id,
        actor=actor,
        subject_id=copy.id,
        copy_id=str(copy.id),
        serial=db.session.get_one(Disclosure, copy.disclosure_id).serial,
        **said,
    )


_SAME = ("custodian", "place", "basis", "reference", "document", "review_on")


def history(*, tenant_id: UUID, copy_id: UUID) -> list[CopyChange]:
    """Everything that happened to a copy, in order."""
    query = select(CopyChange).where(CopyChange.tenant_id == tenant_id, CopyChange.copy_id == copy_id)
    return list(db.session.scalars(query.order_by(CopyChange.at, CopyChange.id)))
