"""Places and equipment: 設置區域, 設備功能, 定期校正, 抽驗, 財產列帳, 設備來源."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.city_year import footage
from tests.city_year.days import DONE, FOUNDED, ONE_DAY, at, day_of, months_later
from tests.city_year.events import Branded, Camera, DrillsFail, Enrolled, Person, Restricted
from tests.city_year.oracle.answers import NOT_APPLICABLE, Answer, Question, judged

_WEEK = timedelta(days=7)


def zones(asked: Question) -> Answer:
    """Each camera rests on an assessment of its place."""
    wrong = [each.since for each in asked.cameras if each.assessed is None or each.assessed > asked.day]
    return judged(asked, "zones", len(asked.cameras), wrong)


def equipment(asked: Question) -> Answer:
    """Functions that a camera 宜 have: of those that somebody looked at. The plan for schools says nothing of them."""
    looked = [
        each for each in asked.cameras if each.looked_at is not None and at(each.looked_at, DONE) <= asked.told_at
    ]
    if not asked.school.is_preschool or not asked.cameras:
        return NOT_APPLICABLE
    wrong = [None for each in looked if each.lacks]
    found = judged(asked, "equipment", len(looked), wrong)
    # Those that nobody looked at are counted and say nothing.
    of = len(asked.cameras)
    return Answer(found.state, of, found.wrong, None)


def calibration(asked: Question) -> Answer:
    """A camera past its half year, or whose clock is wrong without a calibration in force; unknown where neither is."""
    if not asked.school.is_preschool or not asked.cameras:
        return NOT_APPLICABLE
    wrong: list[date | None] = []
    never = 0
    for camera in asked.cameras:
        done = [each for each in camera.calibrated if each <= asked.day]
        due = months_later(max(done), 6) if done else None
        measured = _wrong_clock_seen(asked, camera)
        if due is not None and asked.day > due:
            wrong.append(due + ONE_DAY)
        elif due is None and measured is not None:
            wrong.append(measured)
        elif due is None:
            never += 1
    found = judged(asked, "calibration", len(asked.cameras) - never, wrong)
    if not never:
        return found
    state = "unmet" if wrong else "no_data"
    return Answer(state, found.of + never, found.wrong, found.since)


def last_measured(asked: Question, camera: Camera) -> date | None:
    """The day on which its box last measured a camera, by the end of the day: every night, unless nobody hears it."""
    moment = min(at(asked.day, "24:00"), asked.told_at)
    told = footage.said(asked.year, camera, moment)
    return day_of(told.at) if told is not None else None


def _wrong_clock_seen(asked: Question, camera: Camera) -> date | None:
    """The day of the newest measurement, where it found the clock wrong."""
    seen = last_measured(asked, camera)
    if seen is None or camera.clock_wrong_from is None or camera.clock_wrong_from > seen:
        return None
    return seen


def drill(asked: Question) -> Answer:
    """The last night's random segment that did not open; none within two days says nothing."""
    if not asked.cameras:
        return NOT_APPLICABLE
    failing = [
        each for each in asked.year.all(DrillsFail, asked.school.code) if each.first < asked.day <= each.last + ONE_DAY
    ]
    if failing:
        return judged(asked, "drill", 1, [failing[0].first])
    nights = (asked.day - 2 * ONE_DAY, asked.day - ONE_DAY)
    if not any(is_drilled(asked, night) for night in nights):
        return Answer("not_applicable", 1)
    return judged(asked, "drill", 1, [])


def is_drilled(asked: Question, night: date) -> bool:
    """Whether there was footage of a day to try, when the night after it came."""
    then = at(night + ONE_DAY, "00:06")
    return any(footage.footage(asked.year, each, night, then) for each in asked.year.all(Camera, asked.school.code))


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The entries, and since when each is wrong: nobody sees it, nobody there answers for it, no document is noted.

    Every camera and box of the year is entered, and none is past a planned day.
    """

    entries: int
    unseen: Sequence[date]
    orphaned: Sequence[date]
    controlled: Sequence[date]
    unnoted: Sequence[date]


def ledger(asked: Question) -> Ledger:
    """The ledger of the day."""
    code, until = asked.school.code, min(at(asked.day, "24:00"), asked.told_at)
    listed = [each for each in asked.year.all(Camera, code) if each.since <= asked.day]
    seen = [_seen(asked, each) or each.since for each in listed]
    heard = footage.said(asked.year, listed[0], asked.told_at) if _has_box(asked) else None
    box = day_of(heard.at) if heard is not None else None
    people = [each for each in asked.year.all(Person, code) if each.handed_over is not None and each.since <= asked.day]
    controlled = list(_controlled(asked))
    return Ledger(
        entries=len(listed) + _has_box(asked) + len(people) + len(asked.year.all(Branded, code)),
        unseen=[each for each in (*seen, *([box] if box else [])) if asked.day - each >= _WEEK],
        orphaned=[
            each.until
            for each in people
            if each.until is not None
            and at(each.until, "00:00") < until
            and each.handed_over is not None
            and each.handed_over > asked.day
        ],
        controlled=[since for _, since in controlled],
        unnoted=[since for each, since in controlled if each.noted is None or at(each.noted, DONE) > asked.told_at],
    )


def property_ledger(asked: Question) -> Answer:
    """Every device is in the ledger; what is in it is seen within a week, and somebody who is there answers for it."""
    found = ledger(asked)
    return judged(asked, "property", found.entries, [*found.unseen, *found.orphaned])


def origin(asked: Question) -> Answer:
    """A device of a restricted brand bears the bureau's document."""
    found = ledger(asked)
    return judged(asked, "origin", len(found.controlled), found.unnoted)


def _controlled(asked: Question) -> Iterator[tuple[Branded, date]]:
    for brand in asked.year.all(Restricted):
        for each in asked.year.all(Branded, asked.school.code):
            if each.brand == brand.brand and brand.since <= asked.day:
                yield each, max(brand.since, FOUNDED)


def _has_box(asked: Question) -> bool:
    return asked.year.all(Enrolled, asked.school.code)[0].entered <= asked.day


def _seen(asked: Question, camera: Camera) -> date | None:
    last = last_measured(asked, camera)
    return min(last, camera.until - ONE_DAY) if last is not None and camera.until is not None else last
