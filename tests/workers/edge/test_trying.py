"""A camera is tried again soon, patiently where key frames are rare, and seldom where it refuses."""

import random
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from itertools import pairwise
from typing import Any, cast
from uuid import UUID

import pytest

from infra.causes import GapCause
from infra.clock import civil_day, now
from infra.recording import Limits
from infra.streams import OPEN_SECONDS, StreamFault
from tests.workers.edge.disks import CAMERA, Disk, config_document, enrol
from tests.workers.edge.passing import Passing
from workers.edge import camera as recording
from workers.edge.camera import Camera
from workers.edge.children import Stop
from workers.edge.picture.watching import Watcher
from workers.edge.signs import Signs
from workers.edge.status import HUNG_SECONDS, LATE_SECONDS, hung_after_seconds
from workers.edge.trying import LONGEST_NOT_THERE_SECONDS, MOST_KEY_FRAME_SECONDS, SELDOM_SECONDS, Tries

# What a connection takes until its first key frame is there: answers, half a second of looking, one key frame interval.
CONNECTED_SECONDS, KEY_FRAME_SECONDS = 0.5, 2.0
# When a system sends its first word again to somebody who is not there (RFC 6298): 1, 3 and 7 seconds after it.
ASKED_AGAIN = (0.0, 1.0, 3.0, 7.0)


def records_from(back_at: float, tries: Tries, *, answers: bool) -> float:
    """When a camera that is back at that time records; `answers`: its port said no at once until then."""
    at = 0.0
    while True:
        heard = [at + later for later in ASKED_AGAIN if at + later >= back_at]
        if heard:
            return heard[0] + CONNECTED_SECONDS + KEY_FRAME_SECONDS
        at += (0.0 if answers else OPEN_SECONDS) + tries.failed(GapCause.CAMERA_UNREACHABLE)


@pytest.mark.req("KH-5-3b", "KH-5-3a")
@pytest.mark.parametrize("answers", [True, False], ids=["port closed", "nobody there"])
def test_a_camera_that_is_back_records_within_ten_seconds(*, answers: bool) -> None:
    pick = random.Random(5)  # noqa: S311 - no secret
    for _ in range(5000):
        back_at = pick.uniform(0, 300)
        took = records_from(back_at, Tries(uniform=pick.uniform), answers=answers) - back_at
        assert took <= 10, f"back at {back_at:.1f} s, recorded {took:.1f} s later"


def tried(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, passing: Passing, opens: Callable[[str], Any], *, seconds: float
) -> None:
    """A camera's process for so many seconds, which opens its stream by `opens`."""
    enrol(disk.home, config_document(days=[civil_day(now())], recipient=disk.day_key.recipient))
    monkeypatch.setattr(recording, "Clock", lambda: passing.clock)
    monkeypatch.setattr(recording, "open_stream", lambda address, **_more: opens(address))
    Camera(disk.home, CAMERA, cast("Stop", passing.over(seconds))).run()


@pytest.mark.req("KH-5-3b")
def test_one_that_refuses_is_asked_seldom_and_at_once_where_its_password_was_put_right(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[tuple[float, str]] = []
    passing = Passing()

    def refuses(address: str) -> None:
        came.append((passing.at, address))
        raise StreamFault(GapCause.CAMERA_REFUSED, "401")

    disk.home.keep_address(CAMERA, "rtsp://admin:wrong@127.0.0.1:9/")
    corrected = "rtsp://admin:right@127.0.0.1:9/"
    passing.due = [(400.0, lambda: disk.home.keep_address(CAMERA, corrected))]
    tried(disk, monkeypatch, passing, refuses, seconds=420)
    before = [at for at, _address in came if at < 400]
    assert len(before) <= 5, "a camera that locks after five tries in half an hour"
    assert [at < 30 for at in before[:4]] == [True, True, True, False]
    assert len(came) - len(before) >= 2, "quick again with what nobody has refused yet"
    first_right = next(at for at, address in came if address == corrected)
    assert first_right <= 401
    assert not [address for at, address in came if address == corrected and at < 400]


@pytest.mark.req("KH-5-3b")
def test_one_that_refuses_is_not_asked_again_because_another_camera_was_given_its_address(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[float] = []
    passing = Passing()

    def refuses(_address: str) -> None:
        came.append(passing.at)
        raise StreamFault(GapCause.CAMERA_REFUSED, "401")

    disk.home.keep_address(CAMERA, "rtsp://admin:wrong@127.0.0.1:9/")
    passing.due = [
        (60.0 + number, partial(disk.home.keep_address, UUID(int=100 + number), "rtsp://127.0.0.1:9/"))
        for number in range(16)
    ]
    tried(disk, monkeypatch, passing, refuses, seconds=200)
    assert len(came) == 3


@pytest.mark.req("KH-5-3a", "KH-5-3b")
def test_whoever_waits_minutes_for_one_that_refuses_is_neither_killed_nor_said_to_stand_still(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = Passing()
    signs = Signs(disk.home.spool / str(CAMERA))
    moved: list[float] = []
    seen: list[object] = [None]

    def look() -> None:
        if signs.seen() != seen[0]:
            seen[0] = signs.seen()
            moved.append(passing.at)

    def refuses(_address: str) -> None:
        raise StreamFault(GapCause.CAMERA_REFUSED, "401")

    disk.home.keep_address(CAMERA, "rtsp://admin:wrong@127.0.0.1:9/")
    passing.due = [(float(second), look) for second in range(1, 600)]
    tried(disk, monkeypatch, passing, refuses, seconds=600)
    assert moved[-1] > 570
    assert max(after - before for before, after in pairwise(moved)) < LATE_SECONDS / 2


def test_a_stream_that_is_not_there_yet_is_asked_for_sooner_than_a_login_is_tried_again() -> None:
    tries = Tries()
    waits = [tries.failed(GapCause.CAMERA_REFUSED, {"error": "HTTPNotFoundError"}) for _ in range(20)]
    assert max(waits) <= LONGEST_NOT_THERE_SECONDS
    login = [tries.failed(GapCause.CAMERA_REFUSED, {"error": "HTTPUnauthorizedError"}) for _ in range(20)]
    assert min(login[2:]) >= SELDOM_SECONDS * 0.8
    tries.succeeded()
    assert tries.failed(GapCause.CAMERA_REFUSED) <= 5


@pytest.mark.req("KH-5-3a")
def test_a_camera_whose_key_frames_are_rare_is_waited_for_longer_each_time_and_not_killed_meanwhile(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def no_key_frame(_stream: object, *, limits: Limits, **_more: object) -> None:
        waited.append(limits.key_frame_seconds)
        raise StreamFault(GapCause.NO_KEY_FRAME)

    disk.home.keep_address(CAMERA, "clip:/nowhere")
    monkeypatch.setattr(recording, "record", no_key_frame)
    monkeypatch.setattr(recording.Camera, "_looked_at", lambda *_: iter(()))
    monkeypatch.setattr(Watcher, "watched", lambda _watcher, stream: stream)
    monkeypatch.setattr(recording, "replace", lambda stream, **_more: stream)
    tried(disk, monkeypatch, Passing(), lambda _address: nullcontext(), seconds=20)
    assert waited[:3] == [30, 60, MOST_KEY_FRAME_SECONDS]
    assert set(waited[3:]) == {MOST_KEY_FRAME_SECONDS}
    assert OPEN_SECONDS + MOST_KEY_FRAME_SECONDS < HUNG_SECONDS


def test_how_far_apart_its_key_frames_are_is_learnt_and_waited_for() -> None:
    tries = Tries()
    for interval_ms in (0, 2_000, 14_000, 50_000, 120_000):
        waits = tries.key_frame_seconds(interval_ms)
        assert waits >= max(30, interval_ms / 1000), "one key frame comes for certain"
        assert waits + OPEN_SECONDS < hung_after_seconds(interval_ms), "and nobody kills it before"
