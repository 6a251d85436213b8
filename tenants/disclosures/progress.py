"""Taking a step: the one place where a request's state changes, its event is recorded and the other side is told."""

from uuid import UUID

from sqlalchemy import select, text

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants import periods
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.disclosures.lifecycle import TRANSITIONS, Notice, Step, next_state
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.errors import NotFound
from tenants.retention import queries as retention
from tenants.retention.actions import release_hold


def locked(*, tenant_id: UUID, disclosure_id: UUID) -> Disclosure:
    """The case, locked until the transaction ends, so that two people cannot decide it at once. Raises `NotFound`."""
    found = db.session.scalar(
        select(Disclosure)
        .where(Disclosure.tenant_id == tenant_id, Disclosure.id == disclosure_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def start(step: Step, *, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> Disclosure:
    """The locked case, if this actor may take the step and the case can take it.

    An officer of another agency learns nothing, not even that the case exists (DR-08); nor does anybody of a case that
    is another institution's, whatever they may do in their own.
    """
    disclosure = locked(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if actor.agency_id is not None and actor.agency_id != disclosure.agency_id:
        raise NotFound
    actor.require(TRANSITIONS[step].permission)
    next_state(DisclosureState(disclosure.state), step)
    return disclosure


def finish(step: Step, *, actor: Actor, disclosure: Disclosure, **fields: object) -> Disclosure:
    """Move the case and record the step's event, which always carries the serial."""
    disclosure.state = next_state(DisclosureState(disclosure.state), step)
    record(step, actor=actor, disclosure=disclosure, **fields)
    return disclosure


def record(step: Step, *, actor: Actor, disclosure: Disclosure, **fields: object) -> None:
    """Record the step's event in the institution's chain, and tell the other side once that is committed."""
    transition = TRANSITIONS[step]
    if transition.notice is not Notice.NOBODY:
        disclosure.untold = sorted({*disclosure.untold, step.value})
        enqueue_after_commit(
            db.session, Job.SEND_MAIL, tenant_id=disclosure.tenant_id, disclosure_id=disclosure.id, step=step.value
        )
    audit.record(
        transition.event,
        tenant_id=disclosure.tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        serial=disclosure.serial,
        **fields,
    )


def let_hold_end(disclosure: Disclosure, *, actor: Actor) -> None:
    """Announce the end of the case's hold: after the appeal period, not before and not silently later (DR-01).

    A hold that the institution ended or extended in the meantime is left as it is.
    """
    hold = retention.hold(tenant_id=disclosure.tenant_id, hold_id=disclosure.hold_id)
    if hold.released_at is None and hold.ends_on is None:
        release_hold(
            actor=actor,
            tenant_id=disclosure.tenant_id,
            hold_id=hold.id,
            reason=f"{disclosure.serial} 已終結",
            on=periods.appealable_through(clock.today()),
        )


def person(actor: Actor) -> UUID:
    """The id of the person who acts. A step of a case is never taken by a device or a job."""
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        raise NotFound
    return actor.id


def queue_up(series: str, tenant_id: UUID) -> None:
    """Wait for this institution's turn at a series of numbers, until the transaction ends, so that none is skipped.

    A transaction that fails gives its number back, which a database sequence would not.
    """
    db.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:series, 0))"), {"series": f"{series}:{tenant_id}"}
    )
