"""The whole city's store, on the bureau's own connection: bytes, days and names of institutions (DR-09)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.db import bureau_session, db
from tenants import periods
from tenants.compliance.models import ComplianceDay, ComplianceNow, ComplianceRetention, ComplianceSiteDay
from tenants.compliance.storage import rules
from tenants.compliance.storage.models import StorageCapacity
from tenants.compliance.storage.rules import HORIZONS, Course, Kept, Room
from tenants.registry import regulations, standing
from tenants.registry.classes import Classes
from tenants.registry.models import RuleSchedule, Site, SitePeriod, Tenant, TenantKind


@dataclass(frozen=True, kw_only=True)
class InstitutionStorage:
    """One institution: `at` are its bytes at each of `HORIZONS`, None where nobody knows; what holds keep included.

    `unknown` of its `sites` told nothing of the last two weeks; the others make the sums.
    """

    tenant_id: UUID
    institution: str
    district: str
    sites: int
    unknown: int
    guessed: int
    held: int | None
    a_day: int | None
    at: tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The city: each institution, and bytes by day from today on for a year."""

    institutions: Sequence[InstitutionStorage]
    curve: Sequence[tuple[date, int]]

    @property
    def unknown(self) -> int:
        """How many sites are in no sum."""
        return sum(each.unknown for each in self.institutions)

    @property
    def guessed(self) -> int:
        """How many days of sites were filled in."""
        return sum(each.guessed for each in self.institutions)

    def at(self, horizon: int) -> int | None:
        """The known institutions' bytes so many days ahead; None where none is known."""
        known = [size for each in self.institutions if (size := each.at[HORIZONS.index(horizon)]) is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class _Found:
    """An institution, its sites, and the course of each."""

    tenant: Tenant
    sites: Sequence[Site]
    courses: Sequence[Course]


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What was taken, by site and by institution."""

    sizes: Mapping[tuple[UUID, UUID], Mapping[date, int]]
    cameras: Mapping[UUID, Mapping[date, int]]
    cameras_now: Mapping[UUID, int]
    held: Mapping[UUID, int | None]


def capacities() -> Sequence[StorageCapacity]:
    """Every entry, the latest first; the session is bound to the bureau."""
    order = (StorageCapacity.effective_from.desc(), StorageCapacity.entered_at.desc())
    return list(db.session.scalars(select(StorageCapacity).order_by(*order)))


def rooms() -> list[Room]:
    """The same for the rules, in order of entry."""
    held = sorted(capacities(), key=lambda each: each.entered_at)
    return [Room(since=each.effective_from, size=each.capacity_bytes) for each in held]


def outlook(*, today: date) -> Outlook:
    """How full the store is and will be, with the versions of the regulations that are scheduled."""
    schedules = regulations.living()
    with bureau_session() as session:
        by_tenant = _sites(session)
        versions = list(session.scalars(select(SitePeriod).where(SitePeriod.withdrawn_at.is_(None))))
        kept = _kept([site for sites in by_tenant.values() for site in sites], versions, schedules, today)
        facts = _facts(session, today, first=_first(today, kept.values()))
        is_open = set(session.scalars(select(Tenant.id).where(standing.open_on(today))))
        found = [
            _Found(tenant, sites, _courses(tenant, sites, facts, today, closed=tenant.id not in is_open))
            for tenant, sites in by_tenant.items()
        ]
        lines = [_line(each, kept, facts, today) for each in found]
        by_class: dict[tuple[Kept, ...], list[Course]] = defaultdict(list)
        for each in found:
            for site, course in zip(each.sites, each.courses, strict=True):
                by_class[kept[site.id]].append(course)
    held = sum(size or 0 for size in facts.held.values())
    return Outlook(institutions=lines, curve=_curve(by_class, held, today))


def _curve(by_class: Mapping[tuple[Kept, ...], Sequence[Course]], held: int, today: date) -> list[tuple[date, int]]:
    pools = [(rules.together(courses), kept) for kept, courses in by_class.items()]
    days = [today + timedelta(days=ahead) for ahead in range(HORIZONS[-1] + 1)]
    return [
        (day, held + sum(rules.lying(pool, on=day, today=today, kept=kept) or 0 for pool, kept in pools))
        for day in days
    ]


def _line(found: _Found, kept: Mapping[UUID, tuple[Kept, ...]], facts: _Facts, today: date) -> InstitutionStorage:
    held, rates = facts.held.get(found.tenant.id), [each.rate for each in found.courses if each.rate is not None]
    at = []
    for horizon in HORIZONS:
        on = today + timedelta(days=horizon)
        sizes = [
            rules.lying(course, on=on, today=today, kept=kept[site.id])
            for site, course in zip(found.sites, found.courses, strict=True)
        ]
        known = [size for size in sizes if size is not None]
        at.append(sum(known) + (held or 0) if known else None)
    return InstitutionStorage(
        tenant_id=found.tenant.id,
        institution=found.tenant.name,
        district=found.tenant.district,
        sites=len(found.sites),
        unknown=len(found.courses) - len(rates),
        guessed=sum(each.guessed for each in found.courses),
        held=held,
        a_day=sum(rates) if rates else None,
        at=tuple(at),
    )


def _courses(tenant: Tenant, sites: Sequence[Site], facts: _Facts, today: date, *, closed: bool) -> list[Course]:
    return [
        rules.course(
            facts.sizes.get((tenant.id, site.id), {}),
            today=today,
            cameras=facts.cameras.get(tenant.id, {}),
            cameras_now=facts.cameras_now.get(tenant.id),
            closed=closed,
        )
        for site in sites
    ]


def _kept(
    sites: Sequence[Site], versions: Sequence[SitePeriod], schedules: Sequence[RuleSchedule], today: date
) -> dict[UUID, tuple[Kept, ...]]:
    first, known = today - timedelta(days=periods.MAX_RETENTION_DAYS), Classes(versions, schedules)
    return {
        site.id: (
            Kept(since=first, days=known.of(site, first)),
            *(Kept(since=day, days=days) for day, days in known.changes(site, after=first)),
        )
        for site in sites
    }


def _sites(session: Session) -> dict[Tenant, list[Site]]:
    """Closed institutions too: what they stored lies there until its day."""
    query = select(Tenant, Site).join(Site, Site.tenant_id == Tenant.id).where(Tenant.kind != TenantKind.BUREAU)
    found: dict[Tenant, list[Site]] = defaultdict(list)
    for tenant, site in session.execute(query.order_by(Tenant.code, Site.name)):
        found[tenant].append(site)
    return found


def _first(today: date, kept: Iterable[Sequence[Kept]]) -> date:
    """The earliest day that is reckoned with: the longest period in use, and what is measured."""
    longest = max((each.days for runs in kept for each in runs), default=0)
    return today - timedelta(days=max(longest, rules.MEASURED_DAYS))


def _facts(session: Session, today: date, *, first: date) -> _Facts:
    sizes: dict[tuple[UUID, UUID], dict[date, int]] = defaultdict(dict)
    stored = select(
        ComplianceSiteDay.tenant_id, ComplianceSiteDay.site_id, ComplianceSiteDay.civil_day, ComplianceSiteDay.size
    )
    for tenant_id, site_id, day, size in session.execute(
        stored.where(ComplianceSiteDay.civil_day >= first, ComplianceSiteDay.civil_day < today)
    ):
        sizes[tenant_id, site_id][day] = size
    cameras: dict[UUID, dict[date, int]] = defaultdict(dict)
    counted = select(ComplianceDay.tenant_id, ComplianceDay.civil_day, ComplianceDay.cameras)
    since = today - timedelta(days=rules.MEASURED_DAYS)
    for tenant_id, day, count in session.execute(
        counted.where(ComplianceDay.civil_day >= since, ComplianceDay.civil_day < today)
    ):
        cameras[tenant_id][day] = count
    now = select(ComplianceNow.tenant_id, ComplianceNow.cameras)
    held = select(ComplianceRetention.tenant_id, ComplianceRetention.held_bytes)
    return _Facts(
        sizes=sizes,
        cameras=cameras,
        cameras_now=dict(session.execute(now).all()),
        held=dict(session.execute(held).all()),
    )
