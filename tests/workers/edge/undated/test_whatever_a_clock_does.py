"""Which clocks are believed at boot, and that no story of steps, boots and crashes makes spans overlap or loses one."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workers.edge.disks import new_disk
from tests.workers.edge.undated.boxes import Box
from tests.workers.edge.undated.machines import HOUR, KEYS, MINUTE, NOON, Machine, Recorder, sure

pytestmark = pytest.mark.req("DR-18")


@pytest.mark.parametrize(
    ("days", "lost"), [(-3, True), (0, False), (8, False), (9, True)], ids=["before", "now", "last key", "no key"]
)
def test_a_clock_that_shows_a_day_without_a_key_is_not_believed_while_others_have_one(
    box: Box,
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    lost: bool,  # noqa: FBT001
) -> None:
    machine.ahead_us = days * 24 * HOUR
    config = type("Config", (), {"days": KEYS, "has_key": lambda _self, at: at.date() in KEYS})()
    monkeypatch.setattr(box.boots, "_config", lambda: config)
    assert box.boots.is_lost() is lost


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["boot", "step", "connect", "hear", "die"]),
            st.integers(-12 * 60, 12 * 60),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=12,
    )
)
@example(story=[("boot", 0, 0)] * 11 + [("boot", 0, 3)])
@example(story=[("boot", 0, 0)] * 8 + [("step", 12 * 60, 3)])
def test_whatever_the_clock_does_no_span_overlaps_and_all_that_was_recorded_may_be_sent(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, int, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("story")
        machine = Machine(patch, folder)
        box = Box(new_disk(folder))
        recorder = sure(box, machine)
        timeline, kept = recorder.connect(), 2
        for what, minutes, recorded in story:
            steps: dict[str, Callable[[], None]] = {
                "boot": lambda: machine.boot(off_us=13 * HOUR),
                "step": lambda: setattr(machine, "ahead_us", minutes * MINUTE),  # noqa: B023
                "hear": recorder.hear,
            }
            steps.get(what, lambda: None)()
            if what in {"boot", "die"}:
                recorder = Recorder(box, machine)
            if what != "step":
                timeline = recorder.connect()
            recorder.record(timeline, recorded)
            kept += recorded
        recorder.hear()
        recorder.record(recorder.connect(), 1)
        recorder.sign()
        lines = recorder.lines()
        assert len(lines) == kept + 1
        assert all(one.ended_us <= two.started_us for one, two in pairwise(lines))
        assert lines[-1].started_us <= machine.true_us
        assert all(begin < end for begin, end, _cause in box.gaps())
        spans = sorted([(one.started_us, one.ended_us) for one in lines] + [gap[:2] for gap in box.gaps()])
        assert all(one[1] <= two[0] for one, two in pairwise(spans))
        assert lines[0].started_us >= NOON
        box.ledger.close()
