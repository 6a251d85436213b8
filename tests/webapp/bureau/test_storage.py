"""The operator sees when the store will be full, on what that rests, and says how much room there is (DR-10)."""

from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.audit.events import Event
from tenants.compliance.storage import queries
from tenants.compliance.storage.queries import outlook
from tenants.roc_dates import short_date
from tests.factories import compliance, people
from tests.factories.registry import Institution, closed, institution, scheduled
from tests.webapp.conftest import WebClient

PAGE = "/bureau/platform/storage"
TODAY = clock.today()
GB = 10**9

pytestmark = pytest.mark.req("DR-10")


@pytest.fixture
def k1(domain: Flask) -> Institution:
    """A preschool that stored 10 GB on each of the last twenty days, kept for fourteen; holds keep 5 GB."""
    assert domain
    made = institution("K1")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    for back in range(1, 21):
        compliance.stored(made, on=TODAY - timedelta(days=back), size=10 * GB)
    compliance.law(made, held_bytes=5 * GB)
    return made


@pytest.fixture
def operator(web_client: WebClient, k1: Institution) -> WebClient:
    assert k1
    people.operator()
    return web_client.sign_in("operator")


def room(size: int, *, operator: str = "operator2") -> None:
    bureau = people.bureau()
    by = people.operator(operator)
    bind(db.session, Binding(tenant_id=bureau))
    compliance.room(bureau, by, size=size)


def test_what_lies_there_now_and_later_with_what_holds_keep(k1: Institution) -> None:
    found = outlook(today=TODAY)
    (line,) = found.institutions
    assert line.at == (155 * GB, 155 * GB, 155 * GB, 155 * GB)
    assert (line.held, line.a_day, line.unknown, line.guessed) == (5 * GB, 10 * GB, 0, 0)
    assert found.curve[0] == (TODAY, 155 * GB)
    assert len(found.curve) == 366
    assert k1


def test_a_scheduled_version_raises_what_will_lie_there(k1: Institution) -> None:
    scheduled(effective_from=TODAY + timedelta(days=40), min_days=30)
    (line,) = outlook(today=TODAY).institutions
    assert line.at == (155 * GB, 155 * GB, 315 * GB, 315 * GB)
    assert k1


def test_a_new_camera_is_reckoned_with_from_its_first_day_on(k1: Institution) -> None:
    """Both cameras of today against the one of the days that are measured."""
    for back in range(1, 15):
        compliance.day(k1, on=TODAY - timedelta(days=back))
    db.session.execute(db.text("update compliance_days set cameras = 1"))
    compliance.now(k1)
    (line,) = outlook(today=TODAY).institutions
    assert line.a_day == 20 * GB
    assert line.at[1] == 15 * 20 * GB + 5 * GB


@pytest.mark.req("DR-30")
def test_a_site_that_never_reported_is_counted_apart_and_in_no_sum(k1: Institution) -> None:
    institution("K2", name="月光幼兒園")
    found = outlook(today=TODAY)
    silent = next(each for each in found.institutions if each.institution == "月光幼兒園")
    assert silent.at == (None,) * 4
    assert (silent.a_day, silent.unknown) == (None, 1)
    assert (found.unknown, found.at(0)) == (1, 155 * GB)
    assert k1


def test_a_closed_institution_stores_nothing_more_and_what_it_stored_goes_on_its_day(k1: Institution) -> None:
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    closed(k1, on=TODAY)
    (line,) = outlook(today=TODAY).institutions
    assert (line.at[0], line.at[1], line.unknown) == (145 * GB, 5 * GB, 0)


@pytest.mark.req("DR-30")
def test_a_store_of_which_nobody_said_how_large_it_is_asks_for_it(operator: WebClient) -> None:
    page = operator.get(PAGE).text
    assert "尚未登記儲存容量，無法預測何時用罄" in page
    assert "155.0 GB" in page
    assert "未登記容量，以最高量為準" in page


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1000 * GB, "容量足夠一年所需"),
        (190 * GB, "儲存空間已使用達 80.0 %"),
        (170 * GB, "儲存空間已使用達 90.0 %"),
        (155 * GB, "儲存空間已用罄"),
    ],
)
def test_a_warning_comes_at_its_threshold(operator: WebClient, size: int, words: str) -> None:
    room(size)
    assert words in operator.get(PAGE).text


def test_the_day_on_which_it_will_be_full_is_told_on_both_pages(operator: WebClient) -> None:
    room(300 * GB)
    scheduled(effective_from=TODAY + timedelta(days=40), min_days=30)
    full = queries.outlook(today=TODAY).curve
    day = next(day for day, size in full if size >= 300 * GB)
    for page in (PAGE, "/bureau/platform"):
        assert "用罄，請擴充容量並登記" in operator.get(page).text
    assert day == TODAY + timedelta(days=40 + 29)
    assert "以表格檢視" in operator.get(PAGE).text, "the chart has a twin"


def test_only_those_without_facts_are_listed_when_asked(operator: WebClient) -> None:
    institution("K2", name="月光幼兒園")
    page = operator.get(f"{PAGE}?listed=unknown").text
    assert "月光幼兒園" in page
    assert "晨光幼兒園" not in page.split('id="institutions"')[1].split("</section>")[0]


def typed(**others: str) -> dict[str, str]:
    return {"terabytes": "120.5", "effective_from": short_date(TODAY), "reason": "採購案 115-07"} | others


def test_the_operator_says_how_much_room_there_is_and_the_chain_keeps_it(operator: WebClient) -> None:
    assert operator.post(PAGE, data=typed()).status_code == 303
    bind(db.session, Binding(tenant_id=people.bureau()))
    (kept,) = queries.capacities()
    assert (kept.capacity_bytes, kept.effective_from, kept.reason) == (120_500 * GB, TODAY, "採購案 115-07")
    (event,) = audit.of_kinds(tenant_id=people.bureau(), kinds=(Event.CAPACITY_SET,))
    assert event.fields == {"bytes": 120_500 * GB, "effective_from": TODAY.isoformat()}
    assert operator.post(PAGE, data=typed(terabytes="240")).status_code == 303
    page = operator.get(PAGE).text
    assert "120.5 TB" in page, "what was entered before stays"
    assert queries.rooms()[-1].size == 240_000 * GB


def test_everything_wrong_with_an_entry_is_told_at_once(operator: WebClient) -> None:
    yesterday = short_date(TODAY - timedelta(days=1))
    answer = operator.post(PAGE, data={"terabytes": "0", "effective_from": yesterday, "reason": " "})
    assert answer.status_code == 422
    for words in ("請填大於 0、不超過 1,000,000 的數字", "生效日不得早於今天", "請填寫依據"):
        assert words in answer.text
    assert operator.post(PAGE, data=typed(terabytes="1000001")).status_code == 422
    assert operator.post(PAGE, data=typed(terabytes="0.06")).status_code == 303, "a trial has no more"
    assert operator.post(PAGE, data=typed(terabytes="NaN")).status_code == 422
    assert operator.post(PAGE, data=typed(terabytes="很多")).status_code == 422
    assert operator.post(PAGE, data=typed(terabytes="9e99")).status_code == 422


@pytest.mark.req("DR-08")
def test_the_page_is_the_operators(web_client: WebClient, k1: Institution) -> None:
    assert k1
    people.bureau_officer()
    officer = web_client.sign_in("bureau")
    assert officer.get(PAGE).status_code == 403
    assert officer.post(PAGE, data=typed()).status_code == 403
