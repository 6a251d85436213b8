"""What will lie in the store on a day. Pure: bytes by civil day, the days kept, and today.

Footage of a day lies there through the last day of its period and is gone on the next (`periods`). What is not known is
unknown and no zero (DR-30); where a number has to be guessed it is told how many days were, and never told smaller.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from tenants import periods

# Two school weeks, as the forecast of a new regulation measures (`compliance.forecast`).
MEASURED_DAYS = 14
# How far ahead is told; 0 is today.
HORIZONS = (0, 30, 90, 365)
# From which share of the room on somebody is warned; buying disks takes a public body months.
WARN_AT = (0.8, 0.9)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, order=True)
class Kept:
    """From which civil day on a day's footage is kept for how many days."""

    since: date
    days: int


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a site stores: bytes of each day that is over, holes filled, and what a day will bring.

    `rate` is None where nothing of the last `MEASURED_DAYS` is known. `guessed`: how many days were filled.
    """

    sizes: Mapping[date, int]
    rate: int | None
    guessed: int = 0


@dataclass(frozen=True, kw_only=True)
class Room:
    """From which day on there is room for how many bytes."""

    since: date
    size: int


def course(
    sizes: Mapping[date, int],
    *,
    today: date,
    cameras: Mapping[date, int],
    cameras_now: int | None,
    closed: bool = False,
) -> Course:
    """A site's course from the days that are known. A closed institution stores nothing more.

    A day is reckoned with as many cameras as there are now, so that a new camera counts whole from its first day on
    and not only once two weeks have seen it; `cameras` are the institution's by day, where they are known.
    """
    over = {day: size for day, size in sizes.items() if day < today}
    if closed:
        return Course(sizes=over, rate=0)
    first = today - timedelta(days=MEASURED_DAYS)
    measured = [_with_cameras(over[day], cameras.get(day), cameras_now) for day in sorted(over) if day >= first]
    rate = -(-sum(measured) // len(measured)) if measured else None
    filled = dict(_holes(over, rate=rate, today=today))
    return Course(sizes=over | filled, rate=rate, guessed=len(filled))


def lying(of: Course, *, on: date, today: date, kept: Sequence[Kept]) -> int | None:
    """Bytes in the store on a day that is not over before today, that day's own included; None where nobody knows."""
    if of.rate is None and (on > today or not of.sizes):
        return None
    days = (on - _ONE_DAY * back for back in range(periods.days_stored(max(each.days for each in kept))))
    there = [day for day in days if periods.kept_through(day, _days_of(day, kept)) >= on]
    total = sum(of.sizes.get(day, 0) if day < today else of.rate or 0 for day in there)
    return None if of.rate is None and not total else total


def together(courses: Iterable[Course]) -> Course:
    """Several courses with the same days kept, as one; those of unknown rate bring nothing more."""
    sizes: Counter[date] = Counter()
    rate, guessed = 0, 0
    for each in courses:
        sizes.update(each.sizes)
        rate, guessed = rate + (each.rate or 0), guessed + each.guessed
    return Course(sizes=sizes, rate=rate, guessed=guessed)


def room_on(day: date, rooms: Sequence[Room]) -> int | None:
    """How many bytes have room on a day; of two from the same day the later in the sequence. None before any."""
    begun = sorted((each for each in rooms if each.since <= day), key=lambda each: each.since)  # keeps their order
    return begun[-1].size if begun else None


def reached(curve: Sequence[tuple[date, int]], rooms: Sequence[Room], *, share: float) -> date | None:
    """The first day on which as large a share of the room is taken; None where that does not happen."""
    for day, size in curve:
        room = room_on(day, rooms)
        if room is not None and size >= room * share:
            return day
    return None


def _with_cameras(size: int, then: int | None, now: int | None) -> int:
    return size if not then or not now else -(-size * now // then)


def _holes(over: Mapping[date, int], *, rate: int | None, today: date) -> Iterator[tuple[date, int]]:
    """The days between the first that is known and today that are not: the larger neighbour, or the rate at the end.

    Late uploads fill a hole by themselves; until then the day most likely looked as those beside it.
    """
    known = sorted(over)
    for before, after in pairwise(known):
        for number in range(1, (after - before).days):
            yield before + _ONE_DAY * number, max(over[before], over[after])
    if known and rate is not None:
        for number in range(1, (today - known[-1]).days):
            yield known[-1] + _ONE_DAY * number, rate


def _days_of(day: date, kept: Sequence[Kept]) -> int:
    """How long a day's footage is kept; a day before the first is held to that one."""
    begun = kept[0]
    for each in kept[1:]:
        begun = each if each.since <= day else begun
    return begun.days
