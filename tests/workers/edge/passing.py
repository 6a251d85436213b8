"""A clock whose seconds pass only while somebody sleeps, so that ten minutes pass at once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from workers.edge.waiting import Clock


@dataclass
class Passing:
    """The seconds since it began, and what happens when they are reached."""

    at: float = 0.0
    due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        """As the box's own."""
        return Clock(now=lambda: self.at, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.at += seconds
        while self.due and self.due[0][0] <= self.at:
            _, happen = self.due.pop(0)
            happen()

    def over(self, seconds: float) -> Callable[[], bool]:
        """Whether so many have passed: what stops a process."""
        return lambda: self.at >= seconds
