"""Whose meeting adopted a coming version and whose has not, and the list of who lacks storage, as pages and files."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from infra import clock
from infra.spreadsheets import Row
from tenants.compliance.forecast import Adoption, Room, SiteForecast, forecast_of
from tenants.compliance.rule_notices import queries as notices
from tenants.profiles import Clause, RuleProfile
from tenants.registry import regulations
from tenants.registry.models import RuleSchedule
from tenants.roc_dates import format_date, format_instant
from webapp.bureau.regulation_view import size
from webapp.paging import cut

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class DistrictLine:
    """How many sites of a district have passed it, and how many have not yet."""

    district: str
    passed: int
    waiting: int

    @property
    def share(self) -> float:
        """Those that passed, of all that have to."""
        return self.passed / (self.passed + self.waiting)


@dataclass(frozen=True, kw_only=True)
class AdoptionPage:
    """How far the city is: totals, by district, and one page of the sites, those that have not passed it first."""

    schedule: RuleSchedule
    rule: RuleProfile
    article: str
    asked: bool
    days_left: int
    passed: int
    waiting: int
    districts: Sequence[DistrictLine]
    lines: Sequence[SiteForecast]
    total: int
    number: int
    has_more: bool


def page(schedule: RuleSchedule, *, district: str, state: str, number: int) -> AdoptionPage:
    """The page of one version, of one district and state where they are given."""
    today = clock.today()
    rule = _rule(schedule)
    found = forecast_of(schedule, today=today)
    states = Counter(each.adoption for each in found)
    fitting = [
        each for each in found if (not district or each.district == district) and (not state or each.adoption == state)
    ]
    fitting.sort(key=lambda each: (each.adoption is not Adoption.WAITING, each.district, each.institution, each.site))
    shown = cut(fitting, number, PER_PAGE)
    return AdoptionPage(
        schedule=schedule,
        rule=rule,
        article=rule.article(Clause.LOCAL_POLICY),
        asked=rule.policy.adoption_required,
        days_left=(schedule.effective_from - today).days,
        passed=states[Adoption.PASSED],
        waiting=states[Adoption.WAITING],
        districts=_districts(found) if rule.policy.adoption_required else (),
        lines=shown.lines,
        total=len(fitting),
        number=shown.number,
        has_more=shown.has_more,
    )


def rows(schedule: RuleSchedule) -> Sequence[Row]:
    """The list of the sites that lack storage, with the times of the notice; headings first."""
    told, rule = notices.told(schedule_id=schedule.id), _rule(schedule)
    head: list[Row] = [
        (
            f"{rule.name}第 {schedule.version} 版",
            f"自{format_date(schedule.effective_from)}起",
            f"{schedule.min_days} 日",
        ),
        (f"產生時間：{format_instant(clock.now())}",),
        ("行政區", "機構", "場所", "目前保存日數", "屆時保存日數", "屆時所需", "規劃容量", "尚缺", "通知時間"),
    ]
    return head + [
        (
            each.district,
            each.institution,
            each.site,
            each.days_now,
            each.days_then,
            size(each.needed_then),
            size(each.capacity),
            size(each.lacking),
            format_instant(told[each.tenant_id].made_at) if each.tenant_id in told else "尚未通知",
        )
        for each in forecast_of(schedule, today=clock.today())
        if each.room is Room.LACKING
    ]


def _rule(schedule: RuleSchedule) -> RuleProfile:
    return regulations.in_force(schedule.code, schedule.effective_from, regulations.living_with(schedule))


def _districts(found: Sequence[SiteForecast]) -> Sequence[DistrictLine]:
    counted = Counter((each.district, each.adoption) for each in found)
    return [
        DistrictLine(
            district=district,
            passed=counted[district, Adoption.PASSED],
            waiting=counted[district, Adoption.WAITING],
        )
        for district in sorted({each.district for each in found})
    ]
