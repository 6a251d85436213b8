"""Cuts a stream into segments: key-frame-aligned fragmented MP4 of the camera's own samples, never re-encoded.

A segment goes to its sink as it comes, a fragment of about a second at a time, so that neither memory nor a crash holds
more than that. Wall time and media time are kept apart: the span is what the clock saw, `media_ms` what the samples add
up to (a camera may declare 25 fps and send 21).
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from av.error import FFmpegError

from infra.causes import Ended, GapCause
from infra.clock import civil_day, day_start
from infra.manifest import Note, instant, microseconds
from infra.parameter_sets import parameter_sets, sets_in_force
from infra.recorded import Recorded
from infra.segment_files import MediaClock, SegmentFile, Shape, decoded_size, pictures_in
from infra.streams import Arrival, LiveStream, StreamFault
from infra.timeline import Timeline

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


class Sink(Protocol):
    """Where one segment goes. What it raises ends the recording, and what it was given until then is its own affair."""

    def write(self, data: bytes) -> None:
        """The next bytes of the MP4."""

    def mark(self, so_far: Recorded) -> None:
        """All that was written is whole fragments, and this is what they hold: the time to make it durable."""

    def finish(self, recorded: Recorded) -> object:
        """All of it was written."""

    def leave(self) -> None:
        """Nothing more comes, and it was not finished."""


Begin = Callable[[int], Sink]


def record(
    stream: LiveStream, *, limits: Limits, timeline: Timeline, stopped: Callable[[], bool], begin: Begin
) -> Iterator[Recorded]:
    """Give a stream to sinks until `stopped()` or until it fails; each segment once it is finished, the last included.

    `begin` makes the sink of a segment that starts at so many microseconds; the first one's start may prove to be some
    seconds earlier, on the same day. The start of a segment is the end of the one before. Raises `StreamFault` after
    the last segment when the stream failed, also when no key frame comes, and whatever a sink raises.
    """
    run = _Run(stream, limits, timeline, begin)
    try:
        yield from _recorded(stream, run, stopped)
    finally:
        run.leave()


def _recorded(stream: LiveStream, run: "_Run", stopped: Callable[[], bool]) -> Iterator[Recorded]:
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
    """The segment being written: its file, its sink, and when it began."""

    def __init__(
        self, file: SegmentFile, timeline: Timeline, first: Arrival, *, after_us: int | None, begin: Begin
    ) -> None:
        """`after_us` is where the segment before ended, if there was one."""
        self.file = file
        self.bytes = 0
        self._timeline, self._first, self._after_us = timeline, first, after_us
        self._least_delayed_ns = self._last_ns = first.monotonic_ns
        self._wall_us = timeline.machine_at(first.monotonic_ns)
        self.notes = ""
        # Frames that no fragment holds yet, by where they lie in the file and when they came.
        self._coming: deque[tuple[int, int]] = deque()
        self._day_us = microseconds(day_start(civil_day(instant(self._least_delayed_us))))
        self._sink = begin(self.started_us)

    @property
    def started_us(self) -> int:
        """Where the one before ended; for the first of a connection, what its least delayed frame tells.

        What was buffered while the stream was opened comes in a burst, and would otherwise seem to be of one instant.
        """
        return self._after_us if self._after_us is not None else max(self._day_us, self._least_delayed_us)

    @property
    def _least_delayed_us(self) -> int:
        return self._timeline.at(self._least_delayed_ns)

    def add_video(self, arrival: Arrival, key_interval_ns: int) -> None:
        offset_ns = self.file.add_video(arrival.packet)
        self._last_ns = arrival.monotonic_ns
        self._coming.append((offset_ns, arrival.monotonic_ns))
        if offset_ns < _BURST_NANOSECONDS:
            self._least_delayed_ns = min(self._least_delayed_ns, arrival.monotonic_ns - offset_ns)
        if self.file.made:
            self._pass_on(key_interval_ns)

    def add_audio(self, arrival: Arrival, key_interval_ns: int) -> None:
        self.file.add_audio(arrival.packet)
        if self.file.made:
            self._pass_on(key_interval_ns)

    def finish(self, ends_us: int | None, because: Ended, key_interval_ns: int) -> Recorded:
        """Hand on the rest; the finished segment. Without a successor it ends with its last frame."""
        self._write(self.file.close())
        last_us = self._timeline.at(self._last_ns) + self.file.step_ns // _NANOSECONDS_PER_MICROSECOND
        recorded = self._holding(
            ends_us if ends_us is not None else last_us,
            because,
            media_ns=self.file.media_ns,
            packets=self.file.packets,
            key_interval_ns=key_interval_ns,
        )
        self._sink.finish(recorded)
        return recorded

    def leave(self) -> None:
        self._sink.leave()

    def _pass_on(self, key_interval_ns: int) -> None:
        """Where a fragment became whole, mark what all hold: up to where the first frame after them begins."""
        data = self.file.take()
        self._write(data)
        for _frame in range(pictures_in(data)):
            self._coming.popleft()
        packets = self.file.packets - len(self._coming)
        if not packets:
            return
        media_ns, ended_ns = self._coming[0] if self._coming else (self.file.media_ns, self._last_ns)
        held = {"media_ns": media_ns, "packets": packets, "key_interval_ns": key_interval_ns}
        self._sink.mark(self._holding(self._timeline.at(ended_ns), Ended.CUT_OFF, **held))

    def _write(self, data: bytes) -> None:
        if data:
            self._sink.write(data)
            self.bytes += len(data)

    def _holding(self, ends_us: int, because: Ended, *, media_ns: int, packets: int, key_interval_ns: int) -> Recorded:
        started_us = self.started_us
        begun_ns = self._first.monotonic_ns if self._after_us is not None else self._least_delayed_ns
        return Recorded(
            started_us=started_us,
            ended_us=max(started_us + 1, ends_us),
            monotonic_ns=begun_ns,
            media_ms=media_ns // _NANOSECONDS_PER_MILLISECOND,
            codec=self.file.codec,
            width=self.file.shape.width,
            height=self.file.shape.height,
            audio=self.file.has_audio,
            packets=packets,
            ended_because=because,
            key_interval_ms=key_interval_ns // _NANOSECONDS_PER_MILLISECOND,
            boot_id=self._timeline.boot_id,
            wall_us=self._wall_us - (self._first.monotonic_ns - begun_ns) // _NANOSECONDS_PER_MICROSECOND,
            lost_packets=self.file.lost_packets,
            notes=self.notes,
            is_dated=self._timeline.is_dated,
        )


class _Run:
    """One connection: which segment is open, and whether the next packet begins another."""

    def __init__(self, stream: LiveStream, limits: Limits, timeline: Timeline, begin: Begin) -> None:
        self._stream, self._limits, self._timeline, self._begin = stream, limits, timeline, begin
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
        # Lost when the frame before came: what is lost until the next has come is of that one, and of its segment.
        self._lost = 0

    def take(self, arrival: Arrival) -> Recorded | None:
        """Put a packet where it belongs; the segment that it ended, if it ended one."""
        if not arrival.is_video:
            if self._open is not None:
                self._open.add_audio(arrival, self._key_interval_ns)
            return None
        if self._first_ns is None:
            self._first_ns, self._lost = arrival.monotonic_ns, self._stream.losses.lost
        self._jumped |= self._clock.straighten(arrival.packet)
        finished = self._at_key_frame(arrival) if arrival.packet.is_keyframe else None
        self._refuse_endless(arrival)
        if self._open is not None:
            self._open.add_video(arrival, self._key_interval_ns)
            self._open.notes = Note.TIMESTAMP_JUMP if self._jumped else ""
        self._lost = self._stream.losses.lost
        return finished

    def close(self, because: Ended) -> Recorded | None:
        """The segment that was open, up to its last frame."""
        finished = self._open.finish(None, because, self._key_interval_ns) if self._open is not None else None
        self._open = None
        return finished

    def leave(self) -> None:
        """Let go of a segment that was not finished."""
        if self._open is not None:
            self._open.leave()

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
            held.file.lost_until = self._lost
            finished = held.finish(self._timeline.at(arrival.monotonic_ns), because, self._key_interval_ns)
            self._open = None
        self._shape, self._jumped = shape, False
        moved_us = self._timeline.settle()
        after_us = finished.ended_us + moved_us if finished is not None else None
        file = SegmentFile(self._stream, shape, lost_before=self._lost, is_first=finished is None)
        self._open = _Open(file, self._timeline, arrival, after_us=after_us, begin=self._begin)
        return finished

    def _cut(self, arrival: Arrival, shape: Shape) -> Ended | None:
        """Why this key frame begins a new segment; None when it does not."""
        if self._open is None:
            return None
        now_us, begun_us = self._timeline.at(arrival.monotonic_ns), self._open.started_us
        length = self._limits.segment_seconds * _MICROSECOND
        if self._timeline.is_due:
            return Ended.TIME_KNOWN
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
        too_big = self._open is not None and self._open.bytes > self._limits.most_bytes
        if too_big or waited_ns > limit * _NANOSECOND:
            raise StreamFault(GapCause.NO_KEY_FRAME, "no key frame")

    def _shape_of(self, packet: Any) -> Shape:  # noqa: ANN401 - PyAV ships no complete types
        data = bytes(packet)
        sets = sets_in_force(self._codec, self._shape.sets, data)
        if sets == self._shape.sets:
            return self._shape
        width, height = decoded_size(self._codec, sets, data) or (self._shape.width, self._shape.height)
        return Shape(sets, width, height)
