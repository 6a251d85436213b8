"""What a bench says while it runs: the time since its start and how many processes want a core, then a sentence."""

import os
import time
from collections.abc import Mapping

# Inherited by the processes that it starts, so that all count from the same moment.
_BEGAN = float(os.environ.setdefault("SHOUYUAN_BENCH_BEGAN", str(time.monotonic())))


def load() -> str:
    """How many processes wanted a core in the last minute: what every figure must be read with."""
    return f"{os.getloadavg()[0]:.1f}"


def say(text: str) -> None:
    """One line of progress."""
    print(f"[{time.monotonic() - _BEGAN:7.1f} s, load {load()}] {text}", flush=True)  # noqa: T201


def say_nothing(text: str) -> None:
    """For what is measured several times."""


def concluded(goals: Mapping[str, bool], values: Mapping[str, object]) -> int:
    """Say which goals were met and print `RESULT key=value …`, with load and `met` last; 1 when a goal was missed."""
    for goal, met in goals.items():
        say(f"{'met   ' if met else 'MISSED'} {goal}")
    told = {**values, "load": load(), "met": f"{sum(goals.values())}/{len(goals)}"}
    print("RESULT " + " ".join(f"{name}={value}" for name, value in told.items()), flush=True)  # noqa: T201
    return 0 if all(goals.values()) else 1
