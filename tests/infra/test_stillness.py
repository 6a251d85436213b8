"""A picture that stands still on a stream that goes on."""

import io
import random
from collections.abc import Callable

import av
import pytest

from infra.stillness import Stillness

WIDTH, HEIGHT, RATE, KEY_EVERY = 160, 96, 10, 10
Picture = Callable[[int], bytes]
_ROOM = bytes((row * 2 + (column // 16) * 9) % 200 + 20 for row in range(HEIGHT) for column in range(WIDTH))


def frozen(_number: int) -> bytes:
    return _ROOM


def noisy(number: int) -> bytes:
    """The same room as a sensor sees it."""
    noise = random.Random(number).randbytes(WIDTH * HEIGHT)  # noqa: S311 - grain
    return bytes(max(0, min(255, point + (grain & 3) - 2)) for point, grain in zip(_ROOM, noise, strict=True))


def thawing(number: int) -> bytes:
    return frozen(number) if number < 150 else noisy(number)


def told(picture: Picture, *, codec: str, frames: int) -> list[tuple[float, float | None]]:
    """At which second what was said: since which second it stands still, None that it moves."""
    film = io.BytesIO()
    with av.open(film, "w", format="mpegts") as out:
        video = out.add_stream(codec, rate=RATE)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        keys = f"keyint={KEY_EVERY}:min-keyint={KEY_EVERY}:scenecut=0"
        video.options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(KEY_EVERY), "x264-params": "scenecut=0"}
        if codec == "libx265":
            video.options = {"preset": "ultrafast", "tune": "zerolatency", "x265-params": f"{keys}:log-level=none"}
        for number in range(frames):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            frame.planes[0].update(
                picture(number).ljust(frame.planes[0].buffer_size, b"\0")[: frame.planes[0].buffer_size]
            )
            for plane in frame.planes[1:]:
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts = number
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    film.seek(0)
    said: list[tuple[float, float | None]] = []
    with av.open(film, format="mpegts") as file:
        context = file.streams.video[0].codec_context
        looking = Stillness(context.name, bytes(context.extradata or b""), seconds=8)
        packets = (packet for packet in file.demux(video=0) if packet.size)
        for number, packet in enumerate(packets):
            if looking.see(packet, number * 1_000_000_000 // RATE):
                since = looking.since_ns
                said.append((number / RATE, since / 1_000_000_000 if since is not None else None))
    return said


@pytest.mark.req("KH-5-3a", "DR-30")
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_frozen_picture_is_told_with_its_beginning_once(codec: str) -> None:
    ((at, since),) = told(frozen, codec=codec, frames=200)
    assert since is not None
    assert since <= 5, "the coder needs some seconds until the picture is as good as it gets"
    assert 8 <= at - since <= 10


def test_the_noise_of_a_sensor_in_an_empty_room_is_no_frozen_picture() -> None:
    assert told(noisy, codec="libx264", frames=150) == []


def test_a_picture_that_moves_again_is_told_too() -> None:
    (_frozen, (at, since)) = told(thawing, codec="libx264", frames=200)
    assert (at, since) == (15.0, None)
