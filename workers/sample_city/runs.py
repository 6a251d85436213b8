"""The law's first runs, one whose clock was five hours ahead and stopped; and a job that failed and then worked."""

from datetime import timedelta
from uuid import UUID

from infra import clock
from infra.objects import StoreUnavailable
from infra.queues import Job
from tenants.actor import Actor, system
from tenants.platform import actions as platform
from tenants.retention import stops
from workers.sample_city.days import LEFT_DUE
from workers.sample_city.founding import City, enter

_AHEAD = timedelta(hours=5)


def note(city: City) -> None:
    """Where a day is due, a wrong clock is told; when it is right again the stop is over by itself."""
    actor = system("sweep_tenant")
    for code, place in city.places.items():
        enter(place.tenant_id)
        if code == LEFT_DUE:
            stops.note_run(actor=actor, tenant_id=place.tenant_id, now=clock.now() + _AHEAD)
            _fail_once(actor, place.tenant_id)
        stops.note_run(actor=actor, tenant_id=place.tenant_id, now=clock.now())


def _fail_once(actor: Actor, tenant_id: UUID) -> None:
    error = StoreUnavailable("the store was away for a minute")
    platform.note_fault(actor=actor, tenant_id=tenant_id, job=Job.ANCHOR_CHAIN, subject="", error=error)
    platform.settle_fault(actor=actor, tenant_id=tenant_id, job=Job.ANCHOR_CHAIN, subject="")
