"""How long each site keeps footage, by which decision and from when, as the school's page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from infra import clock
from tenants.profiles import Clause, RuleProfile
from tenants.registry import classes, policies, regulations
from tenants.registry import queries as registry
from tenants.registry.classes import Classes
from tenants.registry.models import RuleSchedule, Site, SitePeriod
from tenants.registry.rules import GIGABYTE


@dataclass(frozen=True, kw_only=True)
class PeriodLine:
    """One version that the school recorded."""

    period: SitePeriod
    site: str
    badge: str
    state: str
    withdrawable: bool


@dataclass(frozen=True, kw_only=True)
class SiteLine:
    """One site: its days today, what they become, and which regulation asks for how many."""

    site: Site
    rule: RuleProfile
    days: int
    least: int
    basis: str
    changes: Sequence[tuple[date, int]]
    asked: Sequence[RuleSchedule]
    earliest: date
    gigabytes: int | None

    def article(self, clause: str) -> str:
        """The article that a line rests on."""
        return self.rule.article(Clause(clause))


def site_lines(*, tenant_id: UUID) -> list[SiteLine]:
    """The institution's sites with their days, by code."""
    known, today, ahead = classes.of_tenant(tenant_id=tenant_id), clock.today(), regulations.living()
    return [_site(site, known, ahead, today) for site in registry.sites(tenant_id=tenant_id)]


def history(*, tenant_id: UUID) -> list[PeriodLine]:
    """Every version, the latest first; those withdrawn too."""
    today, known = clock.today(), classes.of_tenant(tenant_id=tenant_id)
    sites = {site.id: site for site in registry.sites(tenant_id=tenant_id)}
    earliest = {key: policies.changeable_from(tenant_id=tenant_id, site_id=key, today=today) for key in sites}
    return [
        PeriodLine(
            period=each,
            site=sites[each.site_id].name,
            badge=badge,
            state=state,
            withdrawable=each.withdrawn_at is None and each.effective_from >= earliest[each.site_id],
        )
        for each in policies.history(tenant_id=tenant_id)
        for badge, state in [_state(each, known.own(sites[each.site_id], today), today)]
    ]


def _site(site: Site, known: Classes[SitePeriod], ahead: Sequence[RuleSchedule], today: date) -> SiteLine:
    rule, own = regulations.in_force(site.profile, today, ahead), known.own(site, today)
    days, least = known.of(site, today), rule.retention.min_days
    by_own = own is not None and own.retention_days is not None and own.retention_days >= least
    return SiteLine(
        site=site,
        rule=rule,
        days=days,
        least=least,
        basis="本機構通過的天數" if by_own else "依規定的天數",
        changes=known.changes(site, after=today),
        asked=[each for each in ahead if each.code == site.profile and each.effective_from > today],
        earliest=policies.changeable_from(tenant_id=site.tenant_id, site_id=site.id, today=today),
        gigabytes=None if site.capacity_bytes is None else site.capacity_bytes // GIGABYTE,
    )


def _state(period: SitePeriod, in_force: SitePeriod | None, today: date) -> tuple[str, str]:
    if period.withdrawn_at is not None:
        return "info", "已撤回"
    if period.effective_from > today:
        return "warn", "尚未生效"
    return ("good", "施行中") if in_force is not None and in_force.id == period.id else ("info", "已由新版取代")
