"""Wall time for a recorder, which no step of the machine's clock can turn back (DR-18)."""

import time
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NANOSECONDS_PER_MICROSECOND = 1000


class Timeline:
    """Wall time that only ever moves forward: the monotonic clock, with what the wall clock said when it was made.

    `not_before_us` is where the camera's last segment ended, so that a clock that stepped back while the recorder was
    down cannot make two spans overlap (DR-18).
    """

    def __init__(self, *, wall_us: int, monotonic_ns: int, not_before_us: int = 0) -> None:
        self.boot_id = boot_id()
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

    @staticmethod
    def machine_at(monotonic_ns: int) -> int:
        """What the machine's own clock showed, in microseconds since 1970, at a moment of a few seconds ago at most."""
        return (time.time_ns() - time.monotonic_ns() + monotonic_ns) // _NANOSECONDS_PER_MICROSECOND

    def at(self, monotonic_ns: int) -> int:
        """Microseconds since 1970 at a moment of the monotonic clock."""
        return max(self._floor_us, self._base_us + (monotonic_ns - self._base_ns) // _NANOSECONDS_PER_MICROSECOND)


def boot_id() -> str:
    """Which run of the machine this is, a UUID: the monotonic clock counts from its beginning."""
    return _BOOT.read_text(encoding="ascii").strip()
