"""Wall time for a recorder, which no step of the machine's clock can turn back or tear (DR-18)."""

import time
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NANOSECONDS_PER_MICROSECOND = 1000
# How much faster or slower than the monotonic clock time may pass while it is put right.
MOST_PPM = 500
_MILLION = 1_000_000


class Timeline:
    """Wall time that only ever moves forward: the monotonic clock from one known moment, and slewed, never stepped.

    `not_before_us` is where the camera's last segment ended, so that a clock that stepped back while the recorder was
    down cannot make two spans overlap (DR-18). Kept in nanoseconds, so that nothing adds up however often it is
    steered.
    """

    def __init__(self, *, wall_us: int, monotonic_ns: int, not_before_us: int = 0) -> None:
        self.boot_id = boot_id()
        self._base = max(wall_us, not_before_us) * _NANOSECONDS_PER_MICROSECOND
        self._base_ns = monotonic_ns
        self._owed = 0
        self._floor_us = not_before_us
        self._shift_us: int | None = None
        self.is_dated = True

    @classmethod
    def now(cls, *, not_before_us: int = 0) -> "Timeline":
        """A timeline that begins with this instant of the machine's clock."""
        here_ns = time.monotonic_ns()
        return cls(wall_us=cls.machine_at(here_ns), monotonic_ns=here_ns, not_before_us=not_before_us)

    @classmethod
    def undated(cls, monotonic_ns: int) -> "Timeline":
        """A timeline of a boot whose time nobody knows: it says how long the machine runs, until it is dated."""
        made = cls(wall_us=monotonic_ns // _NANOSECONDS_PER_MICROSECOND, monotonic_ns=monotonic_ns)
        made.is_dated = False
        return made

    def date(self, shift_us: int) -> None:
        """Say what must be added to what it says; less than nothing where its clock proved to be ahead.

        It is not added in the middle of a segment, but by `settle`, and what was told until then moves with it.
        """
        self._shift_us = shift_us

    @property
    def is_due(self) -> bool:
        """Whether the next key frame is to begin a segment that is dated."""
        return self._shift_us is not None

    def settle(self) -> int:
        """From now on it says the true time; how many microseconds later than before, 0 where nothing was due."""
        shift_us = self._shift_us or 0
        if self._shift_us is not None:
            self._base += shift_us * _NANOSECONDS_PER_MICROSECOND
            self._floor_us += shift_us
            self._shift_us, self.is_dated = None, True
        return shift_us

    @staticmethod
    def machine_at(monotonic_ns: int) -> int:
        """What the machine's own clock shows for a moment of a few seconds ago at most, in microseconds since 1970."""
        return (time.time_ns() - time.monotonic_ns() + monotonic_ns) // _NANOSECONDS_PER_MICROSECOND

    def at(self, monotonic_ns: int) -> int:
        """Microseconds since 1970 at a moment of the monotonic clock."""
        return max(self._floor_us, self._at(monotonic_ns) // _NANOSECONDS_PER_MICROSECOND)

    def steer(self, monotonic_ns: int, true_us: int) -> None:
        """From this moment on go towards what the time truly is then, by at most `MOST_PPM` of the time that passes."""
        here = self._at(monotonic_ns)
        self._base, self._base_ns = here, monotonic_ns
        self._owed = true_us * _NANOSECONDS_PER_MICROSECOND - here

    def _at(self, monotonic_ns: int) -> int:
        passed = monotonic_ns - self._base_ns
        most = max(0, passed) * MOST_PPM // _MILLION
        return self._base + passed + max(-most, min(self._owed, most))


def boot_id() -> str:
    """Which run of the machine this is, a UUID: the monotonic clock counts from its beginning."""
    return _BOOT.read_text(encoding="ascii").strip()
