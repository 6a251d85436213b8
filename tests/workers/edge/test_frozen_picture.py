"""A camera that hangs on one picture, as its process sees it: recorded all the same, and said from its beginning."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import av
import pytest

from infra.clock import civil_day, now
from infra.stack.cameras import Picture, RtspCameras
from tests.components import real_component
from tests.infra.test_stillness import frozen, noisy
from tests.workers.edge.conftest import eventually
from tests.workers.edge.disks import CAMERA, Disk, config_document, enrol
from workers.edge import camera as process
from workers.edge.camera import Camera
from workers.edge.ledger import CameraState, Ledger

SIZE, RATE, FROZEN_SECONDS, MOVING_SECONDS = (160, 96), 10, 20, 30


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[RtspCameras]:
    """A camera whose picture stands still at first, and moves after that."""
    clip = tmp_path / "hangs.mp4"
    _film(clip)
    with real_component():
        server = RtspCameras(tmp_path / "hanging", picture=Picture(clip=clip), count=1)
    yield server
    server.stop()


def _film(path: Path) -> None:
    width, height = SIZE
    moving = [noisy(number) for number in range(RATE)]
    with av.open(path, "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(RATE), "x264-params": "scenecut=0"}
        for number in range(RATE * (FROZEN_SECONDS + MOVING_SECONDS)):
            frame = av.VideoFrame(width, height, "yuv420p")
            frame.planes[0].update(moving[number % RATE] if number >= RATE * FROZEN_SECONDS else frozen(number))
            for plane in frame.planes[1:]:
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts = number
            out.mux(video.encode(frame))
        out.mux(video.encode(None))


@pytest.mark.req("KH-5-3a", "DR-30")
def test_a_picture_that_stands_still_is_recorded_and_told_until_it_moves(
    disk: Disk, hanging: RtspCameras, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SUSPICIOUS_SECONDS", 4.0)
    enrol(disk.home, config_document(days=[civil_day(now())], recipient=disk.day_key.recipient, segment_seconds=1))
    disk.home.keep_address(CAMERA, hanging.url())
    stop = threading.Event()
    recording = threading.Thread(target=lambda: Camera(disk.home, CAMERA, stop.is_set).run())
    recording.start()
    try:
        eventually(lambda: state(disk).frozen_since_us is not None, seconds=30, what="it is told")
        said = state(disk)
        assert said.cause is None, "it is recorded all the same"
        assert said.frozen_since_us is not None
        assert said.recorded_until_us is not None
        assert said.recorded_until_us - said.frozen_since_us >= 3_000_000, "since it began, not since it was told"
        eventually(lambda: state(disk).frozen_since_us is None, seconds=30, what="it moves again")
        assert state(disk).cause is None, "by the same connection"
    finally:
        stop.set()
        recording.join(30)
    assert not recording.is_alive()


def state(disk: Disk) -> CameraState:
    with closing(Ledger(disk.home.ledger)) as ledger:
        return ledger.state_of(CAMERA)
