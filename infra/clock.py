"""The one clock. Everything below the view layer is UTC; civil days are Taipei's.

Taipei has been UTC+8 without summer time since 1980, so a fixed offset is exact for footage and documents and cannot
yield local mean time (requirements section 8.1).
"""

from datetime import UTC, date, datetime, time, timedelta, timezone

TAIPEI = timezone(timedelta(hours=8), "Asia/Taipei")
# A recorder's clock that is off by more makes a letter's minutes point at the wrong scene (KH-8-1c).
CLOCK_LIMIT_MS = 2000


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def civil_day(instant: datetime) -> date:
    """The Taipei civil day on which an aware instant falls."""
    return instant.astimezone(TAIPEI).date()


def day_start(day: date) -> datetime:
    """The first instant of a Taipei civil day, in UTC."""
    return datetime.combine(day, time.min, TAIPEI).astimezone(UTC)


def today() -> date:
    """The present Taipei civil day."""
    return civil_day(now())
