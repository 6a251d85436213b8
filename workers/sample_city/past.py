"""Acting in the past: the one place where the clock says something other than now."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch

from infra import clock

# The city's present: when this run began, whatever the clock is made to say later.
STARTED = clock.now()


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment`, the lines in the chain included; never later than the present.

    The clock is replaced from outside and for this process only: it has no switch of its own that a service could turn.
    """
    with patch.object(clock, "now", return_value=min(moment, STARTED)):
        yield


def day(days_ago: int) -> date:
    """The civil day so many days before the present; negative numbers lie ahead."""
    return clock.civil_day(STARTED) - timedelta(days=days_ago)


def moment(days_ago: int, at: str) -> datetime:
    """An instant of a day by Taipei's clock, such as `moment(1, "09:30")`; 24:00 is where the next day begins."""
    if at == "24:00":
        return moment(days_ago - 1, "00:00")
    return datetime.combine(day(days_ago), time.fromisoformat(at), clock.TAIPEI).astimezone(UTC)
