"""Civil days, clock times and the offices' days of the invented year, apart from the product's own.

The days off are those that 行政院人事行政總處 announced for 民國114 and 115.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone

FIRST, LAST = date(2025, 9, 1), date(2026, 8, 31)
# Before the year begins everything has run for some weeks.
FOUNDED = date(2025, 7, 1)
ONE_DAY = timedelta(days=1)
# The sites were entered, and the devices hung up, the day before.
SETTLED = FOUNDED - ONE_DAY
# What a person does on a day is done early on it, before anybody looks; told at 00:20 it is not done yet.
DONE = "07:05"
_TAIPEI = timezone(timedelta(hours=8))
_OFF = frozenset(
    date.fromisoformat(day)
    for day in (
        *("2025-09-29", "2025-10-06", "2025-10-10", "2025-10-24", "2025-12-25", "2026-01-01"),
        *("2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-27"),
        *("2026-04-03", "2026-04-06", "2026-05-01", "2026-06-19"),
    )
)
_SATURDAY = 5


def at(day: date, clock: str) -> datetime:
    """A clock time in Taipei, `24:00` too, in UTC."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return (datetime.combine(day, time.min, _TAIPEI) + timedelta(hours=hours, minutes=minutes)).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The civil day of an instant."""
    return instant.astimezone(_TAIPEI).date()


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_office_day(day: date) -> bool:
    """Whether the offices work."""
    return day.weekday() < _SATURDAY and day not in _OFF


def office_days_later(day: date, count: int) -> date:
    """The office day so many office days later."""
    while count:
        day += ONE_DAY
        count -= is_office_day(day)
    return day


def office_hours_later(instant: datetime, hours: int) -> datetime:
    """When the offices, 08:00 to 12:00 and 13:00 to 17:00, have worked so many hours more; to the minute."""
    left, minute = hours * 60, timedelta(minutes=1)
    while left:
        local = instant.astimezone(_TAIPEI)
        works = is_office_day(local.date()) and local.hour in {8, 9, 10, 11, 13, 14, 15, 16}
        left -= works
        instant += minute
    return instant
