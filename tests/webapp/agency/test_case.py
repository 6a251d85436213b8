"""An agency's own cases: complete, withdraw, collect; and nobody else's."""

import io
import re
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from tests.webapp.desk import NUMBER, Desk, letter, pdf_file

pytestmark = pytest.mark.req("KH-6-1c")


def send_back(desk: Desk, disclosure_id: UUID) -> None:
    answer = desk.browser("k1-handler").post(
        f"{desk.school}/cases/{disclosure_id}/return", data={"missing": "purpose", "note": "請敘明案由"}
    )
    assert answer.status_code == 303, answer.text


@pytest.mark.req("KH-6-1h")
def test_the_page_says_by_when_an_answer_is_due_and_whom_to_telephone(desk: Desk) -> None:
    disclosure_id = desk.filed()
    officer, address = desk.browser("officer"), f"{desk.requests()}/{disclosure_id}"
    page = officer.get(address).text
    assert "答復期限" in page
    assert "聯絡機構" in page
    send_back(desk, disclosure_id)
    assert "答復期限" not in officer.get(address).text, "now it is the agency's turn"


@pytest.mark.req("KH-6-1f")
def test_a_returned_request_is_completed_with_what_was_missing(desk: Desk) -> None:
    disclosure_id = desk.filed(purpose="", purpose_missing="y")
    send_back(desk, disclosure_id)
    officer, address = desk.browser("officer"), f"{desk.requests()}/{disclosure_id}"
    assert "請敘明案由" in officer.get(address).text

    refused = officer.post(f"{address}/completion", data={"purpose": " "})
    assert refused.status_code == 422
    assert "請依補正公文填寫調閱目的。" in refused.text

    answer = officer.post(f"{address}/completion", data={"purpose": "查明行竊經過", "scan": pdf_file("補正.pdf")})

    assert answer.status_code == 303
    row = desk.case(disclosure_id)
    assert (row.state, row.purpose) == ("submitted", "查明行竊經過")
    assert len(desk.shelf.objects) == 2


def test_a_completion_with_something_else_than_a_pdf_keeps_what_was_typed(desk: Desk) -> None:
    disclosure_id = desk.filed(purpose="", purpose_missing="y")
    send_back(desk, disclosure_id)

    answer = desk.browser("officer").post(
        f"{desk.requests()}/{disclosure_id}/completion",
        data={"purpose": "查明行竊經過", "scan": (io.BytesIO(b"<html></html>"), "補正.pdf")},
    )

    assert answer.status_code == 422
    assert "不是 PDF" in answer.text
    assert "查明行竊經過" in answer.text


def test_a_request_is_withdrawn_before_the_decision_and_not_after_a_refusal(desk: Desk) -> None:
    first, second = desk.filed(), desk.filed(document_number="高市警左分偵字第11571234600號")
    desk.decide(second, verdict="none", reasons="範圍過廣")
    officer = desk.browser("officer")

    assert officer.post(f"{desk.requests()}/{first}/withdrawal").status_code == 303
    assert desk.case(first).state == "withdrawn"

    refused = officer.post(f"{desk.requests()}/{second}/withdrawal")
    assert refused.status_code == 409
    assert "不能進行這個步驟" in refused.text
    assert desk.case(second).state == "refused"


@pytest.mark.req("KH-6-5b", "DR-01")
def test_what_was_approved_and_not_fetched_is_withdrawn_and_nobody_looks_at_it_any_more(desk: Desk) -> None:
    disclosure_id = desk.offered()
    officer, address = desk.browser("officer"), f"{desk.requests()}/{disclosure_id}"
    assert "未領取的影像不再交付" in officer.get(address).text
    assert officer.post(f"{address}/withdrawal").status_code == 303

    page = officer.get(address).text
    assert "貴機關已撤回本件，影像不再交付" in page
    assert "影像可以領取" not in page
    assert "確定撤回" not in page
    assert officer.post(f"{address}/collection").status_code == 409
    handler = desk.browser("k1-handler")
    case = handler.get(f"{desk.school}/cases/{disclosure_id}").text
    assert "來文機關已撤回本案，不必函復或結案" in case
    for gone in ("播放檢視", "開啟調閱操作台", "登載函復", "製作中"):
        assert gone not in case, gone
    assert handler.get(f"{desk.school}/cases/{disclosure_id}/review/1").status_code == 422
    assert "來文機關已撤回本案" in handler.get(f"{desk.school}/cases/{disclosure_id}/handovers").text


@pytest.mark.req("DR-08")
def test_another_agency_finds_neither_the_case_nor_its_steps(desk: Desk) -> None:
    disclosure_id = desk.filed()
    stranger, address = desk.browser("prosecutor"), f"{desk.requests()}/{disclosure_id}"

    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}/progress").status_code == 404
    for step in ("completion", "withdrawal", "collection"):
        assert stranger.post(f"{address}/{step}", data={"purpose": "看"}).status_code == 404, step
    assert desk.case(disclosure_id).serial not in stranger.get("/agency/").text


def test_a_colleague_of_the_same_agency_follows_the_case(desk: Desk) -> None:
    disclosure_id = desk.filed()
    colleague = desk.browser("colleague")

    assert colleague.get(f"{desk.requests()}/{disclosure_id}").status_code == 200
    assert desk.case(disclosure_id).serial in colleague.get("/agency/").text


@pytest.mark.req("DR-08")
def test_a_case_under_another_institutions_address_is_not_found(desk: Desk) -> None:
    disclosure_id = desk.filed()
    elsewhere = desk.requests(desk.cast.e1.tenant_id)

    assert desk.browser("officer").get(f"{elsewhere}/{disclosure_id}").status_code == 404
    assert desk.browser("officer").get(f"{desk.requests()}/{UUID(int=7)}").status_code == 404


@pytest.mark.req("KH-6-5a")
def test_collecting_shows_the_receipt_with_the_duty_and_a_link_for_this_officer(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id)
    package = desk.built(disclosure_id)
    officer, address = desk.browser("officer"), f"{desk.requests()}/{disclosure_id}"
    assert "影像可以領取" in officer.get(address).text
    assert "可先領取影像，機構尚未函復" in officer.get("/agency/").text
    row = desk.case(disclosure_id)
    row.replied_at, row.replied_by = clock.now(), desk.cast.ids["k1-handler"]
    db.session.commit()
    assert "請領取影像" in officer.get("/agency/").text

    page = officer.post(f"{address}/collection")

    assert page.status_code == 200
    assert "個人資料保護法" in page.text
    assert str(package.id) in page.text
    assert 'id="collected"' in page.text, "collect.js shows it once the receipt is sent"
    assert "collect.js" in page.text
    assert 'name="token"' in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_nothing_is_collected_before_the_copy_is_made_or_where_only_looking_was_approved(desk: Desk) -> None:
    pending = desk.filed()
    desk.decide(pending)
    looking = desk.filed(document_number="高市警左分偵字第11571234600號")
    desk.decide(looking, copy="", reasons="僅同意到場調閱")
    desk.built(looking)
    officer = desk.browser("officer")

    early = officer.post(f"{desk.requests()}/{pending}/collection")
    assert early.status_code == 422
    assert "尚未製作完成" in early.text
    assert "製作中" in officer.get(f"{desk.requests()}/{pending}").text
    assert officer.post(f"{desk.requests()}/{looking}/collection").status_code == 403
    assert "請約定到場調閱" in officer.get(f"{desk.requests()}/{looking}").text


def test_what_was_decided_stays_beside_the_state_of_a_case_that_moved_on(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id, copy="", reasons="僅同意到場調閱")
    desk.built(disclosure_id)
    desk.case(disclosure_id).state = "exported"
    db.session.commit()

    page = desk.browser("officer").get(f"{desk.requests()}/{disclosure_id}").text

    assert "<span>部分同意</span>" in page
    assert "<span>已交付</span>" in page


def test_progress_asks_again_only_while_a_copy_is_being_made(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id)
    officer, address = desk.browser("officer"), f"{desk.requests()}/{disclosure_id}/progress"

    assert 'hx-trigger="every' in officer.get(address).text
    desk.built(disclosure_id)
    assert 'hx-trigger="every' not in officer.get(address).text


def test_cases_of_two_institutions_that_bear_one_serial_are_told_apart_everywhere(desk: Desk) -> None:
    here = desk.filed()
    typed = letter(desk.cast.e1.cameras["E-GATE"], copy_necessity="移送檢察官", document_number=f"{NUMBER[:-2]}7號")
    officer = desk.browser("officer")
    there = officer.post(f"{desk.requests(desk.cast.e1.tenant_id)}/new", data=typed).location

    serial = desk.case(here).serial
    listed = officer.get("/agency/").text
    first, second = officer.get(f"{desk.requests()}/{here}").text, officer.get(there).text

    for code, name, page in (("K1", "晨光幼兒園", first), ("E1", "向陽國小", second)):
        assert f">{code} {serial}</a>" in listed
        assert f"<title>{code} {serial} {name}" in page
        assert re.search(rf"<h1[^>]*>\s*{code} {serial}", page)
    assert serial in desk.browser("k1-head").get(f"{desk.school}/cases/{here}").text
    assert f"K1 {serial}" not in desk.browser("k1-head").get(f"{desk.school}/cases/{here}").text, "its own is its own"


@pytest.mark.req("KH-7-1")
def test_an_officer_who_asked_only_to_look_is_told_to_come(desk: Desk) -> None:
    disclosure_id = desk.filed(wants_copy="")
    assert desk.decide(disclosure_id, copy="").status_code == 303

    told, case = (
        desk.browser("officer").get("/agency/").text,
        desk.browser("k1-head").get(f"{desk.school}/cases/{disclosure_id}").text,
    )

    assert "請與機構約定到場調閱" in told
    assert "來文未申請複製" in case
    assert "製作複製" not in case


@pytest.mark.parametrize("page", ["/agency/", "case", "new"])
def test_the_menu_marks_the_open_part(desk: Desk, page: str) -> None:
    places = {"case": f"{desk.requests()}/{desk.filed()}", "new": f"{desk.requests()}/new"}
    part = "提出申請" if page == "new" else "本機關案件"

    assert f'aria-current="page">{part}</a>' in desk.browser("officer").get(places.get(page, page)).text
