"""Wall time that no step of a clock turns back: disjoint spans through steps, restarts and power cuts."""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infra.causes import GapCause
from infra.clock import civil_day
from infra.manifest import instant, microseconds
from infra.timeline import MOST_PPM, Timeline
from workers.edge.ledger import Entry, Ledger

NOON = microseconds(datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
SECOND, SECOND_NS = 1_000_000, 1_000_000_000
CAMERA = UUID(int=9)
FRAME_US = 40_000
_CAUSES = (GapCause.STREAM_ENDED, GapCause.CAMERA_UNREACHABLE)

STEPS = st.one_of(
    st.tuples(st.just("segment"), st.integers(1, 120)),
    st.tuples(st.just("step"), st.integers(-40 * 365 * 86_400, 40 * 365 * 86_400)),
    st.tuples(st.just("steer"), st.integers(-3600, 3600)),
    st.tuples(st.just("fail"), st.integers(0, 600)),
    st.tuples(st.just("reconnect"), st.integers(0, 600)),
    st.tuples(st.just("reboot"), st.integers(0, 7200)),
)


class Recorder:
    """A camera's process with clocks of its own, and the box's real index."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.wall_us, self.monotonic_ns = NOON, SECOND_NS
        self.connect()

    def connect(self) -> None:
        told_us = self.ledger.told_until_us(CAMERA)
        self.line = Timeline(wall_us=max(0, self.wall_us), monotonic_ns=self.monotonic_ns, not_before_us=told_us)

    def act(self, what: str, amount: int) -> None:
        match what:
            case "segment":
                self._record(amount)
            case "step":
                self.wall_us = max(0, self.wall_us + amount * SECOND)
            case "steer":
                self.line.steer(self.monotonic_ns, self.line.at(self.monotonic_ns) + amount * SECOND)
            case "fail":
                self._pass(amount)
                self.ledger.fail(CAMERA, _CAUSES[amount % len(_CAUSES)], at_us=self.wall_us)
                self.connect()
            case "reconnect":
                self._pass(amount)
                self.connect()
            case _:
                self._pass(amount)
                self.monotonic_ns = SECOND_NS
                self.connect()

    def _record(self, seconds: int) -> None:
        started_us = self.line.at(self.monotonic_ns)
        self._pass(seconds)
        ended_us = max(started_us + 1, self.line.at(self.monotonic_ns))
        self.ledger.enter(Entry(uuid4(), CAMERA, civil_day(instant(started_us)), started_us, ended_us))

    def _pass(self, seconds: int) -> None:
        self.wall_us += seconds * SECOND
        self.monotonic_ns += seconds * SECOND_NS


@pytest.mark.req("DR-18")
@settings(max_examples=60)
@given(st.lists(STEPS, max_size=25))
@example([("segment", 60), ("fail", 1), ("fail", 600), ("step", -300), ("reconnect", 0), ("segment", 60)])
def test_no_steps_restarts_and_power_cuts_make_spans_overlap_or_go_back(acts: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.sqlite3")
        recorder = Recorder(ledger)
        for what, amount in acts:
            recorder.act(what, amount)
        entered = [(entry.started_us, entry.ended_us) for entry, _state in ledger.known(CAMERA).values()]
        assert len(entered) == sum(what == "segment" for what, _amount in acts)
        entered.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(entered))
        gaps = [(gap.started_us, gap.ended_us) for gap in ledger.unreported_gaps(limit=100)]
        whole = sorted([*entered, *gaps])
        assert all(before[1] == after[0] for before, after in pairwise(whole)), "a gap is what lies between, no more"
        ledger.close()


@pytest.mark.req("DR-18")
@pytest.mark.parametrize("ahead_s", [3600, -3600])
def test_a_line_that_is_steered_goes_no_faster_than_500_ppm_and_never_back(ahead_s: int) -> None:
    line = Timeline(wall_us=NOON, monotonic_ns=0)
    line.steer(0, NOON + ahead_s * SECOND)
    seen = [line.at(second * SECOND_NS) for second in range(1000)]
    steps = [two - one for one, two in pairwise(seen)]
    assert max(abs(step - SECOND) for step in steps) <= MOST_PPM + 1
    assert seen[-1] - NOON - 999 * SECOND == (ahead_s > 0 or -1) * 999 * MOST_PPM


@pytest.mark.req("DR-18")
def test_a_line_that_has_arrived_where_it_was_steered_stays_there() -> None:
    line = Timeline(wall_us=NOON, monotonic_ns=0)
    line.steer(0, NOON + 1000)
    assert line.at(10 * SECOND_NS) == NOON + 10 * SECOND + 1000


@pytest.mark.req("DR-18")
def test_a_hundred_thousand_segments_of_a_drifting_clock_stay_within_a_frame_of_the_truth() -> None:
    """The monotonic clock runs 60 ppm slow and its seconds are no whole microseconds; no rounding adds up."""
    line, started_us = Timeline(wall_us=NOON, monotonic_ns=0), NOON
    length_ns, drift = 60 * SECOND_NS + 333_333_337, 60
    for number in range(1, 100_001):
        monotonic_ns = number * length_ns
        true_us = NOON + (monotonic_ns + monotonic_ns * drift // 1_000_000) // 1000
        ended_us = line.at(monotonic_ns)
        assert started_us < ended_us
        assert abs(ended_us - true_us) < FRAME_US
        line.steer(monotonic_ns, true_us)
        started_us = ended_us


@pytest.mark.req("DR-18")
def test_a_line_without_a_reference_loses_nothing_to_rounding() -> None:
    line = Timeline(wall_us=NOON, monotonic_ns=0)
    for number in range(100_000):
        line.steer(number * 333_333_337, line.at(number * 333_333_337))
    truth_us = NOON + 99_999 * 333_333_337 // 1000
    assert abs(line.at(99_999 * 333_333_337) - truth_us) < FRAME_US


DAYS = """
from datetime import datetime, timedelta, UTC
from infra.clock import civil_day, day_start
from infra.timeline import Timeline
from infra.manifest import instant, microseconds
for moment in (datetime(2028, 2, 28, 15, 59, 59, tzinfo=UTC), datetime(2028, 2, 28, 16, tzinfo=UTC),
               datetime(2028, 2, 29, 16, tzinfo=UTC), datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC),
               datetime(2026, 12, 31, 16, tzinfo=UTC)):
    line = Timeline(wall_us=microseconds(moment), monotonic_ns=0)
    print(civil_day(instant(line.at(0))), microseconds(day_start(civil_day(moment))))
"""


@pytest.mark.req("DR-18", "KH-3-10")
@pytest.mark.parametrize("zone", ["UTC", "Asia/Taipei", "XXX-05:45", "XXX03:30"])
def test_a_day_begins_in_taipei_whatever_the_machines_zone_also_on_a_leap_day_and_at_the_years_end(zone: str) -> None:
    command = [sys.executable, "-c", DAYS]
    said = subprocess.run(  # noqa: S603 - our own interpreter
        command, env=os.environ | {"TZ": zone}, check=True, capture_output=True, text=True
    ).stdout.split()
    assert [date.fromisoformat(day) for day in said[::2]] == [
        date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2026, 12, 31), date(2027, 1, 1)
    ]  # fmt: skip
    assert [int(us) % (86_400 * SECOND) for us in said[1::2]] == [16 * 3600 * SECOND] * 5
