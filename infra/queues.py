"""Queue and job names, and enqueueing after commit.

The database is the truth and the queue a nudge: a job is sent only once the change it follows is committed, so a worker
never looks for a row that is not there; and when the queue is down or was emptied, the sweeps of `workers.schedule`
find what was forgotten. Jobs are named, take ids, and are serialised as JSON.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RqQueue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

log = structlog.get_logger(__name__)

_PENDING = "shouyuan.pending_jobs"
_DAY_SECONDS = 24 * 60 * 60


class Queue(StrEnum):
    """A queue of the worker process. Evidence goes first: somebody is waiting for it."""

    EVIDENCE = "evidence"
    DEFAULT = "default"
    RETENTION = "retention"
    COMPLIANCE = "compliance"


class Job(StrEnum):
    """Every job there is, by the function that does it; a test resolves each."""

    ANCHOR_CHAIN = "workers.audit_jobs.anchor_chain"
    BUILD_PACKAGE = "workers.disclosure_jobs.build_package"
    CERTIFY_DESTRUCTION = "workers.retention_jobs.certify_destruction"
    CHECK_SEGMENTS = "workers.footage_jobs.check_segments"
    COPY_HOLD = "workers.retention_jobs.copy_hold"
    DESTROY_DAY = "workers.retention_jobs.destroy_day"
    DESTROY_HOLD = "workers.retention_jobs.destroy_hold"
    MAKE_KEYS = "workers.footage_jobs.make_keys"
    NIGHTLY = "workers.nightly_jobs.fan_out"
    SEND_MAIL = "workers.mail_jobs.send"
    SWEEP = "workers.sweep_jobs.sweep"
    SWEEP_TENANT = "workers.sweep_jobs.sweep_tenant"
    TAKE_DAY = "workers.compliance_jobs.take_day"
    TAKE_NOW = "workers.compliance_jobs.take_now"
    TAKE_NOW_ALL = "workers.compliance_jobs.take_now_all"


QUEUE_OF: Mapping[Job, Queue] = {
    Job.ANCHOR_CHAIN: Queue.COMPLIANCE,
    Job.BUILD_PACKAGE: Queue.EVIDENCE,
    Job.CERTIFY_DESTRUCTION: Queue.RETENTION,
    Job.CHECK_SEGMENTS: Queue.DEFAULT,
    Job.COPY_HOLD: Queue.EVIDENCE,
    Job.DESTROY_DAY: Queue.RETENTION,
    Job.DESTROY_HOLD: Queue.RETENTION,
    Job.MAKE_KEYS: Queue.DEFAULT,
    Job.NIGHTLY: Queue.DEFAULT,
    Job.SEND_MAIL: Queue.DEFAULT,
    Job.SWEEP: Queue.DEFAULT,
    Job.SWEEP_TENANT: Queue.DEFAULT,
    Job.TAKE_DAY: Queue.COMPLIANCE,
    Job.TAKE_NOW: Queue.COMPLIANCE,
    Job.TAKE_NOW_ALL: Queue.COMPLIANCE,
}
TIMEOUT_SECONDS: Mapping[Queue, int] = {
    Queue.EVIDENCE: 60 * 60,
    Queue.DEFAULT: 10 * 60,
    Queue.RETENTION: 60 * 60,
    Queue.COMPLIANCE: 10 * 60,
}

JobArgument = str | int | UUID
_url: list[str] = []


def configure(redis_url: str) -> None:
    """Say where the queue is. Called once by the base app."""
    _url[:] = [redis_url]
    connection.cache_clear()


@lru_cache(maxsize=1)
def connection() -> Redis:
    """The connection to Valkey or Redis."""
    return Redis.from_url(_url[0], socket_connect_timeout=2, health_check_interval=30)


def answers() -> bool:
    """Whether the queue's server can be reached now."""
    try:
        return bool(connection().ping())
    except RedisError:
        return False


def enqueue(job: Job, **arguments: JobArgument) -> None:
    """Send a job now. A job that is already waiting with the same arguments is not sent twice."""
    queue = QUEUE_OF[job]
    plain = {name: str(value) if isinstance(value, UUID) else value for name, value in sorted(arguments.items())}
    job_id = ":".join([job.rsplit(".", 1)[-1], *(str(value).replace(":", "_") for value in plain.values())])
    try:
        RqQueue(queue, connection=connection(), serializer=JSONSerializer).enqueue_call(
            job.value,
            kwargs=plain,
            job_id=job_id,
            unique=True,
            timeout=TIMEOUT_SECONDS[queue],
            result_ttl=0,
            failure_ttl=7 * _DAY_SECONDS,
        )
    except DuplicateJobError:
        log.info("job already waiting", job=job.value, job_id=job_id)


def enqueue_after_commit(session: Session | scoped_session[Any], job: Job, **arguments: JobArgument) -> None:
    """Send a job once the session's transaction has committed; forget it when it rolls back."""
    real = session() if isinstance(session, scoped_session) else session
    real.info.setdefault(_PENDING, []).append((job, arguments))


@event.listens_for(Session, "after_commit")
def _send(session: Session) -> None:
    for job, arguments in session.info.pop(_PENDING, []):
        try:
            enqueue(job, **arguments)
        except RedisError:
            # The change is committed and must stand; the sweep will find what this job would have done.
            log.warning("queue is down, the sweep will do this", job=job.value, exc_info=True)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)
