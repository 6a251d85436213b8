"""Jobs of the chain: its daily anchor under `ledger/`, and an authority's time for it."""

from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from tenants import periods
from tenants.actor import Actor
from tenants.audit import anchoring, stamping
from workers.context import cosigner, store, timestamp_authority
from workers.job import tenant_job

log = structlog.get_logger(__name__)

# Trails are kept for five years at least (requirements section 9.1), so their anchors are.
_LOCKED_MONTHS = 5 * 12


@tenant_job
def anchor_chain(tenant_id: UUID, actor: Actor, *, day: str) -> None:
    """Put the tree's head into the store, locked for as long as trails are kept where the store can lock.

    Once that is committed the authority is asked, so that a head stands whatever comes of it.
    """
    head = anchoring.anchor_chain(
        actor=actor,
        tenant_id=tenant_id,
        day=date.fromisoformat(day),
        store=store(),
        lock_until=_locked_until(),
        cosigner=cosigner(),
    )
    if head is not None and head.signature is None:
        log.warning("the head of a chain was anchored without the bureau's signature", day=head.day.isoformat())
    if timestamp_authority() is None:
        log.warning("the head of a chain was anchored without a timestamp: this worker knows no authority", day=day)
    else:
        queues.enqueue_after_commit(db.session, Job.STAMP_HEADS, tenant_id=tenant_id)


@tenant_job
def stamp_heads(tenant_id: UUID, actor: Actor) -> None:
    """Keep the authority's token for the newest head without one, and come again for the one before.

    When the authority gives none the job fails, which is how the operator hears of it; the next night asks again.
    """
    authority = timestamp_authority()
    if authority is None:
        return
    stamped = stamping.stamp_next(
        actor=actor, tenant_id=tenant_id, store=store(), lock_until=_locked_until(), authority=authority
    )
    if stamped is not None:
        queues.enqueue_after_commit(db.session, Job.STAMP_HEADS, tenant_id=tenant_id)


def _locked_until() -> datetime | None:
    until = clock.day_start(periods.add_months(clock.today(), _LOCKED_MONTHS))
    return until if store().abilities().object_lock else None


def is_waiting(*, tenant_id: UUID, today: date) -> bool:
    """Whether yesterday's head is not anchored yet; the session is bound to the institution."""
    return not anchoring.is_anchored(tenant_id=tenant_id, day=today - timedelta(days=1))


def last_day(today: date) -> str:
    """The day whose head is anchored on `today`."""
    return (today - timedelta(days=1)).isoformat()
