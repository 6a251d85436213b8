"""What is destroyed now, and when a run stops for a second person. Pure: the dry run and the run ask the same function.

Everything destroyed within a day counts as one run, so that neither small steps nor a run that was cut off pass the
limits, and the answer is the same however far the run has come (infra/decisions/0015).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from infra.clock import civil_day
from tenants.retention.models import StopKind
from tenants.retention.rules import DayAndClass, is_due

# More than this share of a site's days, and more than so many, are not a night's work but a fault or a second person's
# decision. At fourteen days' keeping a worker that was down for five days catches up by itself.
MOST_SHARE = 0.25
MOST_DAYS = 3
ONE_RUN = timedelta(hours=24)
# Boxes report each minute and the sweep comes every ten; a clock an hour ahead of all of them is wrong.
MOST_AHEAD = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the clocks say. `heard` is the latest instant at which somebody else agreed; None when nobody ever did."""

    worker: datetime
    database: datetime
    heard: datetime | None

    @property
    def now(self) -> datetime:
        """The earlier of the two: a clock that is set back delays destruction and never hastens it."""
        return min(self.worker, self.database)

    @property
    def ahead(self) -> timedelta:
        """How far the worker's clock is beyond what anybody else says."""
        beyond_heard = self.now - self.heard if self.heard is not None else timedelta(0)
        return max(self.worker - self.database, beyond_heard)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A day and class: the sites whose footage it is, and the holds of which something is not copied yet."""

    of: DayAndClass
    sites: frozenset[str]
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that a plan follows from. `recent` was begun within `ONE_RUN`; `approved` was let go by a person."""

    told: Told
    living: Sequence[Known]
    recent: Sequence[Known] = ()
    approved: frozenset[DayAndClass] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Why nothing of these days goes: the site and its share, or how far the clock is ahead."""

    kind: StopKind
    days: tuple[DayAndClass, ...]
    site: str = ""
    share: float = 0.0
    ahead_minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes now, what waits for a hold's copies, and what waits for a person."""

    today: date
    go: tuple[DayAndClass, ...]
    waiting: tuple[Known, ...]
    stop: Stop | None


def plan(facts: Facts) -> Plan:
    """The plan of this moment. Days that a second person let go are measured no more."""
    today = civil_day(facts.told.now)
    due = [each for each in facts.living if is_due(each.of.day, each.of.retention_days, today)]
    ready = [each for each in due if not each.held_by]
    stop = _clock_stop(facts) or _share_stop(facts, ready)
    go = [each.of for each in ready if stop is None or each.of in facts.approved]
    return Plan(today=today, go=tuple(sorted(go)), waiting=tuple(each for each in due if each.held_by), stop=stop)


def _clock_stop(facts: Facts) -> Stop | None:
    """Names the days that the worker's clock would have taken."""
    if facts.told.ahead <= MOST_AHEAD:
        return None
    today = civil_day(facts.told.worker)
    days = {each.of for each in facts.living if is_due(each.of.day, each.of.retention_days, today)} - facts.approved
    minutes = facts.told.ahead // timedelta(minutes=1)
    return Stop(kind=StopKind.CLOCK, days=tuple(sorted(days)), ahead_minutes=minutes) if days else None


def _share_stop(facts: Facts, ready: Iterable[Known]) -> Stop | None:
    ready = [each for each in ready if each.of not in facts.approved]
    going = [*ready, *(each for each in facts.recent if each.of not in facts.approved)]
    known = [each for each in (*facts.living, *facts.recent) if each.of.day <= civil_day(facts.told.now)]
    if not ready:
        return None
    for site, gone in sorted(_days_by_site(going)):
        there = next(days for name, days in _days_by_site(known) if name == site)
        if len(gone) > MOST_DAYS and len(gone) > MOST_SHARE * len(there):
            days = tuple(sorted(each.of for each in ready))
            return Stop(kind=StopKind.SHARE, days=days, site=site, share=len(gone) / len(there))
    return None


def _days_by_site(known: Iterable[Known]) -> Iterator[tuple[str, set[date]]]:
    found: dict[str, set[date]] = {}
    for each in known:
        for site in each.sites:
            found.setdefault(site, set()).add(each.of.day)
    yield from found.items()
