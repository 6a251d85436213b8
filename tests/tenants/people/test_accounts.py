"""Accounts: made, closed, opened again, and what a password must be."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.actor import Actor, ActorKind, system
from tenants.audit import actions as audit
from tenants.audit import queries as chain
from tenants.errors import Invalid, NotAllowed
from tenants.people import actions, passwords, rules
from tenants.people.models import User
from tenants.permissions import Role
from tests.factories import people
from tests.factories.registry import institution

PASSWORD = "a gate that closes by itself"


def acting(role: Role, user_id: UUID | None = None) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=user_id or uuid4(), name=role, roles=frozenset({role}))


@pytest.fixture
def bureau_id(domain: Flask) -> UUID:
    assert domain
    made = people.bureau()
    bind(db.session, Binding(tenant_id=made))
    return made


def make(tenant_id: UUID, actor: Actor, *, login: str = "Lin.Zu", password: str = PASSWORD) -> User:
    return actions.create_user(
        tenant_id=tenant_id, login=login, name="林組長", title="組長", email="", password=password, actor=actor
    )


def test_an_account_is_made_with_a_normal_name_and_a_hash(bureau_id: UUID) -> None:
    user = make(bureau_id, acting(Role.OPERATOR), login=" Ｌin.Zu ")
    assert user.login == "lin.zu"
    assert user.password_hash.startswith("$argon2id$")
    assert chain.latest(tenant_id=bureau_id)[0].event == "account:created"


@pytest.mark.parametrize(
    ("login", "password", "field"),
    [
        ("林組長", PASSWORD, "login"),
        ("ab", PASSWORD, "login"),
        ("lin.zu", "short", "password"),
        ("lin.zu", "x" * 129, "password"),
        ("lin.zu", "aaaaaaaaaaaaaa", "password"),
        ("a.very.long.login", "A.very.long.login", "password"),
    ],
)
def test_a_name_or_password_that_will_not_do_is_refused_beside_its_field(
    bureau_id: UUID, login: str, password: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make(bureau_id, acting(Role.OPERATOR), login=login, password=password)
    assert refused.value.field == field


def test_a_name_is_used_once_in_the_city(bureau_id: UUID) -> None:
    make(bureau_id, acting(Role.OPERATOR))
    with pytest.raises(Invalid, match="已有人使用"):
        make(bureau_id, acting(Role.OPERATOR), login="LIN.ZU")


def test_a_head_makes_accounts_for_the_own_institution_and_closes_none(bureau_id: UUID) -> None:
    school = institution("K1")
    bind(db.session, Binding(tenant_id=school.tenant_id))
    user = make(school.tenant_id, acting(Role.HEAD))
    assert chain.latest(tenant_id=school.tenant_id)[0].subject_id == user.id
    with pytest.raises(NotAllowed):
        actions.deactivate(user_id=user.id, actor=acting(Role.HEAD))
    assert bureau_id


@pytest.mark.req("KH-5-2", "DR-15")
def test_a_closed_account_keeps_its_name_and_loses_its_sessions(bureau_id: UUID) -> None:
    user_id = people.person("leaver", name="離職的人")
    actions.deactivate(user_id=user_id, actor=acting(Role.OPERATOR))
    db.session.commit()
    user = db.session.get_one(User, user_id)
    assert (user.name, user.session_epoch) == ("離職的人", 1)
    assert user.deactivated_at is not None
    again = actions.sign_in(login="leaver", password=people.PASSWORD, actor=system("test"))
    assert again is None
    actions.reactivate(user_id=user_id, actor=acting(Role.OPERATOR))
    assert actions.sign_in(login="leaver", password=people.PASSWORD, actor=system("test")) is not None
    assert [event.event for event in chain.latest(tenant_id=bureau_id)][:3] == [
        "account:signed_in",
        "account:reactivated",
        "account:deactivated",
    ]


def test_nobody_closes_the_own_account(bureau_id: UUID) -> None:
    operator = people.operator("ops")
    with pytest.raises(Invalid, match="不能停用自己的帳號"):
        actions.deactivate(user_id=operator, actor=acting(Role.OPERATOR, operator))
    assert bureau_id


def test_acts_for_nobody_else_go_into_the_bureaus_chain_whatever_is_bound(bureau_id: UUID) -> None:
    school = institution("K1")
    user_id = people.person("someone")
    bind(db.session, Binding(tenant_id=school.tenant_id, user_id=user_id))
    held = binding_of(db.session)
    actions.sign_out(user_id=user_id, actor=acting(Role.HEAD, user_id))
    assert binding_of(db.session) == held
    db.session.commit()
    bind(db.session, Binding(tenant_id=bureau_id))
    assert chain.latest(tenant_id=bureau_id)[0].event == "account:signed_out"


@pytest.mark.req("DR-06")
def test_an_act_whose_record_fails_has_not_happened(bureau_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    user_id = people.person("someone")

    def broken(*_args: object, **_fields: object) -> None:
        raise RuntimeError("the chain is down")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        actions.deactivate(user_id=user_id, actor=acting(Role.OPERATOR))
    db.session.rollback()
    assert db.session.get_one(User, user_id, populate_existing=True).deactivated_at is None
    assert bureau_id


def test_a_hash_matches_its_password_and_nothing_else() -> None:
    made = passwords.hashed(PASSWORD)
    assert passwords.matches(PASSWORD, made)
    assert not passwords.matches(PASSWORD + " ", made)
    assert not passwords.matches("anything", None)
    assert not passwords.matches("anything", "not a hash")
    assert not passwords.is_outdated(made)


def test_nobody_changes_another_persons_password(bureau_id: UUID) -> None:
    user_id = people.person("someone")
    with pytest.raises(NotAllowed):
        actions.change_password(user_id=user_id, current=people.PASSWORD, new=PASSWORD, actor=acting(Role.OPERATOR))
    assert bureau_id
    rules.check_password(PASSWORD, login="someone")
