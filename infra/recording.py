"""Cuts a stream into segments: key-frame-aligned fragmented MP4 of the camera's own samples, never re-encoded.

Each segment is a whole file in memory, so nothing plain ever has a name on a disk. Wall time and media time are kept
apart: the span is what the clock saw, `media_ms` what the samples add up to (a camera may declare 25 fps and send 21).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from av.error import FFmpegError

from infra.causes import Ended, GapCause
from infra.clock import civil_day
from infra.manifest import instant
from infra.parameter_sets import parameter_sets
from infra.segment_files import MediaClock, SegmentFile, Shape, decoded_size
from infra.streams import Arrival, LiveStream, StreamFault

_MICROSECOND = 1_000_000
_NANOSECONDS_PER_MICROSECOND = 1000
_NANOSECONDS_PER_MILLISECOND = 1_000_000
_NANOSECOND = 1_000_000_000
# How much of a new connection is looked at to learn when its first frame was taken.
_BURST_NANOSECONDS = 10 * _NANOSECOND


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long segments are, and how long to wait for a key frame. `phase_us` spreads the cuts of many cameras."""

    segment_seconds: int = 60
    phase_us: int = 0
    key_frame_seconds: float = 30.0
    longest_seconds: float = 300.0
    most_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One finished segment. The span is half-open, in microseconds since 1970; `plain` is the MP4."""

    started_us: int
    ended_us: int
    monotonic_ns: int
    media_ms: int
    codec: str
    width: int
    height: int
    audio: bool
    packets: int
    plain: bytes
    ended_because: Ended
    key_interval_ms: int


class Timeline:
    """Wall time that only ever moves forward: the monotonic clock, with what the wall clock said when it was made.

    `not_before_us` is where the camera's last segment ended, so that a clock that stepped back while the recorder was
    down cannot make two spans overlap (DR-18).
    """

    def __init__(self, *, wall_us: int, monotonic_ns: int, not_before_us: int = 0) -> None:
        self._base_us = max(wall_us, not_before_us)
        self._base_ns = monotonic_ns
        self._floor_us = not_before_us

    @classmethod
    def now(cls, *, not_before_us: int = 0) -> "Timeline":
        """A timeline that begins with this instant."""
        return cls(
            wall_us=time.time_ns() // _NANOSECONDS_PER_MICROSECOND,
            monotonic_ns=time.monotonic_ns(),
            not_before_us=not_before_us,
        )

    def at(self, monotonic_ns: int) -> int:
        """Microseconds since 1970 at a moment of the monotonic clock."""
        return max(self._floor_us, self._base_us + (monotonic_ns - self._base_ns) // _NANOSECONDS_PER_MICROSECOND)


def record(
    stream: LiveStream, *, limits: Limits, timeline: Timeline, stopped: Callable[[], bool]
) -> Iterator[Recorded]:
    """The segments of a stream until `stopped()` or until it fails, the cut-off last one included.

    The start of a segment is the end of the one before. Raises `StreamFault` after the last segment when the stream
    failed; also when no key frame comes.
    """
    run = _Run(stream, limits, timeline)
    ended = Ended.STOPPED
    fault: StreamFault | None = None
    try:
        for arrival in stream.arrivals:
            finished = run.take(arrival)
            if finished is not None:
                yield finished
            if stopped():
                break
    except StreamFault as error:
        stalled = error.cause in {GapCause.STREAM_STALLED, GapCause.NO_KEY_FRAME}
        fault, ended = error, Ended.STREAM_STALLED if stalled else Ended.STREAM_ENDED
    except FFmpegError as error:  # a packet that the MP4 does not take
        fault, ended = StreamFault(GapCause.STREAM_ENDED, str(error.strerror)), Ended.STREAM_ENDED
    last = run.close(ended)
    if last is not None:
        yield last
    if fault is not None:
        raise fault


class _Open:
    """The segment being written: its file, and when it began."""

    def __init__(
        self, stream: LiveStream, shape: Shape, timeline: Timeline, first: Arrival, starts_us: int | None
    ) -> None:
        self.file = SegmentFile(stream, shape)
        self._timeline, self._first, self._starts_us = timeline, first, starts_us
        self._least_delayed_ns = first.monotonic_ns
        self._last_ns = first.monotonic_ns

    @property
    def started_us(self) -> int:
        """Where the one before ended; for the first of a connection, what its least delayed frame tells.

        What was buffered while the stream was opened comes in a burst, and would otherwise seem to be of one instant.
        """
        return self._starts_us if self._starts_us is not None else self._timeline.at(self._least_delayed_ns)

    def add_video(self, arrival: Arrival) -> None:
        offset_ns = self.file.add_video(arrival.packet)
        self._last_ns = arrival.monotonic_ns
        if offset_ns < _BURST_NANOSECONDS:
            self._least_delayed_ns = min(self._least_delayed_ns, arrival.monotonic_ns - offset_ns)

    def finish(self, ends_us: int | None, because: Ended, key_interval_ns: int) -> Recorded:
        """The finished segment. Without a successor it ends with its last frame."""
        plain = self.file.close()
        started_us = self.started_us
        last_us = self._timeline.at(self._last_ns) + self.file.step_ns // _NANOSECONDS_PER_MICROSECOND
        return Recorded(
            started_us=started_us,
            ended_us=max(started_us + 1, ends_us if ends_us is not None else last_us),
            monotonic_ns=self._first.monotonic_ns,
            media_ms=self.file.media_ns // _NANOSECONDS_PER_MILLISECOND,
            codec=self.file.codec,
            width=self.file.shape.width,
            height=self.file.shape.height,
            audio=self.file.has_audio,
            packets=self.file.packets,
            plain=plain,
            ended_because=because,
            key_interval_ms=key_interval_ns // _NANOSECONDS_PER_MILLISECOND,
        )


class _Run:
    """One connection: which segment is open, and whether the next packet begins another."""

    def __init__(self, stream: LiveStream, limits: Limits, timeline: Timeline) -> None:
        self._stream, self._limits, self._timeline = stream, limits, timeline
        context = stream.video.codec_context
        self._codec: str = context.name
        described = parameter_sets(self._codec, bytes(context.extradata or b""))
        self._shape = Shape(described, context.width, context.height)
        self._open: _Open | None = None
        self._first_ns: int | None = None
        self._last_key_ns: int | None = None
        self._key_interval_ns = 0
        self._clock = MediaClock(stream.video.time_base)
        self._jumped = False

    def take(self, arrival: Arrival) -> Recorded | None:
        """Put a packet where it belongs; the segment that it ended, if it ended one."""
        if not arrival.is_video:
            if self._open is not None:
                self._open.file.add_audio(arrival.packet)
            return None
        self._first_ns = arrival.monotonic_ns if self._first_ns is None else self._first_ns
        self._jumped |= self._clock.straighten(arrival.packet)
        finished = self._at_key_frame(arrival) if arrival.packet.is_keyframe else None
        self._refuse_endless(arrival)
        if self._open is not None:
            self._open.add_video(arrival)
        return finished

    def close(self, because: Ended) -> Recorded | None:
        """The segment that was open, up to its last frame."""
        held, self._open = self._open, None
        return held.finish(None, because, self._key_interval_ns) if held is not None else None

    def _at_key_frame(self, arrival: Arrival) -> Recorded | None:
        if self._last_key_ns is not None:
            self._key_interval_ns = max(self._key_interval_ns, arrival.monotonic_ns - self._last_key_ns)
        self._last_key_ns = arrival.monotonic_ns
        shape = self._shape_of(arrival.packet)
        held, because = self._open, self._cut(arrival, shape)
        if held is not None and because is None:
            return None
        finished = None
        if held is not None and because is not None:
            finished = held.finish(self._timeline.at(arrival.monotonic_ns), because, self._key_interval_ns)
        self._shape, self._jumped = shape, False
        self._open = _Open(self._stream, shape, self._timeline, arrival, finished.ended_us if finished else None)
        return finished

    def _cut(self, arrival: Arrival, shape: Shape) -> Ended | None:
        """Why this key frame begins a new segment; None when it does not."""
        if self._open is None:
            return None
        now_us, begun_us = self._timeline.at(arrival.monotonic_ns), self._open.started_us
        length = self._limits.segment_seconds * _MICROSECOND
        if shape != self._shape:
            return Ended.STREAM_CHANGED
        if self._jumped:
            return Ended.TIMESTAMP_JUMP
        if civil_day(instant(now_us)) != civil_day(instant(begun_us)):
            return Ended.DAY_END
        is_full = (now_us - self._limits.phase_us) // length != (begun_us - self._limits.phase_us) // length
        return Ended.FULL if is_full else None

    def _refuse_endless(self, arrival: Arrival) -> None:
        """Raise `StreamFault` when key frames stay away: without one nothing can begin, and nothing can end."""
        since_ns = self._last_key_ns if self._last_key_ns is not None else self._first_ns
        waited_ns = arrival.monotonic_ns - (since_ns if since_ns is not None else arrival.monotonic_ns)
        limit = self._limits.key_frame_seconds if self._open is None else self._limits.longest_seconds
        too_big = self._open is not None and self._open.file.size > self._limits.most_bytes
        if too_big or waited_ns > limit * _NANOSECOND:
            raise StreamFault(GapCause.NO_KEY_FRAME, "no key frame")

    def _shape_of(self, packet: Any) -> Shape:  # noqa: ANN401 - PyAV ships no complete types
        data = bytes(packet)
        sets = parameter_sets(self._codec, data)
        if not sets or sets == self._shape.sets:
            return self._shape
        width, height = decoded_size(self._codec, sets, data) or (self._shape.width, self._shape.height)
        return Shape(sets, width, height)
