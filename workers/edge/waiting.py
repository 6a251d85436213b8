"""How the box waits: pauses that grow up to a ceiling, and a clock that a test may replace."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
_TICK_SECONDS = 0.1


class Pause:
    """How long to wait before the next try: doubled each time up to a ceiling, with jitter below it.

    Many boxes and cameras that lost something together so do not all come back in the same second.
    """

    def __init__(
        self,
        *,
        first: float = FIRST_PAUSE_SECONDS,
        longest: float = LONGEST_PAUSE_SECONDS,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._first, self._longest, self._uniform = first, longest, uniform
        self._next = first

    def take(self) -> float:
        """Seconds to wait now, never more than the ceiling; the next is longer."""
        held, self._next = self._next, min(self._next * 2, self._longest)
        return self._uniform(held / 2, held)

    def reset(self) -> None:
        """It worked: begin small again."""
        self._next = self._first


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
