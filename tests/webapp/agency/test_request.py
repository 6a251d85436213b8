"""A new request: what is accepted, what each bad input is told, and that nothing typed is lost."""

import io
from collections.abc import Callable
from datetime import timedelta

import pikepdf
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official.models import Letter
from tenants.retention.models import Hold
from tenants.roc_dates import format_time, short_date
from tests.made_documents import a_pdf, scripted
from tests.webapp.desk import NUMBER, START, Desk, letter

pytestmark = pytest.mark.req("KH-6-1c", "KH-6-1e")
ONE_DAY = timedelta(days=1)
TOMORROW = clock.today() + ONE_DAY


@pytest.mark.req("KH-6-1d", "DR-01")
def test_a_complete_request_is_filed_and_its_window_preserved_at_once(desk: Desk) -> None:
    disclosure_id = desk.filed()

    row = desk.case(disclosure_id)
    assert (row.document_number, row.wants_copy, row.state) == (NUMBER, True, "submitted")
    assert db.session.get(Hold, row.hold_id) is not None
    page = desk.browser("officer").get(f"{desk.requests()}/{disclosure_id}").text
    assert row.serial in page
    assert "保全" in page
    assert len(desk.shelf.objects) == 1


@pytest.mark.req("KH-6-1f")
def test_elements_that_the_letter_lacks_are_marked_and_kept_as_such(desk: Desk) -> None:
    elements = ("legal_basis", "purpose", "scope", "intended_use")
    unstated: dict[str, object] = dict.fromkeys(elements, "") | {f"{element}_missing": "y" for element in elements}

    disclosure_id = desk.filed(**unstated)

    row = desk.case(disclosure_id)
    assert [getattr(row, element) for element in elements] == [None] * 4
    page = desk.browser("k1-head").get(f"{desk.school}/cases/{disclosure_id}").text
    assert page.count("<span>來文未載明</span>") == 4


@pytest.mark.req("DR-21")
def test_a_western_year_is_told_and_the_date_meant_is_offered(desk: Desk) -> None:
    answer = desk.file(document_date="2026/11/20")

    assert answer.status_code == 422
    assert "請輸入民國年（115）" in answer.text
    assert 'data-value="115/11/20"' in answer.text
    assert 'value="2026/11/20"' in answer.text, "what was typed stays in the box"
    assert "刑事訴訟法第230條" in answer.text


def scanned(change: Callable[[pikepdf.Pdf], object] | None = None, **saving: object) -> io.BytesIO:
    """A scan as a browser sends it, changed before it is saved."""
    return io.BytesIO(a_pdf(change, **saving))


# All on one desk: none of them files anything, which is checked at the end.
BAD_INPUT: list[tuple[dict[str, object], str]] = [
    ({"windows-0-until_day": "", "windows-0-until_time": format_time(START)}, "結束時間必須晚於開始時間。"),
    (
        {"windows-0-from_day": short_date(TOMORROW), "windows-0-until_day": short_date(TOMORROW + ONE_DAY)},
        "調閱時段尚未開始",
    ),
    ({"windows-0-from_time": "25:00"}, "時間應在 00:00 至 24:00 之間。"),
    ({"windows-0-from_time": ""}, "請填寫開始時間"),
    ({"windows-0-from_day": "115/2/29"}, "115年2月只有28日"),
    ({"windows-0-from_day": "2026/11/20"}, "請輸入民國年（115）"),
    ({"windows-0-cameras": None}, "請至少勾選一支鏡頭。"),
    ({"windows-0-cameras": "not an id"}, "鏡頭不屬於這個機構"),
    ({"document_number": ""}, "請照來文填寫發文字號。"),
    ({"document_date": short_date(TOMORROW)}, "發文日期不能晚於今天"),
    ({"duty": ""}, "請說明執行何項職務"),
    ({"officer_title": " "}, "請填寫職稱"),
    ({"urgency": "飛快"}, "請從清單中選取。"),
    ({"purpose": "長" * 2001}, "最多 2000 字"),
    ({"purpose": "   "}, "請照來文填寫，或勾選「來文未載明」。"),
    ({"purpose_missing": "y"}, "已勾選「來文未載明」"),
    ({"scan": None}, "請上傳公文掃描檔"),
    ({"scan": (io.BytesIO(b"<!doctype html><script>alert(1)</script>"), "來文.pdf")}, "不是 PDF"),
    ({"scan": (io.BytesIO(b"MZ\x90\x00"), "來文.pdf")}, "不是 PDF"),
    ({"scan": (io.BytesIO(b""), "來文.pdf")}, "0 位元組"),
    ({"scan": (scanned(encryption=pikepdf.Encryption(owner="o", user="u")), "來文.pdf")}, "設有密碼"),
    ({"scan": (scanned(scripted), "來文.pdf")}, "含有程式"),
]


@pytest.mark.req("KH-6-1b", "KH-6-1f", "KH-A1-10", "DR-21")
def test_bad_input_is_told_and_files_nothing(desk: Desk) -> None:
    for changes, sentence in BAD_INPUT:
        answer = desk.file(**changes)

        assert answer.status_code == 422, changes
        assert sentence in answer.text, changes
        assert "sy-errors" in answer.text
    assert desk.cases() == []
    assert desk.shelf.objects == {}


@pytest.mark.req("DR-08", "KH-6-2g", "KH-A1-08")
def test_another_institutions_camera_in_the_form_is_refused(desk: Desk) -> None:
    answer = desk.file(**{"windows-0-cameras": str(desk.cast.e1.cameras["E-GATE"])})

    assert answer.status_code == 422
    assert "鏡頭不屬於這個機構" in answer.text
    assert desk.cases() == []


def test_a_scan_above_twenty_megabytes_is_told_beside_the_field(desk: Desk) -> None:
    scan = io.BytesIO(b"%PDF-1.7\n" + b"0" * (21 * 1024 * 1024))
    # Encoded here and not by the test's client, which would leave a file of its own open.
    typed = letter(desk.cast.k1.cameras["C-GATE"], scan=FileStorage(scan, filename="來文.pdf"))
    boundary, body = encode_multipart(typed)

    answer = desk.browser("officer").post(
        f"{desk.requests()}/new", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )

    assert answer.status_code == 422
    assert "超過 20 MB" in answer.text
    assert desk.cases() == []


def test_forty_megabytes_are_turned_away_in_words(desk: Desk) -> None:
    scan = FileStorage(io.BytesIO(b"%PDF-1.7\n" + bytes(40 * 1024 * 1024)), filename="來文.pdf")
    boundary, body = encode_multipart(letter(desk.cast.k1.cameras["C-GATE"], scan=scan))

    answer = desk.browser("officer").post(
        f"{desk.requests()}/new", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )

    assert answer.status_code == 413
    assert "檔案太大" in answer.text
    assert desk.cases() == []


def test_a_window_may_go_across_midnight(desk: Desk) -> None:
    day = clock.civil_day(START) - timedelta(days=2)
    disclosure_id = desk.filed(
        **{
            "windows-0-from_day": short_date(day),
            "windows-0-from_time": "23:50",
            "windows-0-until_day": short_date(day + ONE_DAY),
            "windows-0-until_time": "00:10",
        }
    )

    window = desk.windows(disclosure_id)[0]
    assert window.ended_at - window.started_at == timedelta(minutes=20)
    assert clock.civil_day(window.started_at) == day


def test_two_hundred_megabytes_are_turned_away_at_the_door(desk: Desk) -> None:
    browser = desk.browser("officer")

    # Only the length is announced: a server that read on would wait for bytes that never come.
    answer = browser.post(
        f"{desk.requests()}/new",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )

    assert answer.status_code == 413
    assert "檔案太大" in answer.text


def test_a_confidential_letter_takes_no_scan(desk: Desk) -> None:
    assert "不得上傳掃描檔" in desk.file(classification="密").text

    disclosure_id = desk.filed(classification="密", scan=None)

    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert db.session.scalars(db.select(Letter).where(Letter.disclosure_id == disclosure_id)).all() == []


def test_a_second_letter_with_the_same_number_asks_first_and_then_links_both(desk: Desk) -> None:
    first = desk.filed()

    asked = desk.file()
    assert asked.status_code == 422
    assert "同一字號已向這個機構申請過" in asked.text

    second = desk.filed(confirmed="y")
    page = desk.browser("k1-head").get(f"{desk.school}/cases/{second}").text
    assert desk.case(first).serial in page


def test_a_further_window_keeps_everything_that_was_typed(desk: Desk) -> None:
    typed = letter(desk.cast.k1.cameras["C-GATE"], add_window="windows", scan=None)

    page = desk.browser("officer").post(f"{desk.requests()}/new", data=typed).text

    assert 'name="windows-1-from_day"' in page
    assert NUMBER in page
    assert desk.cases() == []


@pytest.mark.req("TY-5-2a", "TY-5-2b")
def test_only_the_school_under_the_plan_asks_why_a_copy_is_needed(desk: Desk) -> None:
    browser = desk.browser("officer")

    school = browser.get(f"{desk.requests(desk.cast.e1.tenant_id)}/new").text
    preschool = browser.get(f"{desk.requests()}/new").text

    assert 'name="copy_necessity"' in school
    assert "執行職務之需要" in school
    assert 'name="copy_necessity"' not in preschool
    assert "執行職務之必要" in preschool


def test_a_window_may_end_on_the_same_day_without_naming_it(desk: Desk) -> None:
    day = clock.civil_day(START) - timedelta(days=1)
    disclosure_id = desk.filed(
        **{
            "windows-0-from_day": short_date(day),
            "windows-0-from_time": "0955",
            "windows-0-until_day": "",
            "windows-0-until_time": "１０：３０",
        }
    )

    window = desk.windows(disclosure_id)[0]
    assert window.started_at == clock.day_start(day) + timedelta(hours=9, minutes=55)
    assert window.ended_at - window.started_at == timedelta(minutes=35)


def test_what_was_typed_is_shown_as_text_and_never_as_markup(desk: Desk) -> None:
    page = desk.file(purpose="<script>alert(1)</script>", officer_title="").text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_window_too_many_is_taken_away_again(desk: Desk) -> None:
    camera = desk.cast.k1.cameras["C-GATE"]
    second = {
        name.replace("windows-0", "windows-1"): value for name, value in letter(camera).items() if "windows" in name
    }
    typed = letter(camera, drop_window="windows-1", scan=None, **second)

    page = desk.browser("officer").post(f"{desk.requests()}/new", data=typed).text

    assert 'name="windows-0-from_day"' in page
    assert 'name="windows-1-from_day"' not in page
    assert NUMBER in page


def test_the_only_window_stays(desk: Desk) -> None:
    typed = letter(desk.cast.k1.cameras["C-GATE"], drop_window="windows-0", scan=None)

    assert 'name="windows-0-from_day"' in desk.browser("officer").post(f"{desk.requests()}/new", data=typed).text


@pytest.mark.req("KH-A1-10")
def test_a_fault_names_the_window_where_there_are_several(desk: Desk) -> None:
    camera = desk.cast.k1.cameras["C-GATE"]
    second = {
        name.replace("windows-0", "windows-1"): value for name, value in letter(camera).items() if "windows" in name
    }

    answer = desk.file(**(second | {"windows-1-cameras": None}))

    assert "時段 2 調閱地點（鏡頭）：請至少勾選一支鏡頭。" in answer.text
