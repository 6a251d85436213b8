"""A city that asked for post-quantum keys: from a segment to the end of its copy, with every key of the hybrid kind."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from infra import clock, object_keys
from infra.age_keys import Kind, kind_of, name_of
from infra.db import db
from infra.objects import S3Objects
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.footage import keys, queries
from tenants.footage.lines import signed_line
from tenants.footage.models import DayKey, Segment
from tenants.footage.rebuilding import digest
from tenants.retention.models import Hold, PreservedSegment
from tests.factories import footage
from tests.factories.evidence import Archive
from tests.factories.packages import opened, unpacked, verified
from tests.factories.registry import institution
from tests.factories.requests import Request
from tests.factories.sweeps import superuser, sweep, yesterday
from tests.workers.keeping import copy_of, destroy, end, kept_bytes, make, remnants
from workers import context, footage_jobs
from workers.app import create_app

pytestmark = pytest.mark.req("KH-5-1a")
S3_LONGEST = 1024


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """The worker of a platform that makes hybrid keys from now on."""
    return environment | {"SHOUYUAN_KEY_KIND": "hybrid"}


@pytest.fixture
def archive(worker: Flask, store: S3Objects) -> Archive:  # noqa: ARG001 - the context and its database
    """K1's footage, whose only box takes such keys; the session stays bound to K1."""
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return Archive(k1, store, context.kms(), kind=Kind.HYBRID)


def shares(store: S3Objects) -> list[str]:
    """Every share that lies in the store."""
    return [facts.key for facts in store.listing("keys/")]


@pytest.mark.req("KH-5-1a", "KH-5-3a")
def test_the_job_makes_days_and_records_keys_of_that_kind_where_every_box_takes_them(archive: Archive) -> None:
    tenant_id, today = archive.of.tenant_id, clock.today()
    db.session.commit()
    footage_jobs.make_keys(tenant_id=str(tenant_id))
    db.session.rollback()
    made = queries.day_keys(tenant_id=tenant_id, first=today - timedelta(days=1), last=today + timedelta(days=60))
    assert (len(made), {kind_of(key.recipient) for key in made}) == (16, {Kind.HYBRID})
    assert kind_of(keys.records_key_recipient(tenant_id=tenant_id) or "") is Kind.HYBRID
    assert footage_jobs.waiting_jobs(tenant_id=tenant_id) == []


@pytest.mark.req("KH-5-1a", "KH-5-3a")
def test_with_one_box_of_an_older_release_the_job_makes_classic_days(archive: Archive) -> None:
    tenant_id, today = archive.of.tenant_id, clock.today()
    footage.device(archive.of)
    db.session.commit()
    footage_jobs.make_keys(tenant_id=str(tenant_id))
    db.session.rollback()
    made = queries.day_keys(tenant_id=tenant_id, first=today, last=today + timedelta(days=60))
    assert {kind_of(key.recipient) for key in made} == {Kind.CLASSIC}
    assert kind_of(keys.records_key_recipient(tenant_id=tenant_id) or "") is Kind.HYBRID, "no box encrypts to it"


@pytest.mark.req("KH-5-1a", "DR-05", "KH-6-4a")
def test_hold_package_and_copy_have_keys_of_that_kind_and_open(
    handed_over: Request, archive: Archive, tmp_path: Path
) -> None:
    make(handed_over)
    hold = db.session.get_one(Hold, handed_over.disclosure().hold_id)
    copy, package = copy_of(handed_over), handed_over.package()
    days = db.session.scalars(select(DayKey.recipient)).all()
    recipients = [hold.recipient or "", copy.recipient, package.recipient, *days]
    assert {kind_of(recipient) for recipient in recipients} == {Kind.HYBRID}
    assert {Path(key).stem for key in shares(archive.store)} == set(map(name_of, recipients))
    assert all(len(key.encode()) < S3_LONGEST for key in shares(archive.store))
    plain = opened(handed_over)
    assert kept_bytes(handed_over, object_keys.retained_copy) == plain
    ran = verified(folder=unpacked(plain, tmp_path / "package"))
    assert (ran.returncode, ran.stderr, "驗證通過" in ran.stdout) == (0, "", True)
    for preserved in db.session.scalars(select(PreservedSegment)):
        segment = db.session.scalars(select(Segment).where(Segment.id == preserved.segment_id)).one()
        (day,) = days
        assert signed_line(segment, recipient=day).line == preserved.line


@pytest.mark.req("KH-5-1a", "DR-05")
def test_a_sweep_accounts_for_every_share_and_the_end_of_a_copy_takes_its_own(
    handed_over: Request, archive: Archive
) -> None:
    make(handed_over)
    found = sweep(archive, store=context.store())
    assert [each for each in found.values() if each is not None and (each.strays or each.missing)] == []
    assert name_of(copy_of(handed_over).recipient) in "".join(remnants(handed_over))
    end(handed_over)
    destroy(handed_over)
    assert remnants(handed_over) == []
    assert copy_of(handed_over).wrapped_secret is None


@pytest.mark.req("KH-5-1a", "DR-07")
def test_a_lost_index_comes_back_from_the_store_beside_days_of_classic_keys(
    archive: Archive, database: DatabaseUrls
) -> None:
    for hour in (9, 10):
        archive.record(yesterday(hour))
    archive.kind = Kind.CLASSIC
    archive.record(yesterday() - timedelta(days=1))
    days = [clock.today() - timedelta(days=ago) for ago in (2, 1)]
    kinds = [kind_of(db.session.get_one(DayKey, (archive.of.tenant_id, day, 14)).recipient) for day in days]
    assert kinds == [Kind.CLASSIC, Kind.HYBRID]
    before = [digest(tenant_id=archive.of.tenant_id, day=day) for day in days]
    assert [each.segments for each in before] == [1, 2]
    superuser(database, "delete from segments")
    rebuilt = create_app().test_cli_runner().invoke(args=["footage", "rebuild", "--tenant", "K1"])
    assert (rebuilt.exit_code, rebuilt.stderr) == (0, "")
    db.session.rollback()
    db.session.expire_all()
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    assert [digest(tenant_id=archive.of.tenant_id, day=day) for day in days] == before
