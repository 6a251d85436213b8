"""What the queue does with the same job twice, on a real server."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from rq import Queue as RqQueue
from rq.job import Job as RqJob
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from infra import queues
from infra.queues import Job, Queue

TENANT = UUID(int=7)


@pytest.fixture
def waiting(valkey: str) -> Iterator[RqQueue]:
    queues.configure(valkey)
    yield RqQueue(Queue.DEFAULT, connection=queues.connection(), serializer=JSONSerializer)
    queues.connection().close()


def held(queue: RqQueue, job_id: str) -> RqJob:
    return RqJob.fetch(job_id, connection=queue.connection, serializer=JSONSerializer)


def test_the_same_job_waits_once(waiting: RqQueue) -> None:
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=TENANT)
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=TENANT)
    assert waiting.job_ids == [f"check_segments-{TENANT}"]


def test_a_running_job_is_followed_by_one_more_and_not_by_two(waiting: RqQueue) -> None:
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=TENANT)
    waiting.pop_job_id()  # as a worker takes it
    held(waiting, f"check_segments-{TENANT}").set_status(JobStatus.STARTED)
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=TENANT)
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=TENANT)
    assert waiting.job_ids == [f"check_segments-{TENANT}-next"]


def test_a_job_that_failed_is_sent_anew(waiting: RqQueue) -> None:
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=TENANT)
    waiting.pop_job_id()
    held(waiting, f"check_segments-{TENANT}").set_status(JobStatus.FAILED)
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=TENANT)
    assert waiting.job_ids == [f"check_segments-{TENANT}"]
    assert held(waiting, f"check_segments-{TENANT}").get_status() == JobStatus.QUEUED


def test_a_job_for_several_institutions_waits_once_and_tells_itself_from_one_for_others(waiting: RqQueue) -> None:
    for some in ([TENANT, UUID(int=8)], [TENANT, UUID(int=8)], [TENANT, UUID(int=9)], [TENANT]):
        queues.enqueue(Job.CHECK_SEGMENTS, tenant_ids=some)
    first, second, alone = waiting.job_ids
    assert first != second
    assert alone == f"check_segments-{TENANT}"
    assert held(waiting, first).kwargs == {"tenant_ids": [str(TENANT), str(UUID(int=8))]}
