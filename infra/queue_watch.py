"""What waits, runs and failed at the queues, by lane: counts and ages, read in a few round trips."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from rq import Queue as RqQueue
from rq import Worker
from rq.job import Job as RqJob
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from infra import queue_turns
from infra.queues import Queue, connection

# Failures are kept for a week; of more than these nobody needs to know whose each one is.
_MOST_FAILED = 2000


@dataclass(frozen=True, kw_only=True)
class LaneState:
    """One institution at one queue; `lane` is its id, or `queue_turns.PLATFORM`. `oldest`: since when one waits."""

    lane: str
    waiting: int
    running: int
    failed: int
    oldest: datetime | None


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """One queue, its lanes with the longest wait first."""

    queue: Queue
    lanes: Sequence[LaneState]
    failed: int

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return sum(lane.waiting for lane in self.lanes)

    @property
    def running(self) -> int:
        """How many run."""
        return sum(lane.running for lane in self.lanes)

    @property
    def oldest(self) -> datetime | None:
        """Since when the oldest one waits; None where none does."""
        return min((lane.oldest for lane in self.lanes if lane.oldest is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All queues, by whom they are worked off, and what the server calls itself."""

    queues: Sequence[QueueState]
    workers: int
    server: str


def overview() -> Overview:
    """Everything at this moment; to be asked where the server is `queues.answering`."""
    server = connection()
    workers = Worker.all(connection=server, serializer=JSONSerializer)
    return Overview(queues=[_state(server, name) for name in Queue], workers=len(workers), server=server_version())


def server_version() -> str:
    """What the server calls itself, such as `Valkey 9.1.2`; to be asked as `overview`."""
    told = connection().info("server")
    if "valkey_version" in told:
        return f"Valkey {told['valkey_version']}"
    return f"Redis {told.get('redis_version', '')}"


def _state(server: Redis, name: Queue) -> QueueState:
    door = RqQueue(name, connection=server, serializer=JSONSerializer)
    waiting = queue_turns.waiting(door)
    since = dict(zip(waiting, _sent(server, [ids[0] for ids in waiting.values()]), strict=True))
    running = _by_lane(server, StartedJobRegistry(queue=door).get_job_ids(cleanup=False))
    failures = FailedJobRegistry(queue=door)
    failed = _by_lane(server, failures.get_job_ids(-_MOST_FAILED, -1, cleanup=False))
    lanes = [
        LaneState(
            lane=lane,
            waiting=len(waiting.get(lane, ())),
            running=running[lane],
            failed=failed[lane],
            oldest=since.get(lane),
        )
        for lane in {*waiting, *running, *failed}
    ]
    latest = datetime.max.replace(tzinfo=UTC)
    ordered = sorted(lanes, key=lambda each: (each.oldest or latest, -each.waiting, each.lane))
    return QueueState(queue=name, lanes=ordered, failed=int(server.zcard(failures.key)))


def _by_lane(server: Redis, job_ids: Iterable[str]) -> Counter[str]:
    return Counter(queue_turns.lanes(server, list(job_ids)))


def _sent(server: Redis, job_ids: Sequence[str]) -> list[datetime | None]:
    """When each was sent."""
    pipeline = server.pipeline(transaction=False)
    for job_id in job_ids:
        pipeline.hget(RqJob.key_for(job_id), "enqueued_at")
    return [datetime.fromisoformat(at.decode()) if at else None for at in pipeline.execute()]
