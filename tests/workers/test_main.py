"""The worker process itself."""

import os
import signal
import subprocess
import sys
import time

import pytest
from rq import Queue as RqQueue
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from infra import clock, queues
from infra.db import db
from infra.queues import Job, Queue
from infra.settings import PREFIX
from infra.stack.postgres import DatabaseUrls
from tenants.footage.models import SegmentState
from tests.factories.evidence import Archive
from tests.workers.conftest import Run
from workers import main


def test_children_share_no_database_connection_with_their_parent(archive: Archive, run: Run) -> None:
    """Two jobs, each in a child, after the parent itself has used the database; warnings are errors."""
    segments = [archive.record(clock.now(), state=SegmentState.CONFIRMED) for _ in range(2)]
    tenant_id = archive.of.tenant_id
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=tenant_id)
    queues.enqueue(Job.SWEEP_TENANT, tenant_id=tenant_id)
    worked = run("-W", "error::ResourceWarning", "-m", "workers.main", "--burst", "default")
    assert worked.returncode == 0, worked.stderr
    failed = FailedJobRegistry(Queue.DEFAULT, connection=queues.connection(), serializer=JSONSerializer)
    assert failed.get_job_ids() == [], worked.stderr
    for segment in segments:
        db.session.refresh(segment)
        assert segment.state == SegmentState.STORED


@pytest.mark.req("DR-08")
def test_a_job_without_an_institution_fails_and_touches_nothing(archive: Archive, run: Run) -> None:
    archive.record(clock.now(), state=SegmentState.CONFIRMED)
    RqQueue(Queue.DEFAULT, connection=queues.connection(), serializer=JSONSerializer).enqueue_call(
        Job.CHECK_SEGMENTS.value, kwargs={}, job_id="nobody"
    )
    worked = run("-m", "workers.main", "--burst", "default")
    assert worked.returncode == 0, worked.stderr
    failed = FailedJobRegistry(Queue.DEFAULT, connection=queues.connection(), serializer=JSONSerializer)
    assert failed.get_job_ids() == ["nobody"]
    assert "missing 1 required keyword-only argument: 'tenant_id'" in worked.stderr


@pytest.mark.req("DR-08")
def test_a_worker_does_not_start_with_a_role_that_row_security_does_not_bind(
    environment: dict[str, str], database: DatabaseUrls
) -> None:
    widened = environment | {f"{PREFIX}DATABASE_URL": database.owner}
    done = subprocess.run(
        [sys.executable, "-m", "workers.main", "--burst", "default"],
        env=widened,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "NotSafe: role shouyuan_owner owns tables" in done.stderr


def listens() -> bool:
    """Whether a worker waits for jobs."""
    connection = queues.connection()
    return b"idle" in [connection.hget(key, "state") for key in connection.smembers("rq:workers")]


def test_a_worker_stops_when_told_and_finishes_nothing_it_did_not_begin(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.main", "default"], env=environment, stderr=subprocess.PIPE, text=True
    )
    queues.configure(environment[f"{PREFIX}REDIS_URL"])
    end = time.monotonic() + 30
    while not listens() and time.monotonic() < end:
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGTERM)
    _, said = process.communicate(timeout=15)
    assert process.returncode == 0, said
    assert not queues.connection().smembers("rq:workers")


def test_an_unknown_queue_is_refused() -> None:
    with pytest.raises(SystemExit):
        main.main(["nonsense"])
