"""Keys are made ahead of their day, and the store is asked about what devices say."""

from datetime import timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.footage import queries
from tenants.footage.keys import records_key_recipient
from tenants.footage.models import Segment, SegmentState
from tenants.registry.models import Site
from tests.factories.evidence import Archive
from tests.factories.registry import period
from workers import footage_jobs


@pytest.mark.req("DR-11", "KH-5-3a")
def test_keys_are_made_for_two_weeks_ahead_and_for_every_class_of_the_sites(archive: Archive) -> None:
    tenant_id, today = archive.of.tenant_id, clock.today()
    attached = uuid4()
    db.session.add(Site(id=attached, tenant_id=tenant_id, code="E1K", name="附幼", profile="KH_PRESCHOOL"))
    db.session.flush()
    period(tenant_id, attached, 30)
    db.session.commit()
    assert Job.MAKE_KEYS in footage_jobs.waiting_jobs(tenant_id=tenant_id)
    for _ in range(2):  # a job that runs twice makes nothing twice
        footage_jobs.make_keys(tenant_id=str(tenant_id))
    db.session.rollback()
    keys = queries.day_keys(tenant_id=tenant_id, first=today - timedelta(days=1), last=today + timedelta(days=60))
    assert {key.retention_days for key in keys} == {14, 30}
    assert max(key.civil_day for key in keys) == today + timedelta(days=14)
    assert len(keys) == 2 * 16
    assert records_key_recipient(tenant_id=tenant_id) is not None
    assert footage_jobs.waiting_jobs(tenant_id=tenant_id) == []


@pytest.mark.req("DR-10", "KH-2-3")
def test_a_class_that_changes_gets_its_keys_from_its_day_on_and_the_old_one_none_after(archive: Archive) -> None:
    tenant_id, today = archive.of.tenant_id, clock.today()
    change = today + timedelta(days=6)
    period(tenant_id, archive.of.site_id, 30, effective_from=change)
    db.session.commit()

    footage_jobs.make_keys(tenant_id=str(tenant_id))
    db.session.rollback()

    made = queries.day_keys(tenant_id=tenant_id, first=today - timedelta(days=1), last=today + timedelta(days=60))
    assert {key.retention_days for key in made if key.civil_day < change} == {14}
    assert {key.retention_days for key in made if key.civil_day >= change} == {30}
    assert len(made) == 16, "one for each day"
    assert footage_jobs.waiting_jobs(tenant_id=tenant_id) == []


@pytest.mark.req("DR-07")
def test_the_check_of_the_store_is_found_by_the_sweep_and_settles_each_segment(archive: Archive) -> None:
    good = archive.record(clock.now() - timedelta(minutes=3), state=SegmentState.CONFIRMED)
    bad = archive.record(clock.now() - timedelta(minutes=2), state=SegmentState.CONFIRMED)
    bad.cipher_md5 = bytes(16)
    db.session.commit()
    assert Job.CHECK_SEGMENTS in footage_jobs.waiting_jobs(tenant_id=archive.of.tenant_id)
    footage_jobs.check_segments(tenant_id=str(archive.of.tenant_id))
    db.session.rollback()
    states = {
        one.id: db.session.get_one(Segment, (one.civil_day, one.retention_days, one.tenant_id, one.id)).state
        for one in (good, bad)
    }
    assert states == {good.id: SegmentState.STORED, bad.id: SegmentState.MISMATCHED}
    assert Job.CHECK_SEGMENTS not in footage_jobs.waiting_jobs(tenant_id=archive.of.tenant_id)
