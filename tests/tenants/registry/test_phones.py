"""機構聯絡電話: what is a telephone of Taiwan, how it is written, and who may change it."""

from uuid import uuid4

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Role
from tenants.registry import contacts, phones, queries
from tests.factories.registry import institution

SENTENCE = "請填寫市內電話（含區碼）或手機"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("02-5555-0101", "02-5555-0101"),
        ("(02)55550101 分機 12", "02-5555-0101#12"),
        ("０２－５５５５－０１０１＃１２", "02-5555-0101#12"),
        ("+886-2-5555-0101", "02-5555-0101"),
        ("07 799 5678 轉 3", "07-799-5678#3"),
        ("04-7555010", "04-755-5010"),
        ("037-555010", "037-555010"),
        ("0912345678", "0912-345-678"),
        ("  ", ""),
    ],
)
def test_a_telephone_is_kept_in_one_way_however_it_was_written(typed: str, stored: str) -> None:
    assert phones.checked(typed) == stored


@pytest.mark.parametrize(
    "typed", ["5555-0101", "02-5555-010", "02-555501011", "總機", "02-5555-0101#", "02-55550101#1#2"]
)
def test_what_is_no_telephone_is_refused_with_what_to_type(typed: str) -> None:
    with pytest.raises(Invalid, match=SENTENCE) as refused:
        phones.checked(typed)
    assert refused.value.field == "phone"


@pytest.mark.req("DR-06", "DR-08")
def test_a_head_and_the_operator_change_it_and_the_institutions_chain_says_so_once(domain: Flask) -> None:
    assert domain
    k1 = institution()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    head, operator, handler = (
        Actor(kind=ActorKind.PERSON, id=uuid4(), name=role.value, roles=frozenset({role}))
        for role in (Role.HEAD, Role.OPERATOR, Role.HANDLER)
    )

    for actor, typed in ((head, "0255550101"), (head, "02-5555-0101"), (operator, "")):
        contacts.change_phone(tenant_id=k1.tenant_id, phone=typed, actor=actor)
        db.session.commit()

    events = [event for event in audit.latest(tenant_id=k1.tenant_id) if event.event == "tenant:phone_changed"]
    assert [(e.actor_id, e.fields["phone"]) for e in events] == [(operator.id, ""), (head.id, "02-5555-0101")]
    assert queries.tenant(tenant_id=k1.tenant_id).phone == ""
    with pytest.raises(NotAllowed):
        contacts.change_phone(tenant_id=k1.tenant_id, phone="02-5555-0101", actor=handler)


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [("02-5555-0101", "0255550101"), ("02-5555-0101#12", "0255550101,12"), ("07-555-0101", "075550101")],
)
def test_a_link_dials_the_digits_and_waits_before_the_extension(phone: str, dialled: str) -> None:
    assert phones.dialled(phone) == dialled
