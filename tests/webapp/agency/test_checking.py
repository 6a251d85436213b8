"""The page that shows a whole letter before it is sent: everything as it will be sent, and a way back to each part."""

import html
import io
import re

import pytest
from werkzeug.test import TestResponse

from infra import queues
from tests.factories.registry import attached_preschool
from tests.made_documents import a_pdf
from tests.webapp.desk import NUMBER, Desk, letter, pdf_file

pytestmark = pytest.mark.req("KH-6-1c", "KH-6-1d")
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')


@pytest.fixture
def kept(desk: Desk, valkey: str) -> Desk:
    """A desk whose queue's server is up, so that a scan can be kept."""
    queues.configure(valkey)
    return desk


def check(desk: Desk, address: str = "", login: str = "officer", **changes: object) -> TestResponse:
    """Ask for the page that shows a letter to K1."""
    typed = letter(desk.cast.k1.cameras["C-GATE"], send=None, **changes)
    return desk.browser(login).post(address or f"{desk.requests()}/new", data=typed)


def held(page: str) -> dict[str, str | list[str]]:
    """What the page sends on, as a browser reads it."""
    form = page[page.index('id="request"') :]
    found: dict[str, str | list[str]] = {}
    for tag in _HIDDEN.findall(form):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and name[1] != "csrf_token":
            found[html.unescape(name[1])] = html.unescape(value[1] if value else "")
    return found


def press(desk: Desk, page: str, address: str = "", login: str = "officer", **button: str) -> TestResponse:
    """Press a button of the page."""
    return desk.browser(login).post(address or f"{desk.requests()}/new", data=held(page) | button)


def test_everything_is_shown_as_it_will_be_sent_and_nothing_is_sent_yet(kept: Desk) -> None:
    answer = check(kept, urgency="速件", classification="普通", explanation="一、如主旨。", wants_copy="y")

    assert answer.status_code == 200
    for words in (
        "晨光幼兒園",
        NUMBER,
        "速件",
        "普通",
        "調閱貴園監錄資料",
        "一、如主旨。",
        "來文.pdf",
        "1 頁，1 KB",
        "偵查佐 陳志明",
        "偵辦機車竊盜案",
        "刑事訴訟法第230條",
        "（C-GATE）",
        "調閱、複製（交付影像檔）",
        "公文未載明，由機構核准時訂定",
    ):
        assert words in answer.text, words
    assert kept.cases() == []
    assert kept.shelf.objects == {}


def test_it_is_sent_from_there_and_the_scan_is_not_uploaded_again(kept: Desk) -> None:
    sent = press(kept, check(kept).text, send="y")

    assert sent.status_code == 303, sent.text
    (case,) = kept.cases()
    assert case.document_number == NUMBER
    assert len(kept.shelf.objects) == 1
    assert queues.connection().keys("shouyuan.kept:*") == [], "the draft died with the letter"


@pytest.mark.parametrize("section", ["several", "letter", "elements", "windows", "medium"])
def test_each_part_leads_back_to_its_section_and_loses_nothing(kept: Desk, section: str) -> None:
    page = check(kept, explanation="一、如主旨。\n二、如說明。", purpose="", purpose_missing="y").text
    assert f'formaction="{kept.requests()}/new#{section}"' in page

    form = press(kept, page, edit=section).text

    assert f'id="{section}"' in form
    again = check(kept, scan=None, **(held(page) | {"kept_scan": held(form)["kept_scan"]}))
    assert held(again.text) == held(page)
    assert "已收到「來文.pdf」（1 頁，1 KB），不必再選" in form


def test_a_scan_stays_while_something_else_is_wrong(kept: Desk) -> None:
    wrong = check(kept, officer_phone="")
    assert wrong.status_code == 422
    assert "已收到「來文.pdf」" in wrong.text

    assert check(kept, scan=None, kept_scan=str(held(wrong.text)["kept_scan"])).status_code == 200


def test_another_scan_takes_the_place_of_the_first(kept: Desk) -> None:
    first = str(held(check(kept).text)["kept_scan"])

    page = check(kept, kept_scan=first, scan=pdf_file("更正.pdf")).text

    assert "更正.pdf" in page
    assert "來文.pdf" not in page
    assert len(queues.connection().keys("shouyuan.kept:*")) == 1


@pytest.mark.parametrize("login", ["colleague", "prosecutor"])
def test_another_officer_cannot_send_it_with_the_same_ticket(kept: Desk, login: str) -> None:
    page = check(kept).text

    answer = press(kept, page, login=login, send="y")

    assert answer.status_code == 422
    assert "請重新選取，其他欄位都還在" in answer.text
    assert kept.cases() == []


def test_a_draft_that_was_left_for_too_long_asks_only_for_the_scan(kept: Desk) -> None:
    page = check(kept).text
    queues.connection().flushall()

    answer = press(kept, page, send="y")

    assert answer.status_code == 422
    assert answer.text.count("先前上傳的掃描檔已逾時清除（保留一小時）") == 2, "in the list and beside the field"
    assert NUMBER in answer.text
    assert kept.cases() == []


@pytest.mark.req("KH-6-1e")
def test_of_a_confidential_letter_no_scan_is_kept(kept: Desk) -> None:
    first = str(held(check(kept).text)["kept_scan"])

    page = check(kept, kept_scan=first, scan=None, classification="密").text

    assert "不上傳：密等為「密」的公文，請另行送達機構。" in page
    assert queues.connection().keys("shouyuan.kept:*") == []
    assert press(kept, page, send="y").status_code == 303


@pytest.mark.parametrize("content", [b"<!doctype html>", b"", b"MZ"])
def test_what_is_no_scan_is_not_kept(kept: Desk, content: bytes) -> None:
    assert check(kept, scan=(io.BytesIO(content), "來文.pdf")).status_code == 422
    assert queues.connection().keys("shouyuan.kept:*") == []


def test_where_nothing_can_be_kept_the_page_asks_for_the_file_once_more(desk: Desk) -> None:
    page = check(desk).text
    assert "系統目前無法暫存檔案。請再選取同一個檔案" in page
    assert held(page)["kept_scan"] == ""

    sent = desk.browser("officer").post(
        f"{desk.requests()}/new", data={**held(page), "send": "y", "scan": (io.BytesIO(a_pdf()), "來文.pdf")}
    )

    assert sent.status_code == 303, sent.text


def test_what_is_unusual_is_confirmed_there(kept: Desk) -> None:
    kept.filed()
    page = check(kept).text
    assert "同一字號已向這個機構申請過" in page

    refused = press(kept, page, send="y")
    assert refused.status_code == 422
    assert "請先勾選「我已確認上述事項」，再送出。" in refused.text
    assert press(kept, refused.text, send="y", confirmed="y").status_code == 303


def test_a_confirmation_is_of_what_the_page_shows_and_of_nothing_before(kept: Desk) -> None:
    kept.filed()

    assert "confirmed" not in held(check(kept, confirmed="y").text)


def test_only_what_the_form_asks_for_goes_along_and_only_as_text(kept: Desk) -> None:
    page = check(kept, subject='"><script>alert(1)</script>', made_up="x").text

    assert "<script>alert(1)" not in page
    assert "made_up" not in page
    assert held(page)["subject"] == '"><script>alert(1)</script>'


def test_each_place_of_a_letter_is_shown_with_its_cameras(kept: Desk) -> None:
    e1 = kept.cast.e1
    site_id, camera_id = attached_preschool(e1)
    typed = letter(e1.cameras["E-GATE"], send=None, copy_necessity="移送檢察官")
    also = {
        name.replace("windows-0", "further-0-windows-0"): value for name, value in typed.items() if "windows-0" in name
    }
    address = f"{kept.requests(e1.tenant_id)}/new?site={e1.site_id}&also={e1.tenant_id}.{site_id}"

    page = (
        kept.browser("officer").post(address, data=typed | also | {"further-0-windows-0-cameras": str(camera_id)}).text
    )

    assert page.count("三、鏡頭與時段：") == 2
    assert "E-GATE" in page
    assert press(kept, page, address, send="y").status_code == 303


@pytest.mark.req("KH-6-1f")
def test_what_the_letter_fails_to_state_is_said_with_what_follows_from_it(desk: Desk) -> None:
    page = check(desk, legal_basis="", legal_basis_missing="y", intended_use="", intended_use_missing="y").text
    told = page[page.index('id="unstated"') :].split("</div>")[0]
    assert "來文未載明法令依據、用途" in told
    assert "機構會退請補正，補正前不能同意" in told
    assert "要點第六點第一項" in told
    assert 'id="unstated"' not in check(desk).text
