"""A box becomes a device of a site, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from werkzeug.test import TestResponse

from infra import clock
from infra.db import db
from infra.signing import public_key_text, sign
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import NotAllowed, NotFound
from tenants.permissions import Role
from tenants.registry import device_queries, devices
from tenants.registry import queries as registry
from tests.factories.registry import Institution
from tests.webapp.conftest import WebClient

HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.HEAD}))


def issue(k1: Institution, *, now: datetime | None = None) -> str:
    token = devices.issue_token(actor=HEAD, tenant_id=k1.tenant_id, site_id=k1.site_id, now=now or clock.now())
    db.session.commit()
    return token


def enrol(client: WebClient, token: str, *, key: Ed25519PrivateKey | None = None, proof: str = "") -> TestResponse:
    key = key or Ed25519PrivateKey.generate()
    body = {
        "token": token,
        "public_key": public_key_text(key),
        "proof": proof or sign(key, token.encode()),
        "name": "總務處主機",
    }
    return client.post("/ingest/v1/enrolments", json=body)


def test_a_box_enrols_with_its_own_key(k1: Institution, web_client: WebClient) -> None:
    key = Ed25519PrivateKey.generate()
    answer = enrol(web_client, issue(k1), key=key)
    assert answer.status_code == 201
    (made,) = device_queries.devices(tenant_id=k1.tenant_id)
    assert answer.get_json() == {
        "device_id": str(made.id),
        "tenant_id": str(k1.tenant_id),
        "site_id": str(k1.site_id),
        "tenant_name": registry.tenant(tenant_id=k1.tenant_id).name,
        "site_name": registry.site(tenant_id=k1.tenant_id, site_id=k1.site_id).name,
    }
    assert made.public_key == public_key_text(key)
    events = [event.event for event in audit.latest(tenant_id=k1.tenant_id)]
    assert events[:2] == ["device:enrolled", "device:token_issued"]


def test_a_token_used_twice_is_refused_with_a_sentence(k1: Institution, web_client: WebClient) -> None:
    token = issue(k1)
    assert enrol(web_client, token).status_code == 201
    again = enrol(web_client, token)
    assert (again.status_code, again.mimetype) == (409, "application/problem+json")
    assert again.get_json()["code"] == "token_used"
    assert "已經使用過" in again.get_json()["detail"]
    assert len(device_queries.devices(tenant_id=k1.tenant_id)) == 1


@pytest.mark.req("DR-06")
def test_a_withdrawn_token_answers_as_a_used_one_does(k1: Institution, web_client: WebClient) -> None:
    used, withdrawn = issue(k1), issue(k1)
    assert enrol(web_client, used).status_code == 201
    held = device_queries.open_tokens(tenant_id=k1.tenant_id, now=clock.now())[0]

    devices.withdraw_token(actor=HEAD, tenant_id=k1.tenant_id, token_id=held.id, now=clock.now())
    db.session.commit()

    answers = [enrol(web_client, token) for token in (used, withdrawn)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].get_json() == answers[1].get_json()
    assert len(device_queries.devices(tenant_id=k1.tenant_id)) == 1
    assert device_queries.open_tokens(tenant_id=k1.tenant_id, now=clock.now()) == []


def test_a_token_that_a_box_was_quicker_with_cannot_be_withdrawn(k1: Institution, web_client: WebClient) -> None:
    token = issue(k1)
    held = device_queries.open_tokens(tenant_id=k1.tenant_id, now=clock.now())[0]
    assert enrol(web_client, token).status_code == 201

    with pytest.raises(devices.TokenRefused, match="改為撤銷該主機"):
        devices.withdraw_token(actor=HEAD, tenant_id=k1.tenant_id, token_id=held.id, now=clock.now())


def test_of_two_boxes_with_one_token_exactly_one_enrols(k1: Institution, web_app: Flask) -> None:
    token = issue(k1)

    def box(_: int) -> int:
        client = web_app.test_client()
        assert isinstance(client, WebClient)
        return enrol(client, token).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(box, range(2))) == [201, 409]


def test_a_wrong_or_old_token_is_refused(k1: Institution, web_client: WebClient) -> None:
    token = issue(k1)
    for wrong in (token + "x", uuid4().hex + "." + token.split(".")[1], "not a token", "\x00"):
        answer = enrol(web_client, wrong)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "token_unknown"), wrong
    old = enrol(web_client, issue(k1, now=clock.now() - timedelta(hours=24)))
    assert (old.status_code, old.get_json()["code"]) == (409, "token_expired")


def test_who_does_not_hold_the_key_cannot_enrol_it(k1: Institution, web_client: WebClient) -> None:
    token = issue(k1)
    stolen = Ed25519PrivateKey.generate()
    answer = enrol(web_client, token, key=stolen, proof=sign(Ed25519PrivateKey.generate(), token.encode()))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_signature")
    assert enrol(web_client, token).status_code == 201, "the code was not used up"


def test_one_key_is_one_device(k1: Institution, e1: Institution, web_client: WebClient) -> None:
    key = Ed25519PrivateKey.generate()
    assert enrol(web_client, issue(k1), key=key).status_code == 201
    answer = enrol(web_client, issue(k1), key=key)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "key_known")
    assert e1.tenant_id != k1.tenant_id


def test_only_those_who_may_issue_codes(k1: Institution, e1: Institution) -> None:
    staff = Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.STAFF}))
    with pytest.raises(NotAllowed):
        devices.issue_token(actor=staff, tenant_id=k1.tenant_id, site_id=k1.site_id, now=clock.now())
    with pytest.raises(NotFound):
        devices.issue_token(actor=HEAD, tenant_id=k1.tenant_id, site_id=e1.site_id, now=clock.now())
