"""Jobs of the chain: its daily anchor under `ledger/`."""

from datetime import date, timedelta
from uuid import UUID

import structlog

from infra import clock
from tenants import periods
from tenants.actor import Actor
from tenants.audit import anchoring
from workers.context import cosigner, store
from workers.job import tenant_job

log = structlog.get_logger(__name__)

# Trails are kept for five years at least (requirements section 9.1), so their anchors are.
_LOCKED_MONTHS = 5 * 12


@tenant_job
def anchor_chain(tenant_id: UUID, actor: Actor, *, day: str) -> None:
    """Put the tree's head into the store, locked for as long as trails are kept where the store can lock."""
    until = clock.day_start(periods.add_months(clock.today(), _LOCKED_MONTHS))
    head = anchoring.anchor_chain(
        actor=actor,
        tenant_id=tenant_id,
        day=date.fromisoformat(day),
        store=store(),
        lock_until=until if store().abilities().object_lock else None,
        cosigner=cosigner(),
    )
    if head is not None and head.signature is None:
        log.warning("the head of a chain was anchored without the bureau's signature", day=head.day.isoformat())


def is_waiting(*, tenant_id: UUID, today: date) -> bool:
    """Whether yesterday's head is not anchored yet; the session is bound to the institution."""
    return not anchoring.is_anchored(tenant_id=tenant_id, day=today - timedelta(days=1))


def last_day(today: date) -> str:
    """The day whose head is anchored on `today`."""
    return (today - timedelta(days=1)).isoformat()
