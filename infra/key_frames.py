"""One key frame by itself: decoded in memory, and as a small grey picture for a look at whether it is fit."""

from dataclasses import dataclass
from typing import Any

import av
from av.error import FFmpegError
from av.video.reformatter import Interpolation

WIDTH = 320


class NoPicture(Exception):
    """The bytes are no key frame that can be decoded."""


@dataclass(frozen=True)
class Grey:
    """Brightness row by row, a byte a point, 0 black and 255 white."""

    width: int
    height: int
    rows: bytes


def decoded(codec: str, extradata: bytes, data: bytes) -> Any:  # noqa: ANN401 - PyAV ships no complete types
    """The frame of one key frame. Raises `NoPicture`."""
    try:
        decoder: Any = av.CodecContext.create(codec, "r")
        decoder.extradata = extradata or None
        decoder.thread_count = 1
        return next(iter([*decoder.decode(av.Packet(data)), *decoder.decode(None)]))
    except (FFmpegError, StopIteration, ValueError) as error:
        raise NoPicture from error


def grey(codec: str, extradata: bytes, data: bytes) -> Grey:
    """Decode one key frame, at most `WIDTH` wide. Raises `NoPicture`."""
    frame = decoded(codec, extradata, data)
    width = min(WIDTH, frame.width)
    height = max(2, round(frame.height * width / frame.width))
    plane = frame.reformat(width=width, height=height, format="gray", interpolation=Interpolation.AREA).planes[0]
    held = memoryview(plane)
    return Grey(
        width, height, b"".join(held[at : at + width] for at in range(0, height * plane.line_size, plane.line_size))
    )
