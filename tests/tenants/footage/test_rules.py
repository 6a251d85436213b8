"""Spans, coverage and gaps. Pure."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.causes import GapCause
from infra.clock import civil_day, day_start
from tenants.footage.coverage import camera_day
from tenants.footage.rules import (
    CAUSE_NAMES,
    Gap,
    Now,
    Reported,
    Window,
    explained,
    is_plausible,
    merged,
    missing,
    state_now,
)
from tenants.periods import LEAST_RETENTION_DAYS, deletable_from

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def window(begins: float, ends: float) -> Window:
    return Window(at(begins), at(ends))


HOUR = window(0, 60)
SPANS = st.lists(
    st.tuples(st.integers(-30, 90), st.integers(1, 40)).map(lambda pair: window(pair[0], pair[0] + pair[1])), max_size=8
)


def minutes_of(windows: list[Window]) -> set[int]:
    """The whole minutes that windows hold."""
    return {n for n in range(-60, 180) for one in windows if one.started_at <= at(n) < one.ended_at}


def test_a_window_that_holds_no_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        window(5, 5)


@given(SPANS)
def test_merging_keeps_every_instant_and_leaves_nothing_touching(spans: list[Window]) -> None:
    result = merged(spans)
    assert minutes_of(result) == minutes_of(spans)
    assert all(one.ended_at < two.started_at for one, two in pairwise(result))


@given(SPANS)
def test_what_is_missing_is_the_rest(spans: list[Window]) -> None:
    assert minutes_of(missing(HOUR, spans)) == set(range(60)) - minutes_of(spans)


@given(SPANS, SPANS)
def test_every_missing_instant_has_exactly_one_cause(holes: list[Window], reports: list[Window]) -> None:
    whole = merged(holes)
    gaps = explained(whole, [Gap(report, GapCause.STREAM_ENDED) for report in reports])
    assert sum(gap.window.seconds for gap in gaps) == sum(hole.seconds for hole in whole)
    reported = minutes_of([gap.window for gap in gaps if gap.cause is GapCause.STREAM_ENDED])
    assert reported == minutes_of(whole) & minutes_of(reports)


@pytest.mark.req("KH-5-3b", "DR-17")
def test_a_gap_has_the_cause_the_edge_reported_and_the_rest_is_not_explained() -> None:
    day = camera_day(
        HOUR,
        arrived=[window(0, 20), window(40, 60)],
        reports=[Gap(window(20, 30), GapCause.CAMERA_UNREACHABLE)],
        reported=None,
        now=at(90),
    )
    assert [(gap.window, gap.cause) for gap in day.gaps] == [
        (window(20, 30), GapCause.CAMERA_UNREACHABLE),
        (window(30, 40), GapCause.NO_CONTACT),
    ]
    assert day.coverage == pytest.approx(40 / 60)


@pytest.mark.req("DR-17")
def test_late_upload_is_no_gap_and_a_gap_inside_it_is() -> None:
    reported = Reported(at=at(60), recording=True, recorded_until=at(60), late=window(10, 60), fault=None)
    day = camera_day(
        HOUR,
        arrived=[window(0, 10), window(20, 30)],
        reports=[Gap(window(35, 40), GapCause.STREAM_ENDED)],
        reported=reported,
        now=at(60),
    )
    assert list(day.late) == [window(10, 20), window(30, 35), window(40, 60)]
    assert [gap.window for gap in day.gaps] == [window(35, 40)]
    assert day.coverage == pytest.approx(55 / 60)


def test_the_minute_being_written_is_neither_covered_nor_missing() -> None:
    reported = Reported(at=at(30), recording=True, recorded_until=at(29), late=None, fault=None)
    day = camera_day(HOUR, arrived=[window(0, 29)], reports=[], reported=reported, now=at(30))
    assert day.expected == window(0, 29)
    assert (day.coverage, list(day.gaps)) == (1, [])


@pytest.mark.req("DR-30")
@pytest.mark.parametrize(
    ("said_at", "recording", "cause"),
    [(30, False, GapCause.CAMERA_UNREACHABLE), (20, True, GapCause.NO_CONTACT), (20, False, GapCause.NO_CONTACT)],
)
def test_a_failed_or_silent_camera_is_missing_since_its_last_second(
    said_at: int,
    recording: bool,  # noqa: FBT001 - a row of the table
    cause: GapCause,
) -> None:
    fault = None if recording else GapCause.CAMERA_UNREACHABLE
    reported = Reported(at=at(said_at), recording=recording, recorded_until=at(15), late=None, fault=fault)
    day = camera_day(HOUR, arrived=[window(0, 15)], reports=[], reported=reported, now=at(30))
    assert [(gap.window, gap.cause) for gap in day.gaps] == [(window(15, 30), cause)]


@pytest.mark.req("DR-30")
def test_no_data_is_not_full_coverage() -> None:
    assert camera_day(HOUR, arrived=[], reports=[], reported=None, now=at(30)).coverage == 0
    assert camera_day(HOUR, arrived=[], reports=[], reported=None, now=at(-5)).coverage is None
    assert state_now(None, NOON) is Now.SILENT
    fresh = Reported(at=at(0), recording=True, recorded_until=at(0), late=None, fault=None)
    assert state_now(fresh, at(4)) is Now.RECORDING
    assert state_now(fresh, at(6)) is Now.SILENT


@pytest.mark.req("DR-18")
@pytest.mark.parametrize(
    ("begins", "minutes", "plausible"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 1, False),
        (NOON + timedelta(days=1), 1, False),
        (NOON + timedelta(minutes=6), 1, False),
        (NOON + timedelta(minutes=4), 1, True),
        (NOON - timedelta(days=15), 1, True),
        (NOON - timedelta(days=15, seconds=1), 1, False),
        (NOON - timedelta(hours=1), 10, True),
        (NOON - timedelta(hours=1), 11, False),
    ],
)
def test_a_device_may_claim_the_last_15_days_and_no_more_than_ten_minutes(
    begins: datetime,
    minutes: int,
    plausible: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert is_plausible(Window(begins, begins + timedelta(minutes=minutes)), now=NOON) is plausible


@pytest.mark.req("DR-34", "KH-5-1a")
@given(seconds=st.integers(0, 86_399), days=st.integers(0, 14), late=st.integers(0, 86_399))
def test_a_box_may_deliver_what_it_held_back_for_as_long_as_the_day_is_owed(seconds: int, days: int, late: int) -> None:
    day = civil_day(NOON)
    began = day_start(day) + timedelta(seconds=seconds)
    now = day_start(day + timedelta(days=days)) + timedelta(seconds=late)
    assert now < deletable_from(day, LEAST_RETENTION_DAYS)
    assert now < began or is_plausible(Window(began, began + timedelta(minutes=1)), now=now)


def test_every_cause_has_words() -> None:
    assert set(CAUSE_NAMES) == set(GapCause)
