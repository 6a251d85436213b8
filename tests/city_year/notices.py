"""Who can be told of anything, what nobody does after being told, and what the bureau weighs."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from tests.city_year.days import DONE, FOUNDED, ONE_DAY, at, is_office_day
from tests.city_year.events import Addressed, MailReturned, Person, RightsAsked, Weighed

# 個人資料保護法第十三條: fifteen days for a copy; after three office days more the bureau hears of it.
ANSWER_DAYS, RISES_AFTER = 15, 3
# Whoever tells people of what is due looks at an institution as the office's day begins.
LOOKED = "07:03"
_WEIGHTS = (
    *(("continuity", 10), ("retention_min", 10), ("retention_max", 5), ("agency_reply", 5), ("retained_copy", 2)),
    *(("local_policy", 1), ("gaps", 3), ("faults", 4), ("inspection", 3), ("calibration", 1), ("designation", 4)),
    *(("secrecy", 2), ("zones", 0), ("property", 1)),
)
# Whoever has these accounts hears of everything; only of them a mail may come back.
_REACHED = ("head", "a")


def next_look(day: date) -> date:
    """The first office day on or after one."""
    while not is_office_day(day):
        day += ONE_DAY
    return day


def of(random: Random, schools: Sequence[str], people: Sequence[Person], mornings: Sequence[date]) -> Iterator[object]:
    """All of a year, at schools that stay open."""
    for code in schools:
        since = {"head": FOUNDED} | {each.key: each.since for each in people if each.school == code}
        for key, day in since.items():
            yield from _addresses(random, code, key, day)
    for day in mornings:
        free = random.sample(list(schools), 7)
        for code, key in zip(free, _REACHED, strict=False):
            returned = at(day - random.randrange(1, 9) * ONE_DAY, "09:00")
            arrived = random.choice((None, at(day + 2 * ONE_DAY, "07:30"), at(day - ONE_DAY, "16:00")))
            yield MailReturned(school=code, key=key, at=returned, arrived=arrived)
        # Around the morning on which the bureau hears of it, or would have.
        for code, late in zip(free[2:], (-1, 0, 1, 4, 9), strict=True):
            asked = day - (ANSWER_DAYS + RISES_AFTER + late) * ONE_DAY
            answered = random.choice((at(day - ONE_DAY, "15:00"), at(day + 2 * ONE_DAY, "10:00")))
            yield RightsAsked(school=code, on=asked, answered=answered)


def _addresses(random: Random, code: str, key: str, since: date) -> Iterator[Addressed]:
    """Most are there from the beginning; of some nobody typed any until long after, or ever."""
    kind = random.random()
    if kind < 0.85 or key in _REACHED:
        yield Addressed(school=code, key=key, at=at(since, DONE))
    elif kind < 0.95:
        yield Addressed(school=code, key=key, at=at(since + random.randrange(10, 300) * ONE_DAY, "11:00"))


def weighed(since: date) -> Weighed:
    """The bureau's own weights from a day on; before it all weigh the same."""
    return Weighed(told=since - 20 * ONE_DAY, since=since, target=900, weights=_WEIGHTS)
