"""`make bench-disclosure`: what is watched and what leaves, against its goals.

| Part | Goal |
|---|---|
| (a) export of 10 GB (1 GB every day) | at least 0.8 of store copy, `age -d` and `ffmpeg -c copy` in one pipe; 256 MB |
| (b) a viewing session | the first picture 1.5 s after the click, through `media`; 720p15 burnt in at 4 x real time |

Part (a) is not measured yet: its module gives `goals()` and `result()` as `watching` does, and joins `_measured`. The
last line is `RESULT key=value …`; ends with 1 when a goal is missed.
"""

import sys
from collections.abc import Mapping
from typing import Protocol

from tests.benchmarks import looking, watching
from tests.benchmarks.progress import load, say


class Part(Protocol):
    """One part of the bench, measured."""

    def goals(self) -> Mapping[str, bool]:
        """Which goals were met."""

    def result(self) -> Mapping[str, str]:
        """What the last line says of it."""


def main() -> int:
    """Measure; 1 when a goal was missed."""
    parts = _measured()
    goals = {goal: met for part in parts for goal, met in part.goals().items()}
    for goal, met in goals.items():
        say(f"{'met   ' if met else 'MISSED'} {goal}")
    values = {name: value for part in parts for name, value in part.result().items()}
    values |= {"load": load(), "met": f"{sum(goals.values())}/{len(goals)}"}
    print("RESULT " + " ".join(f"{name}={value}" for name, value in values.items()), flush=True)  # noqa: T201
    return 0 if all(goals.values()) else 1


def _measured() -> list[Part]:
    plain = watching.footage("libx264")
    return [watching.watched(say=say), looking.looked(plain, say=say)]


if __name__ == "__main__":
    sys.exit(main())
