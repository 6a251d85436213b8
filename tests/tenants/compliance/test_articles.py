"""What each article's rule says of a day (DR-30, KH-3-7, TY-X-1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tenants.compliance.articles.catalogue import ARTICLES, BY_KEY
from tenants.compliance.articles.facts import CameraReading, Reading, Risk, SiteReading
from tenants.compliance.articles.model import MOST_SUBJECTS, Finding, Force, State, force_under, found
from tenants.compliance.rules import CameraFacts, Coverage, LawFacts
from tenants.profiles import profile
from tenants.upkeep.rules import CalibrationState

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)
KH, TY = profile("KH_PRESCHOOL", DAY), profile("TY_ELEMENTARY", DAY)
K1, E1 = UUID(int=1), UUID(int=2)

pytestmark = pytest.mark.req("DR-30")


def camera(number: int = 1, site_id: UUID = K1, **said: object) -> CameraReading:
    """A camera with which all is well, but for what is said."""
    fine = CameraReading(
        id=UUID(int=100 + number),
        label=f"C-{number}",
        site_id=site_id,
        facts=CameraFacts(36_000, 36_000, 0),
        coverage=Coverage.KNOWN,
        silent=False,
        owes=None,
        oldest_day=DAY - timedelta(days=15),
        calibration=CalibrationState.CURRENT,
        calibration_due=DAY + timedelta(days=90),
        unmet_functions=(),
    )
    return replace(fine, **said)  # type: ignore[arg-type]


def reading(*cameras: CameraReading, **said: object) -> Reading:
    """K1's day with these cameras."""
    fine = Reading(
        day=DAY,
        now=NOW,
        main=KH,
        sites=[
            SiteReading(id=K1, code="K1", name="晨光幼兒園", law=KH, passed_on=DAY),
            SiteReading(id=E1, code="E1", name="向陽國小", law=TY, passed_on=None),
        ],
        cameras=cameras or (camera(),),
        risks=(),
        late_days=(),
        retention=LawFacts(computed_at=NOW),
        open_requests=0,
        late_requests=0,
    )
    return replace(fine, **said)  # type: ignore[arg-type]


def told(key: str, of: Reading) -> Finding:
    return found(BY_KEY[key], BY_KEY[key].looks(of))


def test_where_all_is_well_every_article_is_met_or_asks_nothing() -> None:
    states = {article.key: told(article.key, reading()).state for article in ARTICLES}
    nothing_there = {"agency_reply", "retained_copy"}
    assert {key for key, state in states.items() if state is State.NOT_APPLICABLE} == nothing_there
    assert {state for key, state in states.items() if key not in nothing_there} == {State.MET}


@pytest.mark.req("KH-5-3a", "KH-5-3b")
def test_a_camera_that_missed_time_is_listed_with_its_minutes() -> None:
    late = camera(2, facts=CameraFacts(36_000, 35_399, 1))
    finding = told("continuity", reading(camera(), late))
    assert (finding.state, finding.of, finding.count, finding.since) == (State.UNMET, 2, 1, DAY)
    assert [(each.label, each.why) for each in finding.wrong] == [("C-2", "應錄 600 分，缺 11 分")]


def test_a_site_that_is_silent_or_was_never_heard_is_never_met() -> None:
    nothing = CameraFacts(0, 0, 0)
    silent = camera(coverage=Coverage.UNKNOWN, silent=True, facts=nothing)
    never = replace(silent, oldest_day=None)
    assert told("continuity", reading(silent)).state is State.NOT_REPORTED
    assert told("continuity", reading(never)).state is State.NO_DATA
    assert told("retention_min", reading(never)).state is State.NO_DATA


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


@pytest.mark.req("DR-34")
def test_what_will_cost_footage_is_a_warning_and_not_yet_unmet() -> None:
    risk = Risk(site_id=K1, label="邊緣主機", id="", why="錄影磁碟尚餘 20 小時", since=DAY)
    finding = told("at_risk", reading(risks=[risk]))
    assert (finding.state, finding.count, finding.since) == (State.WARNED, 1, DAY)


@pytest.mark.req("KH-3-7")
def test_what_the_text_only_recommends_is_advice_and_never_unmet() -> None:
    finding = told("equipment", reading(camera(unmet_functions=("audio",))))
    assert (finding.state, finding.count) == (State.ADVICE, 1)
    assert told("equipment", reading(camera(unmet_functions=None))).state is State.NOT_APPLICABLE


@pytest.mark.req("TY-X-1", "TY-6-1a")
def test_calibration_binds_where_the_text_says_it_and_is_advice_where_it_is_silent() -> None:
    overdue = {"calibration": CalibrationState.DUE, "calibration_due": DAY - timedelta(days=3)}
    assert told("calibration", reading(camera(**overdue))).state is State.UNMET
    assert told("calibration", reading(camera(site_id=E1, **overdue))).state is State.ADVICE
    assert force_under(BY_KEY["calibration"], KH) is Force.MUST
    assert force_under(BY_KEY["calibration"], TY) is None


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
