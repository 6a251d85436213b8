"""What a whole city's rows told a moment ago, kept by a process that serves pages (infra/decisions/0064).

Fifty officers who open the same page ask for the same thousand lines, and what they are made of changes once a minute.
Only for reads on the bureau's own connection, which tell everybody who may ask the same; whether somebody may is asked
before, each time. A process keeps nothing until it is told to: jobs, commands and tests read anew.
"""

import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
Found = TypeVar("Found")

SECONDS = 15.0
# Some kilobytes to a megabyte each, of a city: a day's few views of it, and the oldest goes for a new one.
MOST = 128
_is_kept = False


@dataclass
class _Kept:
    """One read: what it told and until when that stands. Who comes while it is read waits, and reads nothing."""

    reading: Lock = field(default_factory=Lock)
    until: float = 0.0
    found: Any = None


_kept: dict[object, _Kept] = {}
_changing = Lock()


def keep(*, on: bool = True) -> None:
    """Begin to keep, in this process; with `on=False` stop, and forget everything."""
    global _is_kept  # noqa: PLW0603 - a process is told once
    _is_kept = on
    with _changing:
        _kept.clear()


def read_lately(*, but_for: str = "") -> Callable[[Callable[P, Found]], Callable[P, Found]]:
    """The same read, at most `SECONDS` old. Its arguments can be hashed; `but_for` names the instant it is asked at."""

    def made(read: Callable[P, Found]) -> Callable[P, Found]:
        @wraps(read)
        def lately(*args: P.args, **kwargs: P.kwargs) -> Found:
            if not _is_kept:
                return read(*args, **kwargs)
            asked = tuple(sorted((name, value) for name, value in kwargs.items() if name != but_for))
            one = _one((read, args, asked))
            with one.reading:
                if time.monotonic() >= one.until:
                    one.found = read(*args, **kwargs)
                    one.until = time.monotonic() + SECONDS
                found: Found = one.found
            # A list of one's own, since some callers sort theirs.
            return copy(found) if isinstance(found, list) else found

        return lately

    return made


def _one(key: object) -> _Kept:
    with _changing:
        one = _kept.pop(key, None) or _Kept()
        _kept[key] = one  # at the end: the first is the one that was not asked for longest
        while len(_kept) > MOST:
            _kept.pop(next(iter(_kept)))
        return one
