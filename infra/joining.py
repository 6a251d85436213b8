"""Joins segments of one camera into playable MP4 files of the original samples, trimmed to a window and on wall time.

Nothing is re-encoded. A packet outside the window is not written, except those before it without which its first frame
cannot be decoded (the pre-roll), which an edit list hides. Memory holds one segment at a time.
"""

import io
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import IO, Any

import av

from infra.camera_signing import SigningCount
from infra.export_boxes import Exported, side_information
from infra.movie_files import MovieFile
from infra.segment_samples import Sample, Segment
from infra.signing_units import Framework
from infra.sums import Summing, Sums

_MICROSECOND = 1_000_000
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
    """One file, and its sums. The span is that of the frames shown; `file` is the caller's to close.

    `suffix` is `mp4`, or `mov` where an MP4 cannot hold the sound. `codec` and `sound` are FFmpeg names; without any
    sound it is empty. `clips` are what the part was made of, `signing` is what its camera signed of it.
    """

    file: IO[bytes]
    sums: Sums
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


def join(clips: Iterable[Clip], *, from_us: int, until_us: int, scratch: Path, exported: Exported) -> Iterator[Part]:
    """The window's parts in order of time; a new one begins where the coding of picture or sound changes.

    Each says when its timeline begins, and who `exported` it. Raises `Unreadable`.
    """
    with ExitStack() as unfinished:
        writer: _PartWriter | None = None
        for clip in clips:
            with _opened(clip) as source:
                if writer is not None and not writer.continues(source, clip):
                    yield from writer.close()
                    writer = None
                if writer is None:
                    writer = _PartWriter(source, window=(from_us, until_us), scratch=scratch, exported=exported)
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
def _opened(clip: Clip) -> Iterator[Segment]:
    """The clip's samples. Raises `Unreadable`, whatever happens while they are read."""
    try:
        yield Segment(clip.read())
    except (ValueError, KeyError, IndexError, struct.error) as error:
        raise Unreadable(str(error)) from error


def _shape(source: Segment) -> tuple[Any, ...]:
    """What must not change within one file."""
    return tuple((track.coding, track.timescale) for track in source.tracks)


@dataclass
class _Track:
    """One stream of the part: what was written last, and whether its end was reached."""

    timescale: int
    last_dts: int | None = None
    ended: bool = False
    waiting: list[Sample] = field(default_factory=list)
    shown: bool = False

    def us(self, ticks: int) -> int:
        """Microseconds of a sample's own ticks, in whole numbers, since this runs for every sample."""
        return ticks * _MICROSECOND // self.timescale


class _PartWriter:
    """Writes samples of like segments to one MP4. Timestamps count from the window's start; before it is negative."""

    def __init__(self, source: Segment, *, window: tuple[int, int], scratch: Path, exported: Exported) -> None:
        self._shape = _shape(source)
        self._from_us, self._until_us = window
        self._file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - unlinked at birth, and the caller's to close
        codings = [track.coding for track in source.tracks]
        self._sound = "".join(coding.name for coding in codings[1:])
        self._suffix = "mp4" if not self._sound or self._sound in _held_by_mp4() else "mov"
        self._summing = Summing(write=self._file.writelines)
        front = side_information(self._from_us, tracks=len(codings), exported=exported)
        self._out = MovieFile(self._summing.take, source.tracks, suffix=self._suffix, front=front)
        self._tracks = [_Track(track.timescale) for track in source.tracks]
        self._about = (codings[0].name, codings[0].width, codings[0].height)
        self._clips: list[Clip] = []
        self._given = False
        self._previous_end_us = 0
        self._first_us = self._last_us = 0
        self._pre_roll_us = 0
        self._packets = 0
        self._signing = SigningCount(codings[0].name, codings[0].described)
        self._kept: list[Sample] = []

    def continues(self, source: Segment, clip: Clip) -> bool:
        """Whether the clip's samples can follow in the same file."""
        return _shape(source) == self._shape and clip.started_us >= self._previous_end_us - MOST_OVERLAP_US

    def add(self, source: Segment, clip: Clip) -> None:
        """Write what of the clip lies in the window."""
        self._clips.append(clip)
        self._tracks[0].waiting.clear()  # each segment can be decoded by itself
        scales = [track.timescale for track in source.tracks]
        samples = list(source.samples())
        start = min((sample.pts for sample in samples if sample.track == 0), default=0)
        anchor = Fraction(start, scales[0])
        timing = [_Timing.of(anchor, Fraction(1, scale), clip, self._from_us) for scale in scales]
        self._kept = []
        for sample in samples:
            self._take(self._tracks[sample.track], timing[sample.track].placed(sample))
        for sample in self._kept:
            if sample.track == 0:
                self._signing.add(source.plain[sample.begins : sample.ends])
        self._out.add(source, self._kept)
        self._summing.settle()  # what the samples lie in is filled again
        self._packets += len(self._kept)
        self._previous_end_us = clip.ended_us

    def abandon(self) -> None:
        """Close what an interrupted join left open; nothing after a part was given away."""
        self._summing.close()
        if not self._given:
            self._file.close()

    def close(self) -> Iterator[Part]:
        """The part, if the window holds any frame of it."""
        if not self._tracks[0].shown:
            return
        self._out.close()
        sums = self._summing.sums()
        self._given = True
        self._file.seek(0)
        codec, width, height = self._about
        yield Part(
            file=self._file,
            sums=sums,
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

    def _take(self, track: _Track, sample: Sample) -> None:
        if track.ended:
            return
        start, end = track.us(sample.pts), track.us(sample.pts + sample.duration)
        window_us = self._until_us - self._from_us
        if start >= window_us or (sample.track and end > window_us):
            # What comes later in the file but is shown earlier needs this one.
            track.ended = True
        elif not sample.track:
            self._take_picture(track, sample, start, min(end, window_us))
        elif start >= 0:
            self._keep(track, sample)

    def _take_picture(self, track: _Track, sample: Sample, start: int, end: int) -> None:
        if not track.shown:
            if sample.is_key and (start <= 0 or sample.pts == sample.dts):
                track.waiting.clear()  # decoding can begin here; only frames before it could need what came earlier
            if start < 0:
                track.waiting.append(sample)
                return
            if not sample.is_key and not track.waiting:
                return  # a segment that does not begin with a key frame gives no picture before its first one
            track.shown = True
            self._first_us = start
            self._pre_roll_us = max([0, *(-track.us(held.pts) for held in track.waiting)])
            for held in track.waiting:
                self._keep(track, held)
            track.waiting.clear()
        self._first_us = min(self._first_us, start) if start >= 0 else self._first_us
        self._last_us = max(self._last_us, end)
        self._keep(track, sample)

    def _keep(self, track: _Track, sample: Sample) -> None:
        if track.last_dts is not None and sample.dts <= track.last_dts:
            dts = track.last_dts + 1  # a few ticks where two segments meet
            sample = sample._replace(dts=dts, pts=max(sample.pts, dts))
        track.last_dts = sample.dts
        self._kept.append(sample)


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

    def placed(self, sample: Sample) -> Sample:
        """The sample with times of the part; its bytes stay as they are."""
        track, dts, pts, duration, is_key, begins, ends, units = sample
        duration = duration * self.scale // self.unit
        return Sample(track, self._at(dts), self._at(pts), duration, is_key, begins, ends, units)

    def _at(self, ticks: int) -> int:
        return (2 * (ticks * self.scale + self.shift) + self.unit) // (2 * self.unit)
