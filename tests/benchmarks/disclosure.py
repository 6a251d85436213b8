"""`make bench-disclosure`: what is watched and what leaves, against its goals.

| Part | Goal |
|---|---|
| (a) export of 10 GB (1 GB every day) | at least 0.8 of store copy, `age -d` and `ffmpeg -c copy` in one pipe; 256 MB |
| (b) a viewing session | the first picture 1.5 s after the click, through `media`; 720p15 burnt in at 4 x real time |

The last line is `RESULT key=value …`; ends with 1 when a goal is missed. SIZE=full exports 10 GB and needs 60 GB.
"""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Protocol

from infra import logs
from tests.benchmarks import exporting, looking, watching
from tests.benchmarks.progress import concluded, say


class Part(Protocol):
    """One part of the bench, measured."""

    def goals(self) -> Mapping[str, bool]:
        """Which goals were met."""

    def result(self) -> Mapping[str, str]:
        """What the last line says of it."""


def main() -> int:
    """Measure; 1 when a goal was missed."""
    logs.configure(process="bench")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    parts = _measured()
    goals = {goal: met for part in parts for goal, met in part.goals().items()}
    return concluded(goals, {name: value for part in parts for name, value in part.result().items()})


def _measured() -> list[Part]:
    size, plain = os.environ.get("SIZE") or "everyday", watching.footage("libx264")
    return [
        exporting.exported(exporting.GIGABYTES[size], say=say),
        watching.watched(say=say),
        looking.looked(plain, say=say),
    ]


if __name__ == "__main__":
    sys.exit(main())
