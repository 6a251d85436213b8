"""Keeping processes running, and killing the one that no longer records."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from infra.causes import GapCause
from infra.clock import now
from infra.manifest import microseconds
from tests.workers.edge.conftest import eventually
from tests.workers.edge.disks import BEGAN, CAMERA, PLAIN, Disk, config_document, enrol, heard, recorded
from tests.workers.edge.passing import Passing
from workers.edge import supervisor as supervising
from workers.edge.camera_child import CameraChild
from workers.edge.children import Child
from workers.edge.clocks.readings import Readings
from workers.edge.configuration import CameraRules, Config
from workers.edge.home import NotEnrolled
from workers.edge.ledger import CameraState, Entry, Ledger
from workers.edge.open_segments import OpenSegment
from workers.edge.signs import note_try
from workers.edge.status import hung_after_seconds, late_after_seconds, status_of
from workers.edge.supervisor import Supervisor
from workers.edge.undated.boots import Boots
from workers.edge.undated.standing import state_now
from workers.edge.waiting import LONGEST_PAUSE_SECONDS, Clock, Pause

CONFIG = Config(
    segment_seconds=1,
    heartbeat_seconds=15,
    cameras={CAMERA: CameraRules(CAMERA, "C-GATE", "大門", audio=False)},
    days={},
)


def sleeping(disk: Disk, *, clock: Clock) -> CameraChild:
    """A camera's process that is alive and records nothing."""
    camera = CameraChild(disk.home, CAMERA, clock=clock)
    camera.child = Child("camera", partial(time.sleep, 60), clock=clock)
    return camera


def look(disk: Disk, camera: CameraChild, **more: float) -> None:
    """What the supervisor does once a second."""
    with closing(Ledger(disk.home.ledger)) as ledger:
        camera.watch(ledger, **more)
    camera.child.keep_running()


@pytest.mark.req("KH-5-3a")
def test_a_process_that_lives_and_does_not_record_is_killed_and_started_again(disk: Disk) -> None:
    camera = sleeping(disk, clock=Clock())
    with closing(Ledger(disk.home.ledger)) as ledger:
        ledger.enter(Entry(uuid4(), CAMERA, date(2026, 11, 20), 0, 60))
    look(disk, camera, hung_seconds=1)
    first = camera.child.pid
    assert first is not None

    def replaced() -> bool:
        look(disk, camera, hung_seconds=1)
        return camera.child.pid not in {None, first}

    eventually(replaced, seconds=10, what="another process runs")
    camera.child.kill()
    camera.child.wait(time.monotonic() + 5)
    with closing(Ledger(disk.home.ledger)) as ledger:
        assert ledger.state_of(CAMERA).cause is GapCause.STREAM_STALLED


@pytest.mark.parametrize("sign", ["a segment", "a second of one", "a try"])
def test_whatever_moves_the_recording_moves_the_deadline(disk: Disk, sign: str) -> None:
    passing = Passing(1000.0)
    spool, ledger = disk.spool()
    camera = sleeping(disk, clock=passing.clock)
    recording = spool.begin(CAMERA, BEGAN, disk.rules)
    signs: dict[str, Callable[[int], object]] = {
        "a segment": lambda number: ledger.enter(Entry(uuid4(), CAMERA, date(2026, 11, 20), number, number + 1)),
        "a second of one": lambda number: mark(recording, number),
        "a try": lambda _number: note_try(disk.home.folder_of(CAMERA)),
    }
    look(disk, camera)
    pid = camera.child.pid
    for number in range(5):
        passing.at += 59
        signs[sign](number)
        look(disk, camera)
    assert camera.child.pid == pid
    passing.at += 61
    look(disk, camera)
    assert (ledger.state_of(CAMERA).cause, camera.child.pid) == (GapCause.STREAM_STALLED, pid), "first it is said"
    passing.at += 30
    look(disk, camera)
    eventually(lambda: camera.child.pid is None, seconds=5, what="it is killed")
    recording.leave()
    ledger.close()


@pytest.mark.req("KH-5-3a")
@pytest.mark.parametrize("sign", ["a second of a segment", "a try"])
def test_a_wall_clock_that_goes_back_two_hours_makes_no_recording_late(disk: Disk, sign: str) -> None:
    passing = Passing(1000.0)
    spool, ledger = disk.spool()
    camera = sleeping(disk, clock=passing.clock)
    folder = disk.home.folder_of(CAMERA)
    recording = spool.begin(CAMERA, BEGAN, disk.rules)
    for number in range(2):
        mark(recording, number)
    note_try(folder)
    look(disk, camera)
    pid = camera.child.pid
    for number in range(2, 7):
        passing.at += 59
        if sign == "a try":
            note_try(folder)
        else:
            mark(recording, number)
        set_back(folder)
        look(disk, camera)
    assert (camera.child.pid, ledger.state_of(CAMERA).cause) == (pid, None)
    camera.child.kill()
    recording.leave()
    ledger.close()


def set_back(folder: Path) -> None:
    """Let the sign that was written last carry the time of a clock that is two hours behind by now."""
    written = max([folder / "tried", *folder.glob("*.end?")], key=lambda path: path.stat().st_ctime_ns)
    at_ns = written.stat().st_ctime_ns - 2 * 3600 * 1_000_000_000
    os.utime(written, ns=(at_ns, at_ns))


def mark(recording: OpenSegment, number: int) -> None:
    recording.write(PLAIN)
    recording.mark(replace(recorded(), ended_us=BEGAN + number + 1))


def test_a_camera_with_few_key_frames_is_given_the_time_it_needs() -> None:
    assert (late_after_seconds(60, 2_000), late_after_seconds(60, 40_000)) == (90, 180)
    assert (hung_after_seconds(2_000), hung_after_seconds(40_000)) == (90, 120)


@pytest.mark.req("DR-30")
def test_recording_is_said_of_a_camera_only_while_its_last_second_is_fresh(disk: Disk) -> None:
    ledger = Ledger(disk.home.ledger)
    ledger.enter(Entry(uuid4(), CAMERA, date(2026, 11, 20), 0, 60_000_000))
    assert status_of(ledger.state_of(CAMERA), CONFIG, 100_000_000)["recording"] is True
    assert status_of(ledger.state_of(CAMERA), CONFIG, 151_000_000)["recording"] is False
    ledger.fail(CAMERA, GapCause.CAMERA_REFUSED, at_us=101_000_000)
    said = status_of(ledger.state_of(CAMERA), CONFIG, 100_000_000)
    assert (said["recording"], said["fault"], said["spooled"]) == (False, GapCause.CAMERA_REFUSED, 1)
    ledger.close()


@pytest.mark.req("DR-30")
def test_a_camera_whose_first_segment_is_being_made_is_said_to_record_whatever_it_failed_by(disk: Disk) -> None:
    with closing(Ledger(disk.home.ledger)) as ledger:
        ledger.enter(Entry(uuid4(), CAMERA, date(2026, 11, 20), 0, 60_000_000))
        ledger.fail(CAMERA, GapCause.EDGE_STOPPED, at_us=61_000_000)
        boots = Boots(ledger, Readings(ledger), lambda: CONFIG)
        assert status_of(*judged(disk, ledger, boots))["recording"] is False
        (disk.home.spool / str(CAMERA)).mkdir(exist_ok=True)
        (disk.home.spool / str(CAMERA) / "one.end0").touch()
        said = status_of(*judged(disk, ledger, boots))
        assert (said["recording"], said["fault"]) == (True, None)


def judged(disk: Disk, ledger: Ledger, boots: Boots) -> tuple[CameraState, Config, int]:
    return state_now(disk.home, ledger, boots, CAMERA)[0], CONFIG, 200_000_000


def test_pauses_grow_to_a_ceiling_are_spread_and_begin_small_again() -> None:
    longest, shortest = Pause(uniform=lambda _, high: high), Pause(uniform=lambda low, _: low)
    assert max(longest.take() for _ in range(20)) == LONGEST_PAUSE_SECONDS == 10
    assert [shortest.take() for _ in range(3)] == [0.25, 0.5, 1]
    shortest.reset()
    assert shortest.take() == 0.25


@pytest.mark.req("KH-5-3b")
def test_a_camera_that_nobody_set_is_said_once_and_not_written_every_second(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = Passing()
    monkeypatch.setattr(supervising, "Clock", lambda: passing.clock)
    monkeypatch.setattr(Child, "keep_running", lambda _child: None)
    enrol(disk.home, config_document())
    with closing(Ledger(disk.home.ledger)) as ledger:
        heard(ledger)
    Supervisor(disk.home, passing.over(9)).run()
    with closing(Ledger(disk.home.ledger)) as ledger:
        later_us = microseconds(now()) + 1_000_000
        ledger.enter(Entry(uuid4(), CAMERA, date(2026, 11, 20), later_us, later_us + 1))
        (gap,) = ledger.unreported_gaps(limit=5)
    assert (gap.cause, gap.evidence) == (GapCause.NOT_CONFIGURED, {})


def test_what_runs_once_is_not_started_again_when_it_ended() -> None:
    child = Child("once", partial(time.sleep, 0), clock=Clock())
    assert child.pid is None
    child.run_once()
    child.wait(time.monotonic() + 5)
    assert (child.pid, child.ended_with) == (None, 0)


def test_nothing_starts_in_a_folder_that_is_not_enrolled(disk: Disk) -> None:
    with pytest.raises(NotEnrolled, match=f"{disk.home.folder} .*enrol"):
        Supervisor(disk.home, lambda: True)


def test_who_starts_a_box_that_is_not_enrolled_is_told_what_to_type_and_not_to_try_again(
    disk: Disk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supervising.main(str(disk.home.folder)) == os.EX_CONFIG
    assert "sudo shouyuan-edge enrol" in capsys.readouterr().err
