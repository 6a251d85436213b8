"""Who is behind a request."""

from datetime import timedelta

import pytest

from infra import clock
from infra.age_keys import Kind
from infra.db import db
from infra.device_proof import Asked, Prover, make
from infra.kms import FileKms
from infra.objects import ObjectStore
from tenants.actor import Actor, ActorKind, system
from tenants.footage.keys import make_day_keys
from tenants.footage.queries import day_keys
from tenants.permissions import Role
from tenants.registry import devices
from tests.factories.devices import SigningBox
from tests.factories.registry import Institution, period
from tests.webapp.ingest.conftest import Talking


def refusal(device: Talking, **how: object) -> str:
    answer = device.ask("GET", "/config", **how)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert problem["detail"].endswith("。")
    return str(problem["code"])


def test_a_device_is_told_its_cameras_and_keys_for_two_weeks(device: Talking, k1: Institution) -> None:
    config = device.ask("GET", "/config").get_json()
    assert {camera["id"] for camera in config["cameras"]} == {str(one) for one in k1.cameras.values()}
    days = [key["civil_day"] for key in config["day_keys"]]
    assert days[0] == (clock.today() - timedelta(days=1)).isoformat()
    assert days[-1] == (clock.today() + timedelta(days=14)).isoformat()
    assert {key["retention_days"] for key in config["day_keys"]} == {14}
    assert "secret" not in str(config)


@pytest.mark.req("DR-10", "KH-2-3")
def test_a_device_is_told_the_class_of_each_day_and_the_key_of_that_class(
    device: Talking, k1: Institution, kms: FileKms, store: ObjectStore
) -> None:
    today = clock.today()
    period(k1.tenant_id, k1.site_id, 30, effective_from=today + timedelta(days=3))
    make_day_keys(
        actor=system("test"),
        tenant_id=k1.tenant_id,
        kms=kms,
        store=store,
        first=today - timedelta(days=1),
        last=today + timedelta(days=14),
        retention_days=30,
        kind=Kind.CLASSIC,
    )
    db.session.commit()
    told = {key["civil_day"]: key for key in device.ask("GET", "/config").get_json()["day_keys"]}
    assert len(told) == 16, "one key a day, although two classes have one"
    for number in range(-1, 15):
        day = today + timedelta(days=number)
        assert told[day.isoformat()]["retention_days"] == (30 if number >= 3 else 14)
        days = told[day.isoformat()]["retention_days"]
        of_day = day_keys(tenant_id=k1.tenant_id, first=day, last=day)
        (key,) = (each for each in of_day if each.retention_days == days)
        assert told[day.isoformat()]["recipient"] == key.recipient


@pytest.mark.req("DR-08")
def test_a_proof_of_another_institution_opens_nothing(device: Talking, e1: Institution) -> None:
    foreign = SigningBox(e1)
    stolen = Prover(device.box.device_id, e1.tenant_id)
    assert refusal(device, prover=stolen) == "device_unknown"
    assert refusal(device, prover=Prover(foreign.device_id, e1.tenant_id)) == "proof_invalid"
    assert refusal(device, prover=Prover(foreign.device_id, device.box.of.tenant_id)) == "device_unknown"


def test_a_proof_covers_one_request_for_a_minute(device: Talking) -> None:
    assert refusal(device, covered=b"something else") == "proof_other_request"
    assert refusal(device, now=clock.now() - timedelta(minutes=2)) == "proof_expired"
    other = make(
        device.box.key,
        Prover(device.box.device_id, device.box.of.tenant_id),
        Asked("GET", "/ingest/v1/receipts", b""),
        now=clock.now(),
    )
    assert refusal(device, proof=other) == "proof_other_request"


def test_without_a_proof_nothing_is_answered(device: Talking) -> None:
    answer = device.client.get("/ingest/v1/config")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "proof_missing")
    assert refusal(device, proof="no.proof.atall") == "proof_malformed"


def test_a_withdrawn_device_is_refused_from_its_next_request_on(device: Talking, k1: Institution) -> None:
    assert device.ask("GET", "/config").status_code == 200
    head = Actor(kind=ActorKind.PERSON, id=device.box.device_id, roles=frozenset({Role.HEAD}))
    devices.revoke(actor=head, tenant_id=k1.tenant_id, device_id=device.box.device_id, now=clock.now())
    db.session.commit()
    assert refusal(device) == "device_revoked"
