"""Keeping processes running, and killing the one that no longer records."""

import time
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from infra.causes import GapCause
from tests.workers.edge.conftest import eventually
from tests.workers.edge.disks import CAMERA, Disk
from workers.edge import supervisor
from workers.edge.children import LONGEST_PAUSE_SECONDS, Pause
from workers.edge.configuration import CameraRules, Config
from workers.edge.home import NotEnrolled
from workers.edge.ledger import Entry, Ledger
from workers.edge.status import late_after_seconds, status_of
from workers.edge.supervisor import CameraChild, Child, Supervisor

CONFIG = Config(
    retention_days=14,
    segment_seconds=1,
    heartbeat_seconds=15,
    cameras={CAMERA: CameraRules(CAMERA, "C-GATE", "大門", audio=False)},
    recipients={},
)


@pytest.fixture
def sleeping(disk: Disk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CameraChild:
    """A camera's process that is alive and records nothing."""
    (tmp_path / "idle.py").write_text("import time; time.sleep(60)\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    camera = CameraChild(disk.home, CAMERA)
    camera.child = Child("camera", "idle", [])
    return camera


@pytest.mark.req("KH-5-3a")
def test_a_process_that_lives_and_does_not_record_is_killed_and_started_again(
    disk: Disk, sleeping: CameraChild
) -> None:
    ledger = Ledger(disk.home.ledger)
    ledger.enter(Entry(uuid4(), CAMERA, date(2026, 11, 20), 0, 60))
    sleeping.watch(ledger, CONFIG, silent_seconds=1)
    first = sleeping.child.pid
    assert first is not None

    def replaced() -> bool:
        sleeping.watch(ledger, CONFIG, silent_seconds=1)
        return sleeping.child.pid not in {None, first}

    eventually(replaced, seconds=10, what="another process runs")
    assert ledger.state_of(CAMERA).cause is GapCause.STREAM_STALLED
    sleeping.child.kill()
    sleeping.child.wait(time.monotonic() + 5)
    ledger.close()


def test_a_new_segment_moves_the_deadline(disk: Disk, sleeping: CameraChild, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(disk.home.ledger)
    at = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: at[0])
    sleeping.watch(ledger, CONFIG)
    pid = sleeping.child.pid
    for number in range(5):
        at[0] += 80
        ledger.enter(Entry(uuid4(), CAMERA, date(2026, 11, 20), number, number + 1))
        sleeping.watch(ledger, CONFIG)
    assert sleeping.child.pid == pid
    at[0] += 91
    sleeping.watch(ledger, CONFIG)
    eventually(lambda: sleeping.child.pid is None, seconds=5, what="it is killed")
    ledger.close()


def test_a_camera_with_few_key_frames_is_given_the_time_it_needs() -> None:
    assert late_after_seconds(60, 2_000) == 90
    assert late_after_seconds(60, 40_000) == 180


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


def test_pauses_grow_to_a_ceiling_are_spread_and_begin_small_again() -> None:
    longest, shortest = Pause(uniform=lambda _, high: high), Pause(uniform=lambda low, _: low)
    assert max(longest.take() for _ in range(20)) == LONGEST_PAUSE_SECONDS * 1.25 == 10
    assert [shortest.take() for _ in range(3)] == [0.25, 0.5, 1]
    shortest.reset()
    assert shortest.take() == 0.25


def test_nothing_starts_in_a_folder_that_is_not_enrolled(disk: Disk) -> None:
    with pytest.raises(NotEnrolled, match="enrol"):
        Supervisor(disk.home, lambda: True)
