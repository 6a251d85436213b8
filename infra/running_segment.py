"""The segment that is being recorded: what of it is whole, and handed on to whoever keeps it."""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from infra.causes import Ended
from infra.clock import civil_day, day_start
from infra.manifest import instant, microseconds
from infra.recorded import Recorded
from infra.segment_files import SegmentFile, pictures_in
from infra.streams import Arrival
from infra.timeline import Timeline

_NANOSECONDS_PER_MICROSECOND = 1000
_NANOSECONDS_PER_MILLISECOND = 1_000_000
# How much of a new connection is looked at to learn when its first frame was taken.
_BURST_NANOSECONDS = 10_000_000_000


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


class Running:
    """One segment: its file, its sink, and when it began."""

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
        """Write a frame, and hand on what it completes."""
        offset_ns = self.file.add_video(arrival.packet)
        self._last_ns = arrival.monotonic_ns
        self._coming.append((offset_ns, arrival.monotonic_ns))
        if offset_ns < _BURST_NANOSECONDS:
            self._least_delayed_ns = min(self._least_delayed_ns, arrival.monotonic_ns - offset_ns)
        if self.file.made:
            self._pass_on(key_interval_ns)

    def add_audio(self, packet: Any, key_interval_ns: int) -> None:  # noqa: ANN401 - PyAV ships no complete types
        """Write sound, and hand on what it completes."""
        self.file.add_audio(packet)
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
        """Let go of it unfinished."""
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
            codec=self.file.shape.codec,
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
