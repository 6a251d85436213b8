"""What lies in the store without a row: two persons of the institution decide, and nobody sees a picture."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.footage.models import QuarantinedObject
from tests.factories import footage
from tests.webapp.desk import Desk

WHY = "舊系統測試檔，已向廠商查證"


@pytest.fixture
def stray_id(desk: Desk) -> UUID:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return footage.stray(desk.cast.k1)


def state(stray_id: UUID) -> str:
    db.session.rollback()
    return db.session.get_one(QuarantinedObject, stray_id).state


@pytest.mark.req("KH-5-4a", "KH-4-2")
def test_one_proposes_with_a_reason_and_another_approves(desk: Desk, stray_id: UUID) -> None:
    handler, head = desk.browser("k1-handler"), desk.browser("k1-head")
    address = f"{desk.school}/quarantine/{stray_id}"
    assert address in handler.get(f"{desk.school}/quarantine").text
    assert handler.post(f"{address}/proposal", data={"reason": " "}).status_code == 422
    assert state(stray_id) == "quarantined"
    assert handler.post(f"{address}/proposal", data={"reason": WHY}).status_code == 303
    own = handler.get(address).text
    assert "不能自己核定" in own
    assert f"{address}/approval" not in own
    assert handler.post(f"{address}/approval").status_code == 403
    assert state(stray_id) == "proposed"
    assert "待另一人核定" in head.get(f"{desk.school}/").text
    assert WHY in head.get(address).text
    assert head.post(f"{address}/approval").status_code == 303
    assert state(stray_id) == "approved"


@pytest.mark.req("KH-5-4a")
def test_a_proposal_is_taken_back_and_the_chain_says_so(desk: Desk, stray_id: UUID) -> None:
    head, address = desk.browser("k1-head"), f"{desk.school}/quarantine/{stray_id}"
    head.post(f"{address}/proposal", data={"reason": WHY})
    assert head.post(f"{address}/withdrawal").status_code == 303
    assert state(stray_id) == "quarantined"
    assert WHY not in head.get(address).text
    again = head.post(f"{address}/withdrawal", follow_redirects=True)
    assert "沒有待核定的銷毀" in again.text
    names = [event.event for event in audit.latest(tenant_id=desk.cast.k1.tenant_id, limit=10)]
    assert names.count("stray:withdrawn") == 1


@pytest.mark.req("KH-5-4a")
def test_what_is_past_its_year_stands_first_and_says_who_must_act(desk: Desk, stray_id: UUID) -> None:
    assert stray_id
    old = footage.stray(desk.cast.k1, area=f"letters/{desk.cast.k1.tenant_id}/", age=timedelta(days=400))
    handler = desk.browser("k1-handler")
    page = handler.get(f"{desk.school}/quarantine").text
    shown = re.findall(r"/quarantine/([0-9a-f-]{36})", page)
    assert shown == [str(old), str(stray_id)]
    first = page.split("<tbody>")[1].split("</tr>")[0]
    assert "已逾一年" in first
    assert "請監錄系統管理承辦人處理" in first
    assert "1 件來源不明的物件已逾一年" in handler.get(f"{desk.school}/").text


@pytest.mark.req("DR-08", "KH-6-1c")
def test_only_those_who_may_decide_see_it_and_no_picture_is_near(desk: Desk, stray_id: UUID) -> None:
    address = f"{desk.school}/quarantine"
    for login in ("k1-guard", "k1-staff"):
        for path in (address, f"{address}/{stray_id}"):
            assert desk.browser(login).get(path).status_code == 403
        assert desk.browser(login).post(f"{address}/{stray_id}/proposal", data={"reason": WHY}).status_code == 403
    assert desk.browser("e1-head").get(address).status_code == 404
    elsewhere = f"/schools/{desk.cast.e1.tenant_id}/quarantine/{stray_id}"
    assert desk.browser("e1-head").post(f"{elsewhere}/proposal", data={"reason": WHY}).status_code == 404
    for path in (address, f"{address}/{stray_id}"):
        assert not re.findall(r"<(?:img|video|audio|iframe|object)\b|/media/", desk.browser("k1-head").get(path).text)
    assert state(stray_id) == "quarantined"
