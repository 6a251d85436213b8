"""How an institution stands with its opening hours: what nobody has said, and what was said afterwards (ADR 0047)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, or_, select

from infra import clock
from infra.db import db
from infra.statements import made_once
from tenants.registry.hours.models import HoursTemplate, SiteDay, SiteHours
from tenants.registry.models import Site

_DAY, _YEAR = timedelta(days=1), timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class HoursStanding:
    """`sites` in all; `unstated` are those whose hours are 本系統預設, with the day since which they exist.

    `late` are the site's own days that were entered after they had begun, within a year, each with its day. Whether
    hours are owed at all is the site's profile's word: under one without 開放時間 they are only told (TY-4-3a).
    """

    sites: int
    unstated: tuple[tuple[UUID, date], ...]
    late: tuple[tuple[UUID, date], ...]


def standing(*, tenant_id: UUID, day: date) -> HoursStanding:
    """As it was known at the end of a civil day; two queries."""
    until = clock.day_start(day + _DAY)
    sites = db.session.execute(*_sites(tenant_id=tenant_id, day=day, until=until)).all()
    days = db.session.execute(*_days(tenant_id=tenant_id, after=day - _YEAR, until=until))
    return HoursStanding(
        sites=len(sites),
        unstated=tuple((site_id, clock.civil_day(since)) for site_id, since, stated in sites if not stated),
        late=tuple((each, of) for each, of, at in days if clock.civil_day(at) >= of),
    )


@made_once
def _sites(*, tenant_id: UUID, day: date, until: datetime) -> Select[UUID, datetime, bool]:
    """Each site, since when there is one, and whether anybody said when it is open: it itself or the bureau."""
    own = exists().where(
        SiteHours.tenant_id == Site.tenant_id,
        SiteHours.site_id == Site.id,
        SiteHours.withdrawn_at.is_(None),
        SiteHours.effective_from <= day,
    )
    given = exists().where(HoursTemplate.withdrawn_at.is_(None), HoursTemplate.effective_from <= day)
    return select(Site.id, Site.created_at, own | given).where(Site.tenant_id == tenant_id, Site.created_at < until)


@made_once
def _days(*, tenant_id: UUID, after: date, until: datetime) -> Select[UUID, date, datetime]:
    """The sites' own days of after a day, as they stood at an instant, and when each was entered."""
    return select(SiteDay.id, SiteDay.day, SiteDay.created_at).where(
        SiteDay.tenant_id == tenant_id,
        SiteDay.created_at < until,
        SiteDay.day > after,
        or_(SiteDay.withdrawn_at.is_(None), SiteDay.withdrawn_at >= until),
    )
