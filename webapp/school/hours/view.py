"""When a school's sites are open, by which word, as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from tenants.profiles import Clause, RuleProfile
from tenants.profiles.model import OUR_DEFAULT
from tenants.registry import queries as registry
from tenants.registry.hours import queries, rules
from tenants.registry.hours.models import HoursBasis, SiteDay, SiteHours
from tenants.registry.hours.queries import Calendar
from tenants.registry.hours.rules import WEEKDAY_NAMES, DayHours, Hours, Why
from tenants.registry.models import Site
from tenants.roc_dates import format_date
from webapp.school import regulation
from webapp.week_form import periods_words, week_words

_AHEAD = 14
WHY_NAMES: Mapping[Why, str] = {
    Why.CLOSURE: "停班停課",
    Why.OWN_DAY: "本機構登記",
    Why.MAKE_UP: "補課日",
    Why.HOLIDAY: "放假日",
    Why.VACATION: "寒暑假",
    Why.WEEK: "",
}


@dataclass(frozen=True, kw_only=True)
class SiteLine:
    """One site: what it must record, what its week rests on, and its next two weeks."""

    site: Site
    rule: RuleProfile
    by_hours: bool
    basis: str
    week: str
    care: str
    vacation: str
    days: Sequence[tuple[date, str, str, str]]

    @property
    def article(self) -> str:
        """The article about going on recording."""
        return self.rule.article(Clause.CONTINUITY)


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """One version that the school entered."""

    version: SiteHours
    site: str
    words: str
    badge: str
    state: str
    withdrawable: bool


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """One day that the school entered."""

    entry: SiteDay
    site: str
    words: str
    badge: str
    state: str
    withdrawable: bool


def site_lines(*, tenant_id: UUID, today: date) -> list[SiteLine]:
    """The institution's sites, by code."""
    days = [today + timedelta(days=number) for number in range(_AHEAD)]
    known = queries.calendar(tenant_id=tenant_id, first=days[0], last=days[-1])
    ruled = regulation.rules_by_site(tenant_id=tenant_id)
    return [_site(site, ruled[site.id], known, days) for site in registry.sites(tenant_id=tenant_id)]


def version_lines(*, tenant_id: UUID, today: date) -> list[VersionLine]:
    """Every version, the latest first; withdrawn ones too."""
    sites = {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
    found, seen = [], set[UUID]()
    for each in queries.versions(tenant_id=tenant_id):
        badge, state = _version_state(each, seen, today)
        words = "依教育局公告的時間" if each.basis == HoursBasis.TEMPLATE else week_words(each.weekly)
        care = f"；延長照顧 {periods_words(each.care)}" if each.care else ""
        found.append(
            VersionLine(
                version=each,
                site=sites[each.site_id],
                words=words + care,
                badge=badge,
                state=state,
                withdrawable=each.withdrawn_at is None and each.effective_from > today,
            )
        )
    return found


def day_lines(*, tenant_id: UUID, today: date) -> list[DayLine]:
    """The days that the school entered, from a year ago on."""
    sites = {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
    return [
        DayLine(
            entry=each,
            site=sites[each.site_id],
            words=periods_words(each.periods) or "停止開放",
            badge="info" if each.withdrawn_at else "good",
            state="已撤回" if each.withdrawn_at else "有效",
            withdrawable=each.withdrawn_at is None and each.day >= today - rules.LATE_ENTRY,
        )
        for each in reversed(queries.own_days(tenant_id=tenant_id, since=today - timedelta(days=365)))
    ]


def day_words(found: DayHours) -> str:
    """What of a day is open."""
    told = [f"{begin:%H:%M}-{_end(end)}" for begin, end in found.periods]
    return "、".join(told) or "不開放"


def _end(end: time | None) -> str:
    return rules.MIDNIGHT if end is None else f"{end:%H:%M}"


def _site(site: Site, rule: RuleProfile, known: Calendar, days: Sequence[date]) -> SiteLine:
    basis = known.basis(site.id, days[0])
    return SiteLine(
        site=site,
        rule=rule,
        by_hours=rule.continuity == "opening_hours",
        basis=_basis_words(basis),
        week=week_words(basis.hours.weekly),
        care=periods_words(basis.hours.care) or "沒有",
        vacation=_vacation_words(basis.hours),
        days=[
            (day, WEEKDAY_NAMES[day.weekday()], day_words(found), _why(found))
            for day in days
            for found in [known.on(site.id, day)]
        ],
    )


def _why(found: DayHours) -> str:
    return "：".join(part for part in (WHY_NAMES[found.why], found.name) if part)


def _vacation_words(hours: Hours) -> str:
    return "與學期中相同" if hours.vacation is None else week_words(hours.vacation)


def _basis_words(basis: queries.Basis) -> str:
    if basis.own is not None and basis.own.basis == HoursBasis.OWN:
        return f"本機構自訂，自{format_date(basis.own.effective_from)}起"
    if basis.template is not None:
        return f"依教育局公告（{basis.template.document}），自{format_date(basis.template.effective_from)}起"
    return f"{OUR_DEFAULT}；教育局與本機構都還沒有登記"


def _version_state(each: SiteHours, seen: set[UUID], today: date) -> tuple[str, str]:
    if each.withdrawn_at is not None:
        return "info", "已撤回"
    if each.effective_from > today:
        return "warn", "尚未生效"
    if each.site_id in seen:
        return "info", "已由新版取代"
    seen.add(each.site_id)
    return "good", "施行中"
