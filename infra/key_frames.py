"""One key frame as a small grey picture, in memory: for a look at whether the picture is fit, and for nothing else."""

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


def grey(codec: str, extradata: bytes, data: bytes) -> Grey:
    """Decode one key frame, at most `WIDTH` wide. Raises `NoPicture`."""
    try:
        decoder: Any = av.CodecContext.create(codec, "r")  # PyAV ships no complete types
        decoder.extradata = extradata or None
        decoder.thread_count = 1
        frame = next(iter([*decoder.decode(av.Packet(data)), *decoder.decode(None)]))
    except (FFmpegError, StopIteration, ValueError) as error:
        raise NoPicture from error
    width = min(WIDTH, frame.width)
    height = max(2, round(frame.height * width / frame.width))
    plane = frame.reformat(width=width, height=height, format="gray", interpolation=Interpolation.AREA).planes[0]
    held = memoryview(plane)
    return Grey(
        width, height, b"".join(held[at : at + width] for at in range(0, height * plane.line_size, plane.line_size))
    )
