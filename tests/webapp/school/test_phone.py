"""機構聯絡電話 on the head's page, the operator's, the public notice, and the page of an officer who has to call."""

from http import HTTPStatus
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tests.factories import people
from tests.webapp.desk import Desk

PHONE = "02-5555-0101#12"


@pytest.mark.req("KH-5-1b")
def test_the_head_publishes_a_telephone_and_parents_read_it_on_the_notice(desk: Desk) -> None:
    head, notice = desk.browser("k1-head"), f"/notice/{desk.cast.k1.tenant_id}"
    address = f"{desk.school}/people/phone"
    assert "請洽晨光幼兒園辦公室，表明要詢問監視錄影" in head.get(notice).text

    wrong = head.post(address, data={"phone": "5555-0101"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "請填寫市內電話（含區碼）或手機" in wrong.text
    assert 'value="5555-0101"' in wrong.text, "what was typed is still there"
    assert head.post(address, data={"phone": "(02)5555-0101 分機12"}).status_code == HTTPStatus.SEE_OTHER

    assert f'value="{PHONE}"' in head.get(f"{desk.school}/people/").text
    told = head.get(notice).text
    assert f"請電洽 {PHONE} 或親洽晨光幼兒園，表明要詢問監視錄影" in told
    assert f"日期、大約時間與地點；電話 {PHONE}。" in told, "and where the rights under the statute stand"
    assert desk.browser("k1-handler").post(address, data={"phone": ""}).status_code == HTTPStatus.FORBIDDEN
    assert desk.browser("e1-head").post(address, data={"phone": ""}).status_code == HTTPStatus.NOT_FOUND


def test_the_operator_changes_it_for_an_institution_that_cannot(desk: Desk) -> None:
    people.operator()
    operator, page = desk.browser("operator"), f"/bureau/tenants/{desk.cast.k1.tenant_id}"
    assert "未登載" in operator.get(page).text

    wrong = operator.post(f"{page}/phone", data={"phone": "總機"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "請填寫市內電話（含區碼）或手機" in wrong.text
    assert operator.post(f"{page}/phone", data={"phone": PHONE}).status_code == HTTPStatus.SEE_OTHER

    assert f"<dd>{PHONE}</dd>" in operator.get(page).text


@pytest.mark.req("KH-6-5b")
def test_an_officer_who_has_to_call_is_told_the_number_or_whom_to_turn_to(desk: Desk) -> None:
    case = fetched(desk)
    officer, mine = desk.browser("officer"), f"{desk.requests()}/{case}"
    assert "尚未登載電話，請洽該機構辦公室" in officer.get(mine).text

    desk.browser("k1-head").post(f"{desk.school}/people/phone", data={"phone": PHONE})

    assert f"監錄系統管理承辦人（本案經手人：組長k1的handler），電話 {PHONE}" in officer.get(mine).text
    assert f"監錄系統管理承辦人（電話 {PHONE}）" in officer.post(f"{mine}/collection").text


def fetched(desk: Desk) -> UUID:
    """A case whose copy was signed for."""
    case = desk.offered()
    package = db.session.scalars(db.select(Package)).one()
    package.collected_at, package.collected_by = clock.now(), desk.cast.ids["officer"]
    db.session.get_one(OfficialRequest, case).state = "exported"
    db.session.commit()
    return case
