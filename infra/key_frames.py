"""One key frame by itself: decoded in memory, and as small grey picture and colour for a look at whether it is fit."""

import io
from dataclasses import dataclass
from typing import Any

import av
from av.error import FFmpegError
from av.video.reformatter import Interpolation

WIDTH = 320
_COLOUR_WIDTH, _COLOUR_HEIGHT = 64, 36


class NoPicture(Exception):
    """The bytes are no key frame that can be decoded."""


@dataclass(frozen=True)
class Small:
    """Brightness row by row, a byte a point, 0 black and 255 white.

    `colour` is how far the hues differ within the picture, of 0 to 255: infrared light gives one hue everywhere, be it
    grey or violet, and so nearly 0.
    """

    width: int
    height: int
    rows: bytes
    colour: int


def decoded(codec: str, extradata: bytes, data: bytes) -> Any:  # noqa: ANN401 - PyAV ships no complete types
    """The frame of one key frame. Raises `NoPicture`."""
    try:
        decoder: Any = av.CodecContext.create(codec, "r")
        decoder.extradata = extradata or None
        decoder.thread_count = 1
        return next(iter([*decoder.decode(av.Packet(data)), *decoder.decode(None)]))
    except (FFmpegError, StopIteration, ValueError) as error:
        raise NoPicture from error


def small(codec: str, extradata: bytes, data: bytes) -> Small:
    """Decode one key frame, at most `WIDTH` wide. Raises `NoPicture`."""
    frame = decoded(codec, extradata, data)
    width = min(WIDTH, frame.width)
    height = max(2, round(frame.height * width / frame.width))
    grey = frame.reformat(width=width, height=height, format="gray", interpolation=Interpolation.AREA)
    hues = frame.reformat(
        width=_COLOUR_WIDTH, height=_COLOUR_HEIGHT, format="yuv444p", interpolation=Interpolation.AREA
    )
    return Small(width, height, _points(grey.planes[0]), _range(hues))


def first_of(film: bytes) -> Any:  # noqa: ANN401 - as above
    """The first key frame of an MP4, decoded. Raises `NoPicture` where there is none, or none that can be decoded."""
    try:
        with av.open(io.BytesIO(film), "r", format="mp4") as source:
            stream = source.streams.video[0]
            packet = next(each for each in source.demux(stream) if each.is_keyframe and each.size)
            return decoded(stream.codec_context.name, stream.codec_context.extradata or b"", bytes(packet))
    except (FFmpegError, StopIteration, IndexError) as error:
        raise NoPicture from error


def _points(plane: Any) -> bytes:  # noqa: ANN401 - PyAV ships no complete types
    held, length = memoryview(plane), plane.line_size
    return b"".join(held[at : at + plane.width] for at in range(0, plane.height * length, length))


def _range(hues: Any) -> int:  # noqa: ANN401 - PyAV ships no complete types
    parts = [_points(plane) for plane in hues.planes[1:]]
    return max(max(points) - min(points) for points in parts)
