"""The class of a day: never below the regulation of that day, and never changed by what is decided later (ADR 0014)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.periods import MAX_RETENTION_DAYS
from tenants.profiles import Clause
from tenants.registry import regulations
from tenants.registry.classes import Classes, ClassRun
from tenants.registry.models import PeriodBasis, RuleSchedule, Site, SitePeriod

SITE = Site(id=uuid4(), tenant_id=uuid4(), code="K1", name="晨光幼兒園", profile="KH_PRESCHOOL")
SCHOOL = Site(id=uuid4(), tenant_id=SITE.tenant_id, code="E1", name="向陽國小", profile="TY_ELEMENTARY")
START = date(2027, 1, 1)
DAYS = st.integers(min_value=14, max_value=MAX_RETENTION_DAYS)
OFFSETS = st.integers(min_value=0, max_value=400)
PERIODS = st.dictionaries(OFFSETS, st.none() | DAYS, max_size=5)
# A regulation is only ever lengthened, so each later version asks for as much or more.
VERSIONS = st.lists(st.tuples(OFFSETS, DAYS), max_size=4, unique_by=lambda each: each[0])


def own(days: int | None, effective_from: date, site: Site = SITE) -> SitePeriod:
    basis = PeriodBasis.REGULATION if days is None else PeriodBasis.OWN_POLICY
    return SitePeriod(site_id=site.id, retention_days=days, effective_from=effective_from, basis=basis)


def version(min_days: int, effective_from: date, code: str = "KH_PRESCHOOL") -> RuleSchedule:
    made = RuleSchedule(code=code, version=f"from {effective_from}", effective_from=effective_from, min_days=min_days)
    made.words = f"應保存至少{min_days}日以上。"
    return made


def made_from(
    periods: dict[int, int | None], versions: list[tuple[int, int]]
) -> tuple[list[SitePeriod], list[RuleSchedule]]:
    ordered = sorted(offset for offset, _ in versions)
    floors = sorted(days for _, days in versions)
    return (
        [own(days, START + timedelta(days=offset)) for offset, days in periods.items()],
        [version(days, START + timedelta(days=offset)) for offset, days in zip(ordered, floors, strict=True)],
    )


@pytest.mark.req("DR-10", "KH-2-3")
@pytest.mark.parametrize(
    ("day", "days"),
    [(date(2026, 11, 30), 14), (date(2026, 12, 1), 30), (date(2027, 7, 31), 30), (date(2027, 8, 1), 45)],
)
def test_a_version_counts_from_its_day_on_and_not_before(day: date, days: int) -> None:
    known = Classes([own(30, date(2026, 12, 1))], [version(45, date(2027, 8, 1))])
    assert known.of(SITE, day) == days
    assert known.of(SCHOOL, day) == 14, "another site under another regulation"


@pytest.mark.req("KH-2-1", "KH-2-3")
def test_without_a_version_of_its_own_a_site_keeps_what_the_regulation_says() -> None:
    known = Classes([own(60, START), own(None, START + timedelta(days=10))], [])
    assert known.of(SITE, START - timedelta(days=1)) == 14
    assert known.of(SITE, START + timedelta(days=9)) == 60
    assert known.of(SITE, START + timedelta(days=10)) == 14
    assert known.changes(SITE, after=START) == [(START + timedelta(days=10), 14)]


def test_a_change_to_the_same_days_is_none() -> None:
    known = Classes([own(30, START), own(30, START + timedelta(days=5))], [version(20, START + timedelta(days=7))])
    assert known.changes(SITE, after=START) == []


@pytest.mark.req("DR-10")
@given(
    periods=PERIODS,
    versions=VERSIONS,
    later=st.integers(min_value=1, max_value=100),
    days=st.none() | DAYS,
    before_it=st.integers(min_value=1, max_value=520),
)
def test_what_is_decided_later_changes_no_day_before_it(
    periods: dict[int, int | None], versions: list[tuple[int, int]], later: int, days: int | None, before_it: int
) -> None:
    rows, schedules = made_from(periods, versions)
    last = max([START, *(each.effective_from for each in (*rows, *schedules))])
    begins = last + timedelta(days=later)
    floor = max([14, *(each.min_days for each in schedules)])
    before = Classes(rows, schedules)
    after = Classes([*rows, own(days, begins)], [*schedules, version(floor, begins)])
    day = begins - timedelta(days=before_it)
    assert after.of(SITE, day) == before.of(SITE, day)


@pytest.mark.req("KH-5-3c", "KH-2-1")
@given(periods=PERIODS, versions=VERSIONS, offset=OFFSETS)
def test_no_day_is_ever_below_the_regulation_of_that_day_nor_past_the_year(
    periods: dict[int, int | None], versions: list[tuple[int, int]], offset: int
) -> None:
    rows, schedules = made_from(periods, versions)
    day = START + timedelta(days=offset)
    found = Classes(rows, schedules).of(SITE, day)
    assert found >= regulations.in_force("KH_PRESCHOOL", day, schedules).retention.min_days >= 14
    assert found <= MAX_RETENTION_DAYS


@given(periods=PERIODS, versions=VERSIONS)
def test_runs_name_each_day_of_each_class_exactly_once(
    periods: dict[int, int | None], versions: list[tuple[int, int]]
) -> None:
    known, last = Classes(*made_from(periods, versions)), START + timedelta(days=40)
    sites = [SITE, SCHOOL]
    named = [
        (run.retention_days, run.first + timedelta(days=number))
        for run in known.runs(sites, first=START, last=last)
        for number in range((run.last - run.first).days + 1)
    ]
    days = [START + timedelta(days=number) for number in range(41)]
    assert sorted(named) == sorted({(known.of(site, day), day) for site in sites for day in days})


def test_two_runs_of_one_class_with_another_between_are_two() -> None:
    known = Classes([own(30, START + timedelta(days=2)), own(None, START + timedelta(days=4))], [])
    assert known.runs([SITE], first=START, last=START + timedelta(days=5)) == [
        ClassRun(retention_days=14, first=START, last=START + timedelta(days=1)),
        ClassRun(retention_days=14, first=START + timedelta(days=4), last=START + timedelta(days=5)),
        ClassRun(retention_days=30, first=START + timedelta(days=2), last=START + timedelta(days=3)),
    ]


@pytest.mark.req("DR-10")
def test_a_scheduled_version_changes_the_floor_and_its_words_and_nothing_else() -> None:
    before = regulations.in_force("KH_PRESCHOOL", START, [])
    after = regulations.in_force("KH_PRESCHOOL", START, [version(30, START)])
    assert after.retention.min_days == 30
    assert after.text(Clause.RETENTION_MIN) == "應保存至少30日以上。"
    assert after.text(Clause.RETENTION_MAX) == before.text(Clause.RETENTION_MAX)
    assert (after.insider, after.articles, after.agency) == (before.insider, before.articles, before.agency)
    assert after.citation == f"KH_PRESCHOOL from {START}"
    assert regulations.in_force("KH_PRESCHOOL", START - timedelta(days=1), [version(30, START)]) == before
