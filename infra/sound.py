"""The sound of one piece of a viewing session: mono AAC on a grid that all pieces of the session share.

AAC comes in frames of 1024 samples, each decoded together with the one before it. Counted from the session's start, a
piece holds those that begin in its span; where nothing was recorded, and outside the approved window, there is silence.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import av

RATE = 48_000
_SAMPLES = 1024
# An encoder's first frames are thrown away: to it the sound begins with a bang. And it looks one frame ahead.
_RUN_UP = 4
_BYTES = 4  # a sample as the encoder wants it: one float
_MICROSECOND = 1_000_000
# Clocks of camera and box differ by less within a piece; what is farther from its place is put back there.
_LARGEST_DRIFT_US = 40_000


class Soundtrack:
    """Takes decoded sound with its time, gives encoded frames. All times count from the session's start."""

    def __init__(self, *, from_us: int, until_us: int, session_us: int) -> None:
        self._frames = range(_frame_at(from_us), _frame_at(until_us))
        self._first = (self._frames.start - _RUN_UP) * _SAMPLES
        self._room = bytearray((_RUN_UP + len(self._frames) + 1) * _SAMPLES * _BYTES)
        self._session = range(_sample_at(session_us))

    def lay(self, heard: Iterable[tuple[int, Any]]) -> None:
        """Put sound in its place. What lies outside the session is left out."""
        run: _Run | None = None
        for at_us, frame in heard:
            if run is None or not run.goes_on(at_us, frame):
                self._put(run.rest() if run else [])
                run = _Run(at_us, frame)
            self._put(run.take(frame))
        self._put(run.rest() if run else [])

    def encoded(self, stream: Any) -> Iterator[Any]:  # noqa: ANN401 - PyAV ships no complete types
        """The packets of the piece, from a new encoder."""
        for number in range(_RUN_UP + len(self._frames) + 1):
            frame = av.AudioFrame(format="fltp", layout="mono", samples=_SAMPLES)
            at = number * _SAMPLES * _BYTES
            frame.planes[0].update(bytes(self._room[at : at + _SAMPLES * _BYTES]))
            frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
            frame.pts = self._first + number * _SAMPLES
            yield from self._own(stream.encode(frame))
        yield from self._own(stream.encode(None))

    def _own(self, packets: Iterable[Any]) -> Iterator[Any]:
        for packet in packets:
            if packet.pts // _SAMPLES in self._frames:
                yield packet

    def _put(self, laid: Iterable[tuple[int, bytes]]) -> None:
        for sample, data in laid:
            first = max(sample, self._first, self._session.start)
            last = min(sample + len(data) // _BYTES, self._first + len(self._room) // _BYTES, self._session.stop)
            if first < last:
                at = (first - self._first) * _BYTES
                kept = data[(first - sample) * _BYTES : (last - sample) * _BYTES]
                self._room[at : at + len(kept)] = kept


class _Run:
    """Sound that goes on without a break, brought to the encoder's rate and to one channel."""

    def __init__(self, at_us: int, frame: Any) -> None:  # noqa: ANN401
        self._resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
        self._shape = _shape(frame)
        self._sample = _sample_at(at_us)
        self._expected_us = at_us

    def goes_on(self, at_us: int, frame: Any) -> bool:  # noqa: ANN401
        """Whether the frame follows what was taken."""
        return _shape(frame) == self._shape and abs(at_us - self._expected_us) <= _LARGEST_DRIFT_US

    def take(self, frame: Any) -> Iterator[tuple[int, bytes]]:  # noqa: ANN401
        """What is ready, and at which sample of the session it begins."""
        self._expected_us += frame.samples * _MICROSECOND // frame.sample_rate
        frame.pts = None
        yield from self._placed(self._resampler.resample(frame))

    def rest(self) -> Iterator[tuple[int, bytes]]:
        """What the resampler held back."""
        yield from self._placed(self._resampler.resample(None))

    def _placed(self, frames: Iterable[Any]) -> Iterator[tuple[int, bytes]]:
        for frame in frames:
            if frame is None:
                continue
            yield self._sample, bytes(frame.planes[0])[: frame.samples * _BYTES]
            self._sample += frame.samples


def _shape(frame: Any) -> tuple[str, str, int]:  # noqa: ANN401
    return frame.format.name, frame.layout.name, frame.sample_rate


def _sample_at(at_us: int) -> int:
    return at_us * RATE // _MICROSECOND


def _frame_at(at_us: int) -> int:
    """The first frame that does not begin before then."""
    return -(-at_us * RATE // (_SAMPLES * _MICROSECOND))
