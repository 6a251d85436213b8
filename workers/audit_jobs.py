"""Jobs of the chain: its daily anchor under `ledger/`."""

from datetime import date, timedelta
from uuid import UUID

from infra import clock
from tenants import periods
from tenants.actor import Actor
from tenants.audit import anchoring
from workers.context import store
from workers.job import tenant_job

# Trails are kept for five years at least (requirements section 9.1), so their anchors are.
_LOCKED_MONTHS = 5 * 12


@tenant_job
def anchor_chain(tenant_id: UUID, actor: Actor, *, day: str) -> None:
    """Put the chain's head into the store, locked for as long as trails are kept where the store can lock."""
    until = clock.day_start(periods.add_months(clock.today(), _LOCKED_MONTHS))
    lock_until = until if store().abilities().object_lock else None
    anchoring.anchor_chain(
        actor=actor, tenant_id=tenant_id, day=date.fromisoformat(day), store=store(), lock_until=lock_until
    )


def is_waiting(*, tenant_id: UUID, today: date) -> bool:
    """Whether yesterday's head is not anchored yet; the session is bound to the institution."""
    return anchoring.anchored_before(tenant_id=tenant_id, instant=clock.day_start(today))


def last_day(today: date) -> str:
    """The day whose head is anchored on `today`."""
    return (today - timedelta(days=1)).isoformat()
