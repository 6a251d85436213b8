"""A clock that can be right is believed at once, and everything that was recorded by it is put right later."""

from itertools import pairwise

import pytest

from infra import age
from infra.causes import GapCause
from infra.manifest import UNKNOWN, ManifestLine, Trust
from tests.workers.edge.disks import CAMERA, PLAIN
from tests.workers.edge.undated.boxes import Box
from tests.workers.edge.undated.machines import HOUR, KEYS, MINUTE, SECOND, Machine, Recorder, sure
from workers.edge.clocks.readings import SERVER, Reading
from workers.edge.ledger import State
from workers.edge.undated.saying import Saying
from workers.edge.undated.standing import state_now, words

pytestmark = pytest.mark.req("DR-18")
HOURS_OFF = pytest.mark.parametrize("ahead_us", [8 * HOUR, -8 * HOUR], ids=["8 h ahead", "8 h behind"])


def opened(recorder: Recorder, line: ManifestLine) -> set[int]:
    """On which days' keys the file opens, as days from the line's own."""
    (cipher,) = recorder.box.disk.home.spool.rglob(f"{line.segment_id}.age")
    found = set()
    for day, key in KEYS.items():
        try:
            assert age.decrypt(cipher.read_bytes(), key.secret) == PLAIN
        except age.CannotDecrypt:
            continue
        found.add((day - line.civil_day).days)
    return found


def together(recorder: Recorder) -> list[tuple[int, int]]:
    """Segments and gaps, by time; they neither overlap nor leave a hole."""
    spans = [(line.started_us, line.ended_us) for line in recorder.lines()]
    found = sorted([*spans, *((begin, end) for begin, end, _cause in recorder.box.gaps())])
    assert all(one[1] == two[0] for one, two in pairwise(found)), found
    return found


@HOURS_OFF
@pytest.mark.req("DR-18", "KH-5-3b", "DR-17", "KH-3-10")
def test_a_clock_that_was_hours_off_at_boot_is_put_right_without_a_hole(
    box: Box, machine: Machine, ahead_us: int
) -> None:
    sure(box, machine)
    off_us = 10 * HOUR  # so that a clock which is behind is not before what was recorded
    machine.ahead_us = ahead_us
    machine.boot(off_us=off_us)
    recorder, before = Recorder(box, machine), 2
    timeline, first_us = recorder.connect(), machine.true_us
    recorder.record(timeline, 3)
    assert (len(recorder.lines()), box.ledger.count(State.BELIEVED)) == (before, 3), "nothing of it may be sent yet"
    assert box.gaps() == [], "and no gap told"
    recorder.hear()
    recorder.record(timeline, 3)
    recorder.sign()
    lines = recorder.lines()
    assert len(lines) == before + 6
    assert [line.started_us - first_us for line in lines[before:]] == [number * MINUTE for number in range(6)]
    assert [line.trust for line in lines[before:]] == [Trust.REDATED] * 4 + [Trust.SYNCHRONISED] * 2
    assert all(("redated_" in line.notes) is (line.trust == Trust.REDATED) for line in lines)
    assert {line.clock_offset_us for line in lines[before:]} == {0}
    together(recorder)
    ((_begin, _end, cause),) = box.gaps()
    assert cause == GapCause.BOX_RESTARTED
    assert box.ledger.told_until_us(CAMERA) == machine.true_us


def test_a_clock_that_is_confirmed_changes_nothing_and_each_file_opens_with_the_key_of_its_day_alone(
    box: Box, machine: Machine
) -> None:
    recorder = Recorder(box, machine)
    timeline = recorder.connect()
    recorder.record(timeline, 2)
    assert recorder.lines() == []
    recorder.hear()
    recorder.record(timeline, 2)
    recorder.sign()
    lines = recorder.lines()
    assert [(line.trust, line.notes) for line in lines] == [(Trust.SYNCHRONISED, "")] * 4
    assert [opened(recorder, line) for line in lines] == [{0}] * 4
    together(recorder)


@HOURS_OFF
def test_each_gets_the_key_of_its_true_day_also_where_the_process_died(
    box: Box, machine: Machine, ahead_us: int
) -> None:
    sure(box, machine)
    machine.ahead_us = ahead_us
    machine.boot(off_us=11 * HOUR if ahead_us > 0 else 14 * HOUR)
    recorder = Recorder(box, machine)
    recorder.record(recorder.connect(), 2)
    recorder = Recorder(box, machine)  # the process died, and what it had in memory is gone
    recorder.hear()
    recorder.record(recorder.connect(), 1)
    recorder.sign()
    lines = recorder.lines()[2:]
    assert len(lines) == 3
    assert [0 in opened(recorder, line) for line in lines] == [True] * 3
    assert ["several_keys" in line.notes for line in lines] == [True, True, False]
    together(recorder)


def test_what_was_recorded_by_the_same_clock_before_another_power_cut_moves_along(box: Box, machine: Machine) -> None:
    sure(box, machine)
    machine.ahead_us = 8 * HOUR
    began: list[int] = []
    for _boot in range(3):
        machine.boot()
        recorder = Recorder(box, machine)
        timeline = recorder.connect()
        began.append(machine.true_us)
        recorder.record(timeline, 2)
    recorder.hear()
    recorder.record(timeline, 1)
    recorder.sign()
    lines = recorder.lines()[2:]
    assert [line.started_us for line in lines[:6:2]] == began
    assert [line.clock_bound_us == UNKNOWN for line in lines] == [True] * 4 + [False] * 3, "nobody compared those"
    assert [line.trust for line in lines] == [Trust.REDATED] * 7
    together(recorder)


def test_what_a_clock_claimed_for_later_than_the_next_boot_was_before_it(box: Box, machine: Machine) -> None:
    sure(box, machine)
    machine.ahead_us = 8 * HOUR
    machine.boot(off_us=HOUR)
    recorder = Recorder(box, machine)
    recorder.record(recorder.connect(), 2)
    machine.ahead_us = 0  # somebody set the clock while nothing recorded
    machine.boot()
    recorder = Recorder(box, machine)
    began_us = machine.true_us
    recorder.hear()
    recorder.record(recorder.connect(), 1)
    recorder.sign()
    lines = recorder.lines()[2:]
    assert lines[1].ended_us <= began_us == lines[2].started_us
    assert [line.trust for line in lines] == [Trust.REDATED] * 2 + [Trust.SYNCHRONISED]
    together(recorder)


@pytest.mark.req("DR-18", "KH-5-3b")
def test_a_clock_that_stood_still_while_the_machine_was_off_hides_no_gap(box: Box, machine: Machine) -> None:
    recorder = sure(box, machine)
    until_us = box.ledger.told_until_us(CAMERA)
    machine.ahead_us = -2 * HOUR
    machine.boot(off_us=2 * HOUR)
    recorder = Recorder(box, machine)
    timeline, began_us = recorder.connect(), machine.true_us
    recorder.record(timeline, 1)
    recorder.hear()
    recorder.record(timeline, 1)
    recorder.sign()
    assert box.gaps() == [(until_us, began_us, GapCause.BOX_RESTARTED)]
    together(recorder)


@HOURS_OFF
def test_a_clock_that_is_set_while_it_records_puts_right_what_was_recorded(
    box: Box, machine: Machine, ahead_us: int
) -> None:
    machine.ahead_us = ahead_us
    recorder = Recorder(box, machine)
    timeline, began_us = recorder.connect(), machine.true_us
    recorder.record(timeline, 2)
    machine.ahead_us = 0  # a time server reached the machine, and nobody the box
    recorder.record(timeline, 3)
    assert recorder.lines() == []
    assert abs(timeline.at(machine.ns) - machine.true_us) < SECOND
    recorder.hear()
    recorder.record(timeline, 1)
    recorder.sign()
    assert [line.started_us - began_us for line in recorder.lines()] == [number * MINUTE for number in range(6)]
    together(recorder)


def test_a_connection_that_ends_before_the_cut_is_put_right_all_the_same(box: Box, machine: Machine) -> None:
    sure(box, machine)
    machine.ahead_us = 8 * HOUR
    machine.boot()
    recorder = Recorder(box, machine)
    began_us = machine.true_us
    recorder.record(recorder.connect(), 1)
    recorder.hear()
    recorder.box.ledger.fail(CAMERA, GapCause.STREAM_ENDED, at_us=recorder.box.dating.believed.now_us())
    machine.run(10 * SECOND)
    recorder.record(recorder.connect(), 1)
    recorder.sign()
    assert [line.started_us for line in recorder.lines()[2:]] == [began_us, began_us + 70 * SECOND]
    assert [cause for _begin, _end, cause in box.gaps()] == [GapCause.BOX_RESTARTED, GapCause.STREAM_ENDED]
    together(recorder)


def test_what_was_told_while_the_time_was_sure_is_never_moved_over(box: Box, machine: Machine) -> None:
    sure(box, machine)
    told_us = box.ledger.told_until_us(CAMERA)
    machine.boot()
    recorder = Recorder(box, machine)
    timeline = recorder.connect()
    recorder.record(timeline, 1)
    # The city's server is hours behind what it said before.
    box.readings.keep(SERVER, Reading(machine.ns, machine.true_us - 3 * HOUR, 20_000))
    recorder.record(timeline, 2)
    recorder.sign()
    assert recorder.lines()[2].started_us >= told_us
    assert recorder.lines()[-1].trust == Trust.UNSYNCHRONISED, "who is hours off vouches for nothing"
    assert -recorder.lines()[-1].clock_offset_us > 2 * HOUR


@pytest.mark.req("DR-18", "DR-30")
def test_the_heartbeat_says_when_it_was_recorded_by_the_true_time(box: Box, machine: Machine) -> None:
    machine.ahead_us = 8 * HOUR
    recorder = Recorder(box, machine)
    recorder.record(recorder.connect(), 1)
    told = words(box.ledger, box.boots)
    assert told is not None
    assert ("1 段" in told[0], told[1]) == (True, True)
    recorder.hear()
    state, now_us = state_now(box.disk.home, box.ledger, box.boots, CAMERA)
    assert state.recorded_until_us == now_us == machine.true_us


@pytest.mark.req("DR-18", "KH-5-3b")
def test_the_gap_of_a_camera_without_a_process_is_put_right_as_well(box: Box, machine: Machine) -> None:
    sure(box, machine)
    until_us = box.ledger.told_until_us(CAMERA)
    machine.ahead_us = 8 * HOUR
    machine.boot()
    box.ledger.close()
    box.boot = machine.boot_id
    box.start()
    saying = Saying(box.ledger, lambda: None)
    saying.once(CAMERA, GapCause.NOT_CONFIGURED)
    machine.run(MINUTE)
    saying.once(CAMERA, GapCause.PROHIBITED_ZONE)
    assert box.gaps() == []
    changed_us = machine.true_us
    box.readings.keep(SERVER, Reading(machine.ns, machine.true_us, 20_000))
    saying.once(CAMERA, GapCause.PROHIBITED_ZONE)
    assert box.gaps() == [(until_us, changed_us, GapCause.NOT_CONFIGURED)]
