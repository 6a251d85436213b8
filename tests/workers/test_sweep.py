"""The queue was emptied, jobs were lost: the sweep finds everything from the database alone, and a worker does it."""

from datetime import timedelta
from uuid import UUID

import pytest
from redis import Redis
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from infra import clock, object_keys, queues
from infra.db import db
from infra.queues import Job, Queue
from infra.tenancy import Binding, bind
from tenants.audit import anchoring
from tenants.footage.models import DayKey, Segment, SegmentState
from tenants.retention import actions, copying, queries
from tenants.retention.models import PreservedSegment
from tests.factories import holds, people
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import kept, span
from tests.factories.registry import closed
from tests.workers.conftest import Run
from workers import nightly_jobs, sweep_jobs


def place(archive: Archive, segment: Segment) -> UUID:
    return kept(archive, span(segment)).id


def waiting() -> dict[str, list[str]]:
    """Job ids by queue."""
    return {
        name: RqQueue(name, connection=queues.connection(), serializer=JSONSerializer).job_ids
        for name in (queue.value for queue in Queue)
    }


def copied(archive: Archive) -> set[UUID]:
    found = db.session.scalars(
        select(PreservedSegment.segment_id).where(PreservedSegment.tenant_id == archive.of.tenant_id)
    )
    return set(found)


def test_a_sweep_after_the_queue_was_emptied_finds_everything(archive: Archive, valkey: str, run: Run) -> None:
    day = clock.day_start(clock.today())
    unchecked = archive.record(day - timedelta(days=2), state=SegmentState.CONFIRMED)
    held, destroyed = archive.record(day - timedelta(days=3)), archive.record(day - timedelta(days=20))
    released = archive.record(day - timedelta(days=4))
    hold_id, over = place(archive, held), place(archive, released)
    holds.copied(archive, over)
    actions.release_hold(actor=ACTOR, tenant_id=archive.of.tenant_id, hold_id=over, reason="結案")
    db.session.commit()
    Redis.from_url(valkey).flushall()
    assert not any(waiting().values())

    sweep_jobs.sweep()
    assert waiting()["default"] == [f"sweep_tenant-{archive.of.tenant_id}"]
    for _ in range(2):  # what the first sweep's jobs began, the queue or the second sweep finishes
        worked = run("-m", "workers.main", "--burst", "evidence", "default", "retention", "compliance")
        assert worked.returncode == 0, worked.stderr

    db.session.rollback()
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    db.session.refresh(unchecked)
    assert unchecked.state == SegmentState.STORED
    assert copied(archive) == {held.id, released.id}
    assert queries.hold(tenant_id=archive.of.tenant_id, hold_id=hold_id).wrapped_secret is not None
    assert queries.hold(tenant_id=archive.of.tenant_id, hold_id=over).destroyed_at is not None
    assert [each.civil_day for each in queries.destructions(tenant_id=archive.of.tenant_id)] == [destroyed.civil_day]
    assert queries.destructions(tenant_id=archive.of.tenant_id)[0].certificate_no is not None
    assert anchoring.is_anchored(tenant_id=archive.of.tenant_id, day=clock.today() - timedelta(days=1))
    assert db.session.get(DayKey, (archive.of.tenant_id, clock.today() + timedelta(days=10), 14)) is not None
    assert list(sweep_jobs.waiting(tenant_id=archive.of.tenant_id, today=clock.today())) == []


@pytest.mark.req("DR-08")
def test_a_sweep_of_one_institution_sends_nothing_about_another(archive: Archive) -> None:
    archive.record(clock.day_start(clock.today() - timedelta(days=20)))
    bind(db.session, Binding(tenant_id=UUID(int=5)))
    found = sweep_jobs.retention_jobs.waiting_jobs(tenant_id=archive.of.tenant_id, today=clock.today())
    assert found == []


def test_a_day_that_waits_for_a_hold_is_not_sent_to_be_refused(archive: Archive) -> None:
    segment = archive.record(clock.day_start(clock.today() - timedelta(days=20)))
    hold_id = place(archive, segment)
    found = sweep_jobs.retention_jobs.waiting_jobs(tenant_id=archive.of.tenant_id, today=clock.today())
    assert found == [(Job.COPY_HOLD, {"hold_id": hold_id})]


def test_the_night_sends_one_job_per_institution_and_task(archive: Archive) -> None:
    nightly_jobs.fan_out()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    tenant_id = archive.of.tenant_id
    assert sorted(job for jobs in waiting().values() for job in jobs) == [
        f"anchor_chain-{yesterday}-{tenant_id}",
        f"make_keys-{tenant_id}",
        f"reconcile-{tenant_id}",
        f"sweep_tenant-{tenant_id}",
        f"take_day-{yesterday}-{tenant_id}",
    ]


@pytest.mark.req("KH-5-1a")
def test_the_night_looks_at_the_store_as_a_whole_for_the_bureau(archive: Archive) -> None:
    assert archive
    bureau_id = people.bureau()
    nightly_jobs.fan_out()
    assert f"check_store-{bureau_id}" in waiting()["compliance"]


def test_an_institution_that_closed_is_swept_too(archive: Archive) -> None:
    closed(archive.of)
    sweep_jobs.sweep()
    assert waiting()["default"] == [f"sweep_tenant-{archive.of.tenant_id}"]


def test_copies_of_a_long_hold_go_on_in_a_further_job(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "COPIED_AT_ONCE", 1)
    start = clock.day_start(clock.today() - timedelta(days=3))
    first, second = archive.record(start), archive.record(start + timedelta(minutes=1))
    hold = kept(archive, span(first, second))
    sweep_jobs.retention_jobs.copy_hold(tenant_id=str(archive.of.tenant_id), hold_id=str(hold.id))
    assert len(copied(archive)) == 1
    assert waiting()["evidence"] == [
        f"copy_hold-{hold.id}-{archive.of.tenant_id}",
        f"copy_hold-{hold.id}-1-{archive.of.tenant_id}",
    ]
    prefix = object_keys.hold_prefix(tenant_id=archive.of.tenant_id, hold_id=hold.id)
    assert len(list(archive.store.listing(prefix))) == 1
