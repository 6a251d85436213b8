"""不當使用或洩密 on the pages: reported, followed, closed, and not there for whom it suspects (KH-5-1c)."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.packages.models import Package
from tenants.permissions import Role
from tenants.roc_dates import format_date, format_time, short_date, this_year
from tests.factories import people, rights
from tests.webapp.desk import Desk
from tests.webapp.school.test_rights import requested

pytestmark = pytest.mark.req("KH-5-1c", "TY-4-1b")


def typed(**changes: str | list[str]) -> dict[str, str | list[str]]:
    whole: dict[str, str | list[str]] = {
        "kind": "leak",
        "discovered_day": short_date(clock.today()),
        "discovered_time": "00:00",
        "discovered_by": "兔兔班教師",
        "what": "家長群組出現疑似本園監視畫面的翻拍照片",
    }
    return whole | changes


def reported(desk: Desk, *, login: str = "k1-head", **changes: str | list[str]) -> str:
    """The address of a case that the head reported."""
    answer = desk.browser(login).post(f"{desk.school}/misuse/new", data=typed(**changes))
    assert answer.status_code == 303
    return answer.location


def test_a_leak_is_reported_followed_and_closed(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), reported(desk)
    empty = head.post(f"{page}/measures", data={"measure": "", "words": "x"})
    assert (empty.status_code, "請選擇處置的種類。" in empty.text) == (422, True)
    head.post(f"{page}/measures", data={"measure": "police", "words": "報警", "document": "A115-0009"})
    early = head.post(f"{page}/closing", data={"administrative": "申誡", "civil": "", "criminal": "無"})
    assert (early.status_code, "請填寫民事責任的結果" in early.text) == (422, True)
    done = head.post(
        f"{page}/closing", data={"administrative": "申誡", "civil": "不涉及", "criminal": "無"}, follow_redirects=True
    )
    for part in ("已結案", "A115-0009", "不涉及", "要點第五點第一款"):
        assert part in done.text


@pytest.mark.req("DR-28")
def test_whoever_opened_the_film_of_a_request_stands_in_the_case_about_that_footage(desk: Desk) -> None:
    page = requested(desk)
    rights_id = UUID(page.rsplit("/", 1)[-1])
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    rights.footage(desk.cast.k1, rights_id=rights_id)
    rights.opened(people.acting(desk.cast.ids["k1-handler"], Role.HANDLER), rights_id=rights_id)
    form = desk.browser("k1-head").get(f"{desk.school}/misuse/new?rights={rights_id}").text
    named = dict(re.findall(r'name="(day|from_time|until_time)"[^>]*value="([^"]+)"', form))
    case = reported(desk, camera=str(desk.cast.k1.cameras["C-GATE"]), **named)
    shown = desk.browser("k1-head").get(case).text
    opening = shown.partition("開啟個人資料權利請求的影像")[2].partition("</tr>")[0]
    assert ("接觸影像" in opening, "個資-" in opening) == (True, True)
    assert "接觸影像" not in shown.partition("收受個人資料權利的請求")[2].partition("</tr>")[0]


def test_an_open_case_waits_on_the_first_page_but_not_of_whom_it_suspects(desk: Desk) -> None:
    reported(desk, suspects=[str(desk.cast.ids["k1-handler"])])
    assert f"查處-{this_year()}-0001：請查明並登記處置" in desk.browser("k1-head").get(f"{desk.school}/").text
    assert "查處-" not in desk.browser("k1-handler").get(f"{desk.school}/").text


def test_whom_it_suspects_finds_no_case(desk: Desk) -> None:
    page = reported(desk, suspects=[str(desk.cast.ids["k1-handler"])])
    handler = desk.browser("k1-handler")
    assert handler.get(page).status_code == 404
    assert handler.post(f"{page}/measures", data={"measure": "other", "words": "沒事"}).status_code == 404
    assert "查處-" not in handler.get(f"{desk.school}/misuse/").text


def test_faults_of_a_report_stand_beside_their_fields(desk: Desk) -> None:
    bad = typed(discovered_by=" ", what="", camera=str(desk.cast.k1.cameras["C-GATE"]))
    answer = desk.browser("k1-head").post(f"{desk.school}/misuse/new", data=bad)
    assert answer.status_code == 422
    for sentence in ("請填寫是誰發現的。", "請填寫發現的情形。", "選了鏡頭時，請填寫影像日期。"):
        assert sentence in answer.text


def test_a_camera_that_the_page_never_offered_is_told_and_no_error(desk: Desk) -> None:
    today = short_date(clock.today())
    bad = typed(camera="garbage", day=today, from_time="08:00", until_time="08:05")
    answer = desk.browser("k1-head").post(f"{desk.school}/misuse/new", data=bad)
    assert (answer.status_code, "請從清單中選取。" in answer.text) == (422, True)


def test_a_guard_finds_no_such_page(desk: Desk) -> None:
    assert desk.browser("k1-guard").get(f"{desk.school}/misuse/").status_code == 403


@pytest.mark.req("KH-6-5b")
def test_a_copy_that_an_agency_collected_counts_among_those_who_have_the_footage(desk: Desk) -> None:
    disclosure_id = desk.offered()
    (window,) = desk.windows(disclosure_id)
    named = {
        "camera": str(window.camera_id),
        "day": short_date(clock.civil_day(window.started_at)),
        "from_time": format_time(window.started_at),
        "until_time": format_time(window.ended_at),
    }
    head, case = desk.browser("k1-head"), reported(desk, **named)
    before = head.get(case).text
    assert ("沒有任何調閱場次開啟過涉及的影像。" in before, "已領取的複製本" in before) == (True, False)

    row = desk.case(disclosure_id)
    row.state, row.return_by = "exported", clock.today() + timedelta(days=30)
    package = db.session.scalars(db.select(Package)).one()
    package.collected_at, package.collected_by = clock.now(), desk.cast.ids["officer"]
    db.session.commit()

    shown = head.get(case).text
    assert "沒有任何調閱場次開啟過涉及的影像。" not in shown
    assert "但複製本已由機關領取 1 件" in shown
    copies = shown.partition('id="copies"')[2].partition("</section>")[0]
    assert f'href="{desk.school}/cases/{disclosure_id}"' in copies
    for part in ("不能登記為涉嫌人員", "請函該機關查處", "尚未回報", format_date(clock.today() + timedelta(days=30))):
        assert part in copies, part
    assert "來文機關的人員不在名單上" in head.get(f"{desk.school}/misuse/new").text


@pytest.mark.req("DR-29")
def test_what_is_no_leak_asks_whether_the_footage_is_outside(desk: Desk) -> None:
    head = desk.browser("k1-head")
    assert "影像是否已流出？" in head.get(reported(desk, kind="misuse")).text
    assert "影像是否已流出？" not in head.get(reported(desk)).text, "whose hours run already"
