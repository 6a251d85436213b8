"""What each article's rule says of a day (DR-30, KH-3-7, TY-X-1)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from tenants.compliance.articles.catalogue import ARTICLES, BY_KEY
from tenants.compliance.articles.facts import CameraReading, OpenFault, Reading, Risk
from tenants.compliance.articles.model import MOST_SUBJECTS, Finding, Force, State, force_under, found
from tenants.compliance.law import LateCopy
from tenants.compliance.rules import CameraFacts, Coverage, LawFacts
from tenants.people.undertakings.rules import Owed
from tenants.people.undertakings.standing import UndertakingsStanding
from tenants.registry.assessments.standing import AssessmentStanding, CameraLine
from tenants.registry.hours.standing import HoursStanding
from tenants.registry.zones import ZoneGroup
from tenants.upkeep.faults.kinds import FaultKind
from tenants.upkeep.faults.settling import LOOKED_BACK
from tenants.upkeep.inspections.drill_standing import Wrong
from tests.tenants.compliance.readings import (
    DAY,
    DESIGNATED,
    E1,
    K1,
    KH,
    NO_FAULT,
    NO_PROPERTY,
    NOW,
    TY,
    camera,
    inspected,
    reading,
    rooms,
)

pytestmark = pytest.mark.req("DR-30")


def told(key: str, of: Reading) -> Finding:
    return found(BY_KEY[key], BY_KEY[key].looks(of))


def test_where_all_is_well_every_article_is_met_or_asks_nothing() -> None:
    states = {article.key: told(article.key, reading()).state for article in ARTICLES}
    nothing_there = {"agency_reply", "faults", "open_faults", "origin", "retained_copy", "risen"}
    assert {key for key, state in states.items() if state is State.NOT_APPLICABLE} == nothing_there
    assert {state for key, state in states.items() if key not in nothing_there} == {State.MET}


@pytest.mark.req("KH-5-3a", "KH-5-3b")
def test_a_camera_that_missed_time_is_listed_with_its_minutes() -> None:
    late = camera(2, facts=CameraFacts(36_000, 35_399, 1))
    finding = told("continuity", reading(camera(), late))
    assert (finding.state, finding.of, finding.count, finding.since) == (State.UNMET, 2, 1, DAY)
    assert [(each.label, each.why) for each in finding.wrong] == [("C-2", "應錄 600 分，缺 11 分")]


def never_heard(*cameras: CameraReading) -> Reading:
    of = reading(*cameras)
    return replace(of, sites=[replace(each, heard=False) for each in of.sites])


def test_a_site_that_is_silent_or_was_never_heard_is_never_met() -> None:
    silent = camera(coverage=Coverage.UNKNOWN, silent=True, facts=CameraFacts(0, 0, 0))
    never = replace(silent, oldest_day=None)
    assert told("continuity", reading(silent)).state is State.NOT_REPORTED
    assert told("continuity", never_heard(never)).state is State.NO_DATA
    assert told("retention_min", reading(never)).state is State.NO_DATA


def test_whether_a_day_was_silent_or_unknown_does_not_follow_from_the_box_of_now() -> None:
    day = camera(coverage=Coverage.UNKNOWN, facts=CameraFacts(0, 0, 0))
    assert told("continuity", reading(day)).state is State.NOT_REPORTED, "it had spoken before, and speaks again"
    assert told("continuity", never_heard(day)).state is State.NO_DATA, "it spoke for the first time after the day"


def test_of_a_site_that_was_never_heard_nobody_knows_its_interruptions() -> None:
    finding = told("gaps", never_heard(camera()))
    assert (finding.state, finding.of, finding.count) == (State.NO_DATA, 1, 0)
    assert "從未回報者為無資料" in BY_KEY["gaps"].definition


def test_the_definition_of_interruptions_says_how_far_back_they_are_listed() -> None:
    assert f"中斷結束逾 {LOOKED_BACK.days} 日不再列出" in BY_KEY["gaps"].definition


def test_one_camera_that_is_wrong_outweighs_one_of_which_nothing_is_known() -> None:
    silent = camera(2, coverage=Coverage.UNKNOWN, silent=True)
    missed = camera(3, facts=CameraFacts(36_000, 0, 1))
    finding = told("continuity", reading(camera(), silent, missed))
    assert (finding.state, finding.of, finding.count) == (State.UNMET, 3, 1)


@pytest.mark.req("KH-5-3c")
def test_a_camera_that_owes_days_is_short_since_its_oldest_day() -> None:
    oldest = DAY - timedelta(days=9)
    finding = told("retention_min", reading(camera(owes=14, oldest_day=oldest)))
    assert (finding.state, finding.count, finding.since) == (State.UNMET, 1, oldest)


@pytest.mark.req("KH-5-3c", "KH-6-3b")
def test_footage_that_was_lost_too_early_is_a_short_fall_of_its_own() -> None:
    lost = reading(retention=LawFacts(computed_at=NOW, floor_missing=3, lost_requests=1))
    assert [each.why for each in told("retention_min", lost).wrong] == [
        "3 段未滿保存天數即遺失",
        "1 件的影像於收件後遭刪除",
    ]


@pytest.mark.req("KH-5-4a")
@pytest.mark.parametrize(("due", "state"), [(DAY, State.MET), (DAY - timedelta(days=1), State.UNMET)])
def test_a_due_day_has_one_day_of_grace(due: date, state: State) -> None:
    assert told("retention_max", reading(late_days=[(due - timedelta(days=15), due)])).state is state


@pytest.mark.req("KH-5-4a", "KH-6-4b", "TY-4-4a")
@pytest.mark.parametrize(("late", "state"), [(timedelta(days=1), State.MET), (timedelta(days=2), State.UNMET)])
def test_a_copy_that_should_be_gone_has_the_same_grace_as_a_day(late: timedelta, state: State) -> None:
    copy = LateCopy(label="備查複製本", id=UUID(int=6), since=NOW - late)
    finding = told("retention_max", reading(late_copies=[copy]))
    assert finding.state is state
    said = [(each.label, each.id, each.why) for each in finding.wrong]
    assert said == [("備查複製本", str(copy.id), "應銷毀而未完成")] * (state is State.UNMET)


@pytest.mark.req("DR-34")
def test_what_will_cost_footage_is_a_warning_and_not_yet_unmet() -> None:
    risk = Risk(site_id=K1, label="邊緣主機", id="", why="錄影磁碟尚餘 20 小時", since=DAY)
    finding = told("at_risk", reading(risks=[risk]))
    assert (finding.state, finding.count, finding.since) == (State.WARNED, 1, DAY)


@pytest.mark.req("DR-34")
def test_of_a_site_that_never_said_a_word_nobody_knows_whether_footage_is_at_risk() -> None:
    never = reading(camera(silent=True, oldest_day=None))
    assert told("at_risk", never).state is State.NO_DATA
    quiet_for_minutes = reading(camera(silent=True))
    assert told("at_risk", quiet_for_minutes).state is State.MET


@pytest.mark.req("KH-3-7")
def test_what_the_text_only_recommends_is_advice_and_never_unmet() -> None:
    finding = told("equipment", reading(camera(unmet_functions=("audio",))))
    assert (finding.state, finding.count) == (State.ADVICE, 1)
    assert told("equipment", reading(camera(unmet_functions=None))).state is State.NOT_APPLICABLE


@pytest.mark.req("TY-X-1", "TY-6-1a")
def test_calibration_binds_where_the_text_says_it_and_is_no_matter_where_it_is_silent() -> None:
    def late(site_id: UUID) -> Reading:
        overdue = Wrong(id=camera().id, since=DAY - timedelta(days=3))
        return reading(camera(site_id=site_id), rooms=rooms(inspections=inspected(calibration_due=[overdue])))

    assert told("calibration", late(K1)).state is State.UNMET
    assert told("calibration", late(E1)).state is State.NOT_APPLICABLE
    assert force_under(BY_KEY["calibration"], KH) is Force.MUST
    assert force_under(BY_KEY["calibration"], TY) is None


@pytest.mark.req("KH-8-1d", "TY-6-1b")
def test_an_open_fault_is_told_by_its_name_and_unmet_only_once_a_step_is_late() -> None:
    bag = OpenFault(id=UUID(int=5), serial="報修-115-1", site_id=K1, kind=FaultKind.BLOCKED, cameras=["C-1"], since=DAY)
    in_time = replace(NO_FAULT, opened=1, open=((bag.id, DAY),))
    of = reading(rooms=rooms(faults=in_time, open_faults=[bag]))
    assert told("faults", of).state is State.MET
    warned = told("open_faults", of)
    assert (warned.state, [each.label for each in warned.wrong]) == (State.WARNED, ["C-1"])
    assert (warned.wrong[0].why, warned.wrong[0].kind) == ("畫面被遮住（報修-115-1）", "blocked")
    late = replace(in_time, unreported=in_time.open)
    finding = told("faults", reading(rooms=rooms(faults=late, open_faults=[bag])))
    assert (finding.state, [each.why for each in finding.wrong]) == (State.UNMET, ["逾時未受理"])


@pytest.mark.req("KH-5-3b")
def test_an_interruption_without_a_reason_in_time_is_unmet() -> None:
    unexplained = replace(NO_FAULT, unexplained=((camera().id, DAY),), gaps_owed=1)
    assert told("gaps", reading(rooms=rooms(faults=unexplained))).state is State.UNMET


@pytest.mark.req("TY-3-3c", "KH-8-1a")
def test_an_inspection_that_is_late_is_unmet_under_both_texts() -> None:
    for site_id in (K1, E1):
        late = Wrong(id=site_id, since=DAY - timedelta(days=3))
        finding = told("inspection", reading(rooms=rooms(inspections=inspected(overdue=[late]))))
        assert (finding.state, finding.of, finding.count, finding.since) == (State.UNMET, 2, 1, late.since)


@pytest.mark.req("KH-4-1", "TY-3-1a")
def test_nobody_designated_is_red_at_once() -> None:
    nobody = replace(DESIGNATED, designated=False, undesignated_since=DAY)
    finding = told("designation", reading(rooms=rooms(designations=nobody)))
    assert (finding.state, [each.why for each in finding.wrong]) == (State.UNMET, ["未指派專人"])


@pytest.mark.req("KH-5-2")
def test_who_did_not_sign_is_counted_by_id_and_never_by_name() -> None:
    owed = UndertakingsStanding(day=DAY, bound=2, unsigned=(Owed(user_id=UUID(int=9), since=DAY),), left_unsigned=())
    finding = told("secrecy", reading(rooms=rooms(undertakings=owed)))
    assert (finding.state, finding.of) == (State.UNMET, 2)
    assert [(each.label, each.id) for each in finding.wrong] == [("任職人員", str(UUID(int=9)))]


@pytest.mark.req("KH-3-1", "TY-X-1")
def test_a_camera_without_an_assessment_is_unmet_for_a_preschool_and_advice_for_a_school() -> None:
    def lacking(site_id: UUID) -> Reading:
        line = CameraLine(
            camera_id=camera().id, group=ZoneGroup.OUTDOOR_PUBLIC, unassessed=DAY, unnoted=None, unreviewed=None
        )
        places = AssessmentStanding(cameras=1, lines=[line], omitted=(), attempts=0)
        return reading(camera(site_id=site_id), rooms=rooms(assessments=places))

    assert told("zones", lacking(K1)).state is State.UNMET
    assert told("zones", lacking(E1)).state is State.ADVICE


@pytest.mark.req("KH-8-2a", "DR-35")
def test_a_device_outside_the_ledger_is_unmet_and_a_restricted_one_without_notes_is_advice() -> None:
    held = replace(NO_PROPERTY, assets=3, unlisted=((UUID(int=7), DAY),), controlled=((UUID(int=8), DAY),))
    of = reading(rooms=rooms(property=replace(held, unnoted=held.controlled)))
    assert (told("property", of).state, told("property", of).of) == (State.UNMET, 4)
    assert told("origin", of).state is State.ADVICE


@pytest.mark.req("DR-16")
def test_hours_are_asked_of_sites_that_record_while_they_are_open() -> None:
    unstated = HoursStanding(sites=2, unstated=((K1, DAY), (E1, DAY)), late=())
    finding = told("hours", reading(rooms=rooms(hours=unstated)))
    assert (finding.state, finding.of, finding.count) == (State.ADVICE, 1, 1)


@pytest.mark.req("KH-2-1", "TY-X-1")
def test_measures_are_asked_only_of_sites_whose_text_asks_for_a_meeting() -> None:
    of = reading()
    finding = told("local_policy", replace(of, sites=[replace(each, passed_on=None) for each in of.sites]))
    assert (finding.state, finding.of, [each.label for each in finding.wrong]) == (State.UNMET, 1, ["晨光幼兒園"])


def test_the_list_behind_a_figure_is_bounded_and_its_count_is_not() -> None:
    many = [camera(number, facts=CameraFacts(36_000, 0, 1)) for number in range(MOST_SUBJECTS + 5)]
    finding = told("continuity", reading(*many))
    assert (len(finding.wrong), finding.count) == (MOST_SUBJECTS, MOST_SUBJECTS + 5)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda each: each.key)
def test_every_article_says_what_it_counts_and_whose_duty_it_is(article: object) -> None:
    assert all(getattr(article, name) for name in ("name", "definition", "unit", "owner"))


def test_keys_are_unique() -> None:
    assert len(BY_KEY) == len(ARTICLES)
