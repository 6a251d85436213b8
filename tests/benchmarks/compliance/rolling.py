"""What is written down for a whole town: each night its day with every finding, each minute what is known now.

By real workers over the real queue, whose every job is a child of its own. The peer reads the same rows once.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from redis import Redis
from rq import Queue as RqQueue
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from infra import clock, queues
from infra.queues import Job, Queue
from infra.stack.processes import Server
from tests.benchmarks.city import superuser
from tests.benchmarks.compliance.running import Ground, heartbeats, seconds_of, workers
from tests.benchmarks.meter import Meter
from workers import compliance_jobs

# A job that a worker has just taken is for an instant neither waiting nor begun.
_LOOK_SECONDS, _IDLE_SECONDS = 0.02, 1.0
# Every minute of every camera as one span, and what it stored: the least that anybody who tells the day must read.
_LEAST = """
select count(*), sum(bytes) from (
  select tenant_id, camera_id, retention_days, range_agg(tstzrange(started_at, ended_at)), sum(cipher_bytes) as bytes
  from segments where civil_day = %s group by 1, 2, 3) spans"""


@dataclass(frozen=True, kw_only=True)
class Written:
    """How long something took for every institution, and how much of a core, workers and database together."""

    seconds: float
    core_seconds: float
    institutions: int

    @property
    def each_ms(self) -> float:
        """What one institution takes of a core."""
        return 1000 * self.core_seconds / self.institutions


@dataclass(frozen=True, kw_only=True)
class Rolled:
    """A night, its last step for the whole city, and what the day takes each minute and each quarter of an hour."""

    night: Written
    city_day: Written
    now: Written
    findings: Written
    least_seconds: float

    @property
    def roll_up(self) -> float:
        """Seconds until the city's day is written down."""
        return self.night.seconds + self.city_day.seconds


class Undone(RuntimeError):
    """A job failed, or what it should have written is not there."""


def rolled(of: Ground, *, say: Callable[[str], None]) -> Rolled:
    """Write it all down, each kind twice: what a process does for the first time is no night's work."""
    queues.configure(of.redis_url)
    ids, bureau_id = _institutions(of)
    day = clock.today() - timedelta(days=1)
    least = _least(of, day)
    with workers(of) as running:
        found: dict[str, Written] = {}
        for name, send in (
            ("warm-up", lambda: _send_days(ids[:8], day)),
            ("night", lambda: _send_days(ids, day)),
            ("city_day", lambda: queues.enqueue(Job.TAKE_CITY_DAY, tenant_id=bureau_id, day=day.isoformat())),
            ("now", lambda: queues.enqueue(Job.TAKE_NOW_ALL)),
            ("findings", lambda: queues.enqueue(Job.TAKE_FINDINGS_ALL)),
        ):
            heartbeats(of)
            found[name] = _measured(of, running, send, len(ids))
            say(f"{name}: {found[name].seconds:.1f} s, {found[name].each_ms:.1f} ms of a core an institution")
    found.pop("warm-up")
    _check(of, day, len(ids))
    return Rolled(**found, least_seconds=least)


def _send_days(ids: Sequence[UUID], day: date) -> None:
    """As the night does."""
    for some in compliance_jobs.together(ids):
        queues.enqueue(Job.TAKE_DAY, tenant_ids=some, day=day.isoformat())


def _measured(of: Ground, running: Sequence[Server], send: Callable[[], None], institutions: int) -> Written:
    """From the first job that is sent until nobody works and nothing waits."""
    meter, before = Meter(of.cluster), sum(seconds_of(each) for each in running)
    began = time.perf_counter()
    send()
    last = time.perf_counter()
    with Redis.from_url(of.redis_url) as connection:
        while time.perf_counter() - last < _IDLE_SECONDS:
            if _is_busy(connection):
                last = time.perf_counter()
            time.sleep(_LOOK_SECONDS)
    seconds = last - began
    used = meter.seconds() + sum(seconds_of(each) for each in running) - before
    return Written(seconds=seconds, core_seconds=used, institutions=institutions)


def _is_busy(connection: Redis) -> bool:
    given = {"connection": connection, "serializer": JSONSerializer}
    found = [RqQueue(queue, **given) for queue in Queue]
    failed = [job for queue in found for job in FailedJobRegistry(queue=queue).get_job_ids()]
    if failed:
        raise Undone(f"jobs failed: {', '.join(failed[:5])}")
    return any(queue.count or StartedJobRegistry(queue=queue).count for queue in found)


def _institutions(of: Ground) -> tuple[list[UUID], UUID]:
    with superuser(of.urls) as connection:
        found = connection.execute("select id, kind = 'bureau' from tenants order by code").fetchall()
    (bureau_id,) = [each for each, is_bureau in found if is_bureau]
    return [each for each, is_bureau in found if not is_bureau], bureau_id


def _least(of: Ground, day: date) -> float:
    """The peer."""
    with superuser(of.urls) as connection:
        began = time.perf_counter()
        connection.execute(_LEAST, [day])
        return time.perf_counter() - began


def _check(of: Ground, day: date, institutions: int) -> None:
    """Refuse the measurement unless everybody's day, findings and figures of now were written, and the city's day."""
    query = """select (select count(*) from compliance_days where civil_day = %(day)s),
                      (select count(distinct tenant_id) from compliance_findings where civil_day = %(day)s),
                      (select count(*) from compliance_now),
                      (select count(distinct tenant_id) from compliance_findings where civil_day = %(day)s::date + 1)"""
    with superuser(of.urls) as connection:
        found = connection.execute(query, {"day": day}).fetchone() or ()
        counted = "select sum(institutions) from compliance_city_days where civil_day = %s and article = 'continuity'"
        (told,) = connection.execute(counted, [day]).fetchone() or (0,)
    if any(each != institutions for each in (*found, told)):
        raise Undone(f"of {institutions} institutions there are {found}, and {told} in the city's day")
