"""Jobs of upkeep: what telemetry shows becomes a fault, once, and is never closed by itself (KH-8-1d)."""

from collections.abc import Iterator
from uuid import UUID

from infra import clock
from infra.queues import Job
from tenants.actor import Actor
from tenants.upkeep.faults import watching
from workers.job import Waiting, tenant_job


@tenant_job
def look_for_faults(tenant_id: UUID, actor: Actor) -> None:
    """Open, extend and note faults of one institution, and raise the clocks that ran out."""
    watching.look(actor=actor, tenant_id=tenant_id, now=clock.now())


def waiting_jobs(*, tenant_id: UUID) -> Iterator[Waiting]:
    """A look, where it would do anything; the session is bound to the institution."""
    if watching.is_waiting(tenant_id=tenant_id, now=clock.now()):
        yield Job.LOOK_FOR_FAULTS, {}
