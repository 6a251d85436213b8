"""The operator verifies an agency and says who acts for it; nobody else does."""

from uuid import UUID

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.permissions import Role
from tests.factories import people
from tests.factories.registry import institution
from tests.webapp.conftest import WebClient

pytestmark = pytest.mark.req("KH-6-1a")


def address(agency_id: UUID) -> str:
    return f"/bureau/agencies/{agency_id}"


def test_an_officer_is_appointed_by_account_and_may_then_ask(web_client: WebClient, other_client: WebClient) -> None:
    people.operator()
    agency_id = people.agency()
    people.person("lin", name="陳志明", title="偵查佐")
    operator = web_client.sign_in("operator")
    assert other_client.sign_in("lin").get("/agency/").status_code == 404

    answer = operator.post(f"{address(agency_id)}/officers", data={"login": "LIN", "unit": "偵查隊"})

    assert answer.status_code == 303
    page = operator.get(address(agency_id)).text
    assert "陳志明" in page
    assert "偵查隊" in page
    assert other_client.get("/agency/").status_code == 200


@pytest.mark.req("DR-15")
def test_who_acts_for_an_agency_no_more_is_out_at_once(web_client: WebClient, other_client: WebClient) -> None:
    people.operator()
    agency_id = people.agency()
    officer_id = people.person("lin")
    people.membership(officer_id, Role.AGENCY_OFFICER, agency_id=agency_id)
    other_client.sign_in("lin")
    operator = web_client.sign_in("operator")

    assert operator.post(f"{address(agency_id)}/officers/{officer_id}/ending").status_code == 303

    assert other_client.get("/agency/").status_code == 303, "the session is over"
    assert other_client.sign_in("lin").get("/agency/").status_code == 404
    assert operator.post(f"{address(agency_id)}/officers/{officer_id}/ending").status_code == 404
    bind(db.session, Binding(tenant_id=people.bureau()))
    events = db.session.scalars(db.select(AuditEvent.event).where(AuditEvent.event == "membership:ended")).all()
    assert len(events) == 1


def test_an_account_is_made_and_appointed_in_one_step(web_client: WebClient, other_client: WebClient) -> None:
    people.operator()
    agency_id = people.agency()
    typed = {
        "new-login": "chen",
        "new-name": "陳志明",
        "new-title": "偵查佐",
        "new-unit": "偵查隊",
        "new-email": "",
        "new-password": people.PASSWORD,
    }
    operator = web_client.sign_in("operator")

    untitled = operator.post(f"{address(agency_id)}/accounts", data=typed | {"new-title": " "})
    made = operator.post(f"{address(agency_id)}/accounts", data=typed)
    again = operator.post(f"{address(agency_id)}/accounts", data=typed)

    assert (untitled.status_code, made.status_code, again.status_code) == (422, 303, 422)
    assert "請填寫職稱，登記簿應記載。" in untitled.text
    assert "這個帳號名稱已有人使用" in again.text
    assert other_client.sign_in("chen").get("/agency/").status_code == 200


@pytest.mark.parametrize(
    ("login", "sentence"),
    [("nobody", "找不到這個帳號"), ("head", "不能"), ("", "請填寫承辦人的帳號名稱。")],
)
def test_who_cannot_act_for_an_agency_is_told(web_client: WebClient, login: str, sentence: str) -> None:
    people.operator()
    people.head(institution().tenant_id)
    agency_id = people.agency()

    answer = web_client.sign_in("operator").post(f"{address(agency_id)}/officers", data={"login": login})

    assert answer.status_code == 422
    assert sentence in answer.text


def test_an_agency_that_was_not_verified_gets_no_officer(web_client: WebClient) -> None:
    people.operator()
    agency_id = people.agency(verified=False)
    people.person("lin")
    operator = web_client.sign_in("operator")

    assert "指派已有帳號的人" not in operator.get(address(agency_id)).text
    answer = operator.post(f"{address(agency_id)}/officers", data={"login": "lin"})

    assert answer.status_code == 422
    assert "尚未核定" in answer.text


@pytest.mark.req("DR-08")
def test_an_officer_of_the_bureau_appoints_nobody(web_client: WebClient) -> None:
    people.bureau_officer()
    agency_id = people.agency()
    people.person("lin")
    client = web_client.sign_in("bureau")

    assert client.get(address(agency_id)).status_code == 403
    assert client.post(f"{address(agency_id)}/officers", data={"login": "lin"}).status_code == 403
