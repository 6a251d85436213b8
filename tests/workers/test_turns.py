"""Turns with real worker processes: one that is killed, and what its jobs came to (ADR 0061)."""

import os
import signal
import subprocess
import sys
import time
from uuid import uuid4

import pytest
from rq import Queue as RqQueue
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from infra import clock, job_tally, queue_turns, queue_watch, queues
from infra.db import db
from infra.job_tally import Outcome
from infra.queue_turns import PLATFORM, SharedQueue
from infra.queues import Job, Queue
from infra.settings import PREFIX
from infra.tenancy import Binding, bind
from tenants.footage.models import SegmentState
from tests.factories.evidence import Archive
from tests.factories.registry import institution
from tests.workers.conftest import Run
from workers.turns import TurnWorker


def door(name: Queue = Queue.DEFAULT) -> RqQueue:
    return SharedQueue(name, connection=queues.connection(), serializer=JSONSerializer)


def test_a_worker_does_one_institutions_job_among_the_first_of_anothers_many(archive: Archive, run: Run) -> None:
    other = institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    for number in range(8):
        queues.enqueue(Job.CHASE_COPY, tenant_id=archive.of.tenant_id, disclosure_id=f"{number}")
    queues.enqueue(Job.SWEEP_TENANT, tenant_id=other.tenant_id)
    worked = run("-m", "workers.main", "--burst", "default")
    assert worked.returncode == 0, worked.stderr
    began = [line for line in worked.stderr.splitlines() if "default: " in line and "Job OK" not in line]
    mine = next(number for number, line in enumerate(began) if f"sweep_tenant-{other.tenant_id}" in line)
    assert mine < 3, worked.stderr[:3000]
    assert queue_turns.waiting(door()) == {}


def test_jobs_are_counted_by_name_and_outcome_and_by_nothing_else(archive: Archive, run: Run) -> None:
    archive.record(clock.now(), state=SegmentState.CONFIRMED)
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=archive.of.tenant_id)
    queues.enqueue(Job.CHASE_COPY, tenant_id=archive.of.tenant_id, disclosure_id="no id")
    door().enqueue_call("王小明.secret", kwargs={}, job_id="foreign")
    assert run("-m", "workers.main", "--burst", "default").returncode == 0
    found = job_tally.tallies(queues.connection())
    assert {key: tally.count for key, tally in found.items()} == {
        ("chase_copy", Outcome.FAILED): 1,
        ("check_segments", Outcome.DONE): 1,
        ("other", Outcome.FAILED): 1,
    }
    assert found["check_segments", Outcome.DONE].seconds > 0


def test_a_worker_that_is_killed_loses_no_job(environment: dict[str, str], archive: Archive, run: Run) -> None:
    """Killed with its child while jobs run: what waits goes on, and at most the job at hand has to be sent anew."""
    tenant_id = archive.of.tenant_id
    queues.configure(environment[f"{PREFIX}REDIS_URL"])
    for number in range(8):
        queues.enqueue(Job.CHASE_COPY, tenant_id=tenant_id, disclosure_id=f"{number}")
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.main", "default"],
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while not job_tally.tallies(queues.connection()) and time.monotonic() < end:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    left = [job_id for ids in queue_turns.waiting(door()).values() for job_id in ids]
    held = door().intermediate_queue.get_job_ids()
    counted = sum(tally.count for tally in job_tally.tallies(queues.connection()).values())
    assert 7 <= len(left) + counted <= 8, "at most the one that was at hand is neither waiting nor counted"
    assert len(held) <= 1
    # RQ forgets a worker once its heartbeat ran out; until then it counts as one that might work.
    queues.connection().delete("rq:workers")
    assert run("-m", "workers.main", "--burst", "default").returncode == 0
    assert queue_turns.waiting(door()) == {}


@pytest.mark.parametrize("wait", [0, 61])
def test_a_job_that_a_dead_worker_had_taken_is_told_as_failed_and_sent_anew(
    environment: dict[str, str], archive: Archive, run: Run, wait: int
) -> None:
    """RQ's upkeep tells it, a minute after it first saw it; a job that is told as failed is sent like a new one."""
    tenant_id = archive.of.tenant_id
    queues.configure(environment[f"{PREFIX}REDIS_URL"])
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=tenant_id)
    taken = queue_turns.take(queues.connection(), [door()])
    assert taken is not None
    job_id = taken[0].id
    seen = door().intermediate_queue
    queues.connection().set(seen.get_first_seen_key(job_id), clock.now().timestamp() - wait)
    seen.cleanup(TurnWorker(["default"], connection=queues.connection(), serializer=JSONSerializer), door())
    failed = FailedJobRegistry(queue=door()).get_job_ids()
    assert failed == ([job_id] if wait else [])
    if wait:
        queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=tenant_id)
        assert run("-m", "workers.main", "--burst", "default").returncode == 0
        assert job_tally.tallies(queues.connection())["check_segments", Outcome.DONE].count == 1


def test_queues_are_told_by_institution_with_the_age_of_the_oldest(archive: Archive) -> None:
    other = uuid4()
    for number in range(3):
        queues.enqueue(Job.CHASE_COPY, tenant_id=archive.of.tenant_id, disclosure_id=f"{number}")
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=other)
    queues.enqueue(Job.SWEEP)
    begun = queue_turns.take(queues.connection(), [door()])
    assert begun is not None
    found = queue_watch.overview()
    (state,) = [each for each in found.queues if each.queue is Queue.DEFAULT]
    assert (state.waiting, state.running, state.failed, found.workers) == (4, 0, 0, 0)
    assert {lane.lane: lane.waiting for lane in state.lanes} == {
        str(archive.of.tenant_id): 2,
        str(other): 1,
        PLATFORM: 1,
    }
    assert state.oldest is not None
    assert begun[0].enqueued_at <= state.oldest <= clock.now()
    assert found.server.startswith("Valkey ")
