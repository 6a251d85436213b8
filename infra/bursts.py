"""A live stream read in bursts: all that has come, and then for a moment nothing, while the socket keeps what comes.

A process that wakes for every packet finds the processor's caches cold each time, which costs more than all that it
does with the packet. Waking a few times a second instead costs far less (ADR 0050).

When a picture came is known of those that were waited for. Of the others it is told by the camera's own clock from the
last of these, and lies between it and the moment of reading.
"""

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from infra.streams import Arrival

PAUSE_SECONDS = 0.4
# A camera of a higher bit rate gets shorter pauses: its packets must find room in the socket's buffer, which is larger
# than this, so that sound need not be counted.
_MOST_WAITING_BYTES = 128 * 1024
_NANOSECOND = 1_000_000_000
# Less is no waiting. Asking the kernel costs more than looking at the clock.
_LEAST_WAIT_NS = 500_000
# How much later than at its earliest a picture may come before nobody pauses, and how fast the earliest is forgotten,
# since a camera's clock drifts.
_LATE_NS, _FORGOTTEN_PPM = 125_000_000, 1000
_MILLION = 1_000_000


def _gave_way() -> int:
    """How often this thread gave up the processor by itself. A machine that has too much to do takes it away."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw


@dataclass(frozen=True)
class Machine:
    """What reading in bursts asks of the machine; a test hands in its own."""

    now_ns: Callable[[], int] = time.monotonic_ns
    gave_way: Callable[[], int] = _gave_way
    sleep: Callable[[float], None] = time.sleep


_MACHINE = Machine()


def in_bursts(arrivals: Iterator[Arrival], time_base: Fraction, *, machine: Machine = _MACHINE) -> Iterator[Arrival]:
    """The same packets in the same order. `time_base` is that of the picture.

    After a picture that had to be waited for, all was read that had come, and only then there is a pause: who cannot
    keep up makes none. Nor does who falls behind by the camera's clock, whatever the kernel says of waiting.
    """
    times, pace = _Times(time_base), _Pace(machine.now_ns())
    asked_ns, gave_way = machine.now_ns(), machine.gave_way()
    for arrival in arrivals:
        read_ns = arrival.monotonic_ns
        waited = read_ns - asked_ns > _LEAST_WAIT_NS and machine.gave_way() > gave_way
        pace.waiting += arrival.packet.size
        arrival.monotonic_ns = times.came(arrival.packet.dts, read_ns, waited=waited)
        yield arrival
        if waited and not pace.is_late(times.delay_ns, read_ns):
            machine.sleep(pace.pause(machine.now_ns()))
        asked_ns, gave_way = machine.now_ns(), machine.gave_way()


class _Times:
    """When each picture came, never before the one that came before it."""

    def __init__(self, time_base: Fraction) -> None:
        # In whole numbers, since they run for every picture.
        self._ns_up, self._ns_down = time_base.numerator * _NANOSECOND, time_base.denominator
        self._is_known, self._last_ns = False, 0
        # Of the last picture that was waited for, against the camera's clock.
        self.delay_ns = 0

    def came(self, dts: int, read_ns: int, *, waited: bool) -> int:
        media_ns = dts * self._ns_up // self._ns_down
        if waited:
            self._is_known, self.delay_ns = True, read_ns - media_ns
        told_ns = media_ns + self.delay_ns if self._is_known else read_ns
        self._last_ns = min(read_ns, max(self._last_ns, told_ns))
        return self._last_ns


class _Pace:
    """Whether to pause, and for how long by what came since the last pause began."""

    def __init__(self, now_ns: int) -> None:
        self._paused_ns = self._seen_ns = now_ns
        self._least_ns: int | None = None
        self.waiting = 0

    def is_late(self, delay_ns: int, read_ns: int) -> bool:
        forgotten_ns = (read_ns - self._seen_ns) * _FORGOTTEN_PPM // _MILLION
        least_ns = min(delay_ns, self._least_ns + forgotten_ns) if self._least_ns is not None else delay_ns
        if delay_ns - least_ns > _NANOSECOND * 10:  # the camera's clock jumped
            least_ns = delay_ns
        self._least_ns, self._seen_ns = least_ns, read_ns
        return delay_ns - least_ns > _LATE_NS

    def pause(self, now_ns: int) -> float:
        passed, waiting = (now_ns - self._paused_ns) / _NANOSECOND, self.waiting
        self._paused_ns, self.waiting = now_ns, 0
        return min(PAUSE_SECONDS, passed * _MOST_WAITING_BYTES / max(1, waiting))
