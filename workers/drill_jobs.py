"""The night's drill: one random minute of each site is really fetched, opened and decoded (row 78)."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from infra import clock
from infra.queues import Job
from tenants.actor import Actor
from tenants.upkeep.inspections import drills
from workers.context import kms, store
from workers.job import Waiting, tenant_job


@tenant_job
def drill_site(tenant_id: UUID, actor: Actor, *, site_id: str, day: str) -> None:
    """Try one minute of a site's civil day. Twice is once."""
    drills.drill(
        actor=actor,
        tenant_id=tenant_id,
        site_id=UUID(site_id),
        day=date.fromisoformat(day),
        store=store(),
        kms=kms(),
        now=clock.now(),
    )


def waiting_jobs(*, tenant_id: UUID, today: date) -> Iterator[Waiting]:
    """The sites of which yesterday was not tried yet, for the sweep, which the night sends first of all."""
    day = today - timedelta(days=1)
    for site_id in drills.waiting(tenant_id=tenant_id, day=day, now=clock.now()):
        yield Job.DRILL_SITE, {"site_id": site_id, "day": day.isoformat()}
