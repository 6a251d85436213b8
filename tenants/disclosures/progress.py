"""Taking a step: the one place where a request's state changes, its event is recorded and the other side is told."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.disclosures import halts
from tenants.disclosures.lifecycle import course_of, next_state, transition
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.steps import Notice, Step
from tenants.errors import NotFound
from tenants.retention.actions import release_after_appeal

D = TypeVar("D", bound=Disclosure)


def locked(kind: type[D], *, tenant_id: UUID, disclosure_id: UUID) -> D:
    """The case of this door, locked until the transaction ends, so that two people cannot decide it at once.

    Raises `NotFound`, also for a case of the other door.
    """
    found = db.session.scalar(
        select(kind)
        .where(kind.tenant_id == tenant_id, kind.id == disclosure_id)
        .with_for_update(of=Disclosure.__table__)  # PostgreSQL locks no row of a door that is joined from outside
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def start(kind: type[D], step: Step, *, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> D:
    """The locked case, if this actor may take the step and the case can take it.

    An officer of another agency learns nothing, not even that the case exists (DR-08); nor does anybody of a case that
    is another institution's, whatever they may do in their own. Raises `Halted` for what waits after a breach.
    """
    disclosure = locked(kind, tenant_id=tenant_id, disclosure_id=disclosure_id)
    asking = disclosure.agency_id if isinstance(disclosure, OfficialRequest) else None
    if actor.agency_id is not None and actor.agency_id != asking:
        raise NotFound
    course = course_of(disclosure)
    actor.require(transition(course, step).permission)
    next_state(course, DisclosureState(disclosure.state), step)
    halts.check(disclosure, step)
    return disclosure


def finish(step: Step, *, actor: Actor, disclosure: D, **fields: object) -> D:
    """Move the case and record the step's event, which always carries the serial."""
    disclosure.state = next_state(course_of(disclosure), DisclosureState(disclosure.state), step)
    record(step, actor=actor, disclosure=disclosure, **fields)
    return disclosure


def record(step: Step, *, actor: Actor, disclosure: Disclosure, **fields: object) -> None:
    """Record the step's event in the institution's chain, and tell the other side once that is committed."""
    row = transition(course_of(disclosure), step)
    if row.notice is not Notice.NOBODY:
        disclosure.untold = sorted({*disclosure.untold, step.value})
        enqueue_after_commit(
            db.session, Job.SEND_MAIL, tenant_id=disclosure.tenant_id, disclosure_id=disclosure.id, step=step.value
        )
    audit.record(
        row.event,
        tenant_id=disclosure.tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        serial=disclosure.serial,
        **fields,
    )


def let_hold_end(disclosure: Disclosure, *, actor: Actor) -> None:
    """Announce the end of the case's hold, if it has one: after the appeal period (DR-01)."""
    release_after_appeal(
        actor=actor, tenant_id=disclosure.tenant_id, hold_id=disclosure.hold_id, serial=disclosure.serial
    )
