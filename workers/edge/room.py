"""How much room the spool has, in hours of what is really written. One function decides everywhere (failure mode 39).

Free is what this account may still take, less a reserve that keeps index, log and receipts going. What else lies on the
disk makes the room smaller and is nobody's reason to delete anything: footage goes only once it is safely stored.
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from infra.disk_hours import ALARM_HOURS
from workers.edge.home import Home
from workers.edge.ledger import Ledger

_MOST_RESERVE = 1 << 30
_RESERVED_SHARE = 20
_SECONDS_PER_HOUR = 3600
# A recording begins only where a minute of it finds room, so that a full disk is not tried at every freed byte.
_BEGIN_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The box's own words in `box.toml`. `quota_bytes`: all that the spool may hold; None is the whole disk.

    A file that cannot be understood limits nothing, and `status` says so: a slip of the pen must not end recording.
    """

    quota_bytes: int | None = None
    reserve_bytes: int | None = None
    is_understood: bool = True


@dataclass(frozen=True, kw_only=True)
class Room:
    """What is held and what still finds room. `bytes_per_second` is of all cameras together, 0 before any wrote."""

    left_bytes: int
    held_bytes: int
    bytes_per_second: float

    @property
    def is_over(self) -> bool:
        """Whether what is being recorded must end."""
        return self.left_bytes <= 0

    @property
    def may_begin(self) -> bool:
        """Whether a recording may begin."""
        return self.left_bytes > self.bytes_per_second * _BEGIN_SECONDS

    @property
    def hours_left(self) -> float | None:
        """How long everything can be kept although nothing is sent; None while nothing was measured."""
        return self._hours(self.left_bytes)

    @property
    def hours_in_all(self) -> float | None:
        """The same for an empty spool: for how long an outage the disk is large enough."""
        return self._hours(self.left_bytes + self.held_bytes)

    @property
    def is_short(self) -> bool:
        """Whether somebody must act now: less than two days are left."""
        return self.is_over or (self.hours_left is not None and self.hours_left < ALARM_HOURS)

    def _hours(self, room: int) -> float | None:
        return room / self.bytes_per_second / _SECONDS_PER_HOUR if self.bytes_per_second else None


def measure(home: Home, ledger: Ledger) -> Room:
    """The room now. Raises `OSError` where the disk says nothing."""
    _segments, held = ledger.held()
    return Room(left_bytes=bytes_left(home, ledger), held_bytes=held, bytes_per_second=ledger.bytes_per_second())


def bytes_left(home: Home, ledger: Ledger) -> int:
    """How much may still be written; at 0 what is being recorded must end. Raises as `measure`, and counts no rows."""
    limits = limits_of(home)
    left = _left(home.spool, limits.reserve_bytes)
    if home.spool.stat().st_dev != home.folder.stat().st_dev and _left(home.folder, None) <= 0:
        left = 0  # without an index nothing that is recorded could be found again
    if limits.quota_bytes is not None:
        left = min(left, limits.quota_bytes - ledger.held()[1])
    return max(0, left)


def limits_of(home: Home) -> Limits:
    """What `box.toml` says, in bytes: `[spool]` with `quota_gb` and `reserve_mb`, both optional."""
    try:
        said = tomllib.loads(home.settings.read_text(encoding="utf-8"))["spool"]
        quota, reserve = (float(said[name]) if name in said else None for name in ("quota_gb", "reserve_mb"))
    except FileNotFoundError:
        return Limits()
    except (ValueError, TypeError, KeyError):
        return Limits(is_understood=False)
    return Limits(
        quota_bytes=int(quota * 10**9) if quota is not None else None,
        reserve_bytes=int(reserve * 10**6) if reserve is not None else None,
    )


def _left(folder: Path, reserve: int | None) -> int:
    of = os.statvfs(folder)
    kept = reserve if reserve is not None else min(_MOST_RESERVE, of.f_blocks * of.f_frsize // _RESERVED_SHARE)
    return of.f_bavail * of.f_frsize - kept
