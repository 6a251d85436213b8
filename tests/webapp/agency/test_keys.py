"""The page on which an agency registers its public key, and the operator's on which it is confirmed (KH-6-5b)."""

import re

import pytest
from sqlalchemy import select

from infra import age
from infra.age_keys import Kind, name_of
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.registry import queries as registry
from tests.factories import people
from tests.made_identity_numbers import made
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-6-5b")
PAGE = "/agency/keys/"


def confirmation(page: str) -> str:
    found = re.search(r'action="(/bureau/agencies/[^"]+/confirmation)"', page)
    assert found is not None, page
    return found[1]


def test_an_officer_registers_a_key_and_the_operator_confirms_it(desk: Desk) -> None:
    people.operator()
    key, officer = age.new_identity(Kind.CLASSIC), desk.browser("officer")
    assert "尚未登記公鑰" in officer.get(PAGE).text

    assert officer.post(PAGE, data={"recipient": key.recipient}).status_code == 303
    page = officer.get(PAGE).text
    assert key.recipient in page
    assert "待核定" in page
    operator = desk.browser("operator")
    listed = operator.get("/bureau/agencies").text
    assert f"<strong>{key.recipient[-12:]}</strong>" in listed
    assert operator.post(confirmation(listed)).status_code == 303

    assert "使用中" in officer.get(PAGE).text
    assert "使用中" in desk.browser("colleague").get(PAGE).text
    assert key.recipient not in desk.browser("prosecutor").get(PAGE).text


@pytest.mark.req("KH-6-5b", "KH-5-1a")
def test_a_post_quantum_key_is_registered_compared_by_its_fingerprint_and_used(desk: Desk) -> None:
    people.operator()
    key, officer = age.new_identity(Kind.HYBRID), desk.browser("officer")
    name = name_of(key.recipient)
    assert "age-keygen -pq" in officer.get(PAGE).text

    assert officer.post(PAGE, data={"recipient": f" {key.recipient}\n"}).status_code == 303
    page = officer.get(PAGE).text
    assert (name in page, key.recipient in page) == (True, False)
    operator = desk.browser("operator")
    listed = operator.get("/bureau/agencies").text
    assert f"age1pq-<strong>{name[7:27]}</strong>{name[27:]}" in listed
    assert key.recipient not in listed
    assert operator.post(confirmation(listed)).status_code == 303
    assert "使用中" in officer.get(PAGE).text
    bind(db.session, Binding(tenant_id=registry.bureau().id))
    recorded = db.session.scalars(select(AuditEvent).where(AuditEvent.event.startswith("agency_key:"))).all()
    assert {event.fields["recipient"] for event in recorded} == {name}


@pytest.mark.req("KH-6-5b", "KH-5-1a")
def test_what_only_looks_like_a_post_quantum_key_is_refused(desk: Desk) -> None:
    key, officer = age.new_identity(Kind.HYBRID), desk.browser("officer")
    for wrong in (key.recipient[:-1], key.recipient.upper(), name_of(key.recipient), key.recipient + "q" * 99):
        assert officer.post(PAGE, data={"recipient": wrong}).status_code == 422
    answer = officer.post(PAGE, data={"recipient": key.secret})
    assert ("這是私鑰，切勿提供給任何人" in answer.text, key.secret in answer.text) == (True, False)


def test_a_private_key_never_comes_back_on_the_page(desk: Desk) -> None:
    secret = age.new_identity(Kind.CLASSIC).secret

    answer = desk.browser("officer").post(PAGE, data={"recipient": secret})

    assert answer.status_code == 422
    assert "這是私鑰，切勿提供給任何人" in answer.text
    assert secret not in answer.text


def test_a_key_is_ended_with_a_reason_by_either_side(desk: Desk) -> None:
    people.operator()
    officer, operator = desk.browser("officer"), desk.browser("operator")
    officer.post(PAGE, data={"recipient": age.new_identity(Kind.CLASSIC).recipient})
    own = re.search(r'action="(/agency/keys/[^"]+/revocation)"', officer.get(PAGE).text)
    assert own is not None
    assert officer.post(own[1], data={"reason": " "}).status_code == 422
    assert desk.browser("prosecutor").post(own[1], data={"reason": "試試"}).status_code == 404
    assert officer.post(own[1], data={"reason": "保管人異動"}).status_code == 303
    assert "停用：保管人異動" in officer.get(PAGE).text

    officer.post(PAGE, data={"recipient": age.new_identity(Kind.CLASSIC).recipient})
    theirs = confirmation(operator.get("/bureau/agencies").text).replace("confirmation", "revocation")
    assert operator.post(theirs, data={"reason": ""}).status_code == 422
    assert operator.post(theirs, data={"reason": f"承辦人 {made()} 離職"}).status_code == 422
    assert operator.post(theirs, data={"reason": "機關不知情"}).status_code == 303
    assert "停用：機關不知情" in officer.get(PAGE).text


def test_the_page_of_the_link_says_how_the_copy_is_opened_and_has_no_passphrase(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id)
    desk.built(disclosure_id)
    officer, address = desk.browser("officer"), f"{desk.requests()}/{disclosure_id}/collection"

    by_words = officer.post(address).text
    assert "請以電話向晨光幼兒園的監錄系統管理承辦人索取" in by_words
    assert "sy-passphrase" not in by_words
    key = age.new_identity(Kind.CLASSIC)
    people.agency_key(desk.cast.agency_id, recipient=key.recipient)
    assert key.recipient in officer.post(address).text
    hybrid = age.new_identity(Kind.HYBRID)
    people.agency_key(desk.cast.agency_id, recipient=hybrid.recipient)
    page = officer.post(address).text
    assert (name_of(hybrid.recipient) in page, "age 1.3 以上" in page) == (True, True)
    how = officer.get("/agency/verifying").text
    assert "winget install FiloSottile.age" in how
    assert "age -d -o" in how
