"""A table from a stranger: what is none is refused with what to do, and every fault of a cell is told by its line."""

import pytest

from tenants import csv_tables
from tenants.csv_tables import Layout, Table
from tenants.errors import Invalid

pytestmark = pytest.mark.req("DR-23", "DR-24")

LAYOUT = Layout(headings=("代碼", "名稱"), most_bytes=10_000, most_lines=5, things="個機構")


def read(text: str | bytes) -> Table:
    return csv_tables.read(text if isinstance(text, bytes) else text.encode(), LAYOUT)


def refusal(text: str | bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert refused.value.field == "file"
    return str(refused.value)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["without mark", "with mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_utf8_is_read_with_and_without_its_mark_and_empty_lines_keep_their_number(mark: str, end: str) -> None:
    found = read(mark + end.join(["代碼,名稱", "K1,晨光", ",", 'K2,"春風, 二館"', ""]))
    assert found.lines == [(2, {"代碼": "K1", "名稱": "晨光"}), (4, {"代碼": "K2", "名稱": "春風, 二館"})]
    assert not found.faults


def test_big5_is_told_and_not_guessed_at() -> None:
    assert "Big5（CP950）" in refusal("代碼,名稱\nK1,晨光".encode("cp950"))


def test_mixed_encodings_are_told_by_the_lines_that_differ() -> None:
    said = refusal("代碼,名稱\nK1,晨光\n".encode() + "K2,春風\n".encode("cp950"))
    assert "第 3 列" in said
    assert "混用" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("代碼,名稱\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04 workbook", "XLSX"),
        ("代碼,名稱\nK1,\x00".encode(), "第 2 列有空字元"),
        (b"\xff" * 40, "UTF-8"),
        (b"x" * 10_001, "過大"),
        ("代碼,名稱\n" + "K1,x\n" * 6, "最多 5 個機構"),
        ("代碼\nK1", "缺少「名稱」"),
        ("代碼,機構\nK1,x", "多出 1 欄「機構」"),
        ("名稱,代碼\nx,K1", "欄位順序不同"),
        ("代碼,名稱,名稱\nK1,x,y", "「名稱」重複"),
        ("代碼,名稱," + ",".join(f"c{each}" for each in range(1500)), "多出 1500 欄"),
        ('代碼,名稱\nK1,"晨光\nK2,春風', "第 2 列起的引號"),
        ('代碼,名稱\nK1,"晨"光', "第 2 列起的引號"),
        ("", "第一列應為欄位名稱"),
    ],
)
def test_a_file_that_is_no_such_table_says_why(content: str | bytes, said: str) -> None:
    assert said in refusal(content)


def test_every_fault_of_every_cell_is_told_at_once() -> None:
    found = read('代碼,名稱\n=1+1,@cmd\nK1,"a\nb"\nK2,x,y\nK3,\ue001\nK4,\x07')
    told = [(fault.line, fault.column) for fault in found.faults]
    assert told == [(2, "代碼"), (2, "名稱"), (3, "名稱"), (4, ""), (5, "名稱"), (6, "名稱")]
    assert "U+E001" in found.faults[4].message


@pytest.mark.parametrize("cell", ["-1F 走廊", "+886-7-555-0101"])
def test_a_storey_and_a_telephone_are_no_formula(cell: str) -> None:
    assert not read(f"代碼,名稱\nK1,{cell}").faults


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "＝1", "@SUM(1)", "-2+3+cmd|' /C calc'!A0", "+cmd|x"])
def test_a_formula_is_told(cell: str) -> None:
    assert "公式" in read(f"代碼,名稱\nK1,{cell}").faults[0].message
