"""Scores as the bureau reads them: by institution, by day, and by district as it was called then (DR-30, DR-33)."""

from datetime import date, timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.model import State
from tenants.compliance.scoring import queries, rules
from tenants.compliance.scoring.queries import Within
from tenants.compliance.scoring.rules import Aim, Reach, Score, Weighting
from tenants.registry import names
from tenants.registry import queries as registry
from tenants.registry.names import DistrictName
from tests.factories import compliance, people
from tests.factories.registry import Institution, institution, renamed

TODAY = clock.today()
YESTERDAY = TODAY - timedelta(days=1)
WEIGHTING = Weighting(
    effective_from=None,
    target=800,
    aims={"continuity": Aim(weight=3, target=950), "zones": Aim(weight=1, target=950)},
)
pytestmark = [pytest.mark.req("DR-30"), pytest.mark.usefixtures("domain")]


def found(of: Institution, **states: State) -> None:
    bind(db.session, Binding(tenant_id=of.tenant_id))
    for article, state in states.items():
        compliance.finding(of, article, state=state)


def test_each_institution_has_its_score_and_the_lowest_stand_first(domain: Flask) -> None:
    assert domain
    k1, k2, k3 = (institution(code, name=f"{code}幼兒園") for code in ("K1", "K2", "K3"))
    institution("K4", name="K4幼兒園")
    found(k1, continuity=State.MET, zones=State.MET)
    found(k2, continuity=State.NOT_REPORTED, zones=State.MET)
    found(k3, continuity=State.MET, zones=State.UNMET, at_risk=State.WARNED)
    lines = queries.scored(day=TODAY, weighting=WEIGHTING)
    assert [(line.code, line.score, line.reach, line.warned) for line in lines] == [
        ("K2", Score(owed=4, met=1), Reach.BELOW, False),
        ("K3", Score(owed=4, met=3), Reach.BELOW, True),
        ("K4", None, Reach.NO_DATA, False),
        ("K1", Score(owed=4, met=4), Reach.REACHED, False),
    ]


@pytest.mark.req("KH-3-7")
def test_advice_and_what_does_not_apply_lower_no_score() -> None:
    k1 = institution("K1")
    found(k1, continuity=State.MET, zones=State.ADVICE)
    compliance.finding(k1, "property", state=State.NOT_APPLICABLE)
    (line,) = queries.scored(day=TODAY, weighting=WEIGHTING)
    assert line.score == Score(owed=3, met=3)


def test_without_any_weight_nobody_is_scored() -> None:
    found(institution("K1"), continuity=State.UNMET)
    (line,) = queries.scored(day=TODAY, weighting=Weighting(effective_from=None, target=0, aims={}))
    assert line.reach is Reach.NOT_SCORED


def test_a_day_is_told_by_the_counts_of_that_day_and_one_without_is_missing() -> None:
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    compliance.city_day(bureau_id, on=YESTERDAY, met=3, unmet=1)
    compliance.city_day(bureau_id, on=YESTERDAY, met=0, unmet=0, warned=2, article="at_risk")
    by_day = queries.by_day(first=YESTERDAY - timedelta(days=3), last=TODAY, within=Within())
    assert set(by_day) == {YESTERDAY}
    assert rules.score(by_day[YESTERDAY].counts, WEIGHTING) == Score(owed=12, met=9)
    assert by_day[YESTERDAY].warned == 2
    assert queries.by_day(first=YESTERDAY, last=TODAY, within=Within(kind="elementary_school")) == {}


def test_an_institutions_own_days_are_its_findings() -> None:
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    compliance.finding(k1, on=YESTERDAY, state=State.MET)
    compliance.finding(k1, "at_risk", on=YESTERDAY, state=State.WARNED)
    (told,) = queries.of_institution(tenant_id=k1.tenant_id, first=YESTERDAY, last=TODAY).values()
    assert rules.score(told.counts, WEIGHTING) == Score(owed=3, met=3)
    assert told.warned == 1


def named(district: str) -> list[DistrictName]:
    placed = {each.id: each.district for each in registry.directory()}
    return names.district_names(district, placed=placed, changes=names.changes_of_all())


@pytest.mark.req("DR-33")
def test_a_district_that_was_renamed_in_the_middle_of_the_year_keeps_its_past_and_is_counted_once() -> None:
    for code in ("K1", "K2"):
        renamed(institution(code), former_district="舊區", effective_from=YESTERDAY)
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    before = YESTERDAY - timedelta(days=1)
    compliance.city_day(bureau_id, on=before, met=2, unmet=0, district="舊區")
    compliance.city_day(bureau_id, on=YESTERDAY, met=1, unmet=1, district="左營區")
    # As if the day had been counted under both names: only that of the day itself counts.
    compliance.city_day(bureau_id, on=YESTERDAY, met=2, unmet=0, district="舊區")
    assert named("左營區") == [
        DistrictName(name="左營區", first=YESTERDAY, before=date.max),
        DistrictName(name="舊區", first=date.min, before=YESTERDAY),
    ]
    by_day = queries.by_day(first=before, last=TODAY, within=Within(districts=named("左營區")))
    scores = {day: rules.score(told.counts, WEIGHTING) for day, told in by_day.items()}
    assert scores == {before: Score(owed=6, met=6), YESTERDAY: Score(owed=6, met=3)}


@pytest.mark.req("DR-33")
def test_a_school_that_moved_takes_no_district_with_it() -> None:
    renamed(institution("K1"), former_district="鼓山區", effective_from=YESTERDAY)
    institution("K2")
    assert named("左營區") == [DistrictName(name="左營區", first=date.min, before=date.max)]
