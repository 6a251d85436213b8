"""How large the town is, and what is asked of its pages and its nights at that size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from infra import clock
from tests.benchmarks.city import Part
from tests.benchmarks.sizes import MINUTES, RETENTION_DAYS, cameras_of

FEW = 24
# Of the days between, the index has the first minutes alone: enough for what asks for a camera's oldest day.
_A_FEW_MINUTES = 5


@dataclass(frozen=True, kw_only=True)
class Town:
    """So many institutions with four hundred days behind them. The night's goal is the city's, by their number."""

    name: str
    institutions: int
    days: int = 400
    roll_seconds: float = 60.0
    growth: float = 1.25
    bureau_ms: float = 100.0
    school_ms: float = 60.0
    clicking_ms: float = 300.0
    wire_kb: float = 300.0

    @property
    def cameras(self) -> int:
        """16 or 17 for each institution, whatever the size."""
        return sum(cameras_of(number) for number in range(self.institutions))

    @property
    def rows(self) -> int:
        """How many rows there are to make room for: minutes of the index, and of each day and camera two others."""
        return self.cameras * (sum(part.minutes for part in parts(clock.now())) + 2 * self.days)


TOWNS = {
    "everyday": Town(name="everyday", institutions=120, roll_seconds=6.0),
    "full": Town(name="full", institutions=1200),
}


def oldest(today: date) -> date:
    """The oldest civil day whose key lives: the one that goes tonight."""
    return today - timedelta(days=RETENTION_DAYS)


def parts(now: datetime) -> Sequence[Part]:
    """What the index has: yesterday whole, of today what is past, and of the days before a few minutes each."""
    today = clock.civil_day(now)
    gone = int((now - clock.day_start(today)).total_seconds()) // 60
    before = [Part(day=oldest(today) + timedelta(days=number), minutes=_A_FEW_MINUTES) for number in range(13)]
    return [*before, Part(day=today - timedelta(days=1), minutes=MINUTES), Part(day=today, minutes=max(1, gone))]
