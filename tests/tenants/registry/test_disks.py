"""How long the disk of a box lasts, by what it said last."""

from datetime import datetime, timedelta

import pytest

from tenants.registry.disks import hours_left
from tenants.registry.models import EdgeDevice

pytestmark = pytest.mark.req("DR-34")
SAID = datetime.fromisoformat("2026-11-20T10:00:00+08:00")


@pytest.mark.parametrize(
    ("silent", "left"),
    [
        (timedelta(), 60),
        (timedelta(minutes=59), 60),
        (timedelta(hours=20), 40),
        (timedelta(hours=60), 0),
        (timedelta(days=30), 0),
        (timedelta(hours=-3), 60),
    ],
    ids=["now", "within the hour", "a night", "just run out", "long run out", "by a clock that went back"],
)
def test_while_a_box_is_silent_its_hours_run_out_and_never_below_none(silent: timedelta, left: int) -> None:
    box = EdgeDevice(disk_hours_left=60, last_seen_at=SAID)
    assert hours_left(box, now=SAID + silent) == left


def test_what_was_never_measured_does_not_run_out() -> None:
    assert hours_left(EdgeDevice(disk_hours_left=None, last_seen_at=SAID), now=SAID + timedelta(days=30)) is None
