"""Cuts a stream into segments: key-frame-aligned fragmented MP4 of the camera's own samples, never re-encoded.

A segment goes to its sink as it comes, a fragment of about a second at a time, so that neither memory nor a crash holds
more than that. Wall time and media time are kept apart: the span is what the clock saw, `media_ms` what the samples add
up to (a camera may declare 25 fps and send 21).
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from av.error import FFmpegError

from infra.causes import Ended, GapCause
from infra.clock import civil_day
from infra.manifest import Note, instant
from infra.media_clocks import MediaClock, SoundClock
from infra.parameter_sets import parameter_sets, sets_in_force
from infra.recorded import Recorded
from infra.running_segment import Begin, Running
from infra.segment_files import SegmentFile, Shape, decoded_size
from infra.streams import Arrival, LiveStream, StreamFault
from infra.timeline import Timeline

_MICROSECOND = 1_000_000
_NANOSECONDS_PER_MICROSECOND = 1000
_NANOSECONDS_PER_MILLISECOND = 1_000_000
_NANOSECOND = 1_000_000_000
# Packets of sound, some ten seconds of them.
_MOST_EARLY = 512


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long segments are, and how long to wait for a key frame. `phase_us` spreads the cuts of many cameras."""

    segment_seconds: int = 60
    phase_us: int = 0
    key_frame_seconds: float = 30.0
    longest_seconds: float = 300.0
    most_bytes: int = 256 * 1024 * 1024


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


class _Run:
    """One connection: which segment is open, and whether the next packet begins another."""

    def __init__(self, stream: LiveStream, limits: Limits, timeline: Timeline, begin: Begin) -> None:
        self._stream, self._limits, self._timeline, self._begin = stream, limits, timeline, begin
        self._shape = _described(stream.video)
        self._open: Running | None = None
        self._first_ns: int | None = None
        self._last_key_ns: int | None = None
        self._key_interval_ns = 0
        self._clock = MediaClock(stream.video.time_base)
        self._sound: SoundClock | None = None
        # Sound that came before the first picture may be of it.
        self._early: deque[Any] = deque(maxlen=_MOST_EARLY)
        self._jumped = False
        # Lost when the frame before came: what is lost until the next has come is of that one, and of its segment.
        self._lost = 0

    def take(self, arrival: Arrival) -> Recorded | None:
        """Put a picture and its sound where they belong; the segment that it ended, if it ended one."""
        self._early.extend(arrival.sound)
        self._add_sound()
        if self._first_ns is None:
            self._first_ns, self._lost = arrival.monotonic_ns, self._stream.losses.lost
        self._jumped |= self._clock.straighten(arrival.packet)
        finished = self._at_key_frame(arrival) if arrival.packet.is_keyframe else None
        self._refuse_endless(arrival)
        if self._open is not None:
            self._open.add_video(arrival, self._key_interval_ns)
            self._open.notes = Note.TIMESTAMP_JUMP if self._jumped else ""
            self._add_sound()
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

    def _add_sound(self) -> None:
        while self._early and self._open is not None:
            packet = self._early.popleft()
            if self._sound is None:
                self._sound = SoundClock(self._clock, self._stream.video.time_base, packet.time_base)
            self._sound.straighten(packet)
            self._open.add_audio(packet, self._key_interval_ns)

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
        file = SegmentFile(
            self._stream,
            shape,
            picture=arrival.packet.stream,
            lost_before=self._lost,
            sound_ended=self._sound.ended if self._sound is not None else None,
            is_first=finished is None,
        )
        self._open = Running(file, self._timeline, arrival, after_us=after_us, begin=self._begin)
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
        shape, data = self._shape, bytes(packet)
        if packet.stream.codec_context.name != shape.codec:
            shape = _described(packet.stream)
        sets = sets_in_force(shape.codec, shape.sets, data)
        if sets == shape.sets:
            return shape
        width, height = decoded_size(shape.codec, sets, data) or (shape.width, shape.height)
        return Shape(shape.codec, sets, width, height)


def _described(video: Any) -> Shape:  # noqa: ANN401
    """What a camera says of its picture before it sends any."""
    context = video.codec_context
    sets = parameter_sets(context.name, bytes(context.extradata or b""))
    return Shape(context.name, sets, context.width, context.height)
