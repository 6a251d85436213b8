"""Keys made ahead of their day."""

from datetime import date, timedelta

import pytest

from infra import age
from infra.age_keys import Kind
from infra.clock import now
from infra.db import db
from infra.kms import CannotUnwrap, FileKms
from infra.objects import NoSuchObject, ObjectStore
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.errors import Destroyed, KeyIncomplete, NotFound, Unavailable
from tenants.footage import keys, queries
from tenants.footage.models import DayKey
from tenants.registry.classes import ClassRun
from tests.factories.registry import Institution, institution

ACTOR = system("test")
FIRST = date(2026, 11, 20)


def make(k1: Institution, kms: FileKms, store: ObjectStore, *, days: int = 3, retention_days: int = 14) -> int:
    return keys.make_day_keys(
        actor=ACTOR,
        tenant_id=k1.tenant_id,
        kms=kms,
        store=store,
        first=FIRST,
        last=FIRST + timedelta(days=days - 1),
        retention_days=retention_days,
        kind=Kind.CLASSIC,
    )


def opened(k1: Institution, kms: FileKms, store: ObjectStore, *, day: date = FIRST, retention_days: int = 14) -> str:
    return keys.open_day_key(tenant_id=k1.tenant_id, day=day, retention_days=retention_days, kms=kms, store=store)


def share_of(k1: Institution, day: date = FIRST) -> str:
    key = db.session.get_one(DayKey, (k1.tenant_id, day, 14))
    return keys.day_lock(tenant_id=k1.tenant_id, day=day, retention_days=14, recipient=key.recipient).share


@pytest.mark.req("KH-5-1a", "DR-11")
def test_each_day_and_class_has_a_key_of_its_own_that_opens_what_was_encrypted_to_it(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    assert (make(k1, kms, store), make(k1, kms, store, retention_days=30)) == (3, 3)
    made = queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST + timedelta(days=9))
    assert len({key.recipient for key in made}) == 6
    cipher = age.encrypt(b"picture", made[0].recipient)
    assert age.decrypt(cipher, opened(k1, kms, store)) == b"picture"
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(cipher, opened(k1, kms, store, retention_days=30))


def test_making_keys_again_changes_none(k1: Institution, kms: FileKms, store: ObjectStore) -> None:
    make(k1, kms, store)
    before = [key.recipient for key in queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST)]
    assert make(k1, kms, store, days=5) == 2
    assert [key.recipient for key in queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST)] == before
    made = [event.fields["count"] for event in audit.latest(tenant_id=k1.tenant_id) if event.event == "day_keys:made"]
    assert made == [2, 3]


@pytest.mark.req("KH-5-4a", "DR-05")
def test_a_destroyed_key_opens_nothing_and_is_never_made_again(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    make(k1, kms, store)
    key = db.session.get_one(DayKey, (k1.tenant_id, FIRST, 14))
    key.wrapped_secret, key.destroyed_at = None, now()
    db.session.commit()
    with pytest.raises(Destroyed, match="銷毀"):
        opened(k1, kms, store)
    assert make(k1, kms, store) == 0
    living = queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST, living=True)
    assert living == []


@pytest.mark.req("DR-05")
def test_a_living_row_without_its_share_opens_nothing_and_is_not_called_destroyed(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    make(k1, kms, store)
    assert store.get(share_of(k1))
    store.destroy([share_of(k1)])
    with pytest.raises(KeyIncomplete, match="另一份"):
        opened(k1, kms, store)
    assert opened(k1, kms, store, day=FIRST + timedelta(days=1)), "the neighbour opens"
    (key,) = queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST)
    assert (key.wrapped_secret is None, key.destroyed_at) == (False, None)


@pytest.mark.req("DR-05")
def test_the_master_key_and_the_row_give_nothing_without_the_share_of_that_very_key(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    make(k1, kms, store)
    key = db.session.get_one(DayKey, (k1.tenant_id, FIRST, 14))
    assert key.wrapped_secret is not None
    context = keys.day_lock(tenant_id=k1.tenant_id, day=FIRST, retention_days=14, recipient=key.recipient).context
    assert b"AGE-SECRET-KEY" not in kms.unwrap(key.wrapped_secret, context=context)
    store.put(share_of(k1), store.get(share_of(k1, FIRST + timedelta(days=1))))
    with pytest.raises(CannotUnwrap):
        opened(k1, kms, store)


def test_a_wrapped_key_that_was_moved_to_another_day_does_not_open(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    make(k1, kms, store)
    first = db.session.get_one(DayKey, (k1.tenant_id, FIRST, 14))
    second = db.session.get_one(DayKey, (k1.tenant_id, FIRST + timedelta(days=1), 14))
    second.wrapped_secret = first.wrapped_secret
    db.session.commit()
    with pytest.raises(CannotUnwrap):
        opened(k1, kms, store, day=FIRST + timedelta(days=1))


@pytest.mark.req("DR-08")
def test_the_key_of_another_institution_is_not_found(k1: Institution, kms: FileKms, store: ObjectStore) -> None:
    make(k1, kms, store)
    db.session.commit()
    with pytest.raises(NotFound):
        opened(institution("E1"), kms, store)


def test_the_share_is_in_the_store_before_the_row_is_committed_and_one_without_a_row_harms_nobody(
    k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    make(k1, kms, store)
    share = share_of(k1)
    assert store.get(share)
    db.session.rollback()
    assert make(k1, kms, store) == 3
    assert opened(k1, kms, store)
    assert share_of(k1) != share


def test_what_does_not_answer_is_told_from_what_is_missing(
    k1: Institution, kms: FileKms, store: ObjectStore, nowhere: ObjectStore
) -> None:
    make(k1, kms, store)
    with pytest.raises(Unavailable, match="沒有遺失"):
        opened(k1, kms, nowhere)
    with pytest.raises(NoSuchObject):
        store.get("keys/none")


def test_the_records_key_is_made_once(k1: Institution, kms: FileKms) -> None:
    assert keys.make_records_key(actor=ACTOR, tenant_id=k1.tenant_id, kms=kms, kind=Kind.CLASSIC)
    recipient = keys.records_key_recipient(tenant_id=k1.tenant_id)
    assert recipient is not None
    assert not keys.make_records_key(actor=ACTOR, tenant_id=k1.tenant_id, kms=kms, kind=Kind.CLASSIC)
    assert keys.records_key_recipient(tenant_id=k1.tenant_id) == recipient
    secret = keys.open_records_key(tenant_id=k1.tenant_id, kms=kms)
    assert age.decrypt(age.encrypt(b"letter", recipient), secret) == b"letter"


def test_the_sweep_sees_missing_keys(k1: Institution, kms: FileKms, store: ObjectStore) -> None:
    runs = [ClassRun(retention_days=14, first=FIRST, last=FIRST + timedelta(days=2))]

    def lacks() -> bool:
        return keys.lacks_keys(tenant_id=k1.tenant_id, runs=runs)

    assert lacks()
    make(k1, kms, store)
    assert lacks(), "the records key is missing"
    keys.make_records_key(actor=ACTOR, tenant_id=k1.tenant_id, kms=kms, kind=Kind.CLASSIC)
    assert not lacks()
    runs.append(ClassRun(retention_days=30, first=FIRST, last=FIRST))
    assert lacks(), "another class is used on one of the days"
