"""Which retention class the footage of a site's civil day belongs to: its own policy or the regulation, the longer one.

The class follows from the day and from nothing else (ADR 0014), so every reader asks here and no row repeats it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants import periods
from tenants.profiles import RuleProfile
from tenants.registry import regulations
from tenants.registry.models import RuleSchedule, Site, SitePeriod
from tenants.registry.regulations import living

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, order=True)
class ClassRun:
    """Civil days one after another, both ends included, on which a retention class is in use somewhere."""

    retention_days: int
    first: date
    last: date


class Placed(Protocol):
    """A site, or as much of one as its class follows from."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def profile(self) -> str:
        """Its regulation."""


class Period(NamedTuple):
    """As much of a `SitePeriod` as is reckoned with where a whole city's are read at once."""

    site_id: UUID
    effective_from: date
    retention_days: int | None
    meeting_on: date | None


Own = TypeVar("Own", SitePeriod, Period)


class Classes(Generic[Own]):
    """The classes of some sites by day, once what they follow from was read."""

    def __init__(self, own: Iterable[Own], schedules: Sequence[RuleSchedule]) -> None:
        self._own: dict[UUID, list[Own]] = {}
        for period in sorted(own, key=lambda each: each.effective_from):
            self._own.setdefault(period.site_id, []).append(period)
        self._schedules = schedules
        self._versions: dict[str, Sequence[RuleProfile]] = {}

    def of(self, site: Placed, day: date) -> int:
        """How many days footage of this civil day at this site is kept."""
        own = self.own(site, day)
        # A day before the first text is held to that one: nothing is kept shorter because it is old.
        first, *later = self._of(site.profile)
        floor = [first, *(each for each in later if each.effective_from <= day)][-1].retention.min_days
        return max(floor, (own.retention_days if own is not None else None) or 0)

    def own(self, site: Placed, day: date) -> Own | None:
        """The school's own version in force on a day, if one was recorded; it may say that it has none any more."""
        begun = [each for each in self._own.get(site.id, ()) if each.effective_from <= day]
        return begun[-1] if begun else None

    def changes(self, site: Placed, *, after: date) -> list[tuple[date, int]]:
        """The days after `after` on which the site's class becomes another, with what it becomes."""
        days = {each.effective_from for each in self._own.get(site.id, ())}
        days |= {each.effective_from for each in self._of(site.profile)}
        ahead = sorted(day for day in days if day > after)
        found = [(day, self.of(site, day), self.of(site, day - _ONE_DAY)) for day in ahead]
        return [(day, now) for day, now, before in found if now != before]

    def owed_since(self, site: Placed, today: date) -> date:
        """The earliest civil day whose footage the site must still have today, by the class of each day."""
        earliest: date = periods.owed_since(today, periods.MAX_RETENTION_DAYS)
        begins = [(earliest, self.of(site, earliest)), *self.changes(site, after=earliest)]
        for number, (begin, days) in enumerate(begins):
            following = begins[number + 1][0] if number + 1 < len(begins) else today + _ONE_DAY
            found = max(begin, periods.owed_since(today, days))
            if found < min(following, today):
                return found
        return today

    def runs(self, sites: Sequence[Placed], *, first: date, last: date) -> list[ClassRun]:
        """Every class that one of the sites uses from `first` to `last`, in unbroken runs of days."""
        days = [first + _ONE_DAY * number for number in range((last - first).days + 1)]
        used = sorted({(self.of(site, day), day) for site in sites for day in days})
        return list(_joined(used))

    def _of(self, code: str) -> Sequence[RuleProfile]:
        if code not in self._versions:
            self._versions[code] = regulations.versions(code, self._schedules)
        return self._versions[code]


@read_once
def of_tenant(*, tenant_id: UUID) -> Classes[SitePeriod]:
    """The classes of the institution's sites; the session is bound to it."""
    return Classes(db.session.scalars(*_own(tenant_id=tenant_id)), living())


@made_once
def _own(*, tenant_id: UUID) -> Select[SitePeriod]:
    return select(SitePeriod).where(SitePeriod.tenant_id == tenant_id, SitePeriod.withdrawn_at.is_(None))


def class_of(*, site: Site, day: date) -> int:
    """How many days footage of one civil day at one site is kept."""
    return of_tenant(tenant_id=site.tenant_id).of(site, day)


def _joined(used: Iterable[tuple[int, date]]) -> Iterator[ClassRun]:
    run: ClassRun | None = None
    for retention_days, day in used:
        if run is not None and run.retention_days == retention_days and run.last + _ONE_DAY == day:
            run = ClassRun(retention_days=retention_days, first=run.first, last=day)
            continue
        if run is not None:
            yield run
        run = ClassRun(retention_days=retention_days, first=day, last=day)
    if run is not None:
        yield run
