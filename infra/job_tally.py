"""What jobs came to and how long they took, by their names: counted where every worker writes, and told as metrics.

An emptied queue server begins at nothing, as the counters of a process that was started anew do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from redis import Redis
from rq.utils import as_text

from infra.queues import Job

_KEY = "shouyuan:tally"
# A job of another name is no job of ours; what somebody calls it must not become a label.
OTHER = "other"


class Outcome(StrEnum):
    """How a job ended."""

    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many jobs of one name ended in one way, and how many seconds they took together."""

    count: int
    seconds: float


def note(connection: Redis, *, job: str, outcome: Outcome, seconds: float) -> None:
    """Count one job."""
    name = short_name(job)
    with connection.pipeline(transaction=False) as pipeline:
        pipeline.hincrby(_KEY, f"{name} {outcome} count", 1)
        pipeline.hincrbyfloat(_KEY, f"{name} {outcome} seconds", round(seconds, 3))
        pipeline.execute()


def tallies(connection: Redis) -> Mapping[tuple[str, Outcome], Tally]:
    """Everything that was counted, by name and outcome."""
    held = {as_text(field): float(value) for field, value in connection.hgetall(_KEY).items()}
    names = {tuple(field.split(" ")[:2]) for field in held}
    return {
        (name, Outcome(outcome)): Tally(
            count=int(held.get(f"{name} {outcome} count", 0)), seconds=held.get(f"{name} {outcome} seconds", 0.0)
        )
        for name, outcome in sorted(names)
    }


def short_name(job: str) -> str:
    """The function's name; `other` for what is no job of ours."""
    return job.rpartition(".")[2] if job in set(Job) else OTHER
