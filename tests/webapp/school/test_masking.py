"""遮蔽與製作複製本 on its page: rectangles by numbers, somebody else's PIN, the media, and each fault in its place."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.permissions import Role
from tenants.rights import queries
from tenants.rights.models import RightsCopy, RightsRequest
from tenants.roc_dates import format_time
from tests import printouts
from tests.factories import people, rights
from tests.webapp.desk import Desk
from tests.webapp.school.test_rights import START, granted, typed

pytestmark = pytest.mark.req("DR-28")
SHA256 = "ab" * 32
BOX = {"left": "100", "top": "200", "width": "300", "height": "400", "from_time": "", "until_time": ""}


@pytest.fixture
def page(desk: Desk) -> str:
    return granted(desk)


def boxes(*some: dict[str, str]) -> dict[str, str]:
    return {f"boxes-{number}-{name}": value for number, box in enumerate(some) for name, value in box.items()}


def row(desk: Desk, page: str) -> RightsRequest:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return queries.request(tenant_id=desk.cast.k1.tenant_id, rights_id=UUID(page.rsplit("/", 1)[-1]))


def option(page: str, user_id: UUID) -> str:
    """What the page offers of this person."""
    return page.partition(f'value="{user_id}"')[2].partition("</option>")[0]


def recorded(desk: Desk, page: str, *, takes: int = 1) -> None:
    """There is footage of what was asked for, more than once where a clock was set back."""
    rights.footage(desk.cast.k1, rights_id=row(desk, page).id, takes=takes)


def opened(desk: Desk, page: str, take: int = 1) -> None:
    """As the media process writes it down when the handler opens the film."""
    rights_id = row(desk, page).id
    rights.opened(people.acting(desk.cast.ids["k1-handler"], Role.HANDLER), rights_id=rights_id, take=take)


def beside(desk: Desk, page: str) -> None:
    """A colleague is there while the handler looks."""
    people.pin(desk.cast.ids["k1-staff"])
    said = {"companion": str(desk.cast.ids["k1-staff"]), "pin": people.PIN}
    assert desk.browser("k1-handler").post(f"{page}/look/", data=said).status_code == 303


def masked(desk: Desk, page: str, *, takes: int = 1) -> None:
    assert desk.browser("k1-handler").post(f"{page}/masking/", data=boxes(BOX)).status_code == 303
    for take in range(1, takes + 1):
        opened(desk, page, take)
    people.pin(desk.cast.ids["k1-staff"])
    said = {"companion": str(desk.cast.ids["k1-staff"]), "pin": people.PIN}
    assert desk.browser("k1-handler").post(f"{page}/masking/confirmation", data=said).status_code == 303


def taken(desk: Desk, page: str) -> UUID:
    """A masked copy on its medium, as if the handler had downloaded it."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    copy_id = rights.copy(
        desk.cast.k1, rights_id=UUID(page.rsplit("/", 1)[-1]), prepared_by=desk.cast.ids["k1-handler"]
    )
    copy = db.session.get_one(RightsCopy, copy_id)
    copy.taken_at, copy.sha256, copy.bytes = clock.now(), SHA256, 1000
    db.session.commit()
    return copy_id


def test_the_case_leads_there_once_it_is_granted_and_the_footage_is_named(desk: Desk, page: str) -> None:
    case = desk.browser("k1-handler").get(page).text
    assert f'href="{page}/masking/"' in case
    assert "尚未遮蔽" in case
    shown = desk.browser("k1-handler").get(f"{page}/masking/").text
    assert "請求的時段沒有影像" in shown, "and says why it plays nothing"


def test_the_page_lies_under_the_cases_in_the_menu(desk: Desk, page: str) -> None:
    shown = desk.browser("k1-handler").get(f"{page}/masking/").text

    assert re.search(r'aria-current="page"[^>]*>調閱案件', shown)


def test_rectangles_are_kept_shown_again_and_taken_away(desk: Desk, page: str) -> None:
    handler = desk.browser("k1-handler")
    later = BOX | {"from_time": format_time(START + timedelta(minutes=1)), "until_time": ""}
    assert handler.post(f"{page}/masking/", data=boxes(BOX, later)).status_code == 303
    found = row(desk, page)
    assert found.mask_plan is not None
    assert [each["left"] for each in found.mask_plan["boxes"]] == [100, 100]
    again = handler.get(f"{page}/masking/").text
    assert f'value="{later["from_time"]}"' in again
    fewer = handler.post(f"{page}/masking/", data=boxes(BOX, later) | {"drop_box": "boxes-0"}).text
    assert ("boxes-0-left" in fewer, "boxes-1-left" in fewer) == (False, True)
    more = handler.post(f"{page}/masking/", data=boxes(BOX) | {"add_box": "y"}).text
    assert "boxes-1-left" in more


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"boxes-0-left": "-1"}, "請輸入 0 至 999 的整數"),
        ({"boxes-0-width": "many"}, "請輸入整數"),
        ({"boxes-0-width": "901"}, "範圍超出畫面"),
        ({"boxes-0-from_time": "25:00"}, "00:00 至 24:00"),
        ({"boxes-0-from_time": format_time(START - timedelta(minutes=5))}, "時間應在"),
        ({"from_time": format_time(START + timedelta(minutes=5)), "until_time": format_time(START)}, "起訖時間"),
    ],
)
def test_what_hides_nothing_is_told_beside_its_rectangle(
    desk: Desk, page: str, changes: dict[str, str], sentence: str
) -> None:
    answer = desk.browser("k1-handler").post(f"{page}/masking/", data=boxes(BOX) | changes)
    assert (answer.status_code, sentence in answer.text) == (422, True), answer.text
    assert row(desk, page).mask_plan is None


def test_somebody_else_confirms_and_a_wrong_pin_counts(desk: Desk, page: str) -> None:
    recorded(desk, page)
    handler = desk.browser("k1-handler")
    handler.post(f"{page}/masking/", data=boxes(BOX))
    opened(desk, page)
    assert "尚未設定 PIN" in option(handler.get(f"{page}/masking/").text, desk.cast.ids["k1-staff"])
    people.pin(desk.cast.ids["k1-staff"])
    assert "尚未設定 PIN" not in option(handler.get(f"{page}/masking/").text, desk.cast.ids["k1-staff"])
    nobody = handler.post(f"{page}/masking/confirmation", data={"companion": "", "pin": people.PIN})
    assert (nobody.status_code, "請選取一起檢視的人員" in nobody.text) == (422, True)
    said = {"companion": str(desk.cast.ids["k1-staff"]), "pin": "000000"}
    wrong = handler.post(f"{page}/masking/confirmation", data=said)
    assert (wrong.status_code, "PIN 不正確" in wrong.text) == (422, True)
    oneself = handler.post(
        f"{page}/masking/confirmation", data={"companion": str(desk.cast.ids["k1-handler"]), "pin": people.PIN}
    )
    assert oneself.status_code == 422
    masked(desk, page)
    assert "已確認" in handler.get(f"{page}/masking/").text


def test_nobody_hidden_where_the_review_saw_others_is_confirmed_only_with_a_word(desk: Desk, page: str) -> None:
    recorded(desk, page)
    handler = desk.browser("k1-handler")
    saved = handler.post(f"{page}/masking/", data=boxes(), follow_redirects=True).text
    assert "沒有人會被遮住" in saved
    opened(desk, page)
    people.pin(desk.cast.ids["k1-staff"])
    said = {"companion": str(desk.cast.ids["k1-staff"]), "pin": people.PIN}
    refused = handler.post(f"{page}/masking/confirmation", data=said)
    assert (refused.status_code, "沒有儲存任何遮蔽範圍" in refused.text) == (422, True)
    answer = handler.post(f"{page}/masking/confirmation", data=said | {"nobody_visible": "y"}, follow_redirects=True)
    assert "共 0 個範圍" in answer.text


def test_what_was_added_and_not_saved_cannot_be_confirmed(desk: Desk, page: str) -> None:
    recorded(desk, page)
    handler = desk.browser("k1-handler")
    handler.post(f"{page}/masking/", data=boxes(BOX))
    answer = handler.post(f"{page}/masking/", data=boxes(BOX) | {"add_box": "y"}).text
    assert "有尚未儲存的遮蔽範圍" in answer.split('id="confirmation"')[1]
    assert 'action="' not in answer.split('id="confirmation"')[1].split("</section>")[0]


def test_the_page_says_which_takes_there_are_and_opens_none_until_it_is_asked(desk: Desk, page: str) -> None:
    recorded(desk, page, takes=2)
    beside(desk, page)
    handler = desk.browser("k1-handler")
    shown = handler.get(f"{page}/masking/").text
    assert "這段時間錄了 2 軌" in shown
    assert (shown.count("未開啟"), shown.count(f'href="{page}/masking/?take=')) == (2, 2)
    assert "index.m3u8" not in shown
    second = handler.get(f"{page}/masking/?take=2").text
    assert f"/rights/{row(desk, page).id}/2/index.m3u8" in second
    assert "<span>開啟中</span></span> 在本頁下方播放" in second
    assert f'action="{page}/masking/?take=2"' in second
    assert "index.m3u8" not in handler.get(f"{page}/masking/?take=3").text
    assert "index.m3u8" not in handler.get(f"{page}/masking/?take=x").text


@pytest.mark.req("KH-7-1", "TY-5-4a")
def test_until_the_others_are_hidden_somebody_is_there_while_it_is_opened(desk: Desk, page: str) -> None:
    recorded(desk, page)
    handler = desk.browser("k1-handler")
    alone = handler.get(f"{page}/masking/?take=1").text
    assert ("沒有人陪同" in alone, "index.m3u8" in alone) == (True, False)
    people.pin(desk.cast.ids["k1-staff"])
    lacking = handler.post(f"{page}/look/", data={"companion": "", "pin": ""})
    assert (lacking.status_code, "請選取一起檢視的人員" in lacking.text, "遮蔽與製作複製本" in lacking.text) == (
        422,
        True,
        True,
    )
    beside(desk, page)
    shown = handler.get(f"{page}/masking/?take=1").text
    assert ("有人陪同" in shown, "index.m3u8" in shown) == (True, True)
    stopped = handler.post(f"{page}/look/stop")
    assert stopped.location == f"{page}/masking/"
    assert "index.m3u8" not in handler.get(f"{page}/masking/?take=1").text
    masked(desk, page)
    confirmed = handler.get(f"{page}/masking/?take=1").text
    assert ("陪同人員在場" in confirmed, "index.m3u8" in confirmed) == (False, True), "it shows nobody else any more"


def test_the_only_take_is_called_what_it_is(desk: Desk, page: str) -> None:
    recorded(desk, page, takes=1)
    beside(desk, page)
    shown = desk.browser("k1-handler").get(f"{page}/masking/").text
    assert ('<th scope="row">請求的全部影像</th>' in shown, '<th scope="col">影像</th>' in shown) == (True, False)


def test_a_confirmation_names_the_takes_that_nobody_opened_since_the_masks_were_saved(desk: Desk, page: str) -> None:
    recorded(desk, page, takes=2)
    beside(desk, page)
    handler = desk.browser("k1-handler")
    opened(desk, page)
    handler.post(f"{page}/masking/", data=boxes(BOX))
    assert "確認遮蔽結果（第1、2軌還沒有開啟）" in handler.get(f"{page}/masking/").text
    opened(desk, page)
    shown = handler.get(f"{page}/masking/").text
    assert ("已開啟" in shown, "確認遮蔽結果（第2軌還沒有開啟）" in shown) == (True, True)
    people.pin(desk.cast.ids["k1-staff"])
    said = {"companion": str(desk.cast.ids["k1-staff"]), "pin": people.PIN}
    refused = handler.post(f"{page}/masking/confirmation", data=said)
    assert (refused.status_code, "第2軌在儲存遮蔽範圍後還沒有開啟過" in refused.text) == (422, True)
    opened(desk, page, 2)
    assert handler.post(f"{page}/masking/confirmation", data=said).status_code == 303
    handler.post(f"{page}/masking/", data=boxes(BOX, BOX))
    assert "確認遮蔽結果（第1、2軌還沒有開啟）" in handler.get(f"{page}/masking/").text, "a change asks for all again"


def test_each_take_is_given_on_a_medium_of_its_own_and_a_fault_stands_beside_its_field(desk: Desk, page: str) -> None:
    recorded(desk, page, takes=2)
    handler = desk.browser("k1-handler")
    masked(desk, page, takes=2)
    nameless = handler.post(f"{page}/masking/copies/2", data={"medium_serial": ""}).text
    assert ('id="medium-serial-2-error"' in nameless, 'id="medium-serial-1-error"' in nameless) == (True, False)
    assert handler.post(f"{page}/masking/copies/2", data={"medium_serial": "USB-7"}).status_code == 303
    assert handler.post(f"{page}/masking/copies/3", data={"medium_serial": "USB-8"}).status_code == 404


def test_a_medium_is_named_after_the_confirmation_and_its_download_stands_there(desk: Desk, page: str) -> None:
    recorded(desk, page)
    handler = desk.browser("k1-handler")
    handler.post(f"{page}/masking/", data=boxes(BOX))
    early = handler.post(f"{page}/masking/copies/1", data={"medium_serial": "USB-7"})
    assert (early.status_code, "另一位人員確認" in early.text) == (422, True)
    masked(desk, page)
    nameless = handler.post(f"{page}/masking/copies/1", data={"medium_serial": " "})
    assert (nameless.status_code, "請填寫媒體的序號或編號" in nameless.text) == (422, True)
    assert handler.post(f"{page}/masking/copies/2", data={"medium_serial": "USB-7"}).status_code == 404
    assert handler.post(f"{page}/masking/copies/1", data={"medium_serial": "USB-7"}).status_code == 303
    (copy,) = queries.copies(tenant_id=desk.cast.k1.tenant_id, rights_id=row(desk, page).id)
    text = handler.get(f"{page}/masking/").text
    assert f"/copies/{copy.id}/file" in text
    early = handler.post(f"{page}/masking/copies/{copy.id}/read-back", data={"read_back": "0" * 64})
    assert (early.status_code, "還沒有完整下載" in early.text) == (422, True)


def test_the_hash_to_be_read_back_stands_nowhere_until_it_was(desk: Desk, page: str) -> None:
    copy = taken(desk, page)
    handler = desk.browser("k1-handler")
    shown = handler.get(f"{page}/masking/").text
    assert "待讀回核對" in shown
    assert SHA256 not in shown, "what is to be read back is not there to be copied"
    assert handler.post(f"{page}/masking/copies/{copy}/read-back", data={"read_back": SHA256}).status_code == 303
    assert SHA256 in handler.get(f"{page}/masking/").text


@pytest.mark.needs("faces", "pdftotext")
def test_the_letter_of_a_grant_names_medium_and_hash_once_they_were_read_back(desk: Desk, page: str) -> None:
    handler, copy = desk.browser("k1-handler"), taken(desk, page)
    before = printouts.words(handler.get(f"{page}/answer.pdf").data)
    assert "複製本寫入媒體並讀回核對後交付" in before
    assert SHA256 not in before
    handler.post(f"{page}/masking/copies/{copy}/read-back", data={"read_back": SHA256})
    said = printouts.words(handler.get(f"{page}/answer.pdf").data)
    for words in ("決定：准許", "媒體A-12", f"檔案雜湊SHA-256{SHA256}"):
        assert words in said, words
    assert "不服本決定時" not in said, "nothing was refused"


@pytest.mark.req("DR-08", "DR-09")
def test_neither_the_head_nor_a_request_that_shows_nothing_has_the_page(desk: Desk, page: str) -> None:
    assert desk.browser("k1-head").get(f"{page}/masking/").status_code == 403
    words = desk.browser("k1-handler").post(f"{desk.school}/rights/new", data=typed()).location
    assert desk.browser("k1-handler").get(f"{words}/masking/").status_code == 404
