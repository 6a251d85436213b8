"""Looking at a camera beside its recording: never for ever, and never where nothing may be seen."""

from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from infra.causes import GapCause
from infra.streams import Arrival, LiveStream, StreamFault
from tests.workers.edge.disks import CAMERA, Disk
from tests.workers.edge.passing import Passing
from workers.edge import watching
from workers.edge.configuration import CameraRules
from workers.edge.watching import Length, tried, watched

VIDEO: Any = SimpleNamespace(codec_context=SimpleNamespace(name="h264", width=640, height=360))


def without_key_frames(passing: Passing) -> Iterator[Arrival]:
    """A frame a second, none of which can be decoded by itself, and no end."""
    while True:
        passing.sleep(1.0)
        packet = SimpleNamespace(dts=0, time_base=Fraction(1, 90_000), is_keyframe=False, size=100)
        yield Arrival(packet, 0)


@pytest.mark.req("KH-3-8")
def test_a_stream_without_any_key_frame_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    passing, length = Passing(), Length(least=10.0, most=40.0)
    monkeypatch.setattr(watching, "time", SimpleNamespace(monotonic=passing.clock.now))
    with pytest.raises(StreamFault) as fault:
        watched(LiveStream(VIDEO, None, without_key_frames(passing)), length)
    assert fault.value.cause is GapCause.NO_KEY_FRAME
    assert length.most < passing.at <= length.most + 1


@pytest.mark.req("KH-3-6", "DR-19")
@pytest.mark.parametrize(("zone", "name"), [("toilet", "大門"), ("corridor", "2F 女廁內")])
def test_a_camera_where_none_may_be_is_not_even_opened_to_look(disk: Disk, zone: str, name: str) -> None:
    camera = CameraRules(CAMERA, "C-GATE", name, audio=False, zone=zone)
    disk.home.keep_address(CAMERA, "rtsp://127.0.0.1:9/")
    opened: list[str] = []
    assert tried(camera, disk.home, opened.append) is GapCause.PROHIBITED_ZONE
    assert opened == []


def test_a_camera_that_may_be_looked_at_is_opened_at_its_address(disk: Disk) -> None:
    camera = CameraRules(CAMERA, "C-GATE", "大門", audio=False, zone="corridor")
    disk.home.keep_address(CAMERA, "rtsp://127.0.0.1:9/")
    assert tried(camera, disk.home, str) == "rtsp://127.0.0.1:9/"
