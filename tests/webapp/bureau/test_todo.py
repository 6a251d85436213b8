"""The bureau's 「現在該做什麼」: silent since when, cases past their day, and the rule that comes."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.model import State
from tenants.compliance.finding_models import ComplianceFinding
from tenants.registry.models import Site
from tests.factories import compliance, emergencies, insiders, people, samples
from tests.factories.registry import Institution, institution, scheduled
from tests.webapp.conftest import WebClient


@pytest.fixture
def client(web_client: WebClient, domain: Flask) -> WebClient:
    assert domain
    people.bureau_officer()
    return web_client.sign_in("bureau")


def school(code: str, name: str, **facts: object) -> Institution:
    of = institution(code, name=name)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    compliance.now(of, **facts)  # type: ignore[arg-type]
    return of


def box(client: WebClient) -> str:
    page = client.get("/bureau/").text
    return page[page.index("現在該做什麼") :].split("</section>")[0]


@pytest.mark.req("DR-30")
def test_the_longest_silent_stands_first_and_says_since_when(client: WebClient) -> None:
    now = clock.now()
    school("K1", "甲幼兒園", last_report_at=now - timedelta(minutes=20))
    school("K2", "乙幼兒園", last_report_at=now - timedelta(days=3, hours=4))
    school("K3", "丙幼兒園", last_report_at=now - timedelta(hours=5))
    school("K4", "丁幼兒園")
    told = box(client)
    assert [told.index(name) for name in ("乙幼兒園", "丙幼兒園", "甲幼兒園")] == sorted(
        told.index(name) for name in ("乙幼兒園", "丙幼兒園", "甲幼兒園")
    )
    assert "已 3 日 4 時" in told
    assert "已 20 分" in told
    assert "丁幼兒園" not in told


@pytest.mark.req("DR-30")
def test_a_case_past_its_day_is_the_bureaus_to_ask_about_and_an_open_one_is_not(client: WebClient) -> None:
    compliance.finding(school("K1", "甲幼兒園"), "agency_reply", wrong=1, why="2 件逾處理期限")
    compliance.finding(school("K2", "乙幼兒園"), "agency_reply", state=State.MET)
    told = box(client)
    assert "甲幼兒園：C-GATE：2 件逾處理期限" in told
    assert "乙幼兒園" not in told
    assert "要點第六點" in told


@pytest.mark.req("DR-30", "DR-31")
def test_a_camera_that_stopped_is_told_by_its_fault_and_those_without_one_by_their_number(client: WebClient) -> None:
    for number, (stopped, faulted) in enumerate([(1, 1), (2, 1), (1, 0)], start=1):
        of = school(f"K{number}", f"第{number}幼兒園", recording_now=2 - stopped, stopped_in_faults=faulted)
        if number != 3:
            compliance.finding(of, "open_faults", state=State.WARNED, why="沒有錄影（報修-115-0001）")
    told = box(client)
    assert "第1幼兒園：C-GATE：沒有錄影" in told
    assert "第1幼兒園：1 支鏡頭未在錄影" not in told
    assert "第2幼兒園：1 支鏡頭未在錄影" in told
    assert "第3幼兒園：1 支鏡頭未在錄影" in told


@pytest.mark.req("DR-30")
def test_what_is_of_this_minute_says_for_how_long_as_well(client: WebClient) -> None:
    now = clock.now()
    school("K1", "甲幼兒園", recording_now=1, stopped_since=now - timedelta(hours=30))
    compliance.law(school("K2", "乙幼兒園"), late_reviews=1, wrong_since=now - timedelta(days=2))
    institution("K3", name="丙幼兒園", opened_on=clock.today() - timedelta(days=9))
    told = box(client)
    assert re.findall(r"(.)幼兒園：[^自]*自[^，]*起，已 ([^；<]*)", told) == [
        ("乙", "2 日"),
        ("甲", "1 日 6 時"),
        ("丙", "9 日"),
    ]


@pytest.mark.req("DR-30", "DR-31")
def test_until_its_fault_is_told_a_camera_that_stopped_is(client: WebClient) -> None:
    school("K1", "甲幼兒園", recording_now=1, stopped_in_faults=1)
    assert "甲幼兒園：1 支鏡頭未在錄影" in box(client)


@pytest.mark.req("DR-30", "DR-31")
def test_a_box_that_is_silent_is_one_thing_and_what_else_is_broken_there_another(client: WebClient) -> None:
    hours, days = (clock.now() - timedelta(hours=5), clock.now() - timedelta(days=3))
    for number, last in enumerate((hours, hours, days), start=1):
        of = school(f"K{number}", f"第{number}幼兒園", last_report_at=last)
        bag = ("blocked", "畫面被遮住（報修-115-0001）")
        faults = [*([bag] if number == 2 else []), ("box_or_switch", "交換器或主機（報修-115-0002）")]
        compliance.finding(of, "open_faults", state=State.WARNED, wrong=len(faults), since=clock.today())
        row = db.session.get_one(ComplianceFinding, (of.tenant_id, clock.today(), "open_faults"))
        row.subjects = [{**row.subjects[0], "kind": kind, "why": why} for kind, why in faults]
        db.session.commit()
        if last == days:
            compliance.finding(of, "at_risk", state=State.WARNED, why="沒有連線", since=clock.today())
    told = box(client)
    for number in (1, 2):
        assert f"第{number}幼兒園：邊緣主機停止回報；交換器或主機（報修-115-0002）" in told
    assert "第2幼兒園：C-GATE：畫面被遮住（報修-115-0001）" in told
    assert "第3幼兒園：C-GATE：沒有連線；交換器或主機（報修-115-0002）" in told
    assert told.count("<li") == 4


@pytest.mark.req("DR-30", "DR-31")
def test_a_switch_whose_box_speaks_is_told_by_its_fault(client: WebClient) -> None:
    of = school("K1", "甲幼兒園")
    compliance.finding(of, "open_faults", state=State.WARNED, why="交換器或主機（報修-115-0002）", kind="box_or_switch")
    assert "甲幼兒園：C-GATE：交換器或主機（報修-115-0002）" in box(client)


@pytest.mark.req("DR-10")
def test_a_rule_that_comes_names_the_sites_that_will_lack_storage(client: WebClient) -> None:
    of = school("K1", "甲幼兒園")
    compliance.stored(of)
    db.session.get_one(Site, of.site_id).capacity_bytes = 10**9
    db.session.commit()
    scheduled(effective_from=clock.today() + timedelta(days=90), min_days=30)
    told = box(client)
    assert "第 116 版自" in told
    assert "1 個場所儲存空間不足" in told
    assert "請優先處理" not in told


@pytest.mark.req("DR-10")
def test_a_rule_far_ahead_is_no_news_and_one_that_is_near_comes_first(client: WebClient) -> None:
    of = school("K1", "甲幼兒園", last_report_at=clock.now() - timedelta(days=3))
    compliance.stored(of)
    db.session.get_one(Site, of.site_id).capacity_bytes = 10**9
    db.session.commit()
    scheduled(version="118", effective_from=clock.today() + timedelta(days=300), min_days=60)
    assert "第 118 版" not in box(client)
    scheduled(version="117", effective_from=clock.today() + timedelta(days=45), min_days=30)
    told = box(client)
    assert told.index("第 117 版") < told.index("甲幼兒園：")
    assert "請優先處理" in told


@pytest.mark.req("DR-30")
def test_what_many_institutions_have_is_one_thing_with_the_list_behind_it(client: WebClient) -> None:
    since = clock.today() - timedelta(days=12)
    for number in range(5):
        of = school(f"K{number}", f"第{number}幼兒園")
        compliance.finding(of, "calibration", since=since + timedelta(days=number))
    told = box(client)
    assert "5 個機構未符合「定期校正」" in told
    assert "已 12 日；由該機構監錄系統管理承辦人處理" in told
    assert "第0幼兒園" not in told
    listed = client.get("/bureau/articles/calibration?state=unmet").text
    assert all(f"第{number}幼兒園" in listed for number in range(5))


def fifteen_matters() -> list[Institution]:
    """Three schools of which each lacks the same five things."""
    found = []
    for number in range(3):
        of = school(f"K{number}", f"第{number}幼兒園")
        for article in ("continuity", "retention_min", "retention_max", "agency_reply", "calibration"):
            compliance.finding(of, article, since=clock.today())
        found.append(of)
    return found


def left_out(page: str) -> dict[str, str]:
    """What found no place, as the links to its lists are called, with their addresses."""
    told = page.partition("件沒有列出：")[2].partition("。")[0]
    return {words: address for address, words in re.findall(r'<a href="(/bureau/[^"]*)">([^<]*)</a>', told)}


@pytest.mark.req("DR-30")
def test_the_morning_holds_ten_things_and_says_how_many_more_there_are(client: WebClient) -> None:
    fifteen_matters()
    page = client.get("/bureau/").text
    assert box(client).count("<li") == 10
    assert "另有 5 件沒有列出" in page
    assert left_out(page) == {"機構的待處理事項 5 件": "/bureau/matters"}
    everything = client.get("/bureau/matters").text
    assert "共 15 件" in everything
    assert everything.split("<tbody>")[1].count("<tr>") == 15


def waiting_at_the_bureau(of: Institution, *, reviews: int) -> None:
    """A rule that comes, an improvement that is late and one that was answered, and emergency accesses to review."""
    operator, auditor = people.operator(), people.auditor()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    for _ in range(reviews):
        emergencies.access(
            of.tenant_id, requested_by=operator, approved_by=auditor, review_due_on=clock.today() + timedelta(days=3)
        )
    for days, answered_by in ((-3, None), (5, operator)):
        samples.improvement(of, disclosure_id=insiders.request(of), by=auditor, days=days, answered_by=answered_by)
        bind(db.session, Binding(tenant_id=of.tenant_id))
    scheduled(effective_from=clock.today() + timedelta(days=90), min_days=30)


@pytest.mark.req("DR-30", "DR-15")
@pytest.mark.parametrize(
    ("reviews", "matters", "left"),
    [
        (1, 15, {"機構的待處理事項 9 件": "/bureau/matters"}),
        (
            9,
            15,
            {
                "緊急存取 6 件": "/bureau/emergencies",
                "改善事項 1 件": "/bureau/improvements",
                "機構的待處理事項 10 件": "/bureau/matters",
            },
        ),
        (9, 0, {"緊急存取 1 件": "/bureau/emergencies", "改善事項 1 件": "/bureau/improvements"}),
        (1, 0, {}),
    ],
)
def test_ten_lines_are_the_most_whatever_waits_and_each_says_how_old_it_is_and_whose(
    client: WebClient, reviews: int, matters: int, left: dict[str, str]
) -> None:
    schools = fifteen_matters() if matters else [school("K1", "甲幼兒園")]
    waiting_at_the_bureau(schools[0], reviews=reviews)
    page = client.get("/bureau/").text
    lines = box(client).split("<li")[1:]
    waits = reviews + 3 + matters
    assert len(lines) == min(waits, 10)
    assert left_out(page) == left
    assert (f"另有 {waits - 10} 件沒有列出" in page) is (waits > 10)
    for line in lines:
        assert re.search(r"自民國|已 \d+ 日|逾期 \d+ 日|\d+ 日後", line), line
        assert re.search(r"由|請您|請聯絡|應處理的人", line), line
    assert all(client.get(address).status_code == 200 for address in left.values())


@pytest.mark.req("TY-X-1")
def test_a_matter_cites_the_regulation_of_every_site_of_the_institution(client: WebClient) -> None:
    of = institution("E1", name="向陽國民小學", kind="elementary_school", profile="TY_ELEMENTARY")
    bind(db.session, Binding(tenant_id=of.tenant_id))
    compliance.now(of)
    compliance.finding(of, "inspection")
    assert "計畫參、三" in box(client)
    assert "要點第八點第一款" not in box(client)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    db.session.add(Site(id=uuid4(), tenant_id=of.tenant_id, code="E1K", name="附設幼兒園", profile="KH_PRESCHOOL"))
    db.session.commit()
    assert "要點第八點第一款、計畫參、三" in box(client)


@pytest.mark.req("DR-30")
def test_each_thing_says_whether_the_officer_calls_or_waits(client: WebClient) -> None:
    school("K1", "甲幼兒園", last_report_at=clock.now() - timedelta(days=3))
    compliance.finding(school("K2", "乙幼兒園"), "calibration")
    lines = {name: line for line in box(client).split("<li") for name in ("甲幼兒園：", "乙幼兒園：") if name in line}
    assert "請聯絡該機構監錄系統管理承辦人處理" in lines["甲幼兒園："]
    assert "由該機構監錄系統管理承辦人處理，教育局等候其處理" in lines["乙幼兒園："]


@pytest.mark.req("KH-8-1d")
def test_what_is_out_of_order_stands_before_papers_however_old_they_are(client: WebClient) -> None:
    compliance.finding(school("K1", "甲幼兒園"), "secrecy", since=clock.today() - timedelta(days=300))
    compliance.finding(school("K2", "乙幼兒園"), "open_faults", state=State.WARNED, since=clock.today(), wrong=1)
    told = box(client)
    assert told.index("乙幼兒園") < told.index("甲幼兒園")


@pytest.mark.req("DR-30")
@pytest.mark.parametrize(
    ("article", "state"), [("open_faults", State.WARNED), ("at_risk", State.WARNED), ("secrecy", State.UNMET)]
)
def test_what_many_have_opens_to_the_list_of_them(client: WebClient, article: str, state: State) -> None:
    for number in range(4):
        compliance.finding(school(f"K{number}", f"{number}號幼兒園"), article, state=state, since=clock.today())
    assert f"4 個機構{'有' if state is State.WARNED else '未符合'}「" in box(client)
    (address,) = re.findall(rf'href="(/bureau/articles/{article}[^"]*)"', box(client))
    page = client.get(address).text
    listed = page[page.index('id="list"') :]
    assert all(f"{number}號幼兒園" in listed for number in range(4))
