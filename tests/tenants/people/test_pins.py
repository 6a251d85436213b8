"""A person's own PIN: set with the password, not one that anybody would guess, locked after five tries."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit.models import AuditEvent
from tenants.errors import Invalid, NotAllowed
from tenants.people import pins, rules
from tenants.people.models import User
from tests.factories import people

pytestmark = pytest.mark.req("DR-14", "KH-7-1")


@pytest.fixture
def teacher(domain: Flask) -> UUID:
    assert domain
    people.bureau()
    return people.person(name="張老師")


def own(user_id: UUID) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=user_id, name="張老師")


def set_pin(user_id: UUID, pin: str = people.PIN, *, password: str = people.PASSWORD) -> User:
    made = pins.set_pin(user_id=user_id, password=password, pin=pin, actor=own(user_id))
    db.session.commit()
    return made


def test_it_is_set_with_the_password_and_kept_as_a_hash(teacher: UUID) -> None:
    with pytest.raises(Invalid, match="密碼"):
        set_pin(teacher, password="another password 115")
    assert people.PIN not in set_pin(teacher).pin_hash
    assert pins.prove(user_id=teacher, pin=people.PIN, actor=own(teacher)).id == teacher


def test_nobody_sets_anothers(teacher: UUID) -> None:
    with pytest.raises(NotAllowed):
        pins.set_pin(user_id=teacher, password=people.PASSWORD, pin=people.PIN, actor=own(people.person()))


@pytest.mark.parametrize(
    "pin", ["12345", "1234567890123", "48291a", "４８２９１５", "123456", "654321", "111111", "121212"]
)
def test_what_anybody_would_try_first_is_refused(pin: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_pin(pin)
    assert refused.value.field == "pin"


def test_five_wrong_tries_lock_it_for_a_while_and_the_bureaus_chain_counts(
    teacher: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_pin(teacher)
    for _ in range(rules.FAILURES_BEFORE_LOCK):
        with pytest.raises(pins.WrongPin, match="不正確"):
            pins.prove(user_id=teacher, pin="000111", actor=own(teacher))
        db.session.commit()
    with pytest.raises(pins.WrongPin, match="暫停"):
        pins.prove(user_id=teacher, pin=people.PIN, actor=own(teacher))
    db.session.rollback()
    later = clock.now() + rules.LOCKED_FOR + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert pins.prove(user_id=teacher, pin=people.PIN, actor=own(teacher)).pin_failures == 0
    db.session.commit()
    bind(db.session, Binding(tenant_id=people.bureau()))
    events = list(db.session.scalars(select(AuditEvent.event).where(AuditEvent.event.like("account:pin%"))))
    assert events.count("account:pin_failed") == rules.FAILURES_BEFORE_LOCK
    assert events.count("account:pin_locked") == 1


def test_who_set_none_is_told_to(teacher: UUID) -> None:
    with pytest.raises(Invalid, match="尚未設定") as refused:
        pins.prove(user_id=teacher, pin=people.PIN, actor=own(teacher))
    assert refused.value.code == "no_pin"
