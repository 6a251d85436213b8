"""What a program and all processes that it started used: processor time, and memory now."""

from collections.abc import Iterable
from dataclasses import dataclass

import psutil

_MEGABYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Seconds of one core since the processes began, and megabytes: resident, and with shared pages divided."""

    seconds: float
    resident_mb: float
    proportional_mb: float


def usage(leaders: Iterable[int]) -> Usage:
    """Of these processes and of all that came from them, those that ended included."""
    seconds, resident, proportional = 0.0, 0, 0
    for leader in map(psutil.Process, leaders):
        for process in (leader, *leader.children(recursive=True)):
            used, memory = process.cpu_times(), process.memory_full_info()
            seconds += used.user + used.system + used.children_user + used.children_system
            resident += memory.rss
            proportional += memory.pss
    return Usage(seconds=seconds, resident_mb=resident / _MEGABYTE, proportional_mb=proportional / _MEGABYTE)
