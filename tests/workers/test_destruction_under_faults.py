"""A worker that dies anywhere in a destruction: no certificate without emptiness, and in the end none missing.

Every statement to the database and every call to the store is made to fail once, each on a day of its own.
"""

from contextlib import suppress
from datetime import date, timedelta

import pytest

from infra import clock, object_keys
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.footage.models import DayKey
from tenants.retention import planning, queries
from tenants.retention.models import Destruction
from tests.factories.evidence import ACTOR, Archive
from tests.workers.conftest import Run
from tests.workers.killing import Killed, dies_with_open_cursors, killed_at
from workers import retention_jobs, sweep_jobs


def work(archive: Archive) -> None:
    """What the sweep finds, done at once instead of by way of the queue."""
    jobs = {Job.DESTROY_DAY: retention_jobs.destroy_day, Job.CERTIFY_DESTRUCTION: retention_jobs.certify_destruction}
    for _ in range(2):
        retention_jobs.note_run(tenant_id=archive.of.tenant_id, actor=ACTOR)
        found = list(retention_jobs.waiting_jobs(tenant_id=archive.of.tenant_id, today=clock.today()))
        db.session.commit()
        for job, arguments in found:
            plain = {name: value if isinstance(value, int) else str(value) for name, value in arguments.items()}
            jobs[job](tenant_id=str(archive.of.tenant_id), **plain)


def is_empty(archive: Archive, made: Destruction) -> bool:
    of = {"retention_days": made.retention_days, "tenant_id": archive.of.tenant_id, "day": made.civil_day}
    prefixes = object_keys.day_prefix(**of), object_keys.day_shares(**of)
    return not [key for prefix in prefixes for key in archive.store.remnants(prefix)]


def check(archive: Archive, day: date) -> None:
    """What must hold of a day whenever one looks."""
    db.session.rollback()
    for made in queries.destructions_between(tenant_id=archive.of.tenant_id, first=day, last=day):
        assert made.certificate is None or is_empty(archive, made)
        assert db.session.get_one(DayKey, (archive.of.tenant_id, day, 14)).wrapped_secret is None
    db.session.rollback()


@dies_with_open_cursors
@pytest.mark.req("KH-5-4a", "DR-05")
def test_a_worker_may_die_at_any_step(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST_DAYS", 10_000)  # a day for each step, all within a minute
    step, died, tenant_id = 0, True, str(archive.of.tenant_id)
    while died:
        step += 1
        day = clock.today() - timedelta(days=15 + step)
        archive.record(clock.day_start(day))
        with killed_at(step, monkeypatch) as reached:
            with suppress(Killed):
                retention_jobs.destroy_day(tenant_id=tenant_id, day=day.isoformat(), retention_days=14)
                (begun,) = queries.begun_destructions(tenant_id=archive.of.tenant_id)
                retention_jobs.certify_destruction(tenant_id=tenant_id, destruction_id=str(begun.id))
            died = reached()
        db.session.remove()
        db.engine.dispose()
        bind(db.session, Binding(tenant_id=archive.of.tenant_id))
        check(archive, day)
        work(archive)
        check(archive, day)
    made = queries.destructions(tenant_id=archive.of.tenant_id, limit=2 * step)
    assert step > 20  # it died at least so often, or this test looked at nothing
    assert len(made) == step
    assert all(each.certificate is not None and is_empty(archive, each) for each in made)
    assert audit.verify(tenant_id=archive.of.tenant_id) is None


_DIES_WHILE_REMOVING = """
import os, sys
from infra.objects import S3Objects
from workers import retention_jobs
real = S3Objects.destroy
def dies(self, keys):
    real(self, list(keys)[:1])
    os._exit(9)
S3Objects.destroy = dies
retention_jobs.certify_destruction(tenant_id=sys.argv[1], destruction_id=sys.argv[2])
"""


@pytest.mark.req("KH-5-4a", "DR-05")
def test_a_killed_process_leaves_the_day_unfinished_and_the_next_one_finishes_it(archive: Archive, run: Run) -> None:
    day = clock.today() - timedelta(days=20)
    for minute in range(3):
        archive.record(clock.day_start(day) + timedelta(minutes=minute))
    retention_jobs.destroy_day(tenant_id=str(archive.of.tenant_id), day=day.isoformat(), retention_days=14)
    (begun,) = queries.begun_destructions(tenant_id=archive.of.tenant_id)
    db.session.rollback()

    died = run("-c", _DIES_WHILE_REMOVING, str(archive.of.tenant_id), str(begun.id))
    assert died.returncode == 9, died.stderr
    check(archive, day)
    assert not is_empty(archive, begun)
    assert begun.certificate is None

    sweep_jobs.sweep_tenant(tenant_id=str(archive.of.tenant_id))
    worked = run("-m", "workers.main", "--burst", "retention")
    assert worked.returncode == 0, worked.stderr
    db.session.rollback()
    assert begun.certificate_no is not None
    assert is_empty(archive, begun)
