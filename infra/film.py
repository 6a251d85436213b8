"""Encodes pictures with their mark, and sound, into one piece of fragmented MP4: H.264 without B-frames, and AAC.

Timestamps count from the start of the session's window, so pieces made by themselves join on one timeline.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.video.reformatter import ColorRange
from PIL import Image

from infra.masking import Masks
from infra.moving_mark import Stamp
from infra.sound import RATE, Soundtrack

_MICROSECOND = 1_000_000
_TICKS = 90_000
# One fragment a piece, with its timestamps as they are (`frag_discont`) and not counted from its own start.
_MP4 = {"movflags": "empty_moov+default_base_moof+frag_custom+frag_discont+skip_trailer"}
_MP4 |= {"use_editlist": "0", "avoid_negative_ts": "disabled"}
# Twice as fast as `superfast`, and with the deblocking filter back on as good to the eye. A picture in and at once a
# picture out; one key frame, at the piece's start.
_H264 = {"preset": "ultrafast", "tune": "zerolatency", "crf": "23", "profile": "main", "a53cc": "0"}
_H264 |= {"g": "100000", "sc_threshold": "0", "x264-params": "deblock=0,0"}
_NOMINAL_RATE = 25
_AAC_BITS = 96_000
_YUV = "yuv420p"
# More is not encoded fast enough, nor seen on the screen of an office.
_MOST_PIXELS = 1920 * 1080
_CARD = 1280, 720
_BLACK, _NO_COLOUR = 16, 128
_BOX_HEADER = 8


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """What every piece of a session looks like: width and height in pixels, both even, and whether it has sound."""

    width: int
    height: int
    sound: bool

    @classmethod
    def holding(cls, sizes: Iterable[tuple[int, int]], *, sound: bool, most: int = _MOST_PIXELS) -> "Canvas":
        """For pictures of these widths and heights: as the largest of them, within as many pixels as 1920x1080.

        Without any, as a card is well read.
        """
        width, height = max(sizes, key=lambda size: size[0] * size[1], default=_CARD)
        shrink = min(1.0, (most / (width * height)) ** 0.5)
        return cls(width=_even(width * shrink), height=_even(height * shrink), sound=sound)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The piece's half-open span within its session, all in microseconds since 1970."""

    session_us: int
    session_ends_us: int
    from_us: int
    until_us: int


@dataclass(frozen=True, kw_only=True)
class Over:
    """What is drawn on each picture: masks first, and the mark, if there is one, where everybody sees it."""

    stamp: Stamp | None
    masks: Masks


class Film:
    """One piece being made."""

    def __init__(self, canvas: Canvas, over: Over, span: Span, *, number: int) -> None:
        self._canvas, self._over, self._span = canvas, over, span
        self._buffer = io.BytesIO()
        self._out, self._video, self._audio = _muxer(self._buffer, canvas, number=number)
        self._last = -1
        self._held: Any = None
        self._track = Soundtrack(
            from_us=span.from_us - span.session_us,
            until_us=span.until_us - span.session_us,
            session_us=span.session_ends_us - span.session_us,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was shown yet."""
        return self._last < 0

    def show(self, frame: Any, *, at_us: int, taken_us: int) -> None:  # noqa: ANN401 - PyAV ships no complete types
        """Add a decoded picture from `at_us` on, masked and marked as of the instant at which it was taken.

        A picture of another size is fitted into the canvas, with its proportions kept.
        """
        fitted = self._fitted(frame)
        self._over.masks.cover(fitted, taken_us)
        if self._over.stamp is not None:
            self._over.stamp.burn(fitted, taken_us)
        self._last = max(self._tick(at_us), self._last + 1)
        fitted.pts, fitted.time_base, fitted.pict_type = self._last, Fraction(1, _TICKS), 0
        self._mux(self._video.encode(fitted))

    def show_grey(self, luma: Image.Image, *, at_us: int) -> None:
        """Add a drawn card of the canvas' size."""
        frame = _plain(self._canvas, _BLACK)
        _copy_plane(frame.planes[0], luma.tobytes(), (luma.width, luma.width, luma.height), at=(0, 0))
        self.show(frame, at_us=at_us, taken_us=at_us)

    def lay(self, heard: Iterable[tuple[int, Any]]) -> None:
        """Add decoded sound, with when it began."""
        self._track.lay((at_us - self._span.session_us, frame) for at_us, frame in heard)

    def finish(self, *, ended_us: int) -> bytes:
        """The media of the piece, whose last picture is shown until then."""
        self._mux(self._video.encode(None))
        self._held.duration = max(self._tick(ended_us) - self._held.pts, 1)
        self._out.mux_one(self._held)
        if self._audio is not None:
            for packet in self._track.encoded(self._audio):
                self._out.mux_one(packet)
        self._out.close()
        return _apart(self._buffer.getvalue())[1]

    def _mux(self, packets: Iterable[Any]) -> None:
        for packet in packets:
            if self._held is not None:
                self._out.mux_one(self._held)
            self._held = packet

    def _tick(self, at_us: int) -> int:
        return (at_us - self._span.session_us) * _TICKS // _MICROSECOND

    def _fitted(self, frame: Any) -> Any:  # noqa: ANN401
        """The picture as the canvas wants it, and ours to draw on: the decoder still needs its own."""
        wide, high = self._canvas.width, self._canvas.height
        as_is = frame.format.name == _YUV and frame.color_range != ColorRange.JPEG
        if as_is and (frame.width, frame.height) == (wide, high):
            frame.make_writable()
            return frame
        scale = min(wide / frame.width, high / frame.height)
        inner = min(_even(frame.width * scale), wide), min(_even(frame.height * scale), high)
        scaled = frame.reformat(*inner, format=_YUV, dst_color_range=ColorRange.MPEG, threads=1)
        if inner == (wide, high):
            scaled.make_writable()
            return scaled
        framed = _plain(self._canvas, _BLACK)
        left, top = (wide - inner[0]) // 4 * 2, (high - inner[1]) // 4 * 2
        for index, plane in enumerate(scaled.planes):
            half = 2 if index else 1
            size = plane.line_size, plane.width, plane.height
            _copy_plane(framed.planes[index], plane, size, at=(left // half, top // half))
        return framed


def header(canvas: Canvas) -> bytes:
    """What a player needs before the first piece. The same for every piece of a canvas."""
    buffer = io.BytesIO()
    out, _video, _audio = _muxer(buffer, canvas, number=1)
    out.start_encoding()
    out.close()
    return _apart(buffer.getvalue())[0]


def _muxer(buffer: io.BytesIO, canvas: Canvas, *, number: int) -> tuple[Any, Any, Any | None]:
    out: Any = av.open(buffer, "w", format="mp4", container_options={**_MP4, "fragment_index": str(number)})
    video = out.add_stream("libx264", rate=_NOMINAL_RATE, options=_H264)
    video.width, video.height, video.pix_fmt = canvas.width, canvas.height, _YUV
    video.time_base = video.codec_context.time_base = Fraction(1, _TICKS)
    video.codec_context.thread_count = 1
    if not canvas.sound:
        return out, video, None
    audio = out.add_stream("aac", rate=RATE, layout="mono")
    audio.bit_rate = _AAC_BITS
    return out, video, audio


def _apart(media: bytes) -> tuple[bytes, bytes]:
    """The header and the fragments, by their boxes (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at < len(media) and media[at + 4 : at + _BOX_HEADER] in {b"ftyp", b"moov"}:
        at += int.from_bytes(media[at : at + 4], "big")
    return media[:at], media[at:]


def _plain(canvas: Canvas, shade: int) -> Any:  # noqa: ANN401
    frame = av.VideoFrame(canvas.width, canvas.height, _YUV)
    for plane, value in zip(frame.planes, (shade, _NO_COLOUR, _NO_COLOUR), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def _copy_plane(target: Any, source: Any, size: tuple[int, int, int], *, at: tuple[int, int]) -> None:  # noqa: ANN401
    """Copy rows of bytes. `size`: the bytes from row to row of the source, those of a row to copy, and the rows."""
    line, wide, high = size
    into, given = memoryview(target), memoryview(source)
    for row in range(high):
        begin = (at[1] + row) * target.line_size + at[0]
        into[begin : begin + wide] = given[row * line : row * line + wide]


def _even(pixels: float) -> int:
    return max(round(pixels / 2) * 2, 2)
