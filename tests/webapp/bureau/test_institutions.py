"""The operator renames and closes an institution, and sees counts, names and documents only (DR-33, DR-09)."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.models import ComplianceNow
from tenants.people import queries as persons
from tenants.registry import queries as registry
from tenants.roc_dates import format_date, short_date
from tests.factories import compliance, people
from tests.factories.cast import Cast, cast
from tests.webapp.conftest import WebClient

pytestmark = pytest.mark.req("DR-33")

TODAY = clock.today()


@pytest.fixture
def city(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """K1 and E1 with their people, the bureau's people, and somebody who may keep papers."""
    assert domain
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    made = cast()
    people.operator()
    people.bureau_officer()
    people.person("keeper", name="保管人")
    return made


def typed(**changes: str) -> dict[str, str]:
    whole = {
        "kind": "closed",
        "effective_from": short_date(TODAY),
        "document": "府教幼字第1150000009號",
        "document_date": short_date(TODAY),
        "successor": "",
        "keeper": "守園市政府教育局",
        "custodian": "keeper",
        "confirmed": "y",
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def address(city: Cast, tail: str = "") -> str:
    return f"/bureau/tenants/{city.k1.tenant_id}{tail}"


def test_an_operator_renames_and_the_institution_is_found_by_either_name(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    name = {"name": "曙光幼兒園", "short_name": "", "district": "向陽區", "document": "府教幼字第1150000001號"}
    answer = client.post(address(city, "/names"), data=name | {"effective_from": short_date(TODAY)})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for part in ("曙光幼兒園", "晨光幼兒園", "府教幼字第1150000001號", "已生效", "永不變更"):
        assert part in page
    for word in ("晨光", "曙光"):
        assert "曙光幼兒園" in client.get(f"/bureau/tenants?q={word}").text
        assert "曙光幼兒園" in client.get(f"/notices?q={word}").text
    assert "原名：晨光幼兒園" in client.get(f"/notice/{city.k1.tenant_id}").text
    again = client.post(address(city, "/names"), data=name | {"effective_from": "", "document": ""})
    assert again.status_code == 422
    assert "請填寫生效日" in again.text


def test_a_name_ahead_is_taken_back_on_the_page(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    ahead = {"name": "曙光幼兒園", "district": "左營區", "document": "府1"}
    begins = short_date(TODAY + timedelta(days=9))
    page = client.post(address(city, "/names"), data=ahead | {"effective_from": begins}, follow_redirects=True).text
    assert "尚未生效" in page
    withdraw = re.search(r'action="(/bureau/tenants/[^"]+/names/[^"]+/withdrawal)"', page)
    assert withdraw is not None
    assert "已撤回，名稱不變" in client.post(withdraw[1], follow_redirects=True).text


def test_a_district_is_renamed_in_one_step(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    typed_ = {"district": "左營區", "to": "朝陽區", "effective_from": short_date(TODAY), "document": "府民字第1號"}
    assert "左營區" in client.get("/bureau/districts").text
    assert "已登記 2 個機構" in client.post("/bureau/districts", data=typed_, follow_redirects=True).text
    refused = client.post("/bureau/districts", data=typed_ | {"district": "朝陽區", "to": " "})
    assert (refused.status_code, "新名稱" in refused.text) == (422, True)
    assert city.k1


def test_before_closing_the_page_counts_what_is_open_and_shows_no_case(web_client: WebClient, city: Cast) -> None:
    page = web_client.sign_in("operator").get(address(city, "/closing")).text
    row = page[page.index("人員指派") :].split("</tr>")[0]
    assert ">4<" in row
    assert "使用中的鏡頭" in page
    assert not re.search(r"/schools/|/media/|調閱-\d|<video", page)


def test_a_closed_institution_leaves_the_daily_list_and_stays_in_a_filter(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    answer = client.post(address(city, "/closing"), data=typed())
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location).text
    for part in ("已停辦", "府教幼字第1150000009號", "守園市政府教育局", "保管人（keeper）"):
        assert part in page
    assert "登記更名" not in page
    assert "晨光幼兒園" in client.get("/bureau/tenants?state=closed").text
    assert "晨光幼兒園</a>" not in client.get("/bureau/tenants?state=open").text
    bureau = client.sign_in("bureau")
    daily, asked = bureau.get("/bureau/").text, bureau.get("/bureau/?standing=closed").text
    assert "晨光幼兒園</a>" not in daily
    assert "向陽國小</a>" in daily
    assert "資料由守園市政府教育局保管" in asked[asked.index("晨光幼兒園</a>") :].split("</tr>")[0]
    assert "保管人保存" in bureau.get(f"/bureau/institutions/{city.k1.tenant_id}").text


@pytest.mark.req("DR-30")
def test_a_closed_institution_whose_footage_is_late_needs_somebody(web_client: WebClient, city: Cast) -> None:
    web_client.sign_in("operator").post(address(city, "/closing"), data=typed())
    bind(db.session, Binding(tenant_id=city.k1.tenant_id))
    compliance.now(city.k1)
    db.session.get_one(ComplianceNow, city.k1.tenant_id).overdue_destructions = 2
    db.session.commit()
    daily = web_client.sign_in("bureau").get("/bureau/").text
    assert "已停辦，2 日份影像逾期未完成銷毀" in daily


def test_a_closing_ahead_is_shown_and_taken_back(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    begins = TODAY + timedelta(days=40)
    page = client.post(address(city, "/closing"), data=typed(effective_from=short_date(begins)), follow_redirects=True)
    assert "已排定停辦" in page.text
    assert f"{format_date(begins)}起停辦，之後不再錄影" in client.get(f"/notice/{city.k1.tenant_id}").text
    assert "已登記，不能再登記一次" in client.get(address(city, "/closing")).text
    assert "已撤回停辦登記" in client.post(address(city, "/closing/withdrawal"), follow_redirects=True).text
    assert registry.tenant(tenant_id=city.k1.tenant_id).closed_from is None


REFUSED = (
    ({"confirmed": None}, "請先確認上列事項"),
    ({"custodian": "nobody"}, "找不到這個帳號"),
    ({"custodian": "bureau"}, "不能再擔任"),
    ({"document": ""}, "請填寫核准公文的文號"),
    ({"effective_from": short_date(TODAY - timedelta(days=40))}, "最早可補登到"),
    ({"kind": "merged"}, "請選擇承接"),
    ({"keeper": ""}, "請填寫停辦後保管資料的機關"),
    ({"successor": "00000000-0000-0000-0000-000000000007"}, "請從清單中選取"),
)


def test_what_cannot_be_is_said_beside_its_field_and_nothing_closes(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    for changes, sentence in REFUSED:
        answer = client.post(address(city, "/closing"), data=typed(**changes))  # type: ignore[arg-type]
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
    assert client.post(address(city, "/closing"), data=typed()).status_code == 303
    again = client.post(address(city, "/closing"), data=typed())
    assert (again.status_code, "已登記，不能再登記一次" in again.text) == (422, True)


def test_another_custodian_is_named_and_a_lack_of_one_is_told(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    client.post(address(city, "/closing"), data=typed())
    person = persons.user_by_login(login="keeper")
    assert person is not None
    person.deactivated_at, person.deactivated_by = clock.now(), person.id
    db.session.commit()
    assert "目前沒有可以使用的保管人帳號" in client.get(address(city)).text
    ask = {"custodian": "keeper", "document": "府教幼字第1150000010號"}
    assert "已停用" in client.post(address(city, "/custodian"), data=ask).text
    done = client.post(address(city, "/custodian"), data=ask | {"custodian": "e1-head"}, follow_redirects=True).text
    assert "已變更保管人" in done
    assert "（e1-head）" in done


@pytest.mark.req("DR-09")
def test_only_the_operator_closes_and_nobody_closes_the_bureau(web_client: WebClient, city: Cast) -> None:
    officer = web_client.sign_in("bureau")
    for method, tail in (("GET", ""), ("GET", "/closing"), ("POST", "/closing"), ("POST", "/names")):
        assert officer.open(address(city, tail), method=method).status_code == 403
    operator = web_client.sign_in("operator")
    for tail in ("", "/closing"):
        assert operator.get(f"/bureau/tenants/{people.bureau()}{tail}").status_code == 404


@pytest.mark.req("DR-32")
def test_a_closing_tells_all_that_it_lacks(web_client: WebClient, city: Cast) -> None:
    ahead = short_date(TODAY + timedelta(days=1))
    lacking = typed(kind="merged", effective_from="明天", document="", document_date=ahead, custodian="nobody.there")
    answer = web_client.sign_in("operator").post(address(city, "/closing"), data=lacking | {"confirmed": ""})
    assert answer.status_code == 422
    for sentence in (
        "看不懂這個日期。",
        "請填寫核准公文的文號。",
        "發文日期不能晚於今天。",
        "請選擇承接的學校、幼兒園。",
        "找不到這個帳號。",
    ):
        assert sentence in answer.text, sentence


@pytest.mark.req("DR-32")
def test_another_name_tells_all_that_it_lacks(web_client: WebClient, city: Cast) -> None:
    far = short_date(TODAY + timedelta(days=800))
    lacking = {"name": "名" * 101, "short_name": "", "district": "", "document": "", "effective_from": far}
    answer = web_client.sign_in("operator").post(address(city, "/names"), data=lacking)
    assert answer.status_code == 422
    for sentence in ("最多 100 字。", "請填寫行政區。", "請填寫核定公文的文號。", "生效日不可晚於一年後。"):
        assert sentence in answer.text, sentence
