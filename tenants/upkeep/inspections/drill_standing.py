"""How the nightly drills of an institution stood on a day: footage that was fetched, decrypted and decoded, or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select

from infra.clock import day_start
from infra.db import db
from infra.statements import made_once
from tenants.upkeep.inspections.models import DrillOutcome, SegmentDrill

# Over how many days the share of drills that worked is told.
DRILL_DAYS = 30
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A site or camera by its id, and the first day from which it is not as it should be."""

    id: UUID
    since: date


def failing_drills(*, tenant_id: UUID, site_ids: Iterable[UUID], day: date) -> Sequence[Wrong]:
    """Which of the sites could not give footage back when it was last tried, and since when. One query."""
    return failing(site_ids, drilled(tenant_id, day))


def drilled(tenant_id: UUID, day: date) -> Sequence[SegmentDrill]:
    """Of the days before this one, the newest first: a night's drill is of the day before it."""
    first, last = day - DRILL_DAYS * _ONE_DAY, day - _ONE_DAY
    return db.session.scalars(
        *_drills(tenant_id=tenant_id, first=first, last=last, until=day_start(day + _ONE_DAY))
    ).all()


@made_once
def _drills(*, tenant_id: UUID, first: date, last: date, until: datetime) -> Select[SegmentDrill]:
    drills = select(SegmentDrill).where(
        SegmentDrill.tenant_id == tenant_id,
        SegmentDrill.civil_day.between(first, last),
        SegmentDrill.drilled_at < until,
    )
    return drills.order_by(SegmentDrill.civil_day.desc())


def failing(site_ids: Iterable[UUID], drills: Sequence[SegmentDrill]) -> Sequence[Wrong]:
    """The same of drills that were read."""
    return [one for each in site_ids if (one := _failing_since(each, drills)) is not None]


def _failing_since(site_id: UUID, drills: Sequence[SegmentDrill]) -> Wrong | None:
    """A site whose last drills failed, since the first of them; a day without footage says nothing either way."""
    since = None
    for each in drills:
        if each.site_id != site_id or each.outcome == DrillOutcome.NO_FOOTAGE:
            continue
        if each.outcome == DrillOutcome.OK:
            break
        since = each.civil_day
    return Wrong(id=site_id, since=since) if since is not None else None


def drilled_lately(site_id: UUID, drills: Sequence[SegmentDrill], day: date) -> bool:
    """Whether footage of the site was tried in one of the last two nights."""
    return any(
        each.site_id == site_id and each.outcome != DrillOutcome.NO_FOOTAGE and each.civil_day >= day - 2 * _ONE_DAY
        for each in drills
    )
