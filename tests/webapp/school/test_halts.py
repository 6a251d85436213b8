"""After a breach the head finds the case on their list, decides with reasons, and either side reads how it stands."""

import re

import pytest

from infra.db import db
from tenants.disclosures.models import Disclosure
from tests.webapp.desk import Desk
from tests.webapp.school.test_misuse import typed
from tests.webapp.school.test_viewings import Console, console

__all__ = ["console"]
PAUSED = {"cause": "complaint", "note": "家長陳情承辦人身分不實"}
SAID = {"kind": "filmed", "note": "以手機拍攝螢幕", "by": "viewer"}


def breached(console: Console, **changes: str) -> str:
    """The session in which somebody filmed; the address of its case's halt."""
    address = console.begin()
    console.open()
    assert console.browser.post(f"{address}/breach", data=SAID | changes).status_code == 303
    return f"{console.desk.school}/disclosures/{console.disclosure_id}/halt/"


@pytest.mark.req("KH-6-2i", "KH-5-1c", "KH-6-5b")
def test_the_head_is_asked_and_takes_it_back(console: Console) -> None:
    address, head = breached(console), console.desk.browser("k1-head")
    home = head.get(f"{console.desk.school}/").text
    assert "請決定撤銷調閱與領取，或繼續" in home
    assert "要點第五點第一款" in home
    page = head.get(address).text
    for part in ("翻攝或錄影螢幕", "調閱者 陳志明", "以手機拍攝螢幕", "建議撤銷", "查處-"):
        assert part in page, part
    empty = head.post(address, data={})
    assert empty.status_code == 422
    for part in ("請選擇撤銷或繼續", "請敘明決定的理由"):
        assert part in empty.text
    assert head.post(address, data={"end": "taken_back", "reasons": "翻攝屬實"}).status_code == 303
    assert "請決定撤銷調閱與領取" not in head.get(f"{console.desk.school}/").text
    officer = console.desk.browser("officer")
    shown = officer.get(f"{console.desk.requests()}/{console.disclosure_id}").text
    assert "已撤銷本案的調閱與領取" in shown
    assert "翻攝屬實" in shown
    assert "請約定到場調閱" not in shown


@pytest.mark.req("KH-6-2i", "KH-5-1c")
def test_until_then_the_console_is_shut_and_the_pages_say_why(console: Console) -> None:
    address = breached(console)
    case = f"{console.desk.school}/cases/{console.disclosure_id}"
    page = console.browser.get(case).text
    assert "待機構首長決定繼續或撤銷" in page
    assert "開啟調閱操作台" not in page
    assert console.browser.post(console.start, data=console.typed()).status_code == 409
    assert "由校（園）長／負責人決定" in console.browser.get(address).text
    assert console.browser.post(address, data={"end": "went_on", "reasons": "x"}).status_code == 403
    assert "已暫停" in console.browser.get(f"{console.desk.school}/cases/").text
    agency = console.desk.browser("officer").get("/agency/").text
    assert "機構已暫停本案，等待首長決定" in agency
    told = console.desk.browser("officer").get(f"{console.desk.requests()}/{console.disclosure_id}").text
    assert "暫停的原因：機構正在查明或處理與本案影像的調閱或使用有關的情形" in told
    assert "翻攝" not in told, "a suspect learns no more than that"

    head = console.desk.browser("k1-head")
    assert head.post(address, data={"end": "went_on", "reasons": "查明為誤會"}).status_code == 303
    assert "開啟調閱操作台" in console.browser.get(case).text
    assert "決定繼續，理由：查明為誤會" in console.browser.get(case).text


@pytest.mark.req("KH-6-2i", "KH-7-1")
def test_of_what_one_of_ours_did_nothing_is_taken_back(console: Console) -> None:
    address = breached(console, by=str(console.companion))
    head = console.desk.browser("k1-head")
    page = head.get(address).text
    assert "違規的人員不能再操作或陪同本案" in page
    assert "taken_back" not in page
    assert head.post(address, data={"end": "taken_back", "reasons": "x"}).status_code == 422
    console.desk.cases()
    assert db.session.get_one(Disclosure, console.disclosure_id).halt_end == ""


@pytest.mark.req("KH-5-1c", "KH-6-2i")
def test_a_breach_names_who_was_there_and_the_picture_stopped_for_it(console: Console) -> None:
    address = console.begin()
    page = console.browser.get(address).text
    assert "調閱者 陳志明（守園市政府警察局向陽分局 偵查佐）" in page
    assert "其他在場的人" in page
    lacking = console.browser.post(f"{address}/breach", data={"kind": "filmed"})
    assert lacking.status_code == 422
    for words in ("請勾選違規的人", "請簡要寫下看到的情形", "停止原因：按下「停止並通報違規」"):
        assert words in lacking.text
    assert "按下「離開／停止」" not in lacking.text
    mine = str(console.desk.cast.ids["k1-handler"])
    assert console.browser.post(f"{address}/breach", data=SAID | {"by": mine}).status_code == 422


@pytest.mark.req("KH-5-1c", "KH-6-2i", "TY-4-1b")
def test_the_case_of_misuse_bears_the_footage_and_whom_it_suspects(console: Console) -> None:
    breached(console)
    head = console.desk.browser("k1-head")
    index = head.get(f"{console.desk.school}/misuse/").text
    address = index.split('<th scope="row"><a href="')[1].split('"')[0]
    page = head.get(address).text
    for part in ("不當使用：翻攝或錄影螢幕", "陳志明（守園市政府警察局向陽分局 偵查佐）", "C-GATE", "查看證據保全"):
        assert part in page, part
    assert "尚未指定" not in page


@pytest.mark.req("KH-5-1c")
def test_a_report_about_a_session_can_name_who_looked(desk: Desk, console: Console) -> None:
    console.begin()
    console.open()
    (session,) = console.sessions()
    form = f"{desk.school}/misuse/new?case={console.disclosure_id}&viewing={session.id}"
    head = desk.browser("k1-head")
    assert f"viewer:{session.id}" in head.get(form).text
    said = typed(suspects=[f"viewer:{session.id}"], case=str(console.disclosure_id), viewing=str(session.id))
    answer = head.post(f"{desk.school}/misuse/new", data=said, follow_redirects=True)
    assert "陳志明（守園市政府警察局向陽分局 偵查佐）" in answer.text
    console.desk.cases()
    assert db.session.get_one(Disclosure, console.disclosure_id).halt == "all"


@pytest.mark.req("KH-5-1c")
def test_misuse_stands_in_the_menu_of_who_may_handle_it(desk: Desk) -> None:
    link = f'href="{desk.school}/misuse/"'
    assert link in desk.browser("k1-head").get(f"{desk.school}/").text
    assert link not in desk.browser("k1-guard").get(f"{desk.school}/").text


@pytest.mark.req("KH-5-1c", "DR-29")
def test_a_breach_leads_to_its_own_case_which_asks_whether_the_picture_is_outside(console: Console) -> None:
    breached(console)
    (session,) = console.sessions()
    shown = console.browser.get(f"{console.desk.school}/viewings/{session.id}").text
    assert "影像是否已流出？" in shown, "as it is told right after"
    address = re.search(r'後續處理見<a href="([^"]+)">查處-', shown)
    assert address is not None
    case = console.browser.get(address[1]).text
    assert "影像是否已流出？" in case
    assert f"{address[1]}/clocks#restating" in case


@pytest.mark.req("KH-5-1c")
def test_whom_the_breach_names_is_led_to_no_case(console: Console) -> None:
    breached(console, by=str(console.companion))
    (session,) = console.sessions()
    assert console.browser.get(f"{console.desk.school}/viewings/{session.id}").text.count("查處-") == 1


@pytest.mark.req("KH-6-5b", "DR-15")
def test_the_head_halts_a_case_by_hand_and_lets_it_go_on(console: Console) -> None:
    head, ours = console.desk.browser("k1-head"), console.browser
    case, address = (f"{console.desk.school}/{part}" for part in _addresses(console))
    assert "暫停調閱與領取" in head.get(case).text
    assert "暫停調閱與領取" not in ours.get(case).text
    assert "暫停調閱與領取</button>" in head.get(address).text
    assert "暫停調閱與領取</button>" not in ours.get(address).text
    assert ours.post(f"{address}pause", data=PAUSED).status_code == 403
    empty = head.post(f"{address}pause", data={})
    assert empty.status_code == 422
    for part in ("請選擇暫停的原因", "請敘明暫停的原因"):
        assert part in empty.text
    assert head.post(f"{address}pause", data=PAUSED | {"cause": "breach"}).status_code == 422
    assert head.post(f"{address}pause", data=PAUSED).status_code == 303
    assert head.post(f"{address}pause", data=PAUSED).status_code == 409
    assert "調閱與領取由首長暫停" in head.get(f"{console.desk.school}/").text
    page = head.get(address).text
    for part in ("首長暫停", "接獲陳情、申訴或異議", PAUSED["note"], "影像仍然保全"):
        assert part in page, part
    assert console.browser.post(console.start, data=console.typed()).status_code == 409
    told = console.desk.browser("officer").get(f"{console.desk.requests()}/{console.disclosure_id}").text
    assert "待機構首長決定繼續或撤銷" in told
    assert PAUSED["note"] not in told, "why is for the institution alone"
    assert head.post(address, data={"end": "went_on", "reasons": "陳情查無實據"}).status_code == 303
    assert "首長暫停本案後" in ours.get(case).text
    assert "開啟調閱操作台" in ours.get(case).text


def _addresses(console: Console) -> tuple[str, str]:
    return f"cases/{console.disclosure_id}", f"disclosures/{console.disclosure_id}/halt/"
