"""What each step of a request shares: the locked row at its beginning, the next state and the event at its end."""

from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.rules import Link
from tenants.errors import NotFound
from tenants.rights.lifecycle import TRANSITIONS, RightsStep, next_state
from tenants.rights.models import RightsRequest, RightsState


def start(step: RightsStep, *, actor: Actor, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """The locked request, if this actor may take the step and the request can take it.

    Raises `NotFound`, `NotAllowed` and `InvalidTransition`.
    """
    query = select(RightsRequest).where(RightsRequest.tenant_id == tenant_id, RightsRequest.id == rights_id)
    found = db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    actor.require(TRANSITIONS[step].permission)
    next_state(RightsState(found.state), step)
    return found


def finish(step: RightsStep, found: RightsRequest, *, actor: Actor, **fields: object) -> RightsRequest:
    """Put the request into its next state, with the step's event."""
    found.state = next_state(RightsState(found.state), step)
    db.session.flush()
    record(step, found, actor=actor, **fields)
    return found


def record(step: RightsStep, found: RightsRequest, *, actor: Actor, **fields: object) -> Link:
    """The step's event, and its place in the chain."""
    return audit.record(
        TRANSITIONS[step].event,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        serial=found.serial,
        **fields,
    )
