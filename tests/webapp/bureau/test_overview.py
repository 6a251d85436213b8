"""The city's score by its parts, who is below the target, the map, the trend with its warning (DR-30, DR-34)."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.model import State
from tests.factories import compliance, people
from tests.factories.registry import Institution, institution, renamed
from tests.statements import statements_sent
from tests.webapp.conftest import WebClient

TODAY = clock.today()
YESTERDAY = TODAY - timedelta(days=1)
PAGE, LIST = "/bureau/overview", "/bureau/overview/institutions"
pytestmark = pytest.mark.req("DR-30")


@pytest.fixture
def client(web_client: WebClient, domain: Flask) -> WebClient:
    assert domain
    people.bureau_officer()
    return web_client.sign_in("bureau")


def school(code: str, name: str, **states: State) -> Institution:
    of = institution(code, name=name)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    for article, state in states.items():
        compliance.finding(of, article, state=state)
    return of


@pytest.fixture
def city(client: WebClient) -> WebClient:
    """One of three schools is at the target of 90 %, one below, and of one nothing is known."""
    compliance.weighting(target=900, continuity=3, zones=1)
    school("K1", "甲幼兒園", continuity=State.MET, zones=State.MET)
    school("K2", "乙幼兒園", continuity=State.MET, zones=State.UNMET, at_risk=State.WARNED)
    school("K3", "丙幼兒園")
    return client


def test_a_score_is_told_with_its_definition_time_target_and_version(city: WebClient) -> None:
    page = city.get(PAGE).text
    assert "87.5 %" in page, "7 of 8"
    assert "目標 90.0 %" in page
    assert "計算於" in page
    assert "未回報與無資料算未符合" in page
    assert "民國109年1月1日起的版本" in page


def test_each_figure_opens_to_the_institutions_behind_it(city: WebClient) -> None:
    page = city.get(PAGE).text
    for reach, name, others in (
        ("below", "乙幼兒園", ("甲幼兒園", "丙幼兒園")),
        ("reached", "甲幼兒園", ("乙幼兒園", "丙幼兒園")),
        ("no_data", "丙幼兒園", ("甲幼兒園", "乙幼兒園")),
        ("at_risk", "乙幼兒園", ("甲幼兒園", "丙幼兒園")),
    ):
        assert f"reach={reach}" in page
        listed = city.get(f"{LIST}?reach={reach}").text
        assert name in listed
        assert not any(other in listed for other in others)


def test_who_was_not_looked_at_is_no_data_and_neither_fine_nor_zero(city: WebClient) -> None:
    listed = city.get(f"{LIST}?reach=no_data").text
    assert "無資料" in listed
    assert "0.0 %" not in listed


def test_the_map_says_the_same_as_its_table_and_by_more_than_colour(city: WebClient) -> None:
    page = city.get(PAGE).text
    drawing = page[page.index('<svg class="sy-map"') : page.index("</svg>", page.index('<svg class="sy-map"'))]
    assert 'aria-label="左營 87.5 % ▼ △1：左營區，未達目標，3 個機構，1 個機構影像遺失預警"' in drawing
    assert "href=" in drawing
    assert 'fill="url(#map-below)"' in drawing, "a pattern"
    assert "▼" in drawing, "a sign"
    table = page[page.index('id="by-district"') :]
    assert "左營區" in table
    assert "87.5 %" in table


@pytest.mark.req("DR-34")
def test_the_page_warns_before_the_fourteen_days_are_broken(city: WebClient) -> None:
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    compliance.city_day(bureau_id, on=YESTERDAY, met=9, unmet=1, district="左營區")
    compliance.city_day(bureau_id, on=YESTERDAY, met=0, unmet=0, warned=2, article="at_risk", district="左營區")
    page = city.get(f"{PAGE}?district=左營區").text
    assert "1 個機構的影像再不處理就會出現缺口" in page
    assert "/bureau/articles/at_risk?state=warned&amp;district=" in page
    trend = page[page.index('id="trend"') :]
    assert "sy-mark" in trend, "the chart itself bears the warning"
    assert re.search(r'data-label="影像遺失預警的機構" class="sy-num">2<', trend), "and so does its table"
    assert "90.0 %" in trend


def test_a_past_score_is_told_with_the_version_of_its_day(client: WebClient) -> None:
    compliance.weighting(target=900, continuity=3)
    compliance.weighting(begin=TODAY, target=900, zones=1)
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    compliance.city_day(bureau_id, on=YESTERDAY, met=3, unmet=1)
    compliance.city_day(bureau_id, on=YESTERDAY, met=0, unmet=4, article="zones")
    assert "75.0 %" in client.get(PAGE).text


@pytest.mark.req("DR-33")
def test_a_district_renamed_in_the_middle_of_the_year_shows_its_past_once_and_under_its_present_name(
    client: WebClient,
) -> None:
    compliance.weighting(target=900, continuity=3)
    renamed(school("K1", "甲幼兒園", continuity=State.MET), former_district="舊城區", effective_from=TODAY)
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    compliance.city_day(bureau_id, on=YESTERDAY, met=3, unmet=1, district="舊城區")
    page = client.get(f"{PAGE}?district=左營區").text
    trend = page[page.index('id="trend"') :]
    assert trend.count("75.0 %") == 2, "in the chart and in its table"
    assert "舊城區" not in client.get(PAGE).text, "no tile and no line of its own"
    assert client.get(f"{LIST}?district=舊城區").text.count("甲幼兒園") == 0


@pytest.mark.parametrize("asked", ["district=x", "kind=x", "reach=x", "ownership='--", "district=%00", "page=99999"])
def test_whatever_is_asked_for_is_a_page(city: WebClient, asked: str) -> None:
    assert city.get(f"{PAGE}?{asked}").status_code == 200
    assert city.get(f"{LIST}?{asked}").status_code == 200


def test_an_empty_city_is_no_data(client: WebClient) -> None:
    assert "無資料" in client.get(PAGE).text
    assert client.get(LIST).status_code == 200


def test_the_page_asks_as_little_of_the_database_in_a_large_city_as_in_a_small_one(city: WebClient) -> None:
    def asked() -> int:
        with statements_sent(*db.engines.values()) as said:
            assert city.get(PAGE).status_code == 200
        return len(said)

    before = asked()
    for number in range(4, 9):
        school(f"K{number}", f"第{number}幼兒園", continuity=State.UNMET)
    assert asked() == before


def test_an_institutions_page_says_how_its_score_comes_about(city: WebClient) -> None:
    of = school("K9", "丁幼兒園", continuity=State.MET, zones=State.UNMET, equipment=State.ADVICE)
    page = city.get(f"/bureau/institutions/{of.tenant_id}").text
    assert "分數 75.0 %" in page
    assert "（3／4）" in page
    assert ">3／3<" in page
    assert ">0／1<" in page
    assert "不計分" in page


def test_an_articles_page_says_the_target_and_measures_its_trend_by_it(city: WebClient) -> None:
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    compliance.city_day(bureau_id, on=YESTERDAY, met=19, unmet=1)
    compliance.city_day(bureau_id, on=YESTERDAY - timedelta(days=1), met=18, unmet=2)
    page = city.get("/bureau/articles/continuity").text
    assert "目標 95.0 %，計分權重 3" in page
    trend = page[page.index('id="trend"') :]
    assert trend.count('<rect class="sy-fill-good" x=') == 1, "95 % is at the target"
    assert trend.count('<rect class="sy-fill-bad" x=') == 1, "90 % is below"
    assert "本項不計分" in city.get("/bureau/articles/at_risk").text
