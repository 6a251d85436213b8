"""What goes wrong on the days that somebody looks at: each at a school of its own, so that its answer is its own."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from tests.city_year.days import FOUNDED, ONE_DAY, at, office_days_later
from tests.city_year.events import (
    Camera,
    DrillsFail,
    Enrolled,
    Fault,
    Hold,
    HoursChange,
    LateDestruction,
    Letter,
    Loss,
    Outage,
    School,
    Silence,
)


class _Morning:
    """One morning that is looked at, and the schools at which nothing was invented for it yet."""

    def __init__(self, random: Random, day: date, schools: Sequence[str], cameras: Sequence[Camera]) -> None:
        self.random, self.day, self.before = random, day, day - ONE_DAY
        self._free, self._cameras = list(schools), cameras
        random.shuffle(self._free)

    def school(self) -> str:
        return self._free.pop()

    def camera(self, school: str) -> str:
        """One that is in use from long before until long after."""
        around = 40 * ONE_DAY
        there = [
            each.code
            for each in self._cameras
            if each.school == school
            and each.since + around < self.day
            and (each.until is None or each.until > self.day + around)
        ]
        return self.random.choice(there)


def of(
    random: Random,
    schools: Sequence[School],
    cameras: Sequence[Camera],
    mornings: Sequence[date],
    *,
    closing: tuple[str, date],
) -> Iterator[object]:
    """All of a year. Nothing is invented for the school that closes, on a morning.

    One has no box for a part of the year: it is entered, and speaks for the first time some days later, in the first
    minutes of that morning. The day before is told after them, and stays without a word.
    """
    late = next(each.code for each in schools if each.name == "平和國小")
    yield from (Enrolled(school=each.code, entered=FOUNDED, on=FOUNDED) for each in schools if each.code != late)
    yield Enrolled(school=late, entered=closing[1] - 5 * ONE_DAY, on=closing[1])
    free = [each.code for each in schools if each.code not in {closing[0], late}]
    preschools = [each.code for each in schools if each.is_preschool and each.code != closing[0]]
    silent = random.sample(free, 4)
    rest = [code for code in free if code not in silent]
    for number, day in enumerate(mornings):
        morning = _Morning(random, day, rest, cameras)
        yield from _outages(morning)
        yield from _of_law(morning, mornings)
        yield from _of_people(morning)
        if number % 3 == 1:
            yield _silence(morning, silent.pop())
        if number == 4:
            yield HoursChange(school=random.choice(preschools), since=day - 3 * ONE_DAY, opens=("07:00", "18:30"))


def _outages(morning: _Morning) -> Iterator[object]:
    """Within the day before; from it until now; of whole days; and by night, when nobody has to record."""
    random, before = morning.random, morning.before
    spans = (
        (at(before, "10:00") + timedelta(minutes=random.randrange(90)), timedelta(minutes=random.randrange(20, 200))),
        (at(before, "14:00"), timedelta(hours=28)),
        (at(before - 2 * ONE_DAY, "09:00"), timedelta(days=4)),
        (at(before, "19:30"), timedelta(hours=2)),
        (at(before - 12 * ONE_DAY, "09:00"), timedelta(hours=3)),
    )
    for begins, length in spans:
        school = morning.school()
        ends = begins + length
        said = random.choice((ends + timedelta(hours=30), ends + timedelta(days=20), None))
        yield Outage(school=school, camera=morning.camera(school), begins=begins, ends=ends, explained=said)


def _of_law(morning: _Morning, mornings: Sequence[date]) -> Iterator[object]:
    random, day = morning.random, morning.day
    school = morning.school()
    yield Loss(school=school, camera=morning.camera(school), on=day - 2 * ONE_DAY, oldest=day - 6 * ONE_DAY)
    yield LateDestruction(
        school=morning.school(), begins=day - random.randrange(2, 7) * ONE_DAY, ends=day + 2 * ONE_DAY
    )
    placed = at(day - 60 * ONE_DAY, "11:00")
    for review in (day - 3 * ONE_DAY, day + 30 * ONE_DAY):
        yield Hold(school=morning.school(), placed=placed, review_on=review, released=at(day + 5 * ONE_DAY, "15:00"))
    # Of that day no footage may be written, or what is asked for is lost with what becomes due: nobody copies it here.
    filed = day - 21 * ONE_DAY
    while filed + ONE_DAY in mornings:
        filed -= ONE_DAY
    yield Letter(school=morning.school(), filed=at(filed, "10:00"), replied=at(day + 2 * ONE_DAY, "10:00"))
    yield Letter(school=morning.school(), filed=at(day - ONE_DAY, "10:00"), replied=at(day + 2 * ONE_DAY, "16:00"))


def _of_people(morning: _Morning) -> Iterator[object]:
    """Faults of which each step is late in turn, and nights whose segment did not open."""
    opened = office_days_later(morning.day - 10 * ONE_DAY, 1)
    noon, next_day = at(opened, "10:10"), at(office_days_later(opened, 1), "09:20")
    # All of it is made up for after somebody looked, so that the next one is a fault of its own.
    late, later, last = (at(morning.day + number * ONE_DAY, "15:00") for number in (1, 2, 3))
    stories = (
        (late, later, last),
        (next_day, later, last),
        (noon, next_day, last),
        (noon, next_day, at(office_days_later(opened, 2), "15:00")),
    )
    for taken_up, repaired, ended in stories:
        school = morning.school()
        steps = {"taken_up": taken_up, "repaired": repaired, "ended": ended}
        yield Fault(school=school, camera=morning.camera(school), opened=at(opened, "09:10"), **steps)
    school, fresh = morning.school(), at(morning.before, "15:40")
    steps = {"taken_up": late, "repaired": later, "ended": last}
    yield Fault(school=school, camera=morning.camera(school), opened=fresh, **steps)
    first = morning.day - morning.random.randrange(1, 6) * ONE_DAY
    yield DrillsFail(school=morning.school(), first=first, last=morning.day - ONE_DAY)


def _silence(morning: _Morning, school: str) -> Silence:
    day, kind = morning.day, morning.random.randrange(3)
    begins = (at(morning.before, "13:00"), at(day - 3 * ONE_DAY, "11:00"), at(day - 8 * ONE_DAY, "11:00"))[kind]
    return Silence(school=school, begins=begins, ends=at(day + ONE_DAY, "09:00"), records=morning.random.random() < 0.5)
