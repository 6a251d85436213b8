"""An electronic official document fills the form; the officer looks at it and files it."""

import io

import pytest

from tests.made_documents import E1, K1, letter, zipped
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-6-1e")


def read(desk: Desk, data: bytes | io.BytesIO, name: str = "公文.di") -> tuple[int, str]:
    stream = data if isinstance(data, io.BytesIO) else io.BytesIO(data)
    answer = desk.browser("officer").post(f"{desk.requests()}/new/electronic", data={"electronic": (stream, name)})
    return answer.status_code, answer.text


def test_the_form_is_filled_and_nothing_is_filed(desk: Desk) -> None:
    status, page = read(desk, letter().encode())

    assert status == 200
    assert 'value="守警陽分偵字第1157123450號"' in page
    assert 'value="115/11/20"' in page
    assert '<option selected value="速件">' in page
    assert 'value="請提供貴園監視錄影影像，請查照。"' in page
    assert 'value="陳志明"' in page, "who is signed in files it, whoever the file names"
    assert "一、依刑事訴訟法第一百三十三條辦理。" in page
    assert "請逐項核對" in page
    assert f'action="{desk.requests()}/new"' in page
    assert desk.cases() == []
    assert desk.shelf.objects == {}


@pytest.mark.req("KH-6-1c")
def test_the_other_recipients_of_the_original_are_added(desk: Desk) -> None:
    _, page = read(desk, letter(recipients=(K1, E1, "守園市私立不在這裡幼兒園")).encode())

    assert 'name="further-0-windows-0-from_day"' in page
    assert f"also={desk.cast.e1.tenant_id}" in page
    assert "向陽國小" in page


def test_a_package_is_read_too(desk: Desk) -> None:
    status, page = read(desk, zipped({"公文.di": letter()}), "公文.zip")

    assert status == 200
    assert "守警陽分偵字第1157123450號" in page


@pytest.mark.parametrize(
    ("data", "expected", "sentence"),
    [
        (b"", 422, "0 位元組"),
        (b"MZ\x90\x00" + bytes(99), 422, "不是電子公文，或已損毀"),
        (letter(declared='<!ENTITY x SYSTEM "file:///etc/passwd">', subject="&x;").encode(), 200, "指向外部"),
    ],
)
def test_a_bad_file_is_told_beside_its_field_and_the_page_goes_on(
    desk: Desk, data: bytes, expected: int, sentence: str
) -> None:
    status, page = read(desk, data)

    assert status == expected
    assert sentence in page
    assert "root:" not in page
    assert 'name="document_number"' in page


def test_no_file_and_one_that_the_page_left_out_are_told(desk: Desk) -> None:
    officer = desk.browser("officer")

    none = officer.post(f"{desk.requests()}/new/electronic", data={})
    large = officer.post(f"{desk.requests()}/new/electronic", data={"scan_left_out": "y"})

    assert (none.status_code, large.status_code) == (422, 422)
    assert "請先選擇電子公文檔" in none.text
    assert "檔案太大" in large.text


def test_what_a_file_says_is_shown_as_text_and_never_as_markup(desk: Desk) -> None:
    _, page = read(desk, letter(subject="&lt;script&gt;alert(1)&lt;/script&gt;").encode())

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
