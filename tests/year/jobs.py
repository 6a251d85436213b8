"""The queue of the year: the very jobs, in this process, each once while it waits, the most urgent queue first."""

import json
import sys
from importlib import import_module
from typing import Any

from infra import queues
from infra.queues import QUEUE_OF, Job, JobArgument, Queue

# What neither keeps nor destroys is done every fourth week only, so that a night fits into seconds.
SELDOM = frozenset({Job.ANCHOR_CHAIN, Job.CHECK_SERVICES, Job.RECONCILE, Job.TAKE_DAY})


class Jobs:
    """What was sent and not done yet. `failed` are tries that raised, with what they said; the sweep tries again."""

    def __init__(self) -> None:
        """Take the place of the real queue."""
        self._waiting: dict[Queue, dict[str, tuple[Job, dict[str, Any]]]] = {queue: {} for queue in Queue}
        self.done = 0
        self.is_whole_night = True
        self.failed: list[str] = []
        queues.enqueue = self.send

    def send(self, job: Job, **arguments: JobArgument) -> None:
        """As `infra.queues.enqueue`: by name and as JSON, not twice while it waits."""
        if job in SELDOM and not self.is_whole_night:
            return
        plain = queues.spelled(arguments)
        self._waiting[QUEUE_OF[job]].setdefault(json.dumps([job, plain]), (job, plain))

    def work(self) -> None:
        """Do everything that waits, and what comes of it."""
        while (found := self._next()) is not None:
            job, arguments = found
            module, _, name = job.rpartition(".")
            try:
                getattr(import_module(module), name)(**arguments)
            except Exception as error:  # noqa: BLE001 - a worker outlives every job, and the run counts those that failed
                self.failed.append(f"{name} {arguments}: {type(error).__name__}: {error}")
                sys.stderr.write(f"{self.failed[-1]}\n")
            self.done += 1

    def forget(self) -> None:
        """A queue that lost everything."""
        for waiting in self._waiting.values():
            waiting.clear()

    def _next(self) -> tuple[Job, dict[str, Any]] | None:
        for waiting in self._waiting.values():
            if waiting:
                return waiting.pop(next(iter(waiting)))
        return None
