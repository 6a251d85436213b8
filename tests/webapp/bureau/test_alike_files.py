"""A list of the bureau's says the same as CSV, ODS and PDF: each row and figure, and none that runs (DR-24, DR-30)."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.catalogue import BY_KEY
from tenants.compliance.articles.model import State
from tests import printouts
from tests.factories import assets, compliance, people
from tests.factories.registry import Institution, institution
from tests.webapp.bureau.test_exports import rows
from tests.webapp.conftest import WebClient
from webapp.bureau.exports import LISTS

pytestmark = [pytest.mark.req("DR-24", "DR-30"), pytest.mark.needs("faces", "pdftotext")]
FORMULA = "=SUM(1)*cmd|'/c calc'!A0"
_SCHOOL = {"kind": "elementary_school", "profile": "TY_ELEMENTARY"}
INSTITUTIONS: Mapping[str, Mapping[str, str]] = {
    "K1": {"name": FORMULA},
    "K2": {"name": '乙「逗號，,"引號"」幼兒園'},
    "K3": {"name": "無資料幼兒園"},
    "E1": {"name": "第一國民小學", "district": "鼓山區", **_SCHOOL},
    "E2": {"name": "第二國民小學", **_SCHOOL},
}
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# What some program takes for the beginning of a formula, in either width.
_RUNS = re.compile(r"\s*[=+\-@＝＋－＠|%]")
_FOOT = re.compile(r"守園市政府教育局列印時間.*?第\d+頁／共\d+頁")
# A file says its title and four facts, then a blank line.
_HEAD = 6
Rows = Sequence[Sequence[str]]


@pytest.fixture
def city(web_client: WebClient, domain: Flask) -> WebClient:
    """Five institutions that differ in whatever a list tells: how they stand, what is wrong, what was typed."""
    assert domain
    people.bureau_officer()
    for number, (code, told) in enumerate(INSTITUTIONS.items()):
        of = institution(code, **told)
        bind(db.session, Binding(tenant_id=of.tenant_id))
        if code != "K3":
            _stands_somehow(of, number)
    return web_client.sign_in("bureau")


def _stands_somehow(of: Institution, number: int) -> None:
    """Figures that are no other institution's, and of each article another state."""
    silent = clock.now() - timedelta(days=number)
    compliance.now(of, recording_now=number % 3, coverage_today=0.25 * number, last_report_at=silent)
    compliance.law(of, days_overdue=number, late_minutes=1234 * number, open_holds=1000 + number)
    assets.counted(of)
    for place, (key, article) in enumerate(BY_KEY.items()):
        wrong = State.WARNED if article.warns else State.UNMET
        state = (wrong, State.MET, State.NOT_REPORTED, wrong)[(number + place) % 4]
        compliance.finding(of, key, state=state, wrong=number + 1, since=clock.today(), why=FORMULA)


def ods_rows(content: bytes) -> Iterator[list[ET.Element]]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        table = ET.fromstring(opened.read("content.xml")).iter(f"{_TABLE}table-row")  # noqa: S314 - made by us
    return (row.findall(f"{_TABLE}table-cell") for row in table)


def of_ods(content: bytes) -> Rows:
    """Each cell as it is shown."""
    return [[shown_in(cell) for cell in row] for row in ods_rows(content)]


def shown_in(cell: ET.Element) -> str:
    return cell.findtext(f"{_TEXT}p") or ""


def of_pdf(content: bytes, head: str) -> str:
    """All words without white space, the foot and the head that each further page repeats left out."""
    pages = [_FOOT.sub("", printouts.words(content, page=number + 1)) for number in range(printouts.pages(content))]
    return pages[0] + "".join(page.removeprefix(head) for page in pages[1:])


def printed(cells: Sequence[str]) -> str:
    """A row as paper has it: without white space, and without the apostrophe that paper needs not."""
    return "".join("".join((cell[1:] if cell[:1] == "'" else cell).split()) for cell in cells)


def test_each_list_has_the_same_rows_and_figures_in_each_form(city: WebClient) -> None:
    for key in LISTS:
        told = rows(city.get(f"/bureau/exports/{key}.csv"))
        assert len(told[_HEAD + 1 :]) >= len(INSTITUTIONS) - 1, key
        assert of_ods(city.get(f"/bureau/exports/{key}.ods").data) == told, key
        paper = of_pdf(city.get(f"/bureau/exports/{key}.pdf").data, printed(told[_HEAD]))
        assert paper == "".join(printed(row) for row in told), key


def test_no_cell_of_a_spreadsheet_runs_and_each_figure_is_a_number(city: WebClient) -> None:
    for key in LISTS:
        lines = list(ods_rows(city.get(f"/bureau/exports/{key}.ods").data))
        cells = [cell for row in lines for cell in row]
        assert not any("formula" in name for cell in cells for name in cell.attrib), key
        texts = {shown_in(cell) for cell in cells if cell.get(f"{_OFFICE}value-type") == "string"}
        assert not [words for words in texts if _RUNS.match(words)], key
        figures = [cell for row in lines[_HEAD + 1 :] for cell in row if shown_in(cell).isdecimal()]
        assert all(cell.get(f"{_OFFICE}value") == shown_in(cell) for cell in figures), key
        # What a school typed stands in every list but those of the city's sums.
        assert any("calc" in words for words in texts) is (key not in {"articles", "overview"}), key
