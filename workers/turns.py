"""A worker that takes in turn: `infra.queue_turns` says whose, and this is where RQ asks."""

import time
from contextlib import suppress

from rq import Queue as RqQueue
from rq import Worker
from rq.job import Job as RqJob
from rq.job import JobStatus

from infra import job_tally, queues
from infra.job_tally import Outcome
from infra.queue_turns import SharedQueue, looked_for
from infra.queues import QueueDown


class TurnWorker(Worker):
    """RQ's worker over shared queues; it counts what the jobs came to."""

    queue_class = SharedQueue
    _taken = 0

    def reorder_queues(self, reference_queue: RqQueue) -> None:  # noqa: ARG002 - RQ's signature
        """Look for the next job as `looked_for` says; RQ calls this whenever it took one."""
        self._taken += 1
        self._ordered_queues = looked_for(self.queues, self._taken)

    def prepare_job_execution(self, job: RqJob, remove_from_intermediate_queue: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - RQ's
        """Tell that it has begun, which takes it out of the intermediate list in the same breath."""
        super().prepare_job_execution(job, remove_from_intermediate_queue=True)

    def execute_job(self, job: RqJob, queue: RqQueue) -> None:
        """Run it in a child, and count it. That the count cannot be kept must not end the worker."""
        began = time.monotonic()
        super().execute_job(job, queue)
        with suppress(QueueDown), queues.answering():
            # A child that died before it began left it there.
            self.connection.lrem(queue.intermediate_queue_key, 1, job.id)
            # One that came to its end is deleted at once; it may wait anew by now.
            failed = self.connection.hget(job.key, "status") == JobStatus.FAILED.encode()
            job_tally.note(
                self.connection,
                job=str(job.func_name),
                outcome=Outcome.FAILED if failed else Outcome.DONE,
                seconds=time.monotonic() - began,
            )
