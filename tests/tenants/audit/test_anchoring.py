"""The daily anchor of a chain under `ledger/`."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from infra import clock, object_keys
from infra.db import db
from infra.objects import ObjectStore, S3Objects, StoreRefused
from infra.s3_client import s3_client
from infra.settings import StoreSettings
from tenants.actor import system
from tenants.audit import anchoring, queries
from tenants.audit.models import AuditHead
from tests.factories.registry import Institution

ACTOR = system("anchor_chain")
DAY = date(2026, 11, 20)

pytestmark = pytest.mark.req("DR-06")


def anchor(k1: Institution, store: ObjectStore, day: date = DAY, until: datetime | None = None) -> anchoring.Anchor:
    made = anchoring.anchor_chain(actor=ACTOR, tenant_id=k1.tenant_id, day=day, store=store, lock_until=until)
    db.session.commit()
    return made


def test_the_head_lies_under_ledger_and_the_chain_says_so(k1: Institution, store: S3Objects) -> None:
    made = anchor(k1, store)
    key = object_keys.ledger_head(tenant_id=k1.tenant_id, day=DAY)
    assert json.loads(store.get(key)) == {
        "tenant_id": str(k1.tenant_id),
        "day": "2026-11-20",
        "seq": 1,
        "hash": queries.latest(tenant_id=k1.tenant_id)[-1].hash,
    }
    head = db.session.get_one(AuditHead, k1.tenant_id)
    assert (head.anchored_seq, head.seq, made.seq) == (1, 2, 1)
    assert queries.latest(tenant_id=k1.tenant_id)[0].event == "chain:anchored"
    assert queries.verify(tenant_id=k1.tenant_id) is None
    assert anchoring.first_departure(tenant_id=k1.tenant_id, store=store) is None


def test_a_day_is_anchored_once(k1: Institution, store: S3Objects) -> None:
    first = anchor(k1, store)
    assert anchor(k1, store) == first
    assert db.session.get_one(AuditHead, k1.tenant_id).seq == 2
    assert anchor(k1, store, DAY + timedelta(days=1)).seq == 2


def test_a_run_that_put_the_anchor_and_died_is_completed(k1: Institution, store: S3Objects) -> None:
    anchoring.anchor_chain(actor=ACTOR, tenant_id=k1.tenant_id, day=DAY, store=store, lock_until=None)
    db.session.rollback()
    assert anchoring.anchored_before(tenant_id=k1.tenant_id, instant=clock.now())
    assert anchor(k1, store).seq == 1
    assert not anchoring.anchored_before(tenant_id=k1.tenant_id, instant=clock.now() - timedelta(minutes=1))


def test_a_cut_chain_no_longer_reaches_its_anchor(k1: Institution, store: S3Objects) -> None:
    made = anchor(k1, store)
    later = replace(made, day=DAY + timedelta(days=1), seq=9)
    store.put(object_keys.ledger_head(tenant_id=k1.tenant_id, day=later.day), later.text())
    found = anchoring.first_departure(tenant_id=k1.tenant_id, store=store)
    assert found is not None
    assert (found.seq, "2026-11-21" in found.reason) == (9, True)


@pytest.mark.needs("ceph")
def test_a_locked_anchor_cannot_be_removed_by_its_owner(k1: Institution, ceph_settings: StoreSettings) -> None:
    settings = replace(ceph_settings, bucket=f"t-{uuid4().hex}")
    store = S3Objects(settings)
    store.ensure_bucket(object_lock=True)
    assert store.abilities().object_lock
    anchor(k1, store, until=datetime.now(UTC) + timedelta(days=1))
    key = object_keys.ledger_head(tenant_id=k1.tenant_id, day=DAY)
    client = s3_client(settings, settings.endpoint)
    kept = client.get_object_retention(Bucket=settings.bucket, Key=key)["Retention"]
    assert kept["Mode"] == "COMPLIANCE"
    with pytest.raises(StoreRefused):
        store.destroy([key])
    assert anchoring.first_departure(tenant_id=k1.tenant_id, store=store) is None
