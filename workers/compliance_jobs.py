"""Jobs of compliance: the facts of each institution, each minute and for each day that is over."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from infra import clock, queues
from infra.queues import Job
from tenants.actor import Actor
from tenants.compliance import actions
from tenants.compliance.due import days_to_take
from tenants.registry import queries as registry
from workers.job import Waiting, fan_out_job, tenant_job


@tenant_job
def take_now(tenant_id: UUID, actor: Actor) -> None:
    """What is known of one institution at this moment."""
    actions.take_now(tenant_id=tenant_id, now=clock.now(), actor=actor)


@tenant_job
def take_day(tenant_id: UUID, actor: Actor, *, day: str) -> None:
    """One civil day of one institution; taken again it takes in what arrived late."""
    actions.take_day(tenant_id=tenant_id, day=date.fromisoformat(day), now=clock.now(), actor=actor)


@fan_out_job
def take_now_all() -> None:
    """Send one job per institution, so that a slow one holds up nobody else."""
    for tenant in registry.directory():
        queues.enqueue(Job.TAKE_NOW, tenant_id=tenant.id)


def waiting_jobs(*, tenant_id: UUID, today: date) -> Iterator[Waiting]:
    """The days whose facts are to be taken, for the sweep; the session is bound to the institution."""
    for day in days_to_take(tenant_id=tenant_id, today=today):
        yield Job.TAKE_DAY, {"day": day.isoformat()}
