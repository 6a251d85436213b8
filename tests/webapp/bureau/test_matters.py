"""Everything that the morning tells ten of: one line an institution and thing, with filters and as a file (B1)."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.model import State
from tenants.registry.models import Tenant
from tests.factories import compliance, people
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient
from webapp.bureau import matters

pytestmark = pytest.mark.req("DR-30")
PAGE = "/bureau/matters"


@pytest.fixture
def client(web_client: WebClient, domain: Flask) -> WebClient:
    assert domain
    people.bureau_officer()
    return web_client.sign_in("bureau")


def school(code: str, name: str, *, district: str = "左營區", kind: str = "preschool", **facts: object) -> Institution:
    of = institution(code, name=name, district=district, kind=kind)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    compliance.now(of, **facts)  # type: ignore[arg-type]
    return of


@pytest.fixture
def many(client: WebClient) -> WebClient:
    """Twelve schools with one trouble in two districts, one with two more."""
    for number in range(12):
        of = school(f"K{number}", f"第{number}幼兒園", district="鼓山區" if number % 2 else "左營區")
        compliance.finding(of, "designation", since=clock.today() - timedelta(days=number), why="未指派專人")
    of = school("E1", "守園國小", kind="elementary_school")
    compliance.finding(of, "retention_min", why="應保存 14 日，最早可查 無", since=clock.today())
    compliance.finding(of, "secrecy", why="未簽保密切結", since=clock.today())
    return client


def rows(page: str) -> list[str]:
    """The lines of the list."""
    return page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr>")[1:]


def test_each_institution_stands_on_its_own_line_the_most_pressing_first_and_then_the_oldest(many: WebClient) -> None:
    assert "12 個機構未符合「指派專人」" in many.get("/bureau/").text
    assert f'href="{PAGE}"' in many.get("/bureau/").text
    page = many.get(PAGE).text
    found = rows(page)
    assert len(found) == 14
    assert "共 14 件" in page
    assert "守園國小" in found[0]
    assert "請優先處理" in found[0]
    designated = [each for each in found if "未指派專人" in each]
    assert all(f"第{number}幼兒園" in each for number, each in zip(range(11, -1, -1), designated, strict=True))
    assert "已 11 日" in designated[0]
    assert "依據：" in designated[0]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("matter=designation", 12),
        ("matter=designation&district=鼓山區", 6),
        ("kind=elementary_school", 2),
        ("district=鼓山區&kind=elementary_school", 0),
        ("matter=nothing", 0),
    ],
)
def test_a_filter_leaves_those_that_fit(many: WebClient, asked: str, wanted: int) -> None:
    page = many.get(f"{PAGE}?{asked}").text
    assert f"共 {wanted} 件" in page
    assert ("沒有符合條件的事項" in page) is (wanted == 0)


def test_a_long_list_has_pages_and_a_number_beyond_the_last_is_the_last(
    many: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matters, "PER_PAGE", 5)
    assert len(rows(many.get(PAGE).text)) == 5
    assert "page=2&amp;matter=designation" in many.get(f"{PAGE}?matter=designation").text
    assert len(rows(many.get(f"{PAGE}?page=3").text)) == 4
    assert len(rows(many.get(f"{PAGE}?page=99").text)) == 4


def test_the_file_has_the_same_lines_and_the_filters(many: WebClient) -> None:
    text = many.get("/bureau/exports/matters.csv?matter=designation&district=鼓山區").data.decode("utf-8-sig")
    found = [line for line in csv.reader(io.StringIO(text)) if line and line[0].startswith("K")]
    assert len(found) == 6
    assert {line[2] for line in found} == {"鼓山區"}
    assert "指派專人（12）" in text


@pytest.mark.req("DR-30")
def test_whom_to_call_stands_beside_it_on_the_page_and_in_the_file(client: WebClient) -> None:
    of = school("K1", "甲幼兒園")
    compliance.finding(of, "secrecy", since=clock.today())
    db.session.get_one(Tenant, of.tenant_id).phone = "07-555-0101#12"
    db.session.commit()
    assert 'href="tel:075550101,12"' in client.get(PAGE).text
    assert "07-555-0101#12" in client.get("/bureau/exports/matters.csv").text


def test_nothing_is_said_in_words_where_nothing_is(client: WebClient) -> None:
    school("K1", "甲幼兒園")
    assert "目前沒有機構需要教育局處理。" in client.get(PAGE).text


def test_of_a_silent_box_one_line_is_told_with_its_fault(client: WebClient) -> None:
    of = school("K1", "甲幼兒園", last_report_at=clock.now() - timedelta(hours=5))
    compliance.finding(of, "open_faults", state=State.WARNED, why="交換器或主機（報修-115-0002）", kind="box_or_switch")
    (line,) = rows(client.get(PAGE).text)
    assert "邊緣主機停止回報；交換器或主機（報修-115-0002）" in line


def test_of_one_day_the_longer_silence_comes_first(client: WebClient) -> None:
    now = clock.now()
    for minutes in (20, 40, 30):
        school(f"K{minutes}", f"第{minutes}幼兒園", last_report_at=now - timedelta(minutes=minutes))
    told = [row for row in rows(client.get(PAGE).text) if "停止回報" in row]
    assert all(f"第{minutes}幼兒園" in row for minutes, row in zip((40, 30, 20), told, strict=True))


@pytest.mark.req("DR-09")
def test_no_line_leads_to_a_picture(many: WebClient) -> None:
    page = many.get(PAGE).text.partition("<main")[2]
    assert "<img" not in page
    assert "footage" not in page


def test_an_institution_that_was_opened_today_is_in_no_morning_until_tomorrow(client: WebClient) -> None:
    opened = institution("K1", name="新開幼兒園", opened_on=clock.today())
    institution("K2", name="甲幼兒園")
    board = client.get("/bureau/").text
    assert "甲幼兒園：邊緣主機從未回報" in board
    assert "新開幼兒園：" not in board
    assert "尚未起算" in board
    assert "今天開通，明天起計入" in board
    page = client.get(PAGE).text
    assert "甲幼兒園" in rows(page)[0]
    assert "新開幼兒園" not in page
    bind(db.session, Binding(tenant_id=opened.tenant_id))
    db.session.get_one(Tenant, opened.tenant_id).opened_on = clock.today() - timedelta(days=1)
    db.session.commit()
    assert "新開幼兒園" in client.get(PAGE).text
