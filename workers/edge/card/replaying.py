"""A replay as a stream that can be recorded: each picture with the moment at which it was taken."""

from collections.abc import Iterator
from dataclasses import replace

from infra.causes import GapCause
from infra.streams import Arrival, LiveStream, StreamFault
from workers.edge.card.moments import Moments

_NANOSECONDS_PER_MICROSECOND = 1000
_MICROSECOND = 1_000_000
# A longer pause between two pictures is one of the card: what was not recorded there is no footage here.
_LONGEST_STEP_US = 2_000_000
_MOST_BACK_US = 1_000_000
# How long the samples alone may say when pictures were taken.
_LONGEST_UNSAID_US = 10_000_000


class Replay:
    """What comes of one replay, within a span of the box's time, cut wherever the card did not record on.

    `offset_us` is what the camera's clock lacks. Pictures before `floor_us` are left out, so that nothing overlaps.
    """

    def __init__(self, stream: LiveStream, moments: Moments, *, offset_us: int, from_us: int, until_us: int) -> None:
        self._stream, self._moments, self._offset_us = stream, moments, offset_us
        self.floor_us, self._until_us = from_us, until_us
        self.reached_us = from_us
        self._pictures = self._dated()
        self._next: tuple[Arrival, bool] | None = None

    def goes_on(self) -> bool:
        """Whether there is another piece. Raises `StreamFault` when the camera broke off."""
        return self._peek() is not None

    def leave_out_before(self, moment_us: int) -> None:
        """Nothing more is wanted before this moment: so far it is recorded."""
        self.floor_us = max(self.floor_us, moment_us)

    def piece(self) -> LiveStream:
        """The next piece, whose pictures come without a pause between them. It ends with a `StreamFault`."""
        return replace(self._stream, audio=None, arrivals=self._piece())

    def _piece(self) -> Iterator[Arrival]:
        last_us: int | None = None
        while (found := self._peek()) is not None:
            arrival, breaks = found
            here_us = arrival.monotonic_ns // _NANOSECONDS_PER_MICROSECOND
            if last_us is not None and (breaks or not -_MOST_BACK_US < here_us - last_us < _LONGEST_STEP_US):
                break
            self._next, last_us = None, here_us
            yield arrival
        raise StreamFault(GapCause.STREAM_ENDED)

    def _peek(self) -> tuple[Arrival, bool] | None:
        """The next picture that belongs to the span and lies behind what was recorded."""
        while self._next is None or self._next[0].monotonic_ns < self.floor_us * _NANOSECONDS_PER_MICROSECOND:
            self._next = next(self._pictures, None)
            if self._next is None:
                return None
        return self._next

    def _dated(self) -> Iterator[tuple[Arrival, bool]]:
        """Every picture with its moment by the box's time, and whether the card did not record on before it."""
        taken_us, said_us, last_pts, breaks = 0, 0, 0, False
        per_tick = self._stream.video.time_base * _MICROSECOND
        for arrival in self._stream.arrivals:
            stamp, pts = self._moments.of(arrival.packet.pts), arrival.packet.pts
            if stamp is not None:
                taken_us = said_us = stamp.taken_us + self._offset_us
                breaks = stamp.breaks
            else:  # its first packet said nothing: it lies as far behind the one before as the samples say
                taken_us, breaks = taken_us + int((pts - last_pts) * per_tick), False
            last_pts = pts
            if taken_us - said_us > _LONGEST_UNSAID_US:
                return
            self.reached_us = max(self.reached_us, min(taken_us, self._until_us))
            if taken_us >= self._until_us:
                return
            yield Arrival(arrival.packet, taken_us * _NANOSECONDS_PER_MICROSECOND), breaks
