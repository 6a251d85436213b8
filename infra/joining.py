"""Joins segments of one camera into playable MP4 files of the original samples, trimmed to a window and on wall time.

Nothing is re-encoded. A packet outside the window is not written, except those before it without which its first frame
cannot be decoded (the pre-roll), which an edit list hides. Memory holds one segment at a time.
"""

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import IO, Any

import av
from av.error import FFmpegError

from infra.camera_signing import SigningCount
from infra.chunked import laid_out
from infra.signing_units import Framework

_MICROSECOND = 1_000_000
_BUFFER = 1 << 20
# The header says all that is needed: to decode a picture so as to see its colours and its rate, and to read by 32 kB,
# is most of the work of reading.
_DEMUXER = {"fpsprobesize": "0", "analyzeduration": "1", "skip_frame": "all"}
_AT_ONCE = 1 << 18
# One movie unit a 90000th of a second: with the default of a millisecond the edit list would cut beside the frame.
_MP4 = {"movie_timescale": "90000", "use_editlist": "1"}
# A clock that was set back makes segments overlap; then each keeps its time, in a file of its own.
MOST_OVERLAP_US = 500_000
# A part's start is rounded to the ticks of its file, and no camera takes two pictures so close to one another.
ROUNDED_US = 1000
# Clocks of cameras drift by far less. Beyond it the span holds a stall, and stretching over it would lie.
_LEAST_PACE, _MOST_PACE = Fraction(1, 2), Fraction(2)


class Unreadable(Exception):
    """A segment's bytes are what its device signed, and still no MP4 that can be read."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One segment: its wall span in microseconds since 1970, what its samples add up to, and how to get its bytes."""

    started_us: int
    ended_us: int
    media_ms: int
    read: Callable[[], bytes | memoryview]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file. The span is that of the frames shown; `file` is the caller's to close.

    `suffix` is `mp4`, or `mov` where an MP4 cannot hold the sound. `codec` and `sound` are FFmpeg names; without any
    sound it is empty. `clips` are what the part was made of, `signing` is what its camera signed of it.
    """

    file: IO[bytes]
    suffix: str
    clips: tuple[Clip, ...]
    started_us: int
    ended_us: int
    pre_roll_ms: int
    codec: str
    width: int
    height: int
    audio: bool
    sound: str
    packets: int
    signing: Mapping[Framework, int]


def join(clips: Iterable[Clip], *, from_us: int, until_us: int, scratch: Path) -> Iterator[Part]:
    """The window's parts in order of time; a new one begins where the coding of picture or sound changes.

    Raises `Unreadable`.
    """
    with ExitStack() as unfinished:
        writer: _PartWriter | None = None
        for clip in clips:
            with _opened(clip) as source:
                if writer is not None and not writer.continues(source, clip):
                    yield from writer.close()
                    writer = None
                if writer is None:
                    writer = _PartWriter(source, window=(from_us, until_us), scratch=scratch)
                    unfinished.callback(writer.abandon)
                writer.add(source, clip)
        if writer is not None:
            yield from writer.close()


def pace_of(clip: Clip) -> Fraction:
    """How much wall time passes in a second of the clip's samples. 1 where its span holds a stall, or says nothing."""
    media_us = clip.media_ms * 1000
    pace = Fraction(clip.ended_us - clip.started_us, media_us) if media_us else Fraction(1)
    return pace if _LEAST_PACE <= pace <= _MOST_PACE else Fraction(1)


def fits_mp4(source: Any) -> bool:  # noqa: ANN401 - PyAV ships no complete types
    """Whether an MP4 can hold the sound as it is: G.711, which cameras send, it cannot."""
    return all(stream.codec_context.name in _held_by_mp4() for stream in source.streams.audio[:1])


@cache
def _held_by_mp4() -> frozenset[str]:
    with av.open(io.BytesIO(), "w", format="mp4") as out:
        return frozenset(out.supported_codecs)


@contextmanager
def _opened(clip: Clip) -> Iterator[Any]:
    """The clip's samples. Raises `Unreadable`, whatever happens while they are read."""
    try:
        with av.open(laid_out(clip.read()), "r", format="mp4", options=_DEMUXER, buffer_size=_AT_ONCE) as source:
            yield source
    except (FFmpegError, IndexError) as error:
        raise Unreadable(str(error)) from error


def _shape(source: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """What must not change within one file."""
    return tuple(
        (stream.codec_context.name, bytes(stream.codec_context.extradata or b""), stream.time_base)
        for stream in _streams(source)
    )


def _streams(source: Any) -> list[Any]:  # noqa: ANN401
    return [source.streams.video[0], *source.streams.audio[:1]]


@dataclass
class _Track:
    """One stream of the part: what was written last, and whether its end was reached."""

    stream: Any
    base: Fraction
    last_dts: int | None = None
    ended: bool = False
    waiting: list[Any] = field(default_factory=list)
    shown: bool = False

    def __post_init__(self) -> None:
        self._up, self._down = _MICROSECOND * self.base.numerator, self.base.denominator

    def us(self, ticks: int) -> int:
        """Microseconds of a packet's own ticks, in whole numbers, since this runs for every packet."""
        return ticks * self._up // self._down


class _PartWriter:
    """Writes packets of like segments to one MP4. Timestamps count from the window's start; before it is negative."""

    def __init__(self, source: Any, *, window: tuple[int, int], scratch: Path) -> None:  # noqa: ANN401
        self._shape = _shape(source)
        self._from_us, self._until_us = window
        self._file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - unlinked at birth, and the caller's to close
        self._suffix = "mp4" if fits_mp4(source) else "mov"
        self._out: Any = av.open(self._file, "w", format=self._suffix, container_options=_MP4, buffer_size=_BUFFER)
        self._tracks = [
            _Track(self._out.add_stream_from_template(stream, opaque=True), stream.time_base)
            for stream in _streams(source)
        ]
        context = source.streams.video[0].codec_context
        self._about = (context.name, context.width, context.height)
        self._sound = "".join(stream.codec_context.name for stream in source.streams.audio[:1])
        self._clips: list[Clip] = []
        self._given = False
        self._previous_end_us = 0
        self._first_us = self._last_us = 0
        self._pre_roll_us = 0
        self._packets = 0
        self._signing = SigningCount(source.streams.video[0])

    def continues(self, source: Any, clip: Clip) -> bool:  # noqa: ANN401
        """Whether the clip's packets can follow in the same file."""
        return _shape(source) == self._shape and clip.started_us >= self._previous_end_us - MOST_OVERLAP_US

    def add(self, source: Any, clip: Clip) -> None:  # noqa: ANN401
        """Write what of the clip lies in the window."""
        self._clips.append(clip)
        streams = _streams(source)
        self._tracks[0].waiting.clear()  # each segment can be decoded by itself
        anchor = (streams[0].start_time or 0) * streams[0].time_base
        timing = [_Timing.of(anchor, stream.time_base, clip, self._from_us) for stream in streams]
        picture: int = streams[0].index
        for packet in source.demux(streams):
            if packet.size == 0:  # the demuxer's end; a packet without dts may be the first key frame
                continue
            index = int(packet.stream_index != picture)
            timing[index].place(packet)
            self._take(self._tracks[index], packet, is_video=index == 0)
        self._previous_end_us = clip.ended_us

    def abandon(self) -> None:
        """Close what an interrupted join left open; nothing after a part was given away."""
        if not self._given:
            self._file.close()

    def close(self) -> Iterator[Part]:
        """The part, if the window holds any frame of it."""
        self._out.close()
        if not self._tracks[0].shown:
            return
        self._given = True
        self._file.seek(0)
        codec, width, height = self._about
        yield Part(
            file=self._file,
            suffix=self._suffix,
            clips=tuple(self._clips),
            started_us=self._from_us + self._first_us,
            ended_us=self._from_us + self._last_us,
            pre_roll_ms=-(-self._pre_roll_us // 1000),
            codec=codec,
            width=width,
            height=height,
            audio=len(self._tracks) > 1,
            sound=self._sound,
            packets=self._packets,
            signing=self._signing.found,
        )

    def _take(self, track: _Track, packet: Any, *, is_video: bool) -> None:  # noqa: ANN401
        if track.ended:
            return
        pts = packet.pts
        start, end = track.us(pts), track.us(pts + packet.duration)
        window_us = self._until_us - self._from_us
        if start >= window_us or (not is_video and end > window_us):
            # Frames that come later in the file but are shown earlier need this one, unless nothing refers to it.
            track.ended = not (is_video and packet.is_disposable)
            return
        if not is_video:
            if start >= 0:
                self._write(track, packet)
            return
        self._take_video(track, packet, start, min(end, window_us))

    def _take_video(self, track: _Track, packet: Any, start: int, end: int) -> None:  # noqa: ANN401
        if not track.shown and packet.is_keyframe and (start <= 0 or packet.pts == packet.dts):
            track.waiting.clear()  # decoding can begin here; only frames shown before it could need what came earlier
        if not track.shown and start < 0:
            track.waiting.append(packet)
            return
        if not track.shown:
            if not packet.is_keyframe and not track.waiting:
                return  # a segment that does not begin with a key frame gives no picture before its first one
            track.shown = True
            self._first_us = start
            self._pre_roll_us = max([0, *(-track.us(held.pts) for held in track.waiting)])
            for held in track.waiting:
                self._write(track, held)
            track.waiting.clear()
        self._first_us = min(self._first_us, start) if start >= 0 else self._first_us
        self._last_us = max(self._last_us, end)
        self._write(track, packet)

    def _write(self, track: _Track, packet: Any) -> None:  # noqa: ANN401
        if track.last_dts is not None and packet.dts <= track.last_dts:
            lag = track.last_dts + 1 - packet.dts  # a few ticks where two segments meet
            packet.dts += lag
            packet.pts = max(packet.pts, packet.dts)
        track.last_dts = packet.dts
        self._packets += 1
        if track is self._tracks[0]:
            self._signing.add(packet)
        packet.stream = track.stream
        self._out.mux_one(packet)


@dataclass(frozen=True)
class _Timing:
    """Puts a clip's own ticks on wall time: its first frame at the start of its span, its end at the end.

    `(ticks * scale + shift) / unit` in whole numbers, since this runs for every packet.
    """

    scale: int
    shift: int
    unit: int

    @classmethod
    def of(cls, anchor: Fraction, time_base: Fraction, clip: Clip, from_us: int) -> "_Timing":
        """For one stream. `anchor` is where the clip's first frame lies in its own file, in seconds."""
        pace = pace_of(clip)
        begins = (Fraction(clip.started_us - from_us, _MICROSECOND) - anchor * pace) / time_base
        unit = pace.denominator * begins.denominator
        return cls(scale=pace.numerator * begins.denominator, shift=begins.numerator * pace.denominator, unit=unit)

    def place(self, packet: Any) -> None:  # noqa: ANN401
        """Change the packet's timestamps; its bytes stay as they are."""
        dts = packet.dts if packet.dts is not None else packet.pts
        packet.pts, packet.dts = self._at(packet.pts), self._at(dts)
        packet.duration = (packet.duration or 0) * self.scale // self.unit

    def _at(self, ticks: int) -> int:
        return (2 * (ticks * self.scale + self.shift) + self.unit) // (2 * self.unit)
