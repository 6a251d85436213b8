"""Findings as they are taken, counted for the city, and read by the bureau (DR-30)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import bureau_session, db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.compliance import actions as compliance_actions
from tenants.compliance.articles import actions, queries
from tenants.compliance.articles.catalogue import ARTICLES
from tenants.compliance.articles.model import State
from tenants.compliance.articles.queries import Asked, Part
from tenants.compliance.due import city_days_to_take
from tenants.compliance.finding_models import CityDay, ComplianceFinding
from tenants.compliance.models import ComplianceDay
from tenants.compliance.scoring import queries as scores
from tenants.compliance.scoring.rules import DEFAULT, Reach
from tenants.footage.models import CameraStatus, Segment
from tenants.registry.assessments.models import ZoneCount
from tenants.registry.models import EdgeDevice
from tenants.upkeep.property.models import PropertyCount
from tests.factories import compliance, footage, people
from tests.factories.registry import Institution, institution, renamed

TODAY = clock.today()
YESTERDAY = TODAY - timedelta(days=1)
LONG_AGO = TODAY - timedelta(days=5)
TAKER = system("test")

pytestmark = pytest.mark.req("DR-30")


@pytest.fixture
def e1(domain: Flask) -> Institution:
    """A school that must record day and night."""
    assert domain
    made = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY", cameras=("C-GATE",))
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made


def taken(of: Institution, day: object = YESTERDAY) -> dict[str, ComplianceFinding]:
    bind(db.session, Binding(tenant_id=of.tenant_id))
    actions.take_findings(tenant_id=of.tenant_id, day=day, now=clock.now(), actor=TAKER)  # type: ignore[arg-type]
    db.session.commit()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    query = db.select(ComplianceFinding).where(ComplianceFinding.civil_day == day)
    return {row.article: row for row in db.session.scalars(query.execution_options(populate_existing=True))}


def counted(day: object = YESTERDAY) -> None:
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    actions.take_city_day(tenant_id=bureau_id, day=day, now=clock.now(), actor=TAKER)  # type: ignore[arg-type]
    db.session.commit()


def test_a_day_has_one_row_for_each_article(e1: Institution) -> None:
    found = taken(e1)
    assert set(found) == {article.key for article in ARTICLES}
    assert found["continuity"].state == State.NO_DATA


@pytest.mark.req("DR-17", "TY-4-3a")
def test_footage_that_came_late_changes_what_the_day_said(e1: Institution) -> None:
    device_id, start = footage.device(e1), clock.day_start(YESTERDAY)
    for minute in range(0, 60, 10):
        footage.segment(e1, device_id=device_id, started_at=start + timedelta(minutes=minute), seconds=600)
    first = taken(e1)["continuity"]
    assert (first.state, first.wrong, first.since) == (State.UNMET, 1, YESTERDAY)
    assert first.subjects[0]["why"] == "應錄 1440 分，缺 1380 分"
    for minute in range(60, 1440, 10):
        footage.segment(e1, device_id=device_id, started_at=start + timedelta(minutes=minute), seconds=600)
    assert taken(e1)["continuity"].state == State.MET


def test_a_silent_day_stays_silent_and_one_before_the_first_word_unknown_however_often_it_is_told(
    e1: Institution,
) -> None:
    before = clock.day_start(YESTERDAY) - timedelta(hours=9)
    device_id = footage.device(e1)
    footage.status(e1)
    footage.camera_check(e1, device_id=device_id, measured_at=before, reported_at=before)

    def spoke(*, first: datetime, last: datetime) -> dict[str, ComplianceFinding]:
        db.session.execute(db.update(EdgeDevice).values(enrolled_at=first, last_seen_at=last))
        db.session.execute(db.update(CameraStatus).values(reported_at=last, recorded_until=last))
        db.session.commit()
        return taken(e1)

    assert spoke(first=before, last=before)["continuity"].state == State.NOT_REPORTED
    back = spoke(first=before, last=clock.now())
    assert back["continuity"].state == State.NOT_REPORTED, "and said nothing of the day"
    new = spoke(first=clock.now(), last=clock.now())
    assert {new[key].state for key in ("continuity", "gaps")} == {State.NO_DATA}


@pytest.mark.req("DR-30")
@pytest.mark.parametrize("sent", [None, footage.camera_check, footage.gap, footage.segment])
def test_a_day_before_the_first_word_of_a_box_that_was_enrolled_by_then_stays_unknown(
    e1: Institution, sent: Callable[..., object] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A box is enrolled at the vendor's and plugged in days later; its first word changes no day before it."""
    enrolled, device_id = clock.day_start(YESTERDAY) - timedelta(days=3), footage.device(e1)
    db.session.execute(db.update(EdgeDevice).values(enrolled_at=enrolled, last_seen_at=None))
    if sent is not None:
        with monkeypatch.context() as then:
            then.setattr(clock, "now", lambda: enrolled + timedelta(hours=2))
            sent(e1, device_id=device_id)
    db.session.commit()
    if sent is None:
        assert taken(e1)["continuity"].state == State.NO_DATA
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    db.session.execute(db.update(EdgeDevice).values(last_seen_at=clock.now()))
    db.session.commit()
    found = taken(e1)
    assert found["continuity"].state == (State.NOT_REPORTED if sent else State.NO_DATA)
    assert (found["gaps"].state == State.NO_DATA) is (sent is None)


def test_of_a_day_long_past_only_what_can_be_told_again_is_written_over(e1: Institution) -> None:
    retold = {article.key for article in ARTICLES if article.retold}
    assert set(taken(e1, LONG_AGO)) == retold


@pytest.mark.req("KH-3-5", "DR-35")
def test_figures_of_places_and_equipment_are_of_today_and_no_past_day_writes_over_them(e1: Institution) -> None:
    taken(e1)
    assert db.session.scalars(db.select(ZoneCount)).all() == []
    taken(e1, TODAY)
    counts = {row.zone_group: row.cameras for row in db.session.scalars(db.select(ZoneCount))}
    assert counts == {"outdoor_public": 1, "indoor_public": 0, "activity_room": 0}
    assert db.session.scalars(db.select(PropertyCount)).one().unlisted == 1


def test_a_day_whose_footage_is_destroyed_keeps_what_it_said_of_recording(e1: Institution) -> None:
    footage.segment(e1, device_id=footage.device(e1), started_at=clock.day_start(LONG_AGO), seconds=86_400)
    assert taken(e1, LONG_AGO)["continuity"].state == State.MET
    compliance_actions.take_day(tenant_id=e1.tenant_id, day=LONG_AGO, now=clock.now(), actor=TAKER)
    db.session.execute(db.update(Segment).values(state="missing"))
    footage.filmed_day(e1, day=clock.day_start(LONG_AGO))
    db.session.commit()
    assert taken(e1, LONG_AGO)["continuity"].state == State.MET
    compliance_actions.take_day(tenant_id=e1.tenant_id, day=LONG_AGO, now=clock.now(), actor=TAKER)
    kept = db.session.get_one(ComplianceDay, (e1.tenant_id, LONG_AGO), populate_existing=True)
    assert (kept.due_seconds, kept.recorded_seconds) == (86_400, 86_400)


@pytest.mark.req("DR-33")
def test_the_city_is_counted_by_the_district_of_the_day_itself(e1: Institution) -> None:
    renamed(e1, former_district="舊區", effective_from=TODAY)
    for day in (YESTERDAY, TODAY):
        taken(e1, day)
        counted(day)
    rows = db.session.execute(db.select(CityDay.civil_day, CityDay.district).distinct()).all()
    assert sorted(tuple(row) for row in rows) == [(YESTERDAY, "舊區"), (TODAY, "左營區")]


def test_a_city_day_is_counted_again_once_its_findings_are_newer(e1: Institution) -> None:
    assert city_days_to_take(today=TODAY) == []
    taken(e1)
    assert city_days_to_take(today=TODAY) == [YESTERDAY]
    counted()
    assert city_days_to_take(today=TODAY) == []
    taken(e1)
    assert city_days_to_take(today=TODAY) == [YESTERDAY]


def test_a_share_is_of_those_that_owe_it_and_the_silent_are_not_met(e1: Institution) -> None:
    k1, k2, k3 = (institution(code, name=f"{code}幼兒園") for code in ("K1", "K2", "K3"))
    for of, state in (
        (e1, State.MET),
        (k1, State.UNMET),
        (k2, State.NOT_REPORTED),
        (k3, State.NOT_APPLICABLE),
    ):
        bind(db.session, Binding(tenant_id=of.tenant_id))
        compliance.finding(of, state=state, since=LONG_AGO if state is State.UNMET else None)
    (line,) = [each for each in queries.city(day=TODAY) if each.article.key == "continuity"]
    assert (line.tally.applies_to, line.tally.share_met, line.tally.needing) == (3, 1 / 3, 2)
    assert line.oldest == LONG_AGO
    by_kind = queries.by_part(day=TODAY, article="continuity", part=Part.KIND)
    assert {kind: tally.share_met for kind, tally in by_kind.items()} == {"elementary_school": 1.0, "preschool": 0.0}


def test_the_list_behind_a_figure_names_the_worst_first_and_what_is_wrong(e1: Institution) -> None:
    k1 = institution("K1", name="晨光幼兒園")
    compliance.finding(e1, state=State.MET)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    compliance.finding(k1, wrong=2)
    listed, total = queries.institutions(asked=Asked(day=TODAY, article="continuity"), limit=10)
    assert (total, [each.name for each in listed]) == (2, ["晨光幼兒園", "向陽國小"])
    assert [subject.label for subject in listed[0].subjects] == ["C-GATE", "C-GATE"]
    only, total = queries.institutions(asked=Asked(day=TODAY, article="continuity", state="met"), limit=10)
    assert (total, [each.name for each in only]) == (1, ["向陽國小"])


def test_a_trend_leaves_out_the_days_that_were_not_counted(domain: Flask) -> None:
    assert domain
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    compliance.city_day(bureau_id, on=LONG_AGO, met=9, unmet=1)
    compliance.city_day(bureau_id, on=YESTERDAY, met=5, unmet=5)
    found = queries.trend(article="continuity", first=LONG_AGO, last=TODAY)
    assert {day: tally.share_met for day, tally in found.items()} == {LONG_AGO: 0.9, YESTERDAY: 0.5}


@pytest.mark.req("DR-09")
def test_what_the_bureau_reads_of_a_finding_bears_no_key_and_no_address(e1: Institution) -> None:
    compliance.finding(e1)
    (line,) = queries.of_institution(tenant_id=e1.tenant_id, day=TODAY)
    assert not any(word in repr(line) for word in ("seg/", "http", "age1", ".age"))
    with bureau_session() as session:
        assert session.scalar(db.select(ComplianceFinding.article)) == "continuity"


def test_the_day_on_which_it_was_opened_is_no_institutions_fault_and_the_next_one_is(e1: Institution) -> None:
    opened = institution("K1", name="新開幼兒園", opened_on=YESTERDAY)
    first, second = taken(opened), taken(opened, TODAY)
    assert {row.state for row in first.values()} == {State.NOT_YET}
    assert not any(row.owed or row.wrong or row.subjects for row in first.values())
    assert second["designation"].state == State.UNMET
    taken(e1)
    line = next(each for each in queries.city(day=YESTERDAY) if each.article.key == "designation")
    assert (line.tally.applies_to, line.tally.needing, line.tally.counts[State.NOT_YET]) == (1, 1, 1)
    scored = {each.code: each for each in scores.scored(day=YESTERDAY, weighting=DEFAULT)}
    assert scored["K1"].reach is Reach.NOT_SCORED
    assert scored["E1"].reach is Reach.BELOW
