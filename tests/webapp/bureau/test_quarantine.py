"""What lies under nobody's name, and at closed institutions: the bureau's two decide; an open one's is its own."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.footage.models import QuarantinedObject
from tests.factories import footage, people
from tests.factories.registry import Institution, closed, institution
from tests.webapp.conftest import WebClient

LIST = "/bureau/quarantine"
WHY = "不明工具放入的測試檔"


@pytest.fixture
def city(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The path of one stray each: under nobody's name, at a closed institution, and at an open one."""
    assert domain
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    people.operator()
    people.bureau_officer()
    people.auditor()
    bureau = Institution(people.bureau(), uuid4(), {})
    shut, opened = institution("K1"), institution("K2", name="月光幼兒園")
    found: dict[str, str] = {}
    for name, of, area in (("elsewhere", bureau, "elsewhere"), ("closed", shut, ""), ("open", opened, "")):
        bind(db.session, Binding(tenant_id=of.tenant_id))
        found[name] = f"{of.tenant_id}/{footage.stray(of, area=area)}"
    bind(db.session, Binding(tenant_id=shut.tenant_id))
    closed(shut, on=clock.today() - timedelta(days=1), filmed_until=clock.now())
    return found


def state(path: str) -> str:
    tenant_id, stray_id = map(UUID, path.split("/"))
    db.session.rollback()
    bind(db.session, Binding(tenant_id=tenant_id))
    return db.session.get_one(QuarantinedObject, stray_id).state


@pytest.mark.req("KH-5-4a", "DR-33")
@pytest.mark.parametrize("whose", ["elsewhere", "closed"])
def test_operator_and_officer_let_go_together_of_what_nobody_else_sees_to(
    web_client: WebClient, other_client: WebClient, city: dict[str, str], whose: str
) -> None:
    operator, officer = web_client.sign_in("operator"), other_client.sign_in("bureau")
    address = f"{LIST}/{city[whose]}"
    assert address in operator.get(LIST).text
    assert operator.post(f"{address}/proposal", data={"reason": ""}).status_code == 422
    assert operator.post(f"{address}/proposal", data={"reason": WHY}).status_code == 303
    assert operator.post(f"{address}/approval").status_code == 403
    assert state(city[whose]) == "proposed"
    assert WHY in officer.get(address).text
    assert officer.post(f"{address}/approval").status_code == 303
    assert state(city[whose]) == "approved"
    tenant_id = UUID(city[whose].split("/", maxsplit=1)[0])
    events = [event.event for event in audit.latest(tenant_id=tenant_id, limit=5)]
    assert events[0] == "stray:approved"
    assert "stray:proposed" in events
    assert audit.verify(tenant_id=tenant_id) is None


@pytest.mark.req("KH-5-4a")
def test_a_proposal_is_taken_back(web_client: WebClient, city: dict[str, str]) -> None:
    operator, address = web_client.sign_in("operator"), f"{LIST}/{city['elsewhere']}"
    operator.post(f"{address}/proposal", data={"reason": WHY})
    assert operator.post(f"{address}/withdrawal").status_code == 303
    assert state(city["elsewhere"]) == "quarantined"
    assert "沒有待核定的銷毀" in operator.post(f"{address}/withdrawal", follow_redirects=True).text


@pytest.mark.req("DR-08", "KH-1-3")
def test_what_is_an_open_institutions_own_is_not_there_for_the_bureau(
    web_client: WebClient, city: dict[str, str]
) -> None:
    operator, address = web_client.sign_in("operator"), f"{LIST}/{city['open']}"
    assert city["open"] not in operator.get(LIST).text
    assert operator.get(address).status_code == 404
    for step in ("proposal", "approval", "withdrawal"):
        assert operator.post(f"{address}/{step}", data={"reason": WHY}).status_code == 404
    assert state(city["open"]) == "quarantined"


@pytest.mark.req("DR-09")
def test_an_auditor_decides_nothing(web_client: WebClient, city: dict[str, str]) -> None:
    auditor = web_client.sign_in("auditor")
    assert auditor.get(LIST).status_code == 403
    assert auditor.post(f"{LIST}/{city['closed']}/proposal", data={"reason": WHY}).status_code == 403
    assert state(city["closed"]) == "quarantined"
