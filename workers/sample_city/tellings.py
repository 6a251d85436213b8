"""What the institutions' people were told this morning, of which one's mails went and the others' wait."""

from datetime import datetime, time

from infra.clock import TAIPEI, civil_day
from tenants.actor import system
from tenants.notices import actions, sending
from tenants.working_days import is_working_day
from workers.sample_city.founding import City, enter
from workers.sample_city.past import STARTED, day

# Whose mails went; those of the others are sent by whoever starts a worker.
_TOLD = "K1"
_HALF_PAST_SEVEN = time(7, 30)


def tell(city: City) -> None:
    """The last morning of an office day, as the law's job makes it."""
    morning, actor = _morning(), system("plan")
    for code, place in city.places.items():
        enter(place.tenant_id)
        # The chain has its lines as of now, behind all that is there: the last office day may lie before a weekend.
        made = actions.plan(actor=actor, tenant_id=place.tenant_id, now=morning)
        for mail_id in made if code == _TOLD else ():
            sending.note_sent(actor=actor, tenant_id=place.tenant_id, mail_id=mail_id, refused=False, now=morning)


def _morning() -> datetime:
    """Half past seven of the last day with an office."""
    found = (datetime.combine(day(ago), _HALF_PAST_SEVEN, TAIPEI) for ago in range(30))
    return next(each for each in found if each <= STARTED and is_working_day(civil_day(each)))
