"""Versions of the regulations and what one of them asks of the city, as the bureau's pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from infra import clock
from tenants import periods
from tenants.compliance.forecast import Adoption, Room, SiteForecast, counts, forecast
from tenants.profiles import CODES, Clause, RuleProfile
from tenants.registry import regulations
from tenants.registry.models import RuleSchedule
from webapp.filters import NO_DATA
from webapp.paging import cut

ROOM_BADGES: Mapping[Room, tuple[str, str]] = {
    Room.LACKING: ("bad", "空間不足"),
    Room.UNKNOWN: ("unknown", "無資料"),
    Room.ENOUGH: ("good", "空間足夠"),
}
ADOPTION_BADGES: Mapping[Adoption, tuple[str, str]] = {
    Adoption.WAITING: ("warn", "未登記通過"),
    Adoption.PASSED: ("good", "已通過"),
    Adoption.NOT_ASKED: ("info", "規定未要求"),
}
_UNITS = ((10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"))
# Those that lack room come first; the whole list of a city is leafed through.
PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """One version of a regulation, shipped or entered. `schedule` is None for a shipped one."""

    name: str
    version: str
    effective_from: date
    min_days: int
    document: str
    badge: str
    state: str
    schedule: RuleSchedule | None
    withdrawable: bool


@dataclass(frozen=True, kw_only=True)
class ForecastPage:
    """What a version asks of the city: totals, and one page of the sites."""

    rule: RuleProfile
    article: str
    sites: int
    rooms: Mapping[Room, int]
    waiting: int | None
    needed_now: str
    needed_then: str
    lines: Sequence[SiteForecast]
    number: int
    has_more: bool


def version_lines() -> list[VersionLine]:
    """Every version of every regulation, the latest first; withdrawn ones too."""
    today = clock.today()
    entered = {each.id: each for each in regulations.schedules()}
    living = [each for each in entered.values() if each.withdrawn_at is None]
    found = [_scheduled(each, living, today) for each in entered.values()]
    for code in CODES:
        shipped = regulations.versions(code, [])
        found += [_shipped(each, living, today) for each in shipped]
    return sorted(found, key=lambda line: (line.effective_from, line.name), reverse=True)


def withdrawable() -> list[RuleSchedule]:
    """The versions that have not begun and under which no key was handed out."""
    return [each for each in regulations.living() if _is_open(each, clock.today())]


def forecast_of_schedule(schedule: RuleSchedule, number: int) -> ForecastPage:
    """What a version that was entered asks."""
    return _page(
        schedule, regulations.living_with(schedule), told_on=clock.civil_day(schedule.created_at), number=number
    )


def forecast_of_typed(
    *, code: str, effective_from: date, min_days: int, replaces: UUID | None, version: str
) -> ForecastPage:
    """What a version would ask that is only being considered: nothing is written."""
    imagined = RuleSchedule(code=code, version=version or "試算", effective_from=effective_from, min_days=min_days)
    imagined.words, others = "", [each for each in regulations.living() if each.id != replaces]
    return _page(imagined, [*others, imagined], told_on=clock.today(), number=1)


def size(value: int | None) -> str:
    """Bytes as people read them, rounded up: what is needed is never told smaller than it is."""
    if value is None:
        return NO_DATA
    unit, name = next(((unit, name) for unit, name in _UNITS if value >= unit), _UNITS[-1])
    return f"{-(-value * 10 // unit) / 10:,.1f} {name}"


def _page(version: RuleSchedule, schedules: Sequence[RuleSchedule], *, told_on: date, number: int) -> ForecastPage:
    found = forecast(
        code=version.code,
        effective_from=version.effective_from,
        schedules=schedules,
        told_on=told_on,
        today=clock.today(),
    )
    rule = regulations.in_force(version.code, version.effective_from, schedules)
    shown = cut(found, number, PER_PAGE)
    asked = rule.policy.adoption_required
    return ForecastPage(
        rule=rule,
        article=rule.article(Clause.RETENTION_MIN),
        sites=len(found),
        rooms=counts(found),
        waiting=sum(each.adoption is Adoption.WAITING for each in found) if asked else None,
        needed_now=_total([each.needed_now for each in found]),
        needed_then=_total([each.needed_then for each in found]),
        lines=shown.lines,
        number=shown.number,
        has_more=shown.has_more,
    )


def _total(known: Sequence[int | None]) -> str:
    """The sum of what is known; a sum of nothing is no figure."""
    told = [each for each in known if each is not None]
    return size(sum(told)) if told else NO_DATA


def _scheduled(each: RuleSchedule, living: Sequence[RuleSchedule], today: date) -> VersionLine:
    if each.withdrawn_at is not None:
        badge, state = "info", "已撤回"
    else:
        badge, state = _state(each.code, each.version, each.effective_from, living, today)
    return VersionLine(
        name=regulations.in_force(each.code, today, []).name,
        version=each.version,
        effective_from=each.effective_from,
        min_days=each.min_days,
        document=each.document,
        badge=badge,
        state=state,
        schedule=each,
        withdrawable=each.withdrawn_at is None and _is_open(each, today),
    )


def _shipped(each: RuleProfile, living: Sequence[RuleSchedule], today: date) -> VersionLine:
    badge, state = _state(each.code, each.version, each.effective_from, living, today)
    return VersionLine(
        name=each.name,
        version=each.version,
        effective_from=each.effective_from,
        min_days=each.retention.min_days,
        document="",
        badge=badge,
        state=state,
        schedule=None,
        withdrawable=False,
    )


def _state(
    code: str, version: str, effective_from: date, living: Sequence[RuleSchedule], today: date
) -> tuple[str, str]:
    if effective_from > today:
        return "warn", "已排定，尚未生效"
    if regulations.in_force(code, today, living).version == version:
        return "good", "施行中"
    return "info", "已由新版取代"


def _is_open(schedule: RuleSchedule, today: date) -> bool:
    return schedule.effective_from >= periods.changeable_from(today)
