"""Working days and hours of the government's offices (DR-16, requirements 9.9): what a handling target is counted in.

When a school is open is another calendar, its own. Days that were stopped for a typhoon are in none: a target is not
moved by them. Years beyond the file have weekends only.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources

from infra.clock import TAIPEI, civil_day
from tenants.roc_dates import format_date

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
# 辦公時間, eight hours with the noon break left out: an office's working hour is one of these.
_OFFICE = ((time(8), time(12)), (time(13), time(17)))


@dataclass(frozen=True, kw_only=True)
class _Calendar:
    """Mondays to Fridays without work, weekend days with work, and the last year that the government published."""

    off: Collection[date]
    on: Collection[date]
    announced_through: int


def is_working_day(day: date) -> bool:
    """Whether the offices work on this civil day: holidays, 補假 and 補行上班 counted."""
    if day.weekday() < _SATURDAY:
        return day not in _calendar().off
    return day in _calendar().on


def working_days_after(day: date, count: int) -> date:
    """The working day so many working days later. `day` itself never counts, whether or not it is one."""
    found = day
    for _ in range(count):
        found += _ONE_DAY
        while not is_working_day(found):
            found += _ONE_DAY
    return found


def working_hours_after(instant: datetime, hours: int) -> datetime:
    """The instant at which the office has worked so many hours more; outside its hours nothing runs (Q-12)."""
    left, day = timedelta(hours=hours), civil_day(instant)
    while True:
        for begins, ends in _OFFICE if is_working_day(day) else ():
            first, last = (datetime.combine(day, each, TAIPEI) for each in (begins, ends))
            first = max(first, instant)
            if first < last and last - first >= left:
                return (first + left).astimezone(instant.tzinfo)
            left -= max(timedelta(0), last - first)
        day += _ONE_DAY


def office_closes(day: date) -> datetime:
    """When the office's day ends, in UTC: until then something that is due on that day is in time."""
    return datetime.combine(day, _OFFICE[-1][1], TAIPEI).astimezone(UTC)


def is_announced(day: date) -> bool:
    """Whether the calendar of this day's year was published. Until then it follows from the law and may still move."""
    return day.year <= _calendar().announced_through


def format_due(day: date) -> str:
    """`民國115年11月30日`, and with 「（預定）」 where the calendar of that year was not published yet."""
    return format_date(day) + ("" if is_announced(day) else "（預定）")


@cache
def _calendar() -> _Calendar:
    told = tomllib.loads((resources.files("tenants") / "office_calendar.toml").read_text(encoding="utf-8"))
    announced_through = told.pop("announced_through")
    off, on = (
        frozenset(date.fromisoformat(f"{year}-{day}") for year, days in told.items() for day in days[name])
        for name in ("off", "on")
    )
    return _Calendar(off=off, on=on, announced_through=announced_through)
