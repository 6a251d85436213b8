"""What a later version of a regulation asks of every site, before it takes force: days, storage, and whose meeting met.

Read on the bureau's own connection from facts that hold no picture and lead to none (DR-09, DR-10). What nobody knows
is unknown and never enough (DR-30).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infra.clock import civil_day
from infra.db import bureau_session
from infra.lately import read_lately
from tenants import periods
from tenants.compliance.models import ComplianceSiteDay
from tenants.registry import regulations, standing
from tenants.registry.classes import Classes, Own, Period
from tenants.registry.models import RuleSchedule, Site, SitePeriod, Tenant, TenantKind

# Two school weeks: weekends and one odd day weigh little in their mean.
MEASURED_DAYS = 14


class Room(StrEnum):
    """Whether the storage planned for a site will do, in the order in which it needs a person."""

    LACKING = "lacking"
    UNKNOWN = "unknown"
    ENOUGH = "enough"


class Adoption(StrEnum):
    """Whether the school's meeting passed what the version asks for; `not_asked` where the regulation knows no such."""

    WAITING = "waiting"
    PASSED = "passed"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A site's bytes per day, as the mean of the days that are known."""

    bytes_per_day: int
    days: int


class Outlook(NamedTuple):
    """How many sites have something left to do before a version begins; `waiting` is 0 where no meeting is asked."""

    lacking: int
    unknown: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class SiteForecast:
    """One site. `stored` is None where nothing is known to be stored, `capacity` where nobody said what is planned."""

    tenant_id: UUID
    institution: str
    district: str
    site: str
    days_now: int
    days_then: int
    stored: Stored | None
    capacity: int | None
    adoption: Adoption
    passed_on: date | None

    @property
    def needed_now(self) -> int | None:
        """Bytes that lie in the store at once with today's days."""
        return needed(self.stored, self.days_now)

    @property
    def needed_then(self) -> int | None:
        """Bytes that will lie in the store at once, once every day is kept for the new days."""
        return needed(self.stored, self.days_then)

    @property
    def room(self) -> Room:
        """Whether what is planned will do."""
        if self.needed_then is None or self.capacity is None:
            return Room.UNKNOWN
        return Room.LACKING if self.needed_then > self.capacity else Room.ENOUGH

    @property
    def lacking(self) -> int:
        """How many bytes are missing; 0 where none are, or nobody knows."""
        return max(0, (self.needed_then or 0) - self.capacity) if self.capacity is not None else 0


def needed(stored: Stored | None, retention_days: int) -> int | None:
    """Bytes that lie in the store at once under a period; None where the bytes of a day are unknown."""
    return None if stored is None else stored.bytes_per_day * periods.days_stored(retention_days)


def forecast(
    *, code: str, effective_from: date, schedules: Sequence[RuleSchedule], told_on: date, today: date
) -> list[SiteForecast]:
    """Every site under the regulation, those that lack storage first.

    `schedules` are the versions to reckon with, one that is only being considered included; `told_on` is the day since
    which schools can know of it, so that a meeting before it passed something else.
    """
    with bureau_session() as session:
        versions = [Period(*row) for row in session.execute(_PERIODS)]
        stored, known = _stored(session, today), Classes(versions, schedules)
        rule = regulations.in_force(code, effective_from, schedules)
        asked = rule.policy.adoption_required
        found = [
            SiteForecast(
                tenant_id=site.tenant_id,
                institution=site.institution,
                district=site.district,
                site=site.name,
                days_now=known.of(site, today),
                days_then=known.of(site, effective_from),
                stored=stored.get((site.tenant_id, site.id)),
                capacity=site.capacity_bytes,
                adoption=(Adoption.PASSED if passed else Adoption.WAITING) if asked else Adoption.NOT_ASKED,
                passed_on=passed.meeting_on if passed else None,
            )
            for site in _sites(session, code, effective_from)
            for passed in [passed_version(known.own(site, effective_from), rule.retention.min_days, told_on)]
        ]
    order = list(Room)
    return sorted(found, key=lambda each: (order.index(each.room), each.district, each.institution, each.site))


def forecast_of(schedule: RuleSchedule, *, today: date) -> list[SiteForecast]:
    """As `forecast`, of a version that was entered, beside all that were not withdrawn."""
    return forecast(
        code=schedule.code,
        effective_from=schedule.effective_from,
        schedules=regulations.living_with(schedule),
        told_on=civil_day(schedule.created_at),
        today=today,
    )


@read_lately()
def outlook(*, schedule_id: UUID, today: date) -> Outlook:
    """What a version that was entered and not withdrawn leaves to be done in the whole city. Raises `NotFound`."""
    found = forecast_of(regulations.schedule(schedule_id=schedule_id), today=today)
    rooms = counts(found)
    waiting = sum(each.adoption is Adoption.WAITING for each in found)
    return Outlook(lacking=rooms[Room.LACKING], unknown=rooms[Room.UNKNOWN], waiting=waiting)


def passed_version(own: Own | None, min_days: int, told_on: date) -> Own | None:
    """The school's version in force on the day, if it meets the floor or was passed knowing of it; None otherwise."""
    if own is None or own.meeting_on is None:
        return None
    meets = own.retention_days is not None and own.retention_days >= min_days
    return own if meets or (own.retention_days is None and own.meeting_on >= told_on) else None


def counts(found: Iterable[SiteForecast]) -> Mapping[Room, int]:
    """How many sites have room, lack it, or are unknown."""
    rooms = [each.room for each in found]
    return {room: rooms.count(room) for room in Room}


class _Site(NamedTuple):
    """A site as it is reckoned with. A city's are read as columns: an object of each would cost more than its rule."""

    id: UUID
    profile: str
    tenant_id: UUID
    name: str
    capacity_bytes: int | None
    institution: str
    district: str


_SITE = (Site.id, Site.profile, Site.tenant_id, Site.name, Site.capacity_bytes, Tenant.name, Tenant.district)
_PERIODS = select(
    SitePeriod.site_id, SitePeriod.effective_from, SitePeriod.retention_days, SitePeriod.meeting_on
).where(SitePeriod.withdrawn_at.is_(None))


def _sites(session: Session, code: str, begins: date) -> Sequence[_Site]:
    query = (
        select(*_SITE)
        .join_from(Tenant, Site, Site.tenant_id == Tenant.id)
        .where(standing.open_on(begins), Tenant.kind != TenantKind.BUREAU, Site.profile == code)
    )
    return [_Site(*row) for row in session.execute(query)]


def _stored(session: Session, today: date) -> dict[tuple[UUID, UUID], Stored]:
    first = today - timedelta(days=MEASURED_DAYS)
    query = (
        select(
            ComplianceSiteDay.tenant_id,
            ComplianceSiteDay.site_id,
            func.avg(ComplianceSiteDay.size),
            func.count(),
        )
        .where(ComplianceSiteDay.civil_day >= first, ComplianceSiteDay.civil_day < today)
        .group_by(ComplianceSiteDay.tenant_id, ComplianceSiteDay.site_id)
    )
    return {
        (tenant_id, site_id): Stored(bytes_per_day=round(mean), days=days)
        for tenant_id, site_id, mean, days in session.execute(query)
    }
