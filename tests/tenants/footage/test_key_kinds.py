"""Which days get a post-quantum key: those made after the platform asked for it, where every box takes one."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from infra import age, clock
from infra.age import Kind
from infra.age_keys import kind_of, name_of
from infra.db import db
from infra.kms import FileKms
from infra.objects import ObjectStore
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.footage import keys, queries
from tenants.footage.heartbeats import Heartbeat, record_heartbeat
from tenants.footage.models import DayKey, RecordsKey
from tenants.registry.devices import device_actor
from tenants.registry.models import EdgeDevice
from tests.factories import footage
from tests.factories.registry import Institution

pytestmark = pytest.mark.req("KH-5-1a")
ACTOR = system("test")
FIRST = date(2026, 11, 20)
S3_LONGEST = 1024


def kinds(k1: Institution, kms: FileKms, store: ObjectStore, *, days: int = 1, kind: Kind = Kind.HYBRID) -> list[Kind]:
    """The kinds of the first days' keys, after those that are missing were made."""
    last = FIRST + timedelta(days=days - 1)
    keys.make_day_keys(
        actor=ACTOR, tenant_id=k1.tenant_id, kms=kms, store=store, first=FIRST, last=last, retention_days=14, kind=kind
    )
    return [kind_of(key.recipient) for key in queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=last)]


def say(k1: Institution, device_id: object, *said: str) -> None:
    """The box's next heartbeat."""
    device = db.session.get_one(EdgeDevice, device_id)
    beat = Heartbeat(clock_offset_ms=None, cameras=[], gaps=[], key_kinds=said)
    record_heartbeat(actor=device_actor(device), tenant_id=k1.tenant_id, heartbeat=beat, now=clock.now())
    db.session.flush()


def test_keys_made_from_now_on_are_of_the_kind_asked_for_and_those_of_before_stay(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    footage.device(k1, takes_hybrid=True)
    assert kinds(k1, kms, store, kind=Kind.CLASSIC) == [Kind.CLASSIC]
    assert kinds(k1, kms, store, days=3) == [Kind.CLASSIC, Kind.HYBRID, Kind.HYBRID]
    assert kinds(k1, kms, store, days=4, kind=Kind.CLASSIC)[3] is Kind.CLASSIC, "and the reverse"


def test_one_box_that_has_not_said_it_keeps_the_whole_institution_classic(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    assert kinds(k1, kms, store) == [Kind.CLASSIC], "nobody has said it"
    first, second = footage.device(k1), footage.device(k1)
    say(k1, first, "classic", "hybrid", "of another century")
    assert kinds(k1, kms, store, days=2)[1] is Kind.CLASSIC
    say(k1, second, "classic", "hybrid")
    assert kinds(k1, kms, store, days=3)[2] is Kind.HYBRID
    say(k1, second)
    assert kinds(k1, kms, store, days=4)[3] is Kind.CLASSIC, "a box that went back to an older release"
    gone = db.session.get_one(EdgeDevice, second)
    gone.revoked_at, gone.revoked_by = clock.now(), uuid4()
    db.session.flush()
    assert kinds(k1, kms, store, days=5)[4] is Kind.HYBRID, "a revoked box is asked no more"


@pytest.mark.req("KH-5-1a", "DR-05")
def test_a_hybrid_day_is_opened_with_its_share_whose_name_the_store_takes(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    footage.device(k1, takes_hybrid=True)
    assert kinds(k1, kms, store) == [Kind.HYBRID]
    key = db.session.get_one(DayKey, (k1.tenant_id, FIRST, 14))
    share = keys.day_lock(tenant_id=k1.tenant_id, day=FIRST, retention_days=14, recipient=key.recipient).share
    assert share.endswith(f"/{name_of(key.recipient)}.share")
    assert len(share.encode()) < S3_LONGEST
    assert list(store.remnants(share)) == [share]
    secret = keys.open_day_key(tenant_id=k1.tenant_id, day=FIRST, retention_days=14, kms=kms, store=store)
    assert age.decrypt(age.encrypt(b"picture", key.recipient), secret) == b"picture"


def test_the_records_key_is_of_the_kind_too_and_its_event_names_it(k1: Institution, kms: FileKms) -> None:
    assert keys.make_records_key(actor=ACTOR, tenant_id=k1.tenant_id, kms=kms, kind=Kind.HYBRID)
    recipient = db.session.get_one(RecordsKey, k1.tenant_id).recipient
    assert kind_of(recipient) is Kind.HYBRID
    secret = keys.open_records_key(tenant_id=k1.tenant_id, kms=kms)
    assert age.decrypt(age.encrypt(b"letter", recipient), secret) == b"letter"
    (event,) = audit.latest(tenant_id=k1.tenant_id, limit=1)
    assert event.fields["recipient"] == name_of(recipient)
