"""What the boxes of the invented city recorded, and what the server could know of it at a moment: facts alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.city_year.days import ONE_DAY, at, day_of
from tests.city_year.events import Camera, Closed, Enrolled, LateDestruction, Loss, Outage, RuleChange, Silence
from tests.city_year.inventing import Year

Span = tuple[datetime, datetime]
_MINUTE = timedelta(minutes=1)
_MIN_DAYS = 14


@dataclass(frozen=True)
class Told:
    """The last word that the server had of a camera at a moment: when, whether it recorded, and until when."""

    at: datetime
    recording: bool
    until: datetime


def without(spans: list[Span], holes: list[Span]) -> list[Span]:
    """What of some spans lies in none of the holes."""
    for begins, ends in holes:
        spans = [
            part
            for first, last in spans
            for part in ((first, min(last, begins)), (max(first, ends), last))
            if part[0] < part[1]
        ]
    return sorted(set(spans))


def silence(year: Year, school: str, moment: datetime) -> Silence | None:
    """The silence in which a moment lies."""
    return next((each for each in year.all(Silence, school) if each.begins <= moment < each.ends), None)


def enrolled_on(year: Year, school: str) -> date:
    """When its box spoke first."""
    return year.all(Enrolled, school)[0].on


def missing(year: Year, camera: Camera, told_at: datetime) -> list[Span]:
    """Every span of which the server has no footage of a camera at a moment, and will not have or does not know."""
    spans = [(each.begins, each.ends) for each in year.all(Outage, camera.school) if each.camera == camera.code]
    silences = year.all(Silence, camera.school)
    spans += [(each.begins, each.ends) for each in silences if told_at < each.ends or not each.records]
    spans.append((at(camera.since - ONE_DAY, "00:00"), at(enrolled_on(year, camera.school), "00:00")))
    return [(begins, min(ends, told_at)) for begins, ends in spans if begins < told_at]


def footage(year: Year, camera: Camera, day: date, told_at: datetime) -> list[Span]:
    """What of a civil day lies in the store at a moment, or is on its way within the minute."""
    lost = any(
        each.camera == camera.code and each.on <= day_of(told_at) and day < each.oldest
        for each in year.all(Loss, camera.school)
    )
    return [] if lost else recorded(year, camera, day, told_at)


def recorded(year: Year, camera: Camera, day: date, told_at: datetime) -> list[Span]:
    """The same with what was lost since."""
    ends = min(at(day, "24:00"), said(year, camera, told_at).until) if said(year, camera, told_at) else at(day, "00:00")
    is_in_use = camera.since <= day and (camera.until is None or day < camera.until)
    closed = any(each.since <= day for each in year.all(Closed, camera.school))
    if closed or not is_in_use or at(day, "00:00") >= ends:
        return []
    return without([(at(day, "00:00"), ends)], missing(year, camera, told_at))


def said(year: Year, camera: Camera, told_at: datetime) -> Told | None:
    """A box speaks each minute; a camera that it cannot reach stopped when the outage began."""
    heard = told_at - _MINUTE
    if told_at < at(enrolled_on(year, camera.school), "00:05"):
        return None
    quiet = silence(year, camera.school, told_at)
    heard = quiet.begins if quiet is not None else heard
    down = [
        each.begins
        for each in year.all(Outage, camera.school)
        if each.camera == camera.code and each.begins <= heard < each.ends
    ]
    if down:
        return Told(heard, recording=False, until=min(down))
    return Told(heard, recording=True, until=heard)


def kept_days(year: Year, day: date) -> int:
    """For how many days footage of a civil day is kept at least, by the text in force on that day."""
    changes = [each.days for each in year.all(RuleChange) if each.since <= day]
    return changes[-1] if changes else _MIN_DAYS


def owed_since(year: Year, today: date) -> date:
    """The earliest civil day whose footage must still be there."""
    longest = max((each.days for each in year.all(RuleChange)), default=_MIN_DAYS)
    day = today - longest * ONE_DAY
    while day + kept_days(year, day) * ONE_DAY < today:
        day += ONE_DAY
    return day


def due_on(year: Year, day: date) -> date:
    """When the footage of a civil day has to go."""
    return day + (kept_days(year, day) + 1) * ONE_DAY


def overdue(year: Year, school: str, told_at: datetime) -> list[date]:
    """The days whose footage became due while nothing was destroyed, and is still there; the oldest first."""
    today = day_of(told_at)
    days = [today - back * ONE_DAY for back in range(70, 0, -1)]
    return sorted(
        day
        for late in year.all(LateDestruction, school)
        if at(late.begins, "00:00") <= told_at < at(late.ends, "00:10")
        for day in days
        if late.begins <= due_on(year, day) <= today
    )


def oldest(year: Year, camera: Camera, told_at: datetime) -> date | None:
    """The first day of which a camera's footage is still there."""
    days = [owed_since(year, day_of(told_at)), *overdue(year, camera.school, told_at)]
    return first_from(year, camera, min(days), told_at)


def goes_next(year: Year, camera: Camera, told_at: datetime) -> date | None:
    """The first day of which a camera's footage is still there and may be: it is the next to go."""
    return first_from(year, camera, owed_since(year, day_of(told_at)), told_at)


def first_from(year: Year, camera: Camera, day: date, told_at: datetime) -> date | None:
    """The first day from one on of which a camera has footage."""
    day = max(day, camera.since)
    while day <= day_of(told_at):
        if footage(year, camera, day, told_at):
            return day
        day += ONE_DAY
    return None
