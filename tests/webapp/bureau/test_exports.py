"""Every list of the bureau's as CSV, ODS and PDF: the page's rows and filters, and nothing that runs (DR-24, DR-30)."""

import csv
import io
import zipfile

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from infra import pdf
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.model import State
from tests import printouts
from tests.factories import compliance, people
from tests.factories.registry import institution
from tests.webapp.conftest import WebClient
from webapp.bureau import listing
from webapp.bureau.exports import LISTS
from webapp.bureau.listing import Ending

FORMULA = "=cmd|'/c calc'!A0"
pytestmark = pytest.mark.req("DR-24", "DR-30")


@pytest.fixture
def client(web_client: WebClient, domain: Flask) -> WebClient:
    assert domain
    people.bureau_officer()
    return web_client.sign_in("bureau")


@pytest.fixture
def city(client: WebClient) -> WebClient:
    """Two schools, of which one bears a formula as its name and as the reason of what is wrong."""
    for code, name, state in (("K1", FORMULA, State.UNMET), ("K2", "乙幼兒園", State.MET)):
        of = institution(code, name=name)
        bind(db.session, Binding(tenant_id=of.tenant_id))
        compliance.now(of)
        compliance.law(of, days_overdue=2)
        compliance.finding(of, state=state, why=FORMULA)
    return client


def rows(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def told(answer: TestResponse, ending: Ending) -> str:
    """Every word of the file, without white space."""
    assert answer.status_code == 200, answer.text
    if ending is Ending.PDF:
        return printouts.words(answer.data)
    if ending is Ending.ODS:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
            return "".join(opened.read("content.xml").decode().split())
    return "".join(answer.data.decode("utf-8-sig").split())


@pytest.mark.parametrize("key", LISTS)
def test_each_list_says_when_and_how_it_was_computed(city: WebClient, key: str) -> None:
    said = rows(city.get(f"/bureau/exports/{key}.csv"))
    facts = {row[0]: row[1] for row in said[1:5]}
    assert facts.keys() == {"計算時間", "計算方式", "篩選條件", "筆數"}
    assert facts["計算方式"]
    assert len({len(row) for row in said[6:]}) == 1, "every row is as long as the head"


@pytest.mark.parametrize("ending", Ending)
def test_a_formula_that_somebody_typed_runs_in_no_format(city: WebClient, ending: Ending) -> None:
    for key in ("continuity", "board", "scores", "retention"):
        answer = city.get(f"/bureau/exports/{key}.{ending}")
        said = told(answer, ending)
        assert "calc" in said, "the name is there, as words"
        if ending is Ending.PDF:
            assert pdf.check(io.BytesIO(answer.data)).pages
        elif ending is Ending.ODS:
            assert "formula" not in said
            assert ">=cmd" not in said
        else:
            assert not any(cell.startswith("=") for row in rows(answer) for cell in row)


def test_the_filters_of_the_page_are_those_of_the_file_which_says_them(city: WebClient) -> None:
    page = city.get("/bureau/articles/continuity?state=met&kind=preschool").text
    assert 'href="/bureau/exports/continuity.csv?state=met&amp;kind=preschool"' in page
    said = rows(city.get("/bureau/exports/continuity.csv?state=met&kind=preschool"))
    assert [row[1] for row in said[7:]] == ["乙幼兒園"]
    assert "情形：符合" in said[3][1]
    assert "類型：教保服務機構" in said[3][1]
    board = rows(city.get("/bureau/exports/board.csv?standing=fine"))
    assert {row[1] for row in board[7:]} == {"乙幼兒園", f"'{FORMULA}"}
    assert "狀態：正常" in board[3][1]
    assert rows(city.get("/bureau/exports/scores.csv?reach=reached"))[7][1] == "乙幼兒園"


@pytest.mark.req("DR-22")
@pytest.mark.parametrize("ending", Ending)
def test_a_file_is_named_by_its_list_and_day_alone(city: WebClient, ending: Ending) -> None:
    answer = city.get(f"/bureau/exports/scores.{ending}?district=林小惠")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    assert "%E6%9E%97" not in answer.headers["Content-Disposition"], "nothing of what was typed"
    assert f".{ending}" in answer.headers["Content-Disposition"]


def test_a_list_that_is_too_long_is_cut_and_says_so(city: WebClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 1)
    said = rows(city.get("/bureau/exports/scores.csv"))
    assert len(said) == 8
    assert "2，只列前 1 筆" in said[4][1]


@pytest.mark.parametrize("path", ["nothing.csv", "board.exe", "continuity.html"])
def test_what_there_is_not_is_not_found(city: WebClient, path: str) -> None:
    assert city.get(f"/bureau/exports/{path}").status_code == 404


def test_what_only_warns_has_no_share_in_the_file_of_articles_either(city: WebClient) -> None:
    said = rows(city.get("/bureau/exports/articles.csv"))
    assert ["不計比例" in row for row in said if row[:1] == ["影像遺失預警"]] == [True]


def test_an_empty_city_has_lists_without_rows(client: WebClient) -> None:
    for key in LISTS:
        assert client.get(f"/bureau/exports/{key}.csv").status_code == 200
    assert "無資料" in printouts.words(client.get("/bureau/exports/articles.pdf").data)


@pytest.mark.req("DR-23")
def test_a_rare_character_is_printed_and_one_without_a_glyph_costs_nobody_the_list(city: WebClient) -> None:
    institution("K3", name="𡃁堃喆峯温‧幼兒園")
    institution("K4", name="笑臉\U0001f600幼兒園")
    said = printouts.words(city.get("/bureau/exports/board.pdf?standing=no_data").data)
    assert "𡃁堃喆峯温‧幼兒園" in said
    assert "笑臉〔U+1F600〕幼兒園" in said
