"""What is due, what counts, and how an institution stands."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from infra.causes import GapCause
from infra.clock import TAIPEI
from tenants.compliance.rules import (
    STANDING_NAMES,
    CameraFacts,
    Coverage,
    LawFacts,
    NowFacts,
    Standing,
    camera_facts,
    coverage_of,
    days_short,
    judge,
    share,
    silent_since,
    together,
    total,
)
from tenants.footage.coverage import CameraDay, camera_day
from tenants.footage.due import due_windows
from tenants.footage.rules import Gap, Reported, Window, day_window
from tenants.registry.hours.rules import DEFAULT, DayHours, day_hours

FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def at(clock_time: str, day: date = FRIDAY) -> datetime:
    return datetime.combine(day, datetime.strptime(clock_time, "%H:%M").time(), TAIPEI)  # noqa: DTZ007 - made aware here


def whole_day(*lost: tuple[str, str]) -> CameraDay:
    gaps = [Gap(Window(at(begin), at(end)), GapCause.CAMERA_UNREACHABLE) for begin, end in lost]
    return CameraDay(expected=day_window(FRIDAY), gaps=gaps)


def open_windows() -> list[Window]:
    return due_windows(FRIDAY, continuity="opening_hours", hours=hours_of(FRIDAY))


def hours_of(day: date) -> DayHours:
    return day_hours(day, hours=DEFAULT, specials=[], own=None)


@pytest.mark.req("KH-5-3a")
@pytest.mark.parametrize(
    ("lost", "missing_seconds", "gaps"),
    [
        (("03:00", "03:20"), 0, 0),
        (("10:05", "10:15"), 600, 1),
        (("17:55", "18:10"), 300, 1),
    ],
)
def test_a_preschools_gap_counts_only_while_it_is_open(lost: tuple[str, str], missing_seconds: int, gaps: int) -> None:
    found = camera_facts(whole_day(lost), open_windows())
    assert found == CameraFacts(37_800, 37_800 - missing_seconds, gaps)


@pytest.mark.req("TY-4-3a")
def test_a_schools_gap_counts_at_night_too_and_opening_hours_are_not_asked() -> None:
    found = camera_facts(
        whole_day(("03:00", "03:20")), due_windows(FRIDAY, continuity="always", hours=hours_of(FRIDAY))
    )
    assert found == CameraFacts(86_400, 86_400 - 1_200, 1)


def test_nothing_is_due_on_a_closed_day_and_that_is_no_share() -> None:
    assert due_windows(SATURDAY, continuity="opening_hours", hours=hours_of(SATURDAY)) == []
    assert share(total([camera_facts(whole_day(), [])])) is None


@pytest.mark.req("DR-30", "KH-5-3a")
@pytest.mark.parametrize(
    ("day", "clock_time", "said", "state"),
    [
        (FRIDAY, "07:00", True, Coverage.NOT_BEGUN),
        (FRIDAY, "12:00", False, Coverage.UNKNOWN),
        (FRIDAY, "12:00", True, Coverage.KNOWN),
        (SATURDAY, "12:00", False, Coverage.NOT_DUE),
    ],
)
def test_unknown_not_begun_and_not_due_are_three_things(
    day: date,
    clock_time: str,
    said: bool,  # noqa: FBT001 - a case
    state: Coverage,
) -> None:
    now, due = at(clock_time, day), due_windows(day, continuity="opening_hours", hours=hours_of(day))
    reports = [Gap(day_window(day), GapCause.CAMERA_UNREACHABLE)] if said else []
    known = camera_day(day_window(day), arrived=[], reports=reports, reported=None, now=now)
    assert coverage_of(known, due, now) is state


@pytest.mark.req("DR-30", "TY-4-3a")
def test_a_past_day_without_a_word_stays_unknown_though_the_edge_speaks_today() -> None:
    now, due = at("12:00", SATURDAY), [day_window(FRIDAY)]
    today = Reported(at=now, recording=True, recorded_until=now, late=None, fault=None)
    silent = camera_day(day_window(FRIDAY), arrived=[], reports=[], reported=today, now=now)
    assert coverage_of(silent, due, now) is Coverage.UNKNOWN
    told = [Gap(Window(at("03:00"), at("03:01")), GapCause.NO_VIDEO)]
    nothing = camera_day(day_window(FRIDAY), arrived=[], reports=told, reported=today, now=now)
    assert coverage_of(nothing, due, now) is Coverage.KNOWN
    assert share(camera_facts(nothing, due)) == 0.0


def test_one_camera_that_is_known_makes_a_share_and_none_makes_none() -> None:
    assert together([Coverage.NOT_DUE, Coverage.UNKNOWN, Coverage.KNOWN]) is Coverage.KNOWN
    assert together([Coverage.NOT_DUE, Coverage.NOT_BEGUN, Coverage.UNKNOWN]) is Coverage.UNKNOWN
    assert together([]) is Coverage.NOT_DUE


def test_one_interruption_with_two_causes_is_one_gap() -> None:
    found = camera_facts(whole_day(("10:00", "10:05"), ("10:05", "10:10")), open_windows())
    assert (found.gaps, found.due_seconds - found.recorded_seconds) == (1, 600)


def test_a_day_of_which_nothing_is_over_owes_nothing() -> None:
    assert camera_facts(CameraDay(expected=None), open_windows()) == CameraFacts(0, 0, 0)


@pytest.mark.req("KH-5-3c")
@pytest.mark.parametrize(
    ("age", "kept", "short"), [(40, 14, False), (40, 13, True), (40, None, True), (3, 3, False), (3, 1, True)]
)
def test_a_new_camera_owes_its_own_days_and_an_old_one_fourteen(age: int, kept: int | None, short: bool) -> None:  # noqa: FBT001 - the expected answer
    oldest = FRIDAY - timedelta(days=kept) if kept is not None else None
    found = days_short(
        owed_since=FRIDAY - timedelta(days=14),
        active_from=FRIDAY - timedelta(days=age),
        oldest_day=oldest,
        today=FRIDAY,
    )
    assert found == (min(age, 14) if short else None)


def facts(**others: Any) -> NowFacts:  # noqa: ANN401 - fields of the dataclass
    whole: dict[str, Any] = {
        "computed_at": NOW,
        "last_report_at": NOW,
        "cameras": 2,
        "recording_now": 2,
        "coverage_today": 1.0,
        "coverage_state": Coverage.KNOWN,
        "days_kept": 14,
        "open_requests": 0,
        "overdue_destructions": 0,
        "short_cameras": 0,
    }
    return NowFacts(**whole | others)


def law(**others: Any) -> LawFacts:  # noqa: ANN401 - as above
    return LawFacts(computed_at=NOW, **others)


def test_an_institution_that_is_silent_still_tells_what_of_the_law_it_breaks() -> None:
    judgement = judge(facts(last_report_at=NOW - timedelta(days=7), law=law(floor_missing=3)), now=NOW)
    assert judgement.standing is Standing.NOT_REPORTED
    assert "3 段影像未滿保存天數即遺失" in judgement.reasons


@pytest.mark.req("DR-30")
@pytest.mark.parametrize(
    ("known", "standing"),
    [
        (None, Standing.NO_DATA),
        (facts(last_report_at=None, recording_now=None, coverage_today=None), Standing.NO_DATA),
        (facts(last_report_at=NOW - timedelta(days=7)), Standing.NOT_REPORTED),
        (facts(computed_at=NOW - timedelta(minutes=6)), Standing.NOT_REPORTED),
        (facts(recording_now=None), Standing.FAULT),
        (facts(recording_now=1), Standing.FAULT),
        (facts(coverage_today=0.99), Standing.FAULT),
        (facts(short_cameras=1, short_of=(14,)), Standing.FAULT),
        (facts(overdue_destructions=1), Standing.FAULT),
        (facts(law=law(floor_missing=1)), Standing.FAULT),
        (facts(law=law(stopped_runs=1)), Standing.FAULT),
        (facts(law=law(stalled=True)), Standing.FAULT),
        (facts(law=law(late_reviews=1)), Standing.FAULT),
        (facts(law=law(incomplete_holds=1)), Standing.FAULT),
        (facts(cameras=0, law=law(stopped_runs=1)), Standing.FAULT),
        (facts(law=law(late_minutes=600, open_holds=3)), Standing.FINE),
        (facts(open_requests=1), Standing.TO_DO),
        (facts(cameras=0), Standing.NO_CAMERA),
        (facts(coverage_today=None), Standing.FINE),
        (facts(), Standing.FINE),
    ],
)
def test_silence_and_ignorance_are_never_fine(known: NowFacts | None, standing: Standing) -> None:
    judgement = judge(known, now=NOW)
    assert judgement.standing is standing
    assert bool(judgement.reasons) is (standing is not Standing.FINE)


def test_every_standing_has_a_name_of_its_own_and_silence_comes_first() -> None:
    assert len(set(STANDING_NAMES.values())) == len(Standing)
    silent, fine = (judge(known, now=NOW).urgency for known in (facts(last_report_at=NOW - timedelta(days=7)), facts()))
    assert silent < fine


@pytest.mark.req("DR-30")
@pytest.mark.parametrize("known", [None, facts(last_report_at=None), facts(cameras=0, last_report_at=None)])
def test_on_its_first_day_an_institution_that_said_nothing_is_neither_silent_nor_fine(known: NowFacts | None) -> None:
    judgement = judge(known, now=NOW, is_first_day=True)
    assert (judgement.standing, judgement.reasons) == (Standing.NOT_YET, ("今天開通，明天起計入",))


@pytest.mark.req("DR-30")
def test_what_a_box_says_on_the_first_day_counts_as_on_any_other() -> None:
    stopped = facts(recording_now=0)
    assert judge(stopped, now=NOW, is_first_day=True).standing is Standing.FAULT
    silent = facts(last_report_at=NOW - timedelta(hours=2))
    assert judge(silent, now=NOW, is_first_day=True).standing is Standing.NOT_REPORTED


@pytest.mark.req("DR-30")
def test_a_case_past_its_day_is_a_fault_whatever_else_is_known() -> None:
    assert judge(facts(open_requests=1), now=NOW).standing is Standing.TO_DO
    late = judge(facts(open_requests=1, late_requests=1), now=NOW)
    assert late.standing is Standing.FAULT
    assert late.reasons == ("1 件調閱案件已逾處理期限",)
    silent = judge(facts(late_requests=1, last_report_at=NOW - timedelta(days=7)), now=NOW)
    assert silent.standing is Standing.NOT_REPORTED
    assert "1 件調閱案件已逾處理期限" in silent.reasons


@pytest.mark.req("DR-30")
def test_silence_runs_from_the_last_report_or_from_when_the_facts_were_taken() -> None:
    week = NOW - timedelta(days=7)
    assert silent_since(facts(last_report_at=week), NOW) == week
    assert silent_since(facts(computed_at=week), NOW) == week
    assert silent_since(facts(), NOW) is None
    assert silent_since(facts(last_report_at=None), NOW) is None
