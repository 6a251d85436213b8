"""What is made of how far a camera's clock is off."""

from datetime import timedelta

import pytest

from infra import clock
from tenants.footage.times import CameraClock, Drift, drift_of

pytestmark = pytest.mark.req("KH-3-10")
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("offset_ms", "drift"),
    [
        (None, Drift.UNKNOWN),
        (400, Drift.GOOD),
        (-4_999, Drift.GOOD),
        (5_000, Drift.WARN),
        (-29_999, Drift.WARN),
        (30_000, Drift.FAULT),
        (-75_000, Drift.FAULT),
        (8 * HOUR, Drift.TIME_ZONE),
        (8 * HOUR + 20_000, Drift.TIME_ZONE),
        (-HOUR // 2, Drift.TIME_ZONE),
        (8 * HOUR + 300_000, Drift.FAULT),
        (30 * HOUR, Drift.FAULT),
    ],
)
def test_five_seconds_warn_thirty_are_a_fault_and_whole_half_hours_are_a_time_zone(
    offset_ms: int | None, drift: Drift
) -> None:
    assert drift_of(offset_ms) is drift


@pytest.mark.parametrize(
    ("age", "bound_ms"), [(timedelta(hours=4), 500), (timedelta(0), 5_000)], ids=["old", "too vague"]
)
def test_what_is_old_or_could_be_anything_says_nothing(age: timedelta, bound_ms: int) -> None:
    now = clock.now()
    assert CameraClock(offset_ms=90_000, bound_ms=bound_ms, read_at=now - age).drift(now) is Drift.UNKNOWN
