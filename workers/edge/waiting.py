"""How the box waits: pauses that grow up to a ceiling, and a clock that a test may replace."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
SEND_AGAIN_SECONDS = 30.0
_LONGEST_ORDERED_SECONDS = 600.0
_TICK_SECONDS = 0.25

Uniform = Callable[[float, float], float]


class Pause:
    """How long to wait before the next try: doubled each time up to a ceiling, with jitter below it.

    Many boxes and cameras that lost something together so do not all come back in the same second. `least` is the
    shortest wait as a share of the longest.
    """

    def __init__(
        self,
        *,
        first: float = FIRST_PAUSE_SECONDS,
        longest: float = LONGEST_PAUSE_SECONDS,
        least: float = 0.5,
        uniform: Uniform = random.uniform,
    ) -> None:
        self._first, self._longest, self._least, self._uniform = first, longest, least, uniform
        self._next = first

    def take(self, *, ordered: float = 0.0) -> float:
        """Seconds to wait now, never more than the ceiling; the next is longer.

        `ordered` is what the other side asked for (Retry-After): no sooner than that, and spread after it, since it
        asked everybody.
        """
        held, self._next = self._next, min(self._next * 2, self._longest)
        wait = self._uniform(held * self._least, held)
        return wait if ordered <= 0 else min(ordered, _LONGEST_ORDERED_SECONDS) + wait

    def reset(self) -> None:
        """It worked: begin small again."""
        self._next = self._first


def contact_pause(uniform: Uniform = random.uniform) -> Pause:
    """Between two tries to reach the server: a box is back within ten seconds, a thousand never in the same one."""
    return Pause(first=LONGEST_PAUSE_SECONDS, least=0.2, uniform=uniform)


def sending_pause(uniform: Uniform = random.uniform) -> Pause:
    """Between two tries to send the spool, which takes nothing but time."""
    return Pause(first=LONGEST_PAUSE_SECONDS, longest=SEND_AGAIN_SECONDS, uniform=uniform)


def first_wait(uniform: Uniform = random.uniform) -> float:
    """Before the first word after a start: a power cut starts the boxes of a whole district together."""
    return uniform(0.0, LONGEST_PAUSE_SECONDS)


@dataclass(frozen=True)
class Clock:
    """The monotonic clock in seconds, and how to sleep. A test hands in its own, so that ten minutes pass at once."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def rest(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait, or return as soon as the process is to stop."""
        until = self.now() + seconds
        while self.now() < until and not stopped():
            self.sleep(_TICK_SECONDS)
