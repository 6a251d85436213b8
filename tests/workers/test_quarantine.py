"""What is in quarantine goes only when two persons let it, and only as they saw it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from infra import clock, object_keys
from infra.db import db
from infra.objects import S3Objects
from infra.s3_client import s3_client
from infra.settings import StoreSettings
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.errors import HeldByLaw, InvalidTransition, NotAllowed
from tenants.footage import quarantine
from tenants.footage.models import StrayState
from tenants.permissions import Role
from tests.factories.evidence import Archive
from tests.factories.sweeps import events, sweep, yesterday
from workers import reconciliation_jobs


@dataclass(frozen=True)
class Pair:
    """Two persons who may, and the stray."""

    handler: Actor
    head: Actor
    stray_id: UUID


@pytest.fixture
def pair(archive: Archive, store: S3Objects) -> Pair:
    store.put(f"letters/{archive.of.tenant_id}/old", b"what is this")
    sweep(archive)
    (stray,) = quarantine.quarantined(tenant_id=archive.of.tenant_id)
    handler, head = (
        Actor(kind=ActorKind.PERSON, id=uuid4(), name=role.value, roles=frozenset({role}))
        for role in (Role.HANDLER, Role.HEAD)
    )
    return Pair(handler, head, stray.id)


@pytest.mark.req("KH-5-4a", "KH-4-2")
def test_a_stray_goes_only_when_two_persons_let_it(archive: Archive, store: S3Objects, pair: Pair) -> None:
    ids = {"tenant_id": archive.of.tenant_id, "stray_id": pair.stray_id}
    job = {name: str(value) for name, value in ids.items()}
    with pytest.raises(InvalidTransition):
        reconciliation_jobs.destroy_stray(**job)
    db.session.rollback()
    with pytest.raises(NotAllowed):
        quarantine.propose(actor=system("worker"), reason="清理", **ids)
    quarantine.propose(actor=pair.handler, reason="舊系統測試檔", **ids)
    with pytest.raises(NotAllowed, match="不能自己核定"):
        quarantine.approve(actor=pair.handler, **ids)
    quarantine.approve(actor=pair.head, **ids)
    db.session.commit()
    assert [arguments for _, arguments in reconciliation_jobs.waiting_jobs(tenant_id=archive.of.tenant_id)] == [
        {"stray_id": pair.stray_id}
    ]
    reconciliation_jobs.destroy_stray(**job)
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    assert quarantine.stray(**ids).state == StrayState.DESTROYED
    assert list(store.listing("letters/")) == []
    assert len(events("stray:destroyed")) == 1


def test_what_was_put_there_after_the_two_looked_stays(archive: Archive, store: S3Objects, pair: Pair) -> None:
    ids = {"tenant_id": archive.of.tenant_id, "stray_id": pair.stray_id}
    quarantine.propose(actor=pair.handler, reason="舊檔", **ids)
    quarantine.approve(actor=pair.head, **ids)
    db.session.commit()
    store.put(f"letters/{archive.of.tenant_id}/old", b"another letter")
    reconciliation_jobs.destroy_stray(**{name: str(value) for name, value in ids.items()})
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    assert quarantine.stray(**ids).state == StrayState.QUARANTINED
    assert store.get(f"letters/{archive.of.tenant_id}/old") == b"another letter"


@pytest.mark.req("KH-5-3c")
def test_a_stray_of_a_day_that_must_be_kept_cannot_be_proposed(archive: Archive, store: S3Objects, pair: Pair) -> None:
    day = object_keys.day_prefix(
        retention_days=14, tenant_id=archive.of.tenant_id, day=clock.today() - timedelta(days=2)
    )
    store.put(f"{day}x.age", b"footage of somebody")
    sweep(archive)
    stray = next(one for one in quarantine.quarantined(tenant_id=archive.of.tenant_id) if one.area == day)
    with pytest.raises(HeldByLaw, match="仍須保存的日期"):
        quarantine.propose(actor=pair.handler, tenant_id=archive.of.tenant_id, stray_id=stray.id, reason="測試")


@pytest.mark.req("KH-5-4a")
def test_what_is_older_than_a_year_needs_a_person_and_says_whom(archive: Archive, pair: Pair) -> None:
    assert pair
    now = clock.now()
    assert quarantine.needing_a_person(tenant_id=archive.of.tenant_id, now=now) == []
    (found,) = quarantine.needing_a_person(tenant_id=archive.of.tenant_id, now=now + timedelta(days=366))
    assert found.owner == "監錄系統管理承辦人"


@pytest.mark.needs("ceph")
@pytest.mark.req("DR-05")
def test_old_versions_and_delete_markers_are_found_and_only_they_go(
    archive: Archive, ceph_settings: StoreSettings
) -> None:
    """A bucket that somebody switched to versions keeps what was overwritten and what was deleted."""
    store = S3Objects(ceph_settings)
    archive.store = store
    segment = archive.record(yesterday())
    content, line = store.get(segment.object_key), store.facts(segment.object_key).beside
    raw = s3_client(ceph_settings, ceph_settings.endpoint)
    raw.put_bucket_versioning(Bucket=store.bucket, VersioningConfiguration={"Status": "Enabled"})
    store.put(segment.object_key, content, beside=line)
    hidden = f"letters/{archive.of.tenant_id}/hidden"
    store.put(hidden, b"letter")
    raw.delete_object(Bucket=store.bucket, Key=hidden)
    sweep(archive)
    found = {(one.key, one.form) for one in quarantine.quarantined(tenant_id=archive.of.tenant_id)}
    assert found >= {(segment.object_key, "version"), (hidden, "marker"), (hidden, "version")}
    (old,) = (one for one in quarantine.quarantined(tenant_id=archive.of.tenant_id) if one.key == segment.object_key)
    old.state, old.proposed_by, old.approved_by = StrayState.APPROVED, uuid4(), uuid4()
    old.proposed_at = old.approved_at = clock.now()
    quarantine.destroy(
        actor=system("destroy_stray"),
        tenant_id=archive.of.tenant_id,
        stray_id=old.id,
        store=store,
        is_accounted=True,
    )
    db.session.commit()
    assert store.get(segment.object_key) == content
    assert {each.key for each in store.leftovers("")} >= {hidden}
    assert segment.object_key not in {each.key for each in store.leftovers("")}
