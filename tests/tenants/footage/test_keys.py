"""Keys made ahead of their day."""

from datetime import date, timedelta

import pytest

from infra import age
from infra.clock import now
from infra.db import db
from infra.kms import CannotUnwrap, FileKms
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.errors import Destroyed, NotFound
from tenants.footage import actions, queries
from tenants.footage.models import DayKey
from tests.factories.registry import Institution, institution

ACTOR = system("test")
FIRST = date(2026, 11, 20)


def make(k1: Institution, kms: FileKms, *, days: int = 3, retention_days: int = 14) -> int:
    return actions.make_day_keys(
        actor=ACTOR,
        tenant_id=k1.tenant_id,
        kms=kms,
        first=FIRST,
        last=FIRST + timedelta(days=days - 1),
        retention_days=retention_days,
    )


@pytest.mark.req("KH-5-1a", "DR-11")
def test_each_day_and_class_has_a_key_of_its_own_that_opens_what_was_encrypted_to_it(
    k1: Institution, kms: FileKms
) -> None:
    assert (make(k1, kms), make(k1, kms, retention_days=30)) == (3, 3)
    keys = queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST + timedelta(days=9))
    assert len({key.recipient for key in keys}) == 6
    cipher = age.encrypt(b"picture", keys[0].recipient)
    secret = queries.open_day_key(tenant_id=k1.tenant_id, day=FIRST, retention_days=14, kms=kms)
    assert age.decrypt(cipher, secret) == b"picture"
    other = queries.open_day_key(tenant_id=k1.tenant_id, day=FIRST, retention_days=30, kms=kms)
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(cipher, other)


def test_making_keys_again_changes_none(k1: Institution, kms: FileKms) -> None:
    make(k1, kms)
    before = [key.recipient for key in queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST)]
    assert make(k1, kms, days=5) == 2
    assert [key.recipient for key in queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST)] == before
    made = [event.fields["count"] for event in audit.latest(tenant_id=k1.tenant_id) if event.event == "day_keys:made"]
    assert made == [2, 3]


@pytest.mark.req("KH-5-4a", "DR-05")
def test_a_destroyed_key_opens_nothing_and_is_never_made_again(k1: Institution, kms: FileKms) -> None:
    make(k1, kms)
    key = db.session.get_one(DayKey, (k1.tenant_id, FIRST, 14))
    key.wrapped_secret, key.destroyed_at = None, now()
    db.session.commit()
    with pytest.raises(Destroyed, match="銷毀"):
        queries.open_day_key(tenant_id=k1.tenant_id, day=FIRST, retention_days=14, kms=kms)
    assert make(k1, kms) == 0
    living = queries.day_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST, living=True)
    assert living == []


def test_a_wrapped_key_that_was_moved_to_another_day_does_not_open(k1: Institution, kms: FileKms) -> None:
    make(k1, kms)
    first = db.session.get_one(DayKey, (k1.tenant_id, FIRST, 14))
    second = db.session.get_one(DayKey, (k1.tenant_id, FIRST + timedelta(days=1), 14))
    second.wrapped_secret = first.wrapped_secret
    db.session.commit()
    with pytest.raises(CannotUnwrap):
        queries.open_day_key(tenant_id=k1.tenant_id, day=FIRST + timedelta(days=1), retention_days=14, kms=kms)


@pytest.mark.req("DR-08")
def test_the_key_of_another_institution_is_not_found(k1: Institution, kms: FileKms) -> None:
    make(k1, kms)
    db.session.commit()
    with pytest.raises(NotFound):
        queries.open_day_key(tenant_id=institution("E1").tenant_id, day=FIRST, retention_days=14, kms=kms)


def test_the_records_key_is_made_once(k1: Institution, kms: FileKms) -> None:
    assert actions.make_records_key(actor=ACTOR, tenant_id=k1.tenant_id, kms=kms)
    recipient = queries.records_key_recipient(tenant_id=k1.tenant_id)
    assert recipient is not None
    assert not actions.make_records_key(actor=ACTOR, tenant_id=k1.tenant_id, kms=kms)
    assert queries.records_key_recipient(tenant_id=k1.tenant_id) == recipient
    secret = queries.open_records_key(tenant_id=k1.tenant_id, kms=kms)
    assert age.decrypt(age.encrypt(b"letter", recipient), secret) == b"letter"


def test_the_sweep_sees_missing_keys(k1: Institution, kms: FileKms) -> None:
    def lacks() -> bool:
        return queries.lacks_keys(tenant_id=k1.tenant_id, first=FIRST, last=FIRST + timedelta(days=2), classes=[14])

    assert lacks()
    make(k1, kms)
    assert lacks(), "the records key is missing"
    actions.make_records_key(actor=ACTOR, tenant_id=k1.tenant_id, kms=kms)
    assert not lacks()
