"""Clips for the cameras of the sample city: a drawn yard with passing shapes and the camera's name. No place, nobody.

Encoded here once and then looped, so that a demonstration needs no encoder while it runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import IO

import av
from av.filter import Graph
from av.video.frame import PictureType, VideoFrame

# Five columns of seven bits for each letter, top bit first: FreeType is not in every build of FFmpeg.
_GLYPHS = {
    " ": "00 00 00 00 00",
    "-": "08 08 08 08 08",
    "0": "3E 51 49 45 3E",
    "1": "00 42 7F 40 00",
    "2": "42 61 51 49 46",
    "3": "21 41 45 4B 31",
    "4": "18 14 12 7F 10",
    "5": "27 45 45 45 39",
    "6": "3C 4A 49 49 30",
    "7": "01 71 09 05 03",
    "8": "36 49 49 49 36",
    "9": "06 49 49 29 1E",
    "A": "7E 11 11 11 7E",
    "B": "7F 49 49 49 36",
    "C": "3E 41 41 41 22",
    "D": "7F 41 41 22 1C",
    "E": "7F 49 49 49 41",
    "F": "7F 09 09 09 01",
    "G": "3E 41 49 49 7A",
    "H": "7F 08 08 08 7F",
    "I": "00 41 7F 41 00",
    "J": "20 40 41 3F 01",
    "K": "7F 08 14 22 41",
    "L": "7F 40 40 40 40",
    "M": "7F 02 0C 02 7F",
    "N": "7F 04 08 10 7F",
    "O": "3E 41 41 41 3E",
    "P": "7F 09 09 09 06",
    "Q": "3E 41 51 21 5E",
    "R": "7F 09 19 29 46",
    "S": "46 49 49 49 31",
    "T": "01 01 7F 01 01",
    "U": "3F 40 40 40 3F",
    "V": "1F 20 40 20 1F",
    "W": "3F 40 38 40 3F",
    "X": "63 14 08 14 63",
    "Y": "07 08 70 08 07",
    "Z": "61 51 49 45 43",
}
_SCALE, _ROWS, _MARGIN, _LIGHT, _DARK = 3, 7, 12, b"\xeb", b"\x10"
_WALLS = ("0xC9B79C", "0xA9BCC6", "0xB7C4A1", "0xC4A9A1")
_BOXES = (
    "x=0:y=0:w=iw:h=ih*0.18:color=0x9FC6E8",
    "x=0:y=ih*0.72:w=iw:h=ih*0.28:color=0x7D7A74",
    "x=iw*0.10:y=ih*0.30:w=iw*0.14:h=ih*0.20:color=0x4E6A7D",
    "x=iw*0.30:y=ih*0.30:w=iw*0.14:h=ih*0.20:color=0x4E6A7D",
    "x=iw*0.62:y=ih*0.34:w=iw*0.24:h=ih*0.38:color=0x5B4636",
    "x=iw*0.735:y=ih*0.34:w=iw*0.01:h=ih*0.38:color=0x2E241C",
)
# Widths of the picture a second, and how light the shape is.
_PASSING = ((0.043, 60), (0.071, 200))


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a clip shows and how much of it. `rate` counts frames a second.

    `fragmented` ones are laid out as a recorder lays out its segments.
    """

    label: str
    seconds: int = 20
    width: int = 640
    height: int = 360
    rate: int = 15
    quality: int = 30
    key_seconds: int = 1
    fragmented: bool = False


def make_clip(target: Path | IO[bytes], look: Look) -> None:
    """Write an MP4 (H.264 without B-frames, no sound) of some seconds."""
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"} if look.fragmented else {}
    with av.open(target, "w", format="mp4", container_options=options) as container:
        stream = container.add_stream("libx264", rate=look.rate)
        stream.width, stream.height, stream.pix_fmt = look.width, look.height, "yuv420p"
        stream.gop_size, stream.max_b_frames = look.rate * look.key_seconds, 0
        stream.options = {"preset": "veryfast", "crf": str(look.quality), "tune": "zerolatency"}
        label = _label(look.label)
        for number, frame in enumerate(_scene(look)):
            _draw(frame, label, number / look.rate)
            frame.pts, frame.time_base = number, Fraction(1, look.rate)
            frame.pict_type = PictureType.NONE  # the filter marks each frame as a key frame, and the encoder obeys
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _scene(look: Look) -> Iterator[VideoFrame]:
    """Frames of a still yard: sky, wall, windows, a gate and the ground."""
    graph = Graph()
    wall = _WALLS[sum(look.label.encode()) % len(_WALLS)]
    steps = [graph.add("color", f"c={wall}:size={look.width}x{look.height}:rate={look.rate}:duration={look.seconds}")]
    steps += [graph.add("drawbox", f"{box}:t=fill") for box in _BOXES]
    steps += [graph.add("format", "pix_fmts=yuv420p"), graph.add("buffersink")]
    for before, after in pairwise(steps):
        before.link_to(after)
    graph.configure()
    for _ in range(look.seconds * look.rate):
        frame = steps[-1].pull()
        assert isinstance(frame, VideoFrame)  # noqa: S101 - the graph has one video output
        yield frame


def _label(text: str) -> list[bytes]:
    """The text as rows of luminance, light on dark, each pixel of a letter `_SCALE` wide and high."""
    rows = []
    for bit in range(-1, _ROWS + 1):
        cells = [_DARK]
        for letter in text.upper():
            columns = bytes.fromhex(_GLYPHS.get(letter, _GLYPHS["-"]))
            cells += [_LIGHT if bit >= 0 and column >> bit & 1 else _DARK for column in columns]
            cells.append(_DARK)
        rows += [b"".join(cell * _SCALE for cell in cells)] * _SCALE
    return rows


def _draw(frame: VideoFrame, label: list[bytes], second: float) -> None:
    """Put the name and two passing shapes into the picture. Each shape crosses the ground at its own pace."""
    plane = frame.planes[0]
    pixels, stride = bytearray(plane), plane.line_size
    for number, row in enumerate(label):
        start = (_MARGIN + number) * stride + _MARGIN
        pixels[start : start + len(row)] = row[: stride - _MARGIN]
    for pace, shade in _PASSING:
        wide, high = frame.width // 26, frame.height // 5
        left = int(second * pace * frame.width) % (frame.width - wide)
        top = frame.height * 7 // 10
        for line in range(top, top + high):
            pixels[line * stride + left : line * stride + left + wide] = bytes([shade]) * wide
    plane.update(bytes(pixels))
