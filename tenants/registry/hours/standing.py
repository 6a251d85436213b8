"""How an institution stands with its opening hours: what nobody has said, and what was said afterwards (ADR 0047)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, or_, select

from infra import clock
from infra.db import db
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
    sites = db.session.execute(_sites(tenant_id, day).where(Site.created_at < until)).all()
    late = select(SiteDay.id, SiteDay.day, SiteDay.created_at).where(
        SiteDay.tenant_id == tenant_id,
        SiteDay.created_at < until,
        SiteDay.day > day - _YEAR,
        or_(SiteDay.withdrawn_at.is_(None), SiteDay.withdrawn_at >= until),
    )
    return HoursStanding(
        sites=len(sites),
        unstated=tuple((site_id, clock.civil_day(since)) for site_id, since, stated in sites if not stated),
        late=tuple((each, of) for each, of, at in db.session.execute(late) if clock.civil_day(at) >= of),
    )


def _sites(tenant_id: UUID, day: date) -> Select[UUID, datetime, bool]:
    """Each site, since when there is one, and whether anybody said when it is open: it itself or the bureau."""
    own = exists().where(
        SiteHours.tenant_id == Site.tenant_id,
        SiteHours.site_id == Site.id,
        SiteHours.withdrawn_at.is_(None),
        SiteHours.effective_from <= day,
    )
    given = exists().where(HoursTemplate.withdrawn_at.is_(None), HoursTemplate.effective_from <= day)
    return select(Site.id, Site.created_at, own | given).where(Site.tenant_id == tenant_id)
