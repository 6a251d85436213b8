"""The pages of articles: every figure opens to its list, and says what it counts (DR-30)."""

from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.catalogue import ARTICLES
from tenants.compliance.articles.model import State
from tests.factories import compliance, people
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient

TODAY = clock.today()

pytestmark = pytest.mark.req("DR-30")


@pytest.fixture
def client(web_client: WebClient, domain: Flask) -> WebClient:
    assert domain
    people.bureau_officer()
    return web_client.sign_in("bureau")


def school(code: str, name: str, state: State = State.UNMET, **said: object) -> Institution:
    of = institution(code, name=name)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    compliance.finding(of, state=state, **said)  # type: ignore[arg-type]
    return of


def test_without_a_day_of_findings_nothing_is_said_to_be_fine(client: WebClient) -> None:
    assert "還沒有檢視過" in client.get("/bureau/articles").text
    assert "無資料" in client.get("/bureau/").text


def test_a_figure_opens_to_the_institutions_behind_it_with_what_is_wrong(client: WebClient) -> None:
    school("K1", "甲幼兒園", why="應錄 600 分，缺 60 分", since=TODAY)
    school("K2", "乙幼兒園", State.MET)
    school("K3", "丙幼兒園", State.NOT_REPORTED)
    overview = client.get("/bureau/articles").text
    assert 'href="/bureau/articles/continuity?state=unmet"' in overview
    assert "33.3" in overview
    page = client.get("/bureau/articles/continuity?state=unmet").text
    assert "甲幼兒園" in page
    assert "C-GATE：應錄 600 分，缺 60 分" in page
    assert "乙幼兒園" not in page


def test_what_nobody_owes_is_not_applicable_and_not_unknown_wherever_its_share_is_told(client: WebClient) -> None:
    school("K1", "甲幼兒園", State.NOT_APPLICABLE)
    assert "符合比例 不適用，目標" in client.get("/bureau/articles/continuity").text
    row = client.get("/bureau/articles").text.partition("持續正常運作")[2].partition("</tr>")[0]
    assert "不適用" in row
    told = client.get("/bureau/exports/articles.csv").data.decode("utf-8-sig").splitlines()
    assert [",不適用," in line for line in told if line.startswith("持續正常運作")] == [True]


@pytest.mark.parametrize("article", ["at_risk", "open_faults"])
def test_what_only_warns_is_counted_as_a_warning_that_opens_and_has_no_share(client: WebClient, article: str) -> None:
    of = institution("K1", name="甲幼兒園")
    bind(db.session, Binding(tenant_id=of.tenant_id))
    compliance.finding(of, article, state=State.WARNED)
    for address in ("/bureau/", "/bureau/articles"):
        page = client.get(address).text
        row = page[page.index(f'href="/bureau/articles/{article}"') :].split("</tr>")[0]
        assert f'href="/bureau/articles/{article}?state=warned"' in row
        assert "不計比例" in row
        assert "0.0" not in row
    parts = client.get(f"/bureau/articles/{article}").text
    parts = parts[parts.index('id="parts"') :].split("</section>")[0]
    assert 'data-label="預警" class="sy-num">1<' in parts
    assert "0.0" not in parts


def test_advice_is_counted_where_the_share_would_be_and_opens_to_its_list(client: WebClient) -> None:
    of = institution("K1", name="甲幼兒園")
    bind(db.session, Binding(tenant_id=of.tenant_id))
    compliance.finding(of, "drill", state=State.ADVICE)
    for address in ("/bureau/", "/bureau/articles", "/bureau/articles/drill"):
        assert '<a href="/bureau/articles/drill?state=advice">建議改善 1</a>' in client.get(address).text


@pytest.mark.parametrize("article", ARTICLES, ids=lambda each: each.key)
def test_each_page_says_what_it_counts_and_how_each_regulation_asks(client: WebClient, article: object) -> None:
    page = client.get(f"/bureau/articles/{article.key}").text  # type: ignore[attr-defined]
    assert article.definition.replace("「", "「") in page  # type: ignore[attr-defined]
    assert "規定怎麼說" in page


@pytest.mark.req("TY-X-1")
def test_what_a_regulation_is_silent_about_is_said_to_be_advice(client: WebClient) -> None:
    assert "未規定（僅列建議）" in client.get("/bureau/articles/calibration").text


def test_a_chart_has_a_table_and_a_day_without_a_count_is_no_zero(client: WebClient) -> None:
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    compliance.city_day(bureau_id, on=TODAY - timedelta(days=1), met=3, unmet=1)
    page = client.get("/bureau/articles/continuity").text
    trend = page[page.index('id="trend"') :]
    assert "以表格檢視" in trend
    assert "75" in trend
    assert "無資料" in trend


def test_a_part_of_the_city_opens_to_its_institutions(client: WebClient) -> None:
    school("K1", "甲幼兒園")
    page = client.get("/bureau/articles/continuity?part=kind").text
    assert 'href="/bureau/articles/continuity?kind=preschool#list"' in page
    assert "甲幼兒園" in client.get("/bureau/articles/continuity?kind=preschool").text
    assert "甲幼兒園" not in client.get("/bureau/articles/continuity?kind=elementary_school").text


@pytest.mark.parametrize("asked", ["state=x", "part=x", "page=0", "page=9999999999", "district=%00", "kind='--"])
def test_whatever_is_asked_for_is_a_page(client: WebClient, asked: str) -> None:
    assert client.get(f"/bureau/articles/continuity?{asked}").status_code == 200


def test_an_article_that_there_is_not_is_not_found(client: WebClient) -> None:
    assert client.get("/bureau/articles/nothing").status_code == 404


def test_an_institutions_page_lists_its_articles_with_what_is_wrong(client: WebClient) -> None:
    of = school("K1", "甲幼兒園", why="應錄 600 分，缺 60 分")
    page = client.get(f"/bureau/institutions/{of.tenant_id}").text
    assert "C-GATE：應錄 600 分，缺 60 分" in page
    assert "持續正常運作" in page
