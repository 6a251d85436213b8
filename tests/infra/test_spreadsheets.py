"""What a spreadsheet opens: text that stays text, whoever typed it."""

import csv
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest

from infra import spreadsheets

pytestmark = pytest.mark.req("DR-24")
DANGEROUS = ("=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "|calc")
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
CELL = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-cell"
FORMULA = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}formula"


def cells(ods: bytes) -> list[ET.Element]:
    with zipfile.ZipFile(io.BytesIO(ods)) as opened:
        assert opened.read("mimetype").decode() == spreadsheets.ODS
        return list(ET.fromstring(opened.read("content.xml")).iter(CELL))  # noqa: S314 - made here


@pytest.mark.parametrize("typed", DANGEROUS)
def test_no_cell_begins_with_what_a_spreadsheet_would_run(typed: str) -> None:
    (row,) = csv.reader(io.StringIO(spreadsheets.as_csv([(typed,)]).decode("utf-8-sig"), newline=""))
    (cell,) = cells(spreadsheets.as_ods([(typed,)], sheet="115年"))

    assert row == [f"'{typed}"]
    assert cell.get(FORMULA) is None
    assert cell.get(TYPE) == "string"
    assert (cell.findtext(TEXT) or "").startswith("'")


def test_a_comma_separated_file_says_that_it_is_utf_8_and_ends_its_lines_as_the_rfc_says() -> None:
    made = spreadsheets.as_csv([("編號", "申請人"), (1, "瓦歷斯‧諾幹"), (2, '林,"小"惠\n')])

    assert made.startswith(b"\xef\xbb\xbf")
    assert made.decode("utf-8-sig") == '編號,申請人\r\n1,瓦歷斯‧諾幹\r\n2,"林,""小""惠\n"\r\n'


def test_a_number_of_ours_stays_a_number_and_what_xml_cannot_hold_is_left_out() -> None:
    number, text = cells(spreadsheets.as_ods([(-7, "𡃁<b>&\x00\x0b\ud800")], sheet="1"))

    assert number.get(TYPE) == "float"
    assert text.findtext(TEXT) == "𡃁<b>&"
