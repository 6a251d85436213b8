"""The bureau's pages: what needs a person first, unknown never fine, and no way to a picture."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from infra import clock, lately
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.audit.events import Event
from tenants.compliance.models import ComplianceCamera, ComplianceNow
from tenants.compliance.rules import Coverage
from tenants.permissions import ROLE_NAMES, Role
from tenants.roc_dates import short_date
from tests.factories import compliance, people
from tests.factories.registry import Institution, institution, scheduled
from tests.webapp.conftest import WebClient
from webapp.bureau import presenters


@pytest.fixture
def city(domain: Flask) -> list[Institution]:
    """E1 with a camera down, K1 in order, K2 that never reported."""
    assert domain
    people.bureau_officer()
    people.operator()
    e1 = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    k1, k2 = institution("K1"), institution("K2", name="月光幼兒園")
    for school, recording in ((e1, 1), (k1, 2)):
        bind(db.session, Binding(tenant_id=school.tenant_id))
        compliance.now(school, recording_now=recording, coverage_today=0.972 if school is e1 else 1.0)
        compliance.camera(school)
        compliance.day(school)
    return [e1, k1, k2]


def rows(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page)


@pytest.mark.req("DR-30")
def test_the_board_puts_silence_and_faults_before_what_is_fine(web_client: WebClient, city: list[Institution]) -> None:
    page = web_client.sign_in("bureau").get("/bureau/").text
    assert rows(page) == ["月光幼兒園", "向陽國小", "晨光幼兒園"]
    assert "97.2 %" in page
    assert "資料計算時間：民國" in page
    k2 = page[page.index("月光幼兒園", page.index("<tbody>")) :].split("</tr>")[0]
    assert "無資料" in k2
    assert "sy-good" not in k2
    assert city


@pytest.mark.req("DR-30")
@pytest.mark.usefixtures("city")
def test_every_figure_leads_to_the_list_behind_it(web_client: WebClient) -> None:
    client = web_client.sign_in("bureau")
    page = client.get("/bureau/").text
    figures = set(re.findall(r'<td data-label="[^"]+" class="sy-num"><a href="([^"#]+)#([a-z]+)"', page))
    assert {anchor for _, anchor in figures} == {"cameras", "retention"}
    for address, anchor in figures:
        behind = client.get(address).text.split(f'id="{anchor}"')[1].split("</section>")[0]
        assert "<table" in behind, "a list, and not the number again"


@pytest.fixture
def serving() -> Iterator[None]:
    """A process that keeps what a city told a moment ago, as gunicorn's do (ADR 0064)."""
    lately.keep()
    yield
    lately.keep(on=False)


@pytest.mark.req("DR-08", "DR-30")
@pytest.mark.usefixtures("city", "serving")
def test_what_is_kept_for_a_moment_is_shown_to_nobody_else(web_client: WebClient) -> None:
    people.person("elsewhere")
    first = web_client.sign_in("bureau").get("/bureau/")
    for row in db.session.scalars(select(ComplianceNow)):
        row.recording_now = 0
    db.session.commit()
    web_client.delete_cookie("shouyuan")
    assert web_client.get("/bureau/").status_code == HTTPStatus.SEE_OTHER, "who signed out sees nothing of it"
    assert web_client.sign_in("elsewhere").get("/bureau/").status_code == HTTPStatus.NOT_FOUND
    again = web_client.sign_in("bureau").get("/bureau/")
    assert again.text.split("各機構情形")[1] == first.text.split("各機構情形")[1], "what it told a moment ago"


def test_every_cell_names_its_column_for_a_narrow_screen(web_client: WebClient, city: list[Institution]) -> None:
    bind(db.session, Binding(tenant_id=city[0].tenant_id))
    camera = db.session.get_one(ComplianceCamera, (city[0].tenant_id, city[0].cameras["C-GATE"]))
    camera.computed_at = db.session.get_one(ComplianceNow, city[0].tenant_id).computed_at
    db.session.commit()
    client = web_client.sign_in("bureau")
    for address in ("/bureau/", f"/bureau/institutions/{city[0].tenant_id}"):
        table = client.get(address).text.split('sy-table"')[1].split("</table>")[0]
        columns = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', table)[1:]
        lines = re.findall(r'<tr>\s*<th scope="row">.*?</tr>', table, re.DOTALL)
        assert lines
        for line in lines:
            assert re.findall(r'<td data-label="([^"]+)"', line) == columns
            assert "<td>" not in line


@pytest.mark.usefixtures("city")
def test_the_box_names_what_needs_a_person_with_its_article(web_client: WebClient) -> None:
    page = web_client.sign_in("bureau").get("/bureau/").text
    box = page[page.index("現在該做什麼") :].split("</section>")[0]
    assert "向陽國小：1 支鏡頭未在錄影" in box
    assert "計畫肆、三" in box
    assert "晨光幼兒園" not in box


@pytest.mark.req("DR-30")
@pytest.mark.usefixtures("city")
def test_the_box_speaks_of_the_whole_city_whatever_the_filter(web_client: WebClient) -> None:
    page = web_client.sign_in("bureau").get("/bureau/?standing=fine").text
    box = page[page.index("現在該做什麼") :].split("</section>")[0]
    assert rows(page) == ["晨光幼兒園"]
    assert "月光幼兒園" in box
    assert "向陽國小" in box


@pytest.mark.usefixtures("city")
def test_the_board_is_filtered(web_client: WebClient) -> None:
    client = web_client.sign_in("bureau")
    for query, names in (
        ("kind=preschool", ["月光幼兒園", "晨光幼兒園"]),
        ("standing=fault", ["向陽國小"]),
        ("district=左營區&standing=fine", ["晨光幼兒園"]),
        ("district=nowhere", []),
    ):
        assert rows(client.get(f"/bureau/?{query}").text) == names


@pytest.mark.req("DR-30")
def test_what_is_unknown_reads_otherwise_than_what_was_not_due(web_client: WebClient, city: list[Institution]) -> None:
    e1, k1, _ = city
    yesterday = clock.today() - timedelta(days=1)
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    compliance.day(e1, on=yesterday, recorded_seconds=0, coverage_state=Coverage.UNKNOWN)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    compliance.day(k1, on=yesterday, recorded_seconds=0, coverage_state=Coverage.NOT_DUE)
    closed = db.session.get_one(ComplianceNow, k1.tenant_id)
    closed.coverage_today, closed.coverage_state = None, Coverage.NOT_BEGUN
    db.session.commit()
    client = web_client.sign_in("bureau")
    board = client.get("/bureau/").text
    assert "今日尚未開始" in board[board.index("<tbody>") :].split("晨光幼兒園</a>")[1].split("</tr>")[0]
    for school, words in ((e1, "無資料"), (k1, "不需錄影")):
        page = client.get(f"/bureau/institutions/{school.tenant_id}").text
        line = page.split(f'<th scope="row">{short_date(yesterday)}</th>')[1].split("</tr>")[0]
        assert f">{words}</td>" in line
        assert "0.0 %" not in page


@pytest.mark.req("DR-30")
def test_no_report_names_how_many_cameras_it_is_about(web_client: WebClient, city: list[Institution]) -> None:
    k1 = city[1]
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    now = db.session.get_one(ComplianceNow, k1.tenant_id)
    now.recording_now, cameras = None, now.cameras
    db.session.commit()
    page = web_client.sign_in("bureau").get(f"/bureau/institutions/{k1.tenant_id}").text
    assert f"錄影中：無資料（共 {cameras} 支）" in page


@pytest.mark.req("DR-09", "KH-1-3")
def test_no_bureau_page_holds_or_leads_to_a_picture(web_client: WebClient, city: list[Institution]) -> None:
    client = web_client.sign_in("bureau")
    for address in ("/bureau/", f"/bureau/institutions/{city[0].tenant_id}", "/bureau/permissions"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        assert not re.findall(r"<(?:img|video|audio|iframe|object)\b|/media/|/schools/|\.m3u8", answer.text)


@pytest.mark.req("KH-1-3", "DR-09")
def test_an_officer_at_a_schools_door_is_refused_and_the_school_knows(
    web_client: WebClient, city: list[Institution]
) -> None:
    tenant_id = city[1].tenant_id
    client = web_client.sign_in("bureau")
    for place in ("", "cameras/", "cases/"):
        answer = client.get(f"/schools/{tenant_id}/{place}")
        assert answer.status_code == 403
        assert "請以公文向該機構申請" in answer.text
    assert [(event.actor_name, event.fields["route"]) for event in denials(tenant_id)] == [
        ("趙承辦", "/schools/<uuid:tenant_id>/cases/"),
        ("趙承辦", "/schools/<uuid:tenant_id>/cameras/"),
        ("趙承辦", "/schools/<uuid:tenant_id>/"),
    ]


def denials(tenant_id: UUID) -> list[audit.AuditEvent]:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=tenant_id))
    return [event for event in audit.latest(tenant_id=tenant_id) if event.event == Event.ACCESS_DENIED.key]


def test_the_menu_marks_the_part_that_a_page_lies_in(web_client: WebClient, city: list[Institution]) -> None:
    page = web_client.sign_in("bureau").get(f"/bureau/institutions/{city[0].tenant_id}").text
    assert 'aria-current="page">合規總覽</a>' in page


def test_an_institution_that_does_not_exist_is_not_found(web_client: WebClient, city: list[Institution]) -> None:
    assert city
    assert web_client.sign_in("bureau").get(f"/bureau/institutions/{UUID(int=7)}").status_code == 404


@pytest.mark.req("DR-08")
def test_a_schools_head_finds_no_bureau(web_client: WebClient, city: list[Institution]) -> None:
    people.head(city[0].tenant_id)
    client = web_client.sign_in("head")
    for address in ("/bureau/", f"/bureau/institutions/{city[1].tenant_id}", "/bureau/tenants", "/bureau/agencies"):
        assert client.get(address).status_code == 404


@pytest.mark.usefixtures("city")
def test_the_operator_keeps_the_directory_and_reads_no_board(web_client: WebClient) -> None:
    client = web_client.sign_in("operator")
    assert client.get("/home").location == "/bureau/platform"
    assert "月光幼兒園" in client.get("/bureau/tenants").text
    assert client.get("/bureau/").status_code == 403


@pytest.mark.req("KH-6-1a")
@pytest.mark.usefixtures("city")
def test_the_operator_enters_and_verifies_an_agency(web_client: WebClient) -> None:
    client = web_client.sign_in("operator")
    agency = {"name": "臺灣向陽地方檢察署", "kind": "prosecution", "code": "P1", "contact": "07-0000000"}
    assert client.post("/bureau/agencies", data=agency).status_code == 303
    page = client.get("/bureau/agencies").text
    assert "待核定" in page
    again = client.post("/bureau/agencies", data=agency | {"name": "台灣向陽地方檢察署"})
    assert again.status_code == 422
    assert "已在機關名單中" in again.text
    verify = re.search(r'action="(/bureau/agencies/[0-9a-f-]+/verification)"', page)
    assert verify is not None
    assert client.post(verify[1]).status_code == 303
    assert "已核定" in client.get("/bureau/agencies").text


@pytest.mark.usefixtures("city")
def test_the_permission_table_shows_every_grant_on_one_screen(web_client: WebClient) -> None:
    page = web_client.sign_in("bureau").get("/bureau/permissions").text
    watch = page[page.index("操作核准影像的播放") :].split("</tr>")[0]
    cells = re.findall(r'<td data-label="([^"]+)"( class="sy-no")?>(.*?)</td>', watch)
    assert len(cells) == len(Role)
    assert [role for role, no, words in cells if not no and "不可" not in words] == [
        "監錄系統管理承辦人",
        ROLE_NAMES[Role.PLAYBACK],
    ]


@pytest.mark.usefixtures("city")
def test_a_long_board_comes_in_pages_that_keep_the_filter(
    web_client: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenters, "PER_PAGE", 2)
    client = web_client.sign_in("bureau")
    first = client.get("/bureau/?district=左營區").text
    assert rows(first) == ["月光幼兒園", "向陽國小"]
    following = re.search(r'<a rel="next" href="([^"]+)"', first)
    assert following is not None
    second = client.get(html.unescape(following[1])).text
    assert rows(second) == ["晨光幼兒園"]
    assert 'rel="next"' not in second
    assert rows(client.get("/bureau/?page=99").text) == ["晨光幼兒園"]


@pytest.mark.req("DR-30", "KH-5-3c")
def test_the_days_that_a_camera_must_keep_follow_the_regulations_in_force(
    web_client: WebClient, city: list[Institution]
) -> None:
    bureau = web_client.sign_in("bureau")
    said = r"每支鏡頭至少應保存([^；]+)；"
    assert city
    assert re.findall(said, bureau.get("/bureau/").text) == [" 14 日"]
    scheduled(effective_from=clock.today())
    assert re.findall(said, bureau.get("/bureau/").text) == ["：國民小學 14 日、教保服務機構 30 日"]
