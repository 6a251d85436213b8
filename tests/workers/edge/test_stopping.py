"""What ends a connection that records, and what does not."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.causes import GapCause
from tests.workers.edge.disks import CAMERA, GATE, Disk, config_document
from tests.workers.edge.passing import Passing
from workers.edge import configuration
from workers.edge.configuration import Watched
from workers.edge.stopping import Opened, StopOrChange

ADDRESS = "rtsp://admin:secret@camera/1"


def ends(disk: Disk, passing: Passing, *, spoilt: Callable[[], GapCause | None] = lambda: None) -> StopOrChange:
    config = configuration.keep(disk.home, config_document())
    disk.home.keep_address(CAMERA, ADDRESS)
    opened = Opened(config, CAMERA, disk.home.stream_of(CAMERA))
    return StopOrChange(lambda: False, Watched(disk.home), opened, spoilt=spoilt, clock=passing.clock)


def within_a_second(ending: StopOrChange, passing: Passing) -> bool:
    passing.at += 1.0
    return ending()


@pytest.mark.req("KH-3-11", "DR-34")
@pytest.mark.parametrize(
    "changed",
    [{"cameras": [{**GATE, "audio": True}]}, {"cameras": []}, {"segment_seconds": 30}],
    ids=["sound", "taken away", "length"],
)
def test_another_word_of_the_server_ends_it_within_a_second(disk: Disk, changed: dict[str, Any]) -> None:
    passing = Passing()
    ending = ends(disk, passing)
    assert not within_a_second(ending, passing)
    configuration.keep(disk.home, config_document(**changed))
    assert not ending(), "a file is looked at once a second and not at every packet"
    assert within_a_second(ending, passing)


def test_what_says_nothing_of_how_it_records_goes_on(disk: Disk) -> None:
    passing = Passing()
    ending = ends(disk, passing)
    configuration.keep(disk.home, config_document(heartbeat_seconds=30))
    assert not within_a_second(ending, passing)


@pytest.mark.parametrize("now", ["rtsp://admin:secret@camera/2", "rtsp://admin:another@camera/1"])
def test_another_address_or_password_is_used_within_a_second(disk: Disk, now: str) -> None:
    """An installer who puts the main stream in the place of the small one need not start anything anew."""
    passing = Passing()
    ending = ends(disk, passing)
    assert not within_a_second(ending, passing)
    disk.home.keep_address(CAMERA, now)
    assert within_a_second(ending, passing)


def test_another_cameras_address_or_a_file_that_is_being_edited_ends_nothing(disk: Disk) -> None:
    passing = Passing()
    ending = ends(disk, passing)
    disk.home.keep_address(type(CAMERA)(int=10), "rtsp://other/1")
    assert not within_a_second(ending, passing)
    disk.home.cameras.write_text("[half", encoding="utf-8")
    assert not within_a_second(ending, passing)


def test_a_disk_that_takes_nothing_ends_it_and_says_why(disk: Disk) -> None:
    passing = Passing()
    ending = ends(disk, passing, spoilt=lambda: GapCause.DISK_FULL)
    assert not within_a_second(ending, passing)
    passing.at += 2
    assert ending()
    assert ending.spoilt_by is GapCause.DISK_FULL
