"""What a finding says of a camera, and when a calibration is late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tenants.upkeep.rules import (
    CalibrationState,
    Found,
    Function,
    TypedCalibration,
    View,
    calibration_state,
    faults_of_calibration,
    faults_of_review,
    next_due,
    to_improve,
)

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
WHOLE = TypedCalibration(
    calibrated_at=NOW - timedelta(hours=1),
    time_source="time.stdtime.gov.tw",
    before_seconds=42,
    after_seconds=0.1,
    view=View.SAME,
    remark="",
)
ALL_MET = dict.fromkeys(Function, Found.MET)


@pytest.mark.req("KH-3-7")
def test_a_camera_without_sound_could_be_improved_in_one_point() -> None:
    assert to_improve(ALL_MET) == []
    assert to_improve(ALL_MET | {Function.AUDIO: Found.UNMET}) == [Function.AUDIO]
    assert to_improve(ALL_MET | {Function.AUDIO: Found.NOT_ASSESSED}) == []


@pytest.mark.req("KH-3-7")
@pytest.mark.parametrize(
    ("found", "remarks", "fields"),
    [
        (ALL_MET, {}, []),
        (ALL_MET | {Function.AUDIO: Found.UNMET}, {Function.AUDIO: "下學期增購"}, []),
        (ALL_MET | {Function.AUDIO: Found.UNMET}, {Function.AUDIO: "  "}, ["audio_remark"]),
        (
            ALL_MET | {Function.AUDIO: Found.UNMET, Function.FULL_ANGLE: Found.UNMET},
            {Function.AUDIO: "下學期增購"},
            ["full_angle_remark"],
        ),
        (
            dict.fromkeys(Function, Found.NOT_ASSESSED),
            {Function.AUDIO: "字" * 501},
            ["color_clear", "audio_remark"],
        ),
    ],
    ids=[
        "all met",
        "one lacks and why",
        "without a word",
        "a word to one of two",
        "nothing assessed and too much said",
    ],
)
def test_a_review_says_something_and_why_something_lacks(
    found: dict[Function, Found], remarks: dict[Function, str], fields: list[str]
) -> None:
    assert [fault.field for fault in faults_of_review(found, remarks)] == fields


@pytest.mark.req("KH-8-1c")
@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, []),
        ({"after_seconds": None}, ["after"]),
        ({"before_seconds": None, "after_seconds": None, "time_source": " "}, ["time_source", "before", "after"]),
        ({"calibrated_at": NOW + timedelta(minutes=1)}, ["day"]),
        ({"after_seconds": float("nan")}, ["after"]),
        (
            {"before_seconds": 1e12, "time_source": "源" * 101, "remark": "字" * 501},
            ["time_source", "before", "remark"],
        ),
    ],
    ids=["whole", "no value after", "three lack", "in the future", "not a number", "absurd"],
)
def test_a_calibration_tells_all_that_it_lacks(changed: dict[str, Any], fields: list[str]) -> None:
    assert [fault.field for fault in faults_of_calibration(replace(WHOLE, **changed), NOW)] == fields


@pytest.mark.req("KH-8-1c")
def test_the_next_one_is_due_in_half_a_year_by_the_day_in_taiwan() -> None:
    assert next_due(datetime(2026, 8, 30, 16, tzinfo=UTC), offset_after_ms=-29_999) == date(2027, 2, 28)


@pytest.mark.req("KH-8-1c", "KH-3-10")
@pytest.mark.parametrize(
    ("due", "offset_ms", "state"),
    [
        (date(2026, 11, 20), 75_000, CalibrationState.CURRENT),
        (date(2026, 11, 19), 400, CalibrationState.DUE),
        (date(2026, 11, 19), None, CalibrationState.DUE),
        (date(2026, 11, 19), -30_000, CalibrationState.OVERDUE),
        (None, 75_000, CalibrationState.OVERDUE),
        (None, 29_999, CalibrationState.NEVER),
    ],
    ids=["within the interval", "the day has passed", "nobody measured", "and wrong", "never and wrong", "never"],
)
def test_a_wrong_clock_without_a_calibration_in_force_is_overdue(
    due: date | None, offset_ms: int | None, state: CalibrationState
) -> None:
    assert calibration_state(due, offset_ms=offset_ms, today=date(2026, 11, 20)) == state


@pytest.mark.req("KH-8-1c")
def test_a_calibration_that_left_the_clock_wrong_is_to_be_done_again() -> None:
    due = next_due(datetime(2026, 11, 20, 1, tzinfo=UTC), offset_after_ms=95_000)
    assert due == date(2026, 11, 20)
    state = calibration_state(due, offset_ms=None, today=date(2026, 11, 20), left_right=False)
    assert state is CalibrationState.DUE
