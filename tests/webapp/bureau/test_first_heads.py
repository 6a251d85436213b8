"""首長帳號的開通: how the mail of a first head stands, on the institution's page, and sending it anew."""

import re

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.people.invitations import actions
from tenants.people.invitations.models import AccountInvitation, Occasion
from tenants.people.models import User
from tenants.permissions import Role
from tests.factories import emergencies, people
from tests.factories.cast import Cast, cast
from tests.webapp.conftest import WebClient

pytestmark = pytest.mark.req("DR-15", "DR-33")
MAIL = system("send_invitation")


@pytest.fixture
def city(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """K1's head was invited as it was opened; the session is K1's."""
    assert domain
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    made = cast()
    operator = people.acting(people.operator(), Role.OPERATOR)
    people.auditor()
    bind(db.session, Binding(tenant_id=made.k1.tenant_id))
    head = db.session.scalars(db.select(User).where(User.login == "k1-head")).one()
    head.email = "head@k1.example"
    actions.invite(actor=operator, tenant_id=made.k1.tenant_id, user_id=head.id, occasion=Occasion.OPENED)
    db.session.commit()
    return made


def latest(city: Cast) -> AccountInvitation:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=city.k1.tenant_id))
    query = db.select(AccountInvitation).order_by(AccountInvitation.asked_at.desc()).limit(1)
    return db.session.scalars(query).one()


def issued(city: Cast) -> str:
    token = actions.issue(actor=MAIL, tenant_id=city.k1.tenant_id, invitation_id=latest(city).id)
    db.session.commit()
    assert token is not None
    return token


def address(city: Cast) -> str:
    return f"/bureau/tenants/{city.k1.tenant_id}"


def button(page: str) -> str:
    found = re.search(r'action="([^"]+/renewal)"', page)
    return found[1] if found else ""


def test_a_lost_mail_is_sent_anew_and_a_second_click_sends_none(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    page = client.get(address(city)).text
    assert "信件等待寄出" in page
    assert not button(page)
    lost = issued(city)
    page = client.get(address(city)).text
    assert "已寄出，等待首長設定密碼" in page
    first = latest(city).id
    answer = client.post(button(page), follow_redirects=True).text
    assert "先前的連結即時失效" in answer
    assert "信件等待寄出" in answer
    second = latest(city).id
    assert second != first
    assert "已經寄送新的連結" in client.post(button(page), follow_redirects=True).text
    assert latest(city).id == second
    assert client.get(f"/invitations/{city.k1.tenant_id}/{lost}").status_code == 404


def test_an_expired_and_a_refused_mail_are_told_with_what_to_do(web_client: WebClient, city: Cast) -> None:
    issued(city)
    found = latest(city)
    found.expires_at = clock.now()
    db.session.commit()
    client = web_client.sign_in("operator")
    page = client.get(address(city)).text
    assert "連結已逾期" in page
    assert button(page)
    actions.note_refused(actor=MAIL, tenant_id=city.k1.tenant_id, invitation_id=latest(city).id)
    db.session.commit()
    page = client.get(address(city)).text
    assert "收件伺服器拒收" in page
    assert "停用這個帳號" in page
    assert button(page)


def test_who_has_set_a_password_is_offered_none(web_client: WebClient, city: Cast) -> None:
    token = issued(city)
    before = button(web_client.sign_in("operator").get(address(city)).text)
    head = Actor(kind=ActorKind.PERSON, id=latest(city).user_id)
    actions.accept(actor=head, tenant_id=city.k1.tenant_id, token=token, password="a phrase for the morning 116")
    db.session.commit()
    page = web_client.get(address(city)).text
    assert "首長已設定密碼" in page
    assert not button(page)
    assert "緊急存取" in web_client.post(before, follow_redirects=True).text


def test_who_has_set_a_password_at_another_institution_is_offered_none_here(web_client: WebClient, city: Cast) -> None:
    issued(city)
    client, head = web_client.sign_in("operator"), latest(city).user_id
    assert button(client.get(address(city)).text)
    people.membership(head, Role.HEAD, tenant_id=city.e1.tenant_id)
    bind(db.session, Binding(tenant_id=city.e1.tenant_id))
    made_id = emergencies.invitation(city.e1.tenant_id, user_id=head)
    token = actions.issue(actor=MAIL, tenant_id=city.e1.tenant_id, invitation_id=made_id)
    person = Actor(kind=ActorKind.PERSON, id=head)
    assert token is not None
    actions.accept(actor=person, tenant_id=city.e1.tenant_id, token=token, password="a phrase for the morning 116")
    db.session.commit()
    assert not button(client.get(address(city)).text)


def test_an_institution_whose_head_was_not_invited_shows_nothing_of_it(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    assert "首長帳號的開通" not in client.get(f"/bureau/tenants/{city.e1.tenant_id}").text


def test_under_another_institutions_address_it_is_not_there(web_client: WebClient, city: Cast) -> None:
    issued(city)
    client = web_client.sign_in("operator")
    before = latest(city).id
    wrong = f"/bureau/tenants/{city.e1.tenant_id}/invitations/{before}/renewal"
    assert client.post(wrong).status_code == 404
    assert latest(city).id == before


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("k1-head", 404)])
def test_nobody_else_sends_one(web_client: WebClient, city: Cast, who: str, status: int) -> None:
    issued(city)
    before = latest(city).id
    assert web_client.sign_in(who).post(f"{address(city)}/invitations/{before}/renewal").status_code == status
    assert latest(city).id == before
