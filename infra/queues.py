"""Queue and job names, and enqueueing after commit.

The database is the truth and the queue a nudge: a job is sent only once the change it follows is committed, so a worker
never looks for a row that is not there; and when the queue is down or was emptied, the sweeps of `workers.schedule`
find what was forgotten. Jobs are named, take ids, and are serialised as JSON. Institutions take turns at a queue
(`infra.queue_turns`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RqQueue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job as RqJob
from rq.job import JobStatus
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

from infra.queue_turns import CITY, LANE, PLATFORM

log = structlog.get_logger(__name__)

_PENDING = "shouyuan.pending_jobs"
_DAY_SECONDS = 24 * 60 * 60
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_-]")
_OVER = frozenset({JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED})


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
    CARRY_OUT_CHANGES = "workers.registry_jobs.carry_out_changes"
    CARRY_OUT_ROSTER = "workers.onboarding_jobs.carry_out_roster"
    CERTIFY_DESTRUCTION = "workers.retention_jobs.certify_destruction"
    CHASE_COPY = "workers.disclosure_jobs.chase_copy"
    CHECK_SEGMENTS = "workers.footage_jobs.check_segments"
    CHECK_SERVICES = "workers.service_jobs.check_services"
    CHECK_STORE = "workers.storage_jobs.check_store"
    COPY_HOLD = "workers.retention_jobs.copy_hold"
    DESTROY_DAY = "workers.retention_jobs.destroy_day"
    DESTROY_HOLD = "workers.retention_jobs.destroy_hold"
    DESTROY_PACKAGE = "workers.disclosure_jobs.destroy_package"
    DESTROY_RETAINED_COPY = "workers.retained_jobs.destroy_retained_copy"
    DESTROY_STRAY = "workers.reconciliation_jobs.destroy_stray"
    DROP_PARTITION = "workers.reconciliation_jobs.drop_partition"
    DRILL_SITE = "workers.drill_jobs.drill_site"
    END_HOLDS = "workers.retention_jobs.end_holds"
    FORGET_APPLICANTS = "workers.mail_jobs.forget_applicants"
    LOOK_FOR_FAULTS = "workers.upkeep_jobs.look_for_faults"
    MAKE_KEYS = "workers.footage_jobs.make_keys"
    MAKE_RETAINED_COPY = "workers.retained_jobs.make_retained_copy"
    NIGHTLY = "workers.nightly_jobs.fan_out"
    PLAN_NOTICES = "workers.notice_jobs.plan"
    PLAN_NOTICES_ALL = "workers.notice_jobs.plan_all"
    RECONCILE = "workers.reconciliation_jobs.reconcile"
    RECONCILE_AREA = "workers.reconciliation_jobs.reconcile_area"
    SEND_CODE = "workers.mail_jobs.send_code"
    SEND_EMERGENCY_MAIL = "workers.mail_jobs.send_about_emergency"
    SEND_HOLD_MAIL = "workers.mail_jobs.send_about_hold"
    SEND_INVITATION = "workers.mail_jobs.send_invitation"
    SEND_MAIL = "workers.mail_jobs.send"
    SEND_NOTICE = "workers.notice_jobs.send"
    SEND_PANEL_MAIL = "workers.mail_jobs.send_to_panel"
    SEND_RULE_NOTICE = "workers.mail_jobs.send_rule_notice"
    SETTLE_EMERGENCIES = "workers.onboarding_jobs.settle_emergencies"
    SETTLE_VIEWINGS = "workers.disclosure_jobs.settle_viewings"
    STAMP_HEADS = "workers.audit_jobs.stamp_heads"
    SWEEP = "workers.sweep_jobs.sweep"
    SWEEP_TENANT = "workers.sweep_jobs.sweep_tenant"
    TAKE_CASES = "workers.compliance_jobs.take_cases"
    TAKE_CITY_DAY = "workers.compliance_jobs.take_city_day"
    TAKE_DAY = "workers.compliance_jobs.take_day"
    TAKE_FINDINGS = "workers.compliance_jobs.take_findings"
    TAKE_FINDINGS_ALL = "workers.compliance_jobs.take_findings_all"
    TAKE_NOW = "workers.compliance_jobs.take_now"
    TAKE_NOW_ALL = "workers.compliance_jobs.take_now_all"


QUEUE_OF: Mapping[Job, Queue] = {
    Job.ANCHOR_CHAIN: Queue.COMPLIANCE,
    Job.BUILD_PACKAGE: Queue.EVIDENCE,
    Job.CARRY_OUT_CHANGES: Queue.DEFAULT,
    Job.CARRY_OUT_ROSTER: Queue.DEFAULT,
    Job.CERTIFY_DESTRUCTION: Queue.RETENTION,
    Job.CHASE_COPY: Queue.DEFAULT,
    Job.CHECK_SEGMENTS: Queue.DEFAULT,
    # Whoever is silent costs its seconds here, where nobody waits.
    Job.CHECK_SERVICES: Queue.COMPLIANCE,
    Job.CHECK_STORE: Queue.COMPLIANCE,
    Job.COPY_HOLD: Queue.EVIDENCE,
    Job.DESTROY_DAY: Queue.RETENTION,
    Job.DESTROY_HOLD: Queue.RETENTION,
    Job.DESTROY_PACKAGE: Queue.RETENTION,
    Job.DESTROY_RETAINED_COPY: Queue.RETENTION,
    Job.DESTROY_STRAY: Queue.RETENTION,
    Job.DROP_PARTITION: Queue.RETENTION,
    # Behind everything that somebody waits for: one minute of each site a night.
    Job.DRILL_SITE: Queue.COMPLIANCE,
    Job.END_HOLDS: Queue.RETENTION,
    Job.FORGET_APPLICANTS: Queue.DEFAULT,
    Job.LOOK_FOR_FAULTS: Queue.DEFAULT,
    Job.MAKE_KEYS: Queue.DEFAULT,
    # A case waits for it before it can close.
    Job.MAKE_RETAINED_COPY: Queue.EVIDENCE,
    Job.NIGHTLY: Queue.DEFAULT,
    Job.PLAN_NOTICES: Queue.DEFAULT,
    Job.PLAN_NOTICES_ALL: Queue.DEFAULT,
    # Behind everything that somebody waits for.
    Job.RECONCILE: Queue.COMPLIANCE,
    Job.RECONCILE_AREA: Queue.COMPLIANCE,
    # Somebody sits before a page that asks for it.
    Job.SEND_CODE: Queue.EVIDENCE,
    # An institution is told at once who is in.
    Job.SEND_EMERGENCY_MAIL: Queue.EVIDENCE,
    Job.SEND_HOLD_MAIL: Queue.DEFAULT,
    Job.SEND_INVITATION: Queue.DEFAULT,
    Job.SEND_MAIL: Queue.DEFAULT,
    Job.SEND_NOTICE: Queue.DEFAULT,
    Job.SEND_PANEL_MAIL: Queue.DEFAULT,
    Job.SEND_RULE_NOTICE: Queue.DEFAULT,
    Job.SETTLE_EMERGENCIES: Queue.DEFAULT,
    Job.SETTLE_VIEWINGS: Queue.DEFAULT,
    # An authority that is silent costs its seconds here, where nobody waits.
    Job.STAMP_HEADS: Queue.COMPLIANCE,
    Job.SWEEP: Queue.DEFAULT,
    Job.SWEEP_TENANT: Queue.DEFAULT,
    Job.TAKE_CASES: Queue.COMPLIANCE,
    Job.TAKE_CITY_DAY: Queue.COMPLIANCE,
    Job.TAKE_DAY: Queue.COMPLIANCE,
    Job.TAKE_FINDINGS: Queue.COMPLIANCE,
    Job.TAKE_FINDINGS_ALL: Queue.COMPLIANCE,
    Job.TAKE_NOW: Queue.COMPLIANCE,
    Job.TAKE_NOW_ALL: Queue.COMPLIANCE,
}
TIMEOUT_SECONDS: Mapping[Queue, int] = {
    Queue.EVIDENCE: 60 * 60,
    Queue.DEFAULT: 10 * 60,
    Queue.RETENTION: 60 * 60,
    Queue.COMPLIANCE: 10 * 60,
}

# Several institutions of one job travel as a list of their ids.
JobArgument = str | int | UUID | Sequence[UUID]
_Plain = str | int | list[str]
_url: list[str] = []


def configure(redis_url: str) -> None:
    """Say where the queue is. Called once by the base app."""
    _url[:] = [redis_url]
    connection.cache_clear()


@lru_cache(maxsize=1)
def connection() -> Redis:
    """The connection to Valkey or Redis."""
    return Redis.from_url(_url[0], socket_connect_timeout=2, health_check_interval=30)


class QueueDown(Exception):
    """The queue's server does not answer. Nothing is lost: the database is the truth, and a sweep sends anew."""


@contextmanager
def answering() -> Iterator[Redis]:
    """The connection, for whoever has to know when nobody answers. Raises `QueueDown`."""
    try:
        yield connection()
    except RedisError as error:
        raise QueueDown from error


def answers() -> bool:
    """Whether the queue's server can be reached now."""
    try:
        return bool(connection().ping())
    except RedisError:
        return False


def enqueue(job: Job, **arguments: JobArgument) -> None:
    """Send a job now, unless the same one is waiting already.

    A running one is followed by one more, since it may have looked before the change that this one is about; one that
    failed is sent anew, or its kept record would stop every later one for as long as failures are kept.
    """
    plain = spelled(arguments)
    name = "-".join([job.rsplit(".", 1)[-1], *map(_named, plain.values())])
    job_id = _NOT_IN_ID.sub("_", name)  # RQ takes letters, digits, dashes and underscores only
    if not _is_waiting(job, plain, job_id):
        _is_waiting(job, plain, f"{job_id}-next")


def spelled(arguments: Mapping[str, JobArgument]) -> dict[str, _Plain]:
    """A job's arguments as its message holds them, in the order of their names."""
    return {name: _plain(value) for name, value in sorted(arguments.items())}


def _plain(value: JobArgument) -> _Plain:
    if isinstance(value, str | int):
        return value
    return str(value) if isinstance(value, UUID) else [str(each) for each in value]


def _named(value: _Plain) -> str:
    """What tells two jobs apart; of many ids what is as short as one."""
    if isinstance(value, list) and len(value) > 1:
        return sha256("".join(value).encode()).hexdigest()[:32]
    return value[0] if isinstance(value, list) else str(value)


def _is_waiting(job: Job, plain: dict[str, _Plain], job_id: str) -> bool:
    """Make sure that a job of this id waits; False when one of this id is running."""
    try:
        _offer(job, plain, job_id)
    except DuplicateJobError:
        held = _held(job_id)
        if held is not None and held.get_status() == JobStatus.STARTED:
            return False
        if held is not None and held.get_status() in _OVER:
            held.delete()
            _offer(job, plain, job_id)
    return True


def _offer(job: Job, plain: dict[str, _Plain], job_id: str) -> None:
    queue = QUEUE_OF[job]
    RqQueue(queue, connection=connection(), serializer=JSONSerializer).enqueue_call(
        job.value,
        kwargs=plain,
        job_id=job_id,
        unique=True,
        timeout=TIMEOUT_SECONDS[queue],
        result_ttl=0,
        failure_ttl=7 * _DAY_SECONDS,
        meta={LANE: str(plain.get("tenant_id", CITY if "tenant_ids" in plain else PLATFORM))},
    )


def _held(job_id: str) -> RqJob | None:
    try:
        return RqJob.fetch(job_id, connection=connection(), serializer=JSONSerializer)
    except NoSuchJobError:  # it ended meanwhile
        return None


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
