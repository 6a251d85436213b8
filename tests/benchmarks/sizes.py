"""How large the city is that is measured, and what is asked of the service at that size."""

from dataclasses import dataclass
from datetime import date, timedelta

from infra import clock
from tenants.retention.rules import is_due

RETENTION_DAYS = 14
MINUTES = 24 * 60
# Every school keeps a fortnight and has the keys of the fortnight to come.
LIVING_KEYS = 30
FEW = 10


@dataclass(frozen=True, kw_only=True)
class Size:
    """A city, and its goals in seconds and milliseconds. `days` of its index are filled, the last one by half."""

    name: str
    tenants: int
    day_seconds: float
    days: float = 3.5
    listed_ms: float = 20.0
    growth: float = 1.25
    rewrapped_a_minute: float = 1_000_000
    looks: int = 2000

    @property
    def cameras(self) -> int:
        """16 or 17 for each institution, whatever the size."""
        return sum(cameras_of(number) for number in range(self.tenants))

    @property
    def rows(self) -> int:
        """How many minutes are indexed."""
        return int(self.cameras * MINUTES * self.days)


SIZES = {
    "everyday": Size(name="everyday", tenants=120, day_seconds=30),
    "full": Size(name="full", tenants=1200, day_seconds=300),
}


def cameras_of(number: int) -> int:
    """The cameras of an institution: fifty for every three."""
    return 16 if number % 3 == 2 else 17


def over() -> date:
    """The newest civil day whose time is over: the day that is destroyed."""
    day, one = clock.today(), timedelta(days=1)
    while not is_due(day, RETENTION_DAYS, clock.today()):
        day -= one
    return day
