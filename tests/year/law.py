"""What the law says of a day's footage, written down anew: nothing here comes from the service that it judges.

要點五(三): at least so many days, the day of recording not counted. 要點五(四): a year at the latest. A regulation
counts as it was on the day of recording. "Late" is stricter here than any law: gone in the first night it may go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_YEAR = 365
# What nobody of ours knows of goes by the store's own rule: eight days after the period, never after 347. Object, old
# version and marker go one after the other, a day or two each.
_NET, _NET_AT_MOST, _NET_LEISURE = 8, 347, 6
# An upload that nobody ends is given up after a day, at the store's leisure.
GIVEN_UP = timedelta(days=4)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A regulation's text from a day on, and how many days it asks for."""

    code: str
    name: str
    begins: date
    days: int


@dataclass(frozen=True, kw_only=True)
class Own:
    """What a school passed for itself from a day on; no days: as the regulation says again."""

    begins: date
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A day's footage: until when it must be there, when it should be gone, and when it must."""

    through: date
    gone_after: date
    year_ends: date


def version_of(day: date, versions: Iterable[Version]) -> Version:
    """The regulation's text on a day."""
    return max((each for each in versions if each.begins <= day), key=lambda each: each.begins)


def days_of(day: date, versions: Iterable[Version], own: Iterable[Own]) -> int:
    """How long footage of a day is kept: by that day's regulation, or the school's own days where they are more."""
    passed = [each for each in own if each.begins <= day]
    chosen = max(passed, key=lambda each: each.begins).days if passed else 0
    return max(chosen, version_of(day, versions).days)


def owed(day: date, days: int, *, idle: Iterable[date] = ()) -> Owed:
    """Footage of a day that is kept for so many. `idle` are nights on which no worker was there to destroy anything."""
    through = day + timedelta(days=days)
    return Owed(through=through, gone_after=_night(through, set(idle)), year_ends=day + timedelta(days=_YEAR))


def owed_by_net(day: date, days: int) -> Owed:
    """Footage that only the store knows of: it must keep it as long, and lets it go by its rule."""
    net = min(days + _NET, _NET_AT_MOST) + _NET_LEISURE
    through = day + timedelta(days=days)
    return Owed(through=through, gone_after=day + timedelta(days=net), year_ends=day + timedelta(days=_YEAR))


def gone_after_release(released: date, *, idle: Sequence[date] = ()) -> date:
    """The day by whose end a hold's copies are gone: that of its release, or the first with a worker."""
    return _night(released - timedelta(days=1), set(idle))


def _night(last: date, idle: set[date]) -> date:
    night = last + timedelta(days=1)
    while night in idle:
        night += timedelta(days=1)
    return night
