"""The law's first runs: one whose clock was five hours ahead and stopped, and then one for everybody."""

from datetime import timedelta

from infra import clock
from tenants.actor import system
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
        stops.note_run(actor=actor, tenant_id=place.tenant_id, now=clock.now())
