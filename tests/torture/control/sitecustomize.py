"""Loaded by every Python of the box under torture: clock, disk and boot id answer as the run wants them to.

The recorder's own code runs unchanged; only what it asks of the system is answered differently. `TORTURE_CONTROL` names
the folder with the run's wishes: `offset_us`, `full`, `boot`, and `boot_ns`, where that boot began.
"""

import errno
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra import clock, timeline

_FOLDER = Path(os.environ["TORTURE_CONTROL"])
_time, _time_ns, _open, _pwrite = time.time, time.time_ns, os.open, os.pwrite
_monotonic_ns, _BOOT_NS = time.monotonic_ns, int((_FOLDER / "boot_ns").read_text())


def _offset_us() -> int:
    try:
        return int((_FOLDER / "offset_us").read_text())
    except (OSError, ValueError):
        return 0


def _refuse_when_full() -> None:
    if (_FOLDER / "full").exists():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _open_on_disk(path, flags, *rest, **named):  # noqa: ANN001, ANN002, ANN003, ANN202 - stands for os.open
    if flags & os.O_CREAT and "spool" in os.fspath(path):
        _refuse_when_full()
    return _open(path, flags, *rest, **named)


def _pwrite_on_disk(*arguments):  # noqa: ANN002, ANN202 - stands for os.pwrite
    _refuse_when_full()
    return _pwrite(*arguments)


time.time = lambda: _time() + _offset_us() / 1_000_000
time.time_ns = lambda: _time_ns() + _offset_us() * 1000
time.monotonic_ns = lambda: _monotonic_ns() - _BOOT_NS
clock.now = lambda: datetime.now(UTC) + timedelta(microseconds=_offset_us())
os.open, os.pwrite = _open_on_disk, _pwrite_on_disk

timeline._BOOT = _FOLDER / "boot"
