"""Makes a year up from a seed, before any database: the same seed is the same year, to the minute."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any, TypeVar

from tests.city_year import events, notices, troubles
from tests.city_year.days import FIRST, FOUNDED, LAST, ONE_DAY, months_later
from tests.city_year.events import Camera, School

DISTRICTS = ("左營區", "鹽埕區", "旗津區", "鼓山區")
RENAMED, RENAMED_TO = "鹽埕區", "鹽港區"
RULE_DAYS = 30
BRAND = "危視科技"
_PRESCHOOLS = (
    "晨光",
    "月光",
    "星星",
    "小樹",
    "彩虹",
    "河畔",
    "松果",
    "海風",
    "綠芽",
    "春田",
    "暖陽",
    "青禾",
    "蒲公英",
    "小鹿",
)
_SCHOOLS = ("向陽", "港灣", "文山", "德新", "仁美", "新光", "大榕", "南風", "望海", "平和")
# Each is looked at as its day begins, and the day before as it ended: around every change, and between them.
_MORNINGS = (
    date(2025, 10, 15),
    date(2025, 11, 18),
    date(2025, 12, 9),
    date(2026, 1, 6),
    date(2026, 2, 3),
    date(2026, 3, 3),
    date(2026, 4, 22),
    date(2026, 6, 9),
    date(2026, 7, 16),
    date(2026, 8, 1),
    date(2026, 8, 20),
    LAST,
)
# The changes come in any order, on these mornings: the last ones stay for what comes after the last change.
_CHANGING = range(2, 10)
SUITE = 115
Event = TypeVar("Event")


@dataclass(frozen=True)
class Year:
    """Who there is, what happens, and on which mornings somebody looks."""

    seed: int
    schools: Sequence[School]
    events: Sequence[object]
    mornings: Sequence[date]

    @cached_property
    def _by_kind(self) -> Mapping[tuple[type, str], list[Any]]:
        found: dict[tuple[type, str], list[Any]] = {}
        for each in self.events:
            for school in {"", getattr(each, "school", "")}:
                found.setdefault((type(each), school), []).append(each)
        return found

    def all(self, kind: type[Event], school: str = "") -> list[Event]:
        """The events of a kind, of one school where it is named, in their order."""
        return self._by_kind.get((kind, school), [])


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """On which mornings somebody looks, and on which of them the city changes. A typhoon is on the day before one."""

    mornings: Sequence[date]
    renamed_on: date
    closed_on: date
    rule_on: date

    @property
    def restricted_on(self) -> date:
        """From when on a brand is restricted: between two mornings."""
        return self.mornings[2] + timedelta(days=9)

    @property
    def few(self) -> Sequence[date]:
        """What a suite has time for: the changes, and the morning after the rule's."""
        after = self.mornings[self.mornings.index(self.rule_on) + 1]
        return sorted({self.renamed_on, self.closed_on, self.rule_on, after})


def _calendar(seed: int) -> Calendar:
    """The suite's own seed keeps its days; another has others. A district is renamed before one of it closes."""
    if seed == SUITE:
        return Calendar(mornings=_MORNINGS, renamed_on=_MORNINGS[4], closed_on=_MORNINGS[5], rule_on=_MORNINGS[9])
    random = Random(f"calendar {seed}")  # noqa: S311 - the same year for the same seed
    mornings = [day + timedelta(days=random.randrange(-4, 5)) for day in _MORNINGS[:8]] + [*_MORNINGS[8:]]
    *pair, rule = random.sample([mornings[number] for number in _CHANGING], 3)
    return Calendar(mornings=mornings, renamed_on=min(pair), closed_on=max(pair), rule_on=rule)


def invent(seed: int, *, whole: bool = False) -> Year:
    """A year, of which a third of the mornings are looked at, or all."""
    random = Random(seed)  # noqa: S311 - the same year for the same seed
    calendar = _calendar(seed)
    schools = [*_invented(random)]
    cameras = [camera for school in schools for camera in _cameras(random, school)]
    told = [*_city(schools, calendar), *cameras]
    for school in schools:
        told += _papers(random, school, calendar)
    closing = _closing(schools).code
    told += troubles.of(random, schools, cameras, calendar.mornings, closing=(closing, calendar.closed_on))
    told += notices.of(
        Random(f"notices {seed}"),  # noqa: S311 - as above; apart, so that what else happens stays as it is
        [each.code for each in schools if each.code != closing],
        [each for each in told if isinstance(each, events.Person)],
        calendar.mornings,
    )
    return Year(seed, schools, told, calendar.mornings if whole else calendar.few)


def _invented(random: Random) -> Iterator[School]:
    for number, name in enumerate((*_PRESCHOOLS, *_SCHOOLS)):
        preschool = number < len(_PRESCHOOLS)
        yield School(
            code=f"K{number + 1}" if preschool else f"E{number + 1 - len(_PRESCHOOLS)}",
            name=f"{name}{'幼兒園' if preschool else '國小'}",
            kind="preschool" if preschool else "elementary_school",
            ownership=random.choice(("public", "private")),
            district=DISTRICTS[number % len(DISTRICTS)],
            opens=random.choice((None, ("08:00", "16:00"), ("07:30", "17:30"))) if preschool else None,
        )


def _cameras(random: Random, school: School) -> Iterator[Camera]:
    for number in range(random.choice((2, 2, 3))):
        # The third came in the middle of the year, and its place was assessed some weeks later, or is not yet.
        late = number == 2
        since = FIRST + timedelta(days=random.randrange(40, 250)) if late else FOUNDED
        assessed = since + timedelta(days=random.randrange(5, 60)) if late else since
        set_right = (since + ONE_DAY, months_later(since, random.choice((5, 6, 7))))
        yield Camera(
            school=school.code,
            code=f"C-{number + 1}",
            since=since,
            until=FIRST + timedelta(days=random.randrange(200, 330)) if number == 1 and random.random() < 0.1 else None,
            assessed=assessed if random.random() < 0.9 else None,
            calibrated=() if random.random() < 0.1 else set_right,
            clock_wrong_from=FIRST + timedelta(days=random.randrange(300)) if random.random() < 0.1 else None,
            looked_at=since + timedelta(days=20) if random.random() < 0.8 else None,
            lacks=random.choice((0, 0, 1, 2)),
        )


def _city(schools: Sequence[School], calendar: Calendar) -> Iterator[object]:
    renamed_on, rule_on = calendar.renamed_on, calendar.rule_on
    told = renamed_on - timedelta(days=30)
    yield events.DistrictRenamed(told=told, since=renamed_on, former=RENAMED, name=RENAMED_TO)
    yield events.RuleChange(told=rule_on - timedelta(days=40), since=rule_on, days=RULE_DAYS)
    yield notices.weighed(calendar.closed_on)
    yield events.Restricted(since=calendar.restricted_on, brand=BRAND)
    yield events.Typhoon(on=rule_on - ONE_DAY, district=DISTRICTS[2])
    yield events.Closed(school=_closing(schools).code, since=calendar.closed_on)


def _closing(schools: Sequence[School]) -> School:
    return next(each for each in schools if each.name == "小鹿幼兒園")


def _papers(random: Random, school: School, calendar: Calendar) -> Iterator[object]:
    """What every school owes on paper, mostly done; who does not is drawn."""
    code = school.code
    first, second = (events.Person(school=code, key=key, since=FOUNDED, signed=FOUNDED) for key in ("a", "b"))
    yield first
    yield second
    yield from _staff(random, code)
    if random.random() < 0.8:
        yield events.Reviewed(school=code, on=FIRST + timedelta(days=random.randrange(200)))
    if school.is_preschool and random.random() < 0.8:
        yield events.PolicyPassed(school=code, on=FOUNDED + timedelta(days=random.choice((0, 0, 120, 300))))
    if random.random() < 0.3:
        noted = calendar.restricted_on + timedelta(days=60) if random.random() < 0.5 else None
        yield events.Branded(school=code, brand=BRAND, noted=noted)
    yield from _inspections(random, school)


def _staff(random: Random, code: str) -> Iterator[object]:
    """Somebody who comes and goes, and a time in which nobody is designated."""
    if random.random() < 0.5:
        since = FIRST + timedelta(days=random.randrange(20, 120))
        until = since + timedelta(days=random.randrange(40, 150))
        yield events.Person(
            school=code,
            key="c",
            since=since,
            signed=random.choice((since, since + timedelta(days=12), None)),
            until=until,
            signed_leaving=random.choice((until, until + timedelta(days=25), None)),
            handed_over=random.choice((until, until + timedelta(days=30), None)),
        )
    gap = FIRST + timedelta(days=random.randrange(30, 300)) if random.random() < 0.4 else None
    yield events.Designation(school=code, since=FOUNDED, until=gap)
    if gap is not None:
        yield events.Designation(school=code, since=gap + timedelta(days=random.randrange(1, 40)), until=None)


def _inspections(random: Random, school: School) -> Iterator[object]:
    """Most come in time, some are missed; one school in four decided on two months instead of one."""
    months = 6
    if school.is_preschool:
        months = 2 if random.random() < 0.25 else 1
        if months == 2:
            yield events.Interval(school=school.code, since=FOUNDED, months=months)
    day = FOUNDED + timedelta(days=random.randrange(20))
    if random.random() < 0.3:
        day = date(2025, 8, 31)  # six months later there is no such day
    while day <= LAST:
        yield events.Inspected(school=school.code, on=day)
        late = random.random() < 0.15
        day = months_later(day, months) + timedelta(days=random.randrange(3, 40) if late else -random.randrange(3))
