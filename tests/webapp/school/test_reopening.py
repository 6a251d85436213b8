"""重新開放領取 on both sides' pages."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import HandoverPassphrase, Package
from tenants.roc_dates import format_date
from tests.webapp.desk import Desk

WHY = "承辦人來電，下載中斷"


@pytest.fixture
def fetched(desk: Desk) -> UUID:
    """A case whose copy was signed for, of which a third left."""
    disclosure_id = desk.offered(size=900)
    package = db.session.scalars(db.select(Package)).one()
    package.collected_at, package.collected_by, package.sent_bytes = clock.now(), desk.cast.ids["officer"], 300
    package.sealed_bytes = 900
    db.session.get_one(OfficialRequest, disclosure_id).state = "exported"
    db.session.commit()
    return disclosure_id


@pytest.mark.req("KH-6-5b", "DR-06")
@pytest.mark.parametrize("login", ["k1-handler", "k1-head"])
def test_the_school_opens_a_copy_again_and_the_officer_finds_it(desk: Desk, fetched: UUID, login: str) -> None:
    officer, mine = desk.browser("officer"), f"{desk.requests()}/{fetched}"
    school, case = desk.browser(login), f"{desk.school}/cases/{fetched}"
    told = officer.get(mine).text
    assert "也可以聯絡晨光幼兒園的監錄系統管理承辦人（本案經手人：" in told
    assert "機構尚未函復，收到函復後請再核對一次" in told
    assert "傳送中斷，只送出 33 %" in told
    assert "傳送中斷，只送出 33 %" in school.get(case).text
    assert officer.post(f"{mine}/collection").status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    nothing = school.post(f"{case}/reopening", data={"reason": "  "})
    assert nothing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert '<a href="#reason">重新開放的理由：請敘明重新開放領取的理由' in nothing.text

    assert school.post(f"{case}/reopening", data={"reason": WHY}).status_code == HTTPStatus.SEE_OTHER

    assert WHY in school.get(case).text
    assert "已重新開放，等待原簽收的承辦人領取" in school.get(case).text
    listed = officer.get("/agency/").text
    assert "<span>重新開放領取</span>" in listed
    assert "可先領取影像，機構尚未函復（限原簽收的承辦人）" in listed
    assert "機構已於" in officer.get(mine).text
    page = officer.post(f"{mine}/collection")
    assert page.status_code == HTTPStatus.OK
    assert 'name="token"' in page.text
    assert desk.browser("colleague").post(f"{mine}/collection").status_code == HTTPStatus.FORBIDDEN
    assert desk.browser("prosecutor").post(f"{mine}/collection").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.req("KH-6-5b")
def test_a_passphrase_that_nobody_told_waits_on_the_first_page(desk: Desk, fetched: UUID) -> None:
    waits, home = "影像已交付，通行碼尚未告知承辦人", f"{desk.school}/"
    assert waits not in desk.browser("k1-handler").get(home).text
    row = desk.case(fetched)
    kept = HandoverPassphrase(
        tenant_id=row.tenant_id, disclosure_id=fetched, wrapped_secret=b"wrapped", made_at=clock.now()
    )
    db.session.add(kept)
    db.session.commit()
    for login in ("k1-handler", "k1-head"):
        page = desk.browser(login).get(home).text
        assert waits in page
        assert f'請優先處理：</strong><a href="{desk.school}/cases/{fetched}#passphrase">' in page
    assert waits not in desk.browser("k1-guard").get(home).text

    row = desk.case(fetched)
    row.state, row.closed_at, row.closed_by, row.replied_at = "closed", clock.now(), row.filed_by, clock.now()
    row.replied_by = row.filed_by
    db.session.commit()
    assert waits not in desk.browser("k1-handler").get(home).text, "a closed case reminds of nothing"
    assert "顯示通行碼" in desk.browser("k1-handler").get(f"{desk.school}/cases/{fetched}").text
    row = desk.case(fetched)
    row.state = "exported"
    row.closed_at = row.closed_by = None
    row.copy_ended, row.copy_ended_on, row.copy_ended_document = "destroyed", clock.today(), "高市警字第1號"
    row.copy_ended_by = desk.cast.ids["officer"]
    db.session.commit()
    assert waits not in desk.browser("k1-handler").get(home).text, "nobody opens that copy any more"


@pytest.mark.req("KH-6-5b", "DR-06")
def test_nobody_is_told_that_a_copy_arrived_because_it_left(desk: Desk, fetched: UUID) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.scalars(db.select(Package)).one().sent_bytes = 900
    db.session.commit()

    for login, address in (
        ("officer", f"{desk.requests()}/{fetched}"),
        ("k1-handler", f"{desk.school}/cases/{fetched}"),
    ):
        page = desk.browser(login).get(address).text
        assert "伺服器已送出全部內容；無法確認對方是否完整收到" in page
        assert "已全部送出" not in page


@pytest.mark.req("KH-6-5b")
def test_a_closed_case_stays_closed(desk: Desk, fetched: UUID) -> None:
    handler, case = desk.browser("k1-handler"), f"{desk.school}/cases/{fetched}"
    row = desk.case(fetched)
    row.state, row.replied_at, row.replied_by = "closed", clock.now(), desk.cast.ids["k1-handler"]
    row.closed_at, row.closed_by = clock.now(), desk.cast.ids["k1-handler"]
    db.session.commit()

    assert "重新開放領取" not in handler.get(case).text
    assert handler.post(f"{case}/reopening", data={"reason": WHY}).status_code == HTTPStatus.CONFLICT
    assert "請求重新開放領取" not in desk.browser("officer").get(f"{desk.requests()}/{fetched}").text


@pytest.mark.req("KH-6-1c", "DR-08")
def test_nobody_else_opens_a_copy_again(desk: Desk, fetched: UUID) -> None:
    address = f"{desk.school}/cases/{fetched}/reopening"

    assert desk.browser("k1-guard").post(address, data={"reason": WHY}).status_code == HTTPStatus.FORBIDDEN
    assert desk.browser("e1-head").post(address, data={"reason": WHY}).status_code == HTTPStatus.NOT_FOUND
    assert desk.browser("officer").post(address, data={"reason": WHY}).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.req("KH-6-5b", "DR-06")
def test_an_officer_asks_and_the_school_finds_it_on_its_list_with_what_was_sent(desk: Desk, fetched: UUID) -> None:
    officer, mine = desk.browser("officer"), f"{desk.requests()}/{fetched}"
    handler, case = desk.browser("k1-handler"), f"{desk.school}/cases/{fetched}"
    assert "請求重新開放領取" not in handler.get(f"{desk.school}/").text

    nothing = officer.post(f"{mine}/reopening", data={"reason": " "})
    assert nothing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "請敘明下載中斷的情形" in nothing.text
    for _twice in range(2):
        assert officer.post(f"{mine}/reopening", data={"reason": "網路錯誤"}).status_code == HTTPStatus.SEE_OTHER

    waits = officer.get(mine).text
    assert "請求重新開放領取，等待機構處理：網路錯誤" in waits
    assert 'action="' + f"{mine}/reopening" not in waits
    assert "等待機構重新開放領取" in officer.get("/agency/").text
    for login in ("k1-handler", "k1-head"):
        todo = desk.browser(login).get(f"{desk.school}/").text
        assert f'<a href="{case}#reopening">' in todo
        assert "承辦人下載中斷，請求重新開放領取" in todo
    assert "承辦人請求重新開放領取" in handler.get(f"{desk.school}/cases/").text
    page = handler.get(case).text
    assert "只送出 33 %（300／900 位元組）" in page
    assert "表示下載中斷，請求重新開放領取：網路錯誤" in page

    handler.post(f"{case}/reopening", data={"reason": WHY})

    assert "請求重新開放領取" not in handler.get(f"{desk.school}/").text
    assert "影像可以領取" in officer.get(mine).text


@pytest.mark.req("KH-6-1c", "DR-08")
def test_only_the_officer_who_signed_is_offered_the_request(desk: Desk, fetched: UUID) -> None:
    mine = f"{desk.requests()}/{fetched}"
    colleague = desk.browser("colleague")

    assert "由原簽收的承辦人登入" in colleague.get(mine).text
    assert colleague.post(f"{mine}/reopening", data={"reason": WHY}).status_code == HTTPStatus.FORBIDDEN
    for login in ("prosecutor", "k1-head", "k1-handler"):
        answer = desk.browser(login).post(f"{mine}/reopening", data={"reason": WHY})
        assert answer.status_code == HTTPStatus.NOT_FOUND, login
    elsewhere = f"{desk.requests(desk.cast.e1.tenant_id)}/{fetched}"
    assert desk.browser("officer").post(f"{elsewhere}/reopening", data={"reason": WHY}).status_code == 404
    assert "請求重新開放領取" not in desk.browser("k1-handler").get(f"{desk.school}/").text


@pytest.mark.req("KH-6-5b", "KH-5-1c")
def test_what_was_taken_back_is_not_asked_for_again(desk: Desk, fetched: UUID) -> None:
    officer, mine = desk.browser("officer"), f"{desk.requests()}/{fetched}"
    assert officer.post(f"{mine}/reopening", data={"reason": "網路錯誤"}).status_code == HTTPStatus.SEE_OTHER
    row = desk.case(fetched)
    row.return_by = clock.today() + timedelta(days=30)
    package = db.session.scalars(db.select(Package)).one()
    package.revoked_at, package.revoked_by = clock.now(), desk.cast.ids["k1-handler"]
    package.revoke_reason = "來文機關來電撤回"
    db.session.commit()

    page = officer.get(mine).text
    assert ("請求重新開放領取" in page, "索取通行碼" in page) == (False, False)
    refused = officer.post(f"{mine}/reopening", data={"reason": "網路錯誤"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "機構已撤銷這次交付，不能請求重新開放領取。" in refused.text
    assert "請求重新開放領取" not in desk.browser("k1-handler").get(f"{desk.school}/").text


@pytest.mark.req("KH-6-5b", "KH-5-1c")
def test_a_copy_that_was_collected_is_owed_whatever_became_of_the_case(desk: Desk, fetched: UUID) -> None:
    officer, mine, day = desk.browser("officer"), f"{desk.requests()}/{fetched}", clock.today() + timedelta(days=30)
    owed = f"請於{format_date(day)}前返還或銷毀影像"
    for end, waits, passphrase in (
        ("", "機構已暫停本案，等待首長決定", "暫停期間，機構不告知通行碼"),
        ("taken_back", "機構已撤銷本案，請洽該機構", "本案已撤銷，機構不再告知通行碼"),
    ):
        row = desk.case(fetched)
        row.halted_at, row.halt, row.halt_end, row.return_by = clock.now(), "all", end, day
        row.halt_decided_at, row.halt_decided_by = (clock.now(), desk.cast.ids["k1-head"]) if end else (None, None)
        row.halt_reasons, row.halt_cause = "翻攝屬實" if end else "", "breach"
        db.session.commit()
        assert f"{waits}；{owed}" in officer.get("/agency/").text
        page = officer.get(mine).text
        assert passphrase in page
        assert ("索取通行碼" in page, "暫停或撤銷不影響這項義務" in page) == (False, True)
    row = desk.case(fetched)
    row.copy_ended, row.copy_ended_on, row.copy_ended_document = "destroyed", clock.today(), "高市警字第1號"
    row.copy_ended_by = desk.cast.ids["officer"]
    db.session.commit()
    listed = officer.get("/agency/").text
    assert ("機構已撤銷本案，請洽該機構" in listed, owed in listed) == (True, False)
