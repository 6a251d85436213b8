"""When each site of an institution has to record (KH-5-3a, TY-4-3a): one rule for every page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from infra.clock import TAIPEI, civil_day, day_start
from tenants.footage.rules import Window, day_window, merged
from tenants.registry import queries as registry
from tenants.registry import regulations
from tenants.registry.hours import queries as hours
from tenants.registry.hours.rules import DayHours
from tenants.registry.models import RuleSchedule, Site, Tenant
from tenants.registry.standing import is_closed

_ONE_DAY = timedelta(days=1)


def due_windows(day: date, *, continuity: Literal["opening_hours", "always"], hours: DayHours) -> list[Window]:
    """When a site must record on a civil day: all of it (TY-4-3a), or while it is open (KH-5-3a)."""
    if continuity == "always":
        return [day_window(day)]
    return [
        Window(_instant(day, begin), day_start(day + _ONE_DAY) if end is None else _instant(day, end))
        for begin, end in hours.periods
    ]


@dataclass(frozen=True, kw_only=True)
class Due:
    """All that decides it on some civil days."""

    tenant: Tenant
    sites: Mapping[UUID, Site]
    calendar: hours.Calendar
    schedules: Sequence[RuleSchedule]

    def on(self, site_id: UUID, day: date) -> list[Window]:
        """When the site must record on one of the days; nothing where the institution was closed by then."""
        if is_closed(self.tenant, day):
            return []
        law = regulations.in_force(self.sites[site_id].profile, day, self.schedules)
        return due_windows(day, continuity=law.continuity, hours=self.calendar.on(site_id, day))

    def within(self, site_id: UUID, window: Window) -> list[Window]:
        """The parts of a window in which the site must record; it lies in the days."""
        first, last = civil_day(window.started_at), civil_day(window.ended_at)
        days = (first + number * _ONE_DAY for number in range((last - first).days + 1))
        found = (part.within(window) for day in days for part in self.on(site_id, day))
        return list(merged(part for part in found if part is not None))


def due_between(*, tenant_id: UUID, first: date, last: date) -> Due:
    """What decides the days from the first to the last; the session is bound to the institution."""
    return Due(
        tenant=registry.tenant(tenant_id=tenant_id),
        sites={site.id: site for site in registry.sites(tenant_id=tenant_id)},
        calendar=hours.calendar(tenant_id=tenant_id, first=first, last=last),
        schedules=regulations.living(),
    )


def due_by_site(*, tenant_id: UUID, day: date) -> dict[UUID, list[Window]]:
    """What each site must record on a day."""
    due = due_between(tenant_id=tenant_id, first=day, last=day)
    return {site_id: due.on(site_id, day) for site_id in due.sites}


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, TAIPEI)
