"""Days of footage that stand alike, told as one run: thirty equal lines hide the one that differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from tenants.roc_dates import day_and_month, format_date, roc_year


@dataclass(frozen=True, kw_only=True)
class KeptDay:
    """A day whose footage is there: until when it must stay, and from when it goes."""

    day: date
    retention_days: int
    kept_through: date
    goes_on: date
    places: Sequence[str] = ()

    @property
    def goes_words(self) -> str:
        """What stands beneath the day and month on which it goes: the year, and which day's footage it is."""
        of = day_and_month(self.day) if self.day.year == self.goes_on.year else format_date(self.day)
        return f"民國{roc_year(self.goes_on)}年，銷毀{of}的影像"


@dataclass(frozen=True)
class KeptRun:
    """Days one after another, of the same places and the same period, the oldest first."""

    days: Sequence[KeptDay]

    @property
    def first(self) -> KeptDay:
        """The day that goes first."""
        return self.days[0]

    @property
    def last(self) -> KeptDay:
        """The day that goes last."""
        return self.days[-1]


def runs(kept: Iterable[KeptDay]) -> Sequence[KeptRun]:
    """The days as runs, that which goes first in front. A missing day, or a day of other cameras, begins a new run."""
    ordered = sorted(kept, key=lambda each: (each.retention_days, each.day))
    numbered = enumerate(ordered)
    alike = groupby(numbered, key=lambda pair: _mark(*pair))
    return sorted((KeptRun([day for _, day in group]) for _, group in alike), key=lambda run: run.first.goes_on)


def _mark(number: int, each: KeptDay) -> tuple[int, Sequence[str], date]:
    # The day less its place in the row stays the same for as long as no day is missing.
    return each.retention_days, tuple(each.places), each.day - timedelta(days=number)
