"""Institutions take turns at a queue, however much one of them has waiting; on a real server (ADR 0061)."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from redis import Redis
from rq import Queue as RqQueue
from rq.exceptions import DequeueTimeout
from rq.job import Job as RqJob
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from infra import queue_turns, queues
from infra.queue_turns import CITY, PLATFORM, SharedQueue, looked_for, most_at_once, most_of_city, take
from infra.queues import Job, Queue

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture
def server(valkey: str) -> Iterator[Redis]:
    queues.configure(valkey)
    yield queues.connection()
    queues.connection().close()


def doors(*names: Queue) -> list[RqQueue]:
    return [SharedQueue(name, connection=queues.connection(), serializer=JSONSerializer) for name in names or Queue]


def send(tenant_id: UUID, count: int, *, job: Job = Job.SEND_MAIL) -> None:
    """`count` jobs of one institution, of which no two are the same."""
    for number in range(count):
        queues.enqueue(job, tenant_id=tenant_id, step=number)


def whose(found: tuple[RqJob, RqQueue] | None) -> UUID:
    assert found is not None
    return UUID(found[0].kwargs["tenant_id"])


def taken(server: Redis, count: int) -> list[UUID]:
    return [whose(take(server, doors())) for _ in range(count)]


@pytest.mark.req("DR-30")
def test_one_job_of_an_institution_is_not_behind_a_thousand_of_another(server: Redis) -> None:
    send(A, 1000)
    send(B, 1)
    assert taken(server, 4) == [A, B, A, A]


def test_institutions_alternate_and_each_keeps_its_own_order(server: Redis) -> None:
    send(A, 3)
    send(B, 2)
    send(C, 1)
    found = [take(server, doors()) for _ in range(6)]
    assert [whose(each) for each in found] == [A, B, C, A, B, A]
    assert [each[0].kwargs["step"] for each in found if each and whose(each) == A] == [0, 1, 2]
    assert take(server, doors()) is None


def test_who_comes_later_waits_for_one_turn_of_each_other(server: Redis) -> None:
    send(A, 50)
    assert taken(server, 3) == [A, A, A]
    send(B, 2)
    assert taken(server, 4) == [A, B, A, B]


def test_what_is_urgent_goes_first_and_leaves_the_rest_every_fourth_turn(server: Redis) -> None:
    names = [door.name for door in looked_for(doors(), 0)]
    assert names == list(Queue)
    order = [looked_for(doors(), number)[0].name for number in range(1, 65)]
    assert order[:3] == [Queue.EVIDENCE] * 3
    assert [order.count(name) for name in Queue] == [48, 12, 3, 1]
    assert server.ping()


def test_holds_and_evidence_of_one_go_before_ordinary_jobs_of_another(server: Redis) -> None:
    send(A, 100)
    queues.enqueue(Job.COPY_HOLD, tenant_id=B, hold_id=uuid4())
    assert taken(server, 2) == [B, A]


def test_jobs_of_no_institution_have_a_turn_like_one(server: Redis) -> None:
    send(A, 10)
    queues.enqueue(Job.SWEEP)
    first, second = (take(server, doors()) for _ in range(2))
    assert whose(first) == A
    assert second is not None
    assert second[0].func_name == Job.SWEEP


def test_no_institution_holds_the_last_worker(server: Redis) -> None:
    server.sadd("rq:workers", "one", "two")
    send(A, 5)
    send(B, 1)
    assert [most_at_once(workers) for workers in (0, 1, 2, 5)] == [0, 0, 1, 4]
    first = take(server, doors())
    assert whose(first) == A
    assert first is not None
    begin(server, first)
    assert taken(server, 1) == [B]
    assert take(server, doors()) is None, "one of A runs on one of two workers, and the other is kept free"
    server.delete(StartedJobRegistry(queue=first[1]).key)  # it came to its end, or its worker died and fell silent
    assert taken(server, 1) == [A]


@pytest.mark.req("DR-30")
def test_jobs_of_many_institutions_have_a_lane_of_their_own_and_let_others_by(server: Redis) -> None:
    """A city's minute waits whole: what is urgent goes first, and jobs of one institution or of none take turns."""
    send_together(6)
    queues.enqueue(Job.TAKE_DAY, tenant_id=A, day="2026-11-28")
    queues.enqueue(Job.TAKE_NOW_ALL)
    queues.enqueue(Job.COPY_HOLD, tenant_id=B, hold_id=uuid4())
    assert set(queue_turns.waiting(doors(Queue.COMPLIANCE)[0])) == {CITY, str(A), PLATFORM}
    found = [take(server, doors()) for _ in range(9)]
    named = [each[0].func_name for each in found if each is not None]
    assert named == [Job.COPY_HOLD, Job.TAKE_NOW, Job.TAKE_DAY, Job.TAKE_NOW_ALL, *[Job.TAKE_NOW] * 5]


@pytest.mark.req("DR-30")
def test_an_urgent_job_is_the_next_of_a_worker_that_ends_a_citys_job(server: Redis) -> None:
    server.sadd("rq:workers", "one", "two")
    send_together(6)
    for _ in range(2):
        first = take(server, doors())
        assert first is not None
        begin(server, first)
    assert first is not None
    assert first[0].func_name == Job.TAKE_NOW, "the city's night has both of two workers"
    queues.enqueue(Job.COPY_HOLD, tenant_id=B, hold_id=uuid4())
    assert taken(server, 1) == [B]


@pytest.mark.req("DR-30")
def test_of_three_workers_a_citys_jobs_leave_one_free(server: Redis) -> None:
    server.sadd("rq:workers", "one", "two", "three")
    send_together(6)
    assert [most_of_city(workers) for workers in (0, 1, 2, 3, 5)] == [0, 0, 0, 2, 4]
    for _ in range(2):
        first = take(server, doors())
        assert first is not None
        begin(server, first)
    assert take(server, doors()) is None
    send(A, 1)
    assert taken(server, 1) == [A]


def send_together(count: int) -> None:
    """`count` jobs, each of some institutions."""
    for _ in range(count):
        queues.enqueue(Job.TAKE_NOW, tenant_ids=[uuid4() for _ in range(3)])


def begin(server: Redis, found: tuple[RqJob, RqQueue]) -> None:
    """As RQ notes a job that runs."""
    job, door = found
    server.zadd(StartedJobRegistry(queue=door).key, {f"{job.id}:{uuid4().hex}": "inf"})


def test_an_emptied_server_begins_anew(server: Redis) -> None:
    send(A, 10)
    taken(server, 2)
    server.flushall()
    assert take(server, doors()) is None
    send(A, 2)
    send(B, 1)
    assert taken(server, 3) == [A, B, A]


def test_a_lane_that_lost_its_place_finds_it_again(server: Redis) -> None:
    send(A, 3)
    taken(server, 1)
    server.delete("rq:queue:default:ring")  # as a server that throws away under pressure would
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=A)
    assert taken(server, 3) == [A, A, A]


def test_a_job_that_was_deleted_while_it_waited_costs_nobody_a_turn(server: Redis) -> None:
    send(A, 2)
    send(B, 1)
    queue_turns.waiting(doors(Queue.DEFAULT)[0])
    RqJob.fetch(doors(Queue.DEFAULT)[0].get_job_ids()[0], connection=server, serializer=JSONSerializer).delete()
    assert sorted(taken(server, 2)) == [A, B]
    assert take(server, doors()) is None
    assert server.llen(doors(Queue.DEFAULT)[0].intermediate_queue_key) == 2


def test_what_was_taken_and_not_begun_is_not_lost(server: Redis) -> None:
    """A worker that dies between: RQ's own upkeep looks into this list, and the sweep sends what failed."""
    send(A, 1)
    found = take(server, doors())
    assert found is not None
    assert doors(Queue.DEFAULT)[0].intermediate_queue.get_job_ids() == [found[0].id]


def test_what_waits_is_told_by_lane_whether_sorted_or_not(server: Redis) -> None:
    (door,) = doors(Queue.DEFAULT)
    send(A, 3)
    taken(server, 1)
    send(B, 2)
    queues.enqueue(Job.SWEEP)
    found = {lane: len(ids) for lane, ids in queue_turns.waiting(door).items()}
    assert found == {str(A): 2, str(B): 2, PLATFORM: 1}


def test_nobody_waits_for_ever_and_nobody_at_all_when_asked_not_to(server: Redis) -> None:
    assert SharedQueue.dequeue_any(doors(), None, connection=server) is None
    with pytest.raises(DequeueTimeout):
        SharedQueue.dequeue_any(doors(), 1, connection=server)
