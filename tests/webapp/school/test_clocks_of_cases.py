"""通報時限 on the pages of a case, and on the first page while they run (DR-29)."""

from datetime import timedelta

import pytest

from infra import clock
from tenants.roc_dates import format_time, short_date
from tests.webapp.desk import Desk
from tests.webapp.school.test_misuse import reported

pytestmark = pytest.mark.req("DR-29")


def said(**changed: str | list[str]) -> dict[str, str | list[str]]:
    known = clock.now() - timedelta(hours=3)
    whole: dict[str, str | list[str]] = {
        "discovered_day": short_date(clock.civil_day(known)),
        "discovered_time": format_time(known),
        "incidents": ["cyber", "personal"],
        "reason": "查閱紀錄後確認更早得知",
    }
    return whole | changed


def test_a_leaks_hours_run_on_its_page_and_the_first_one_until_they_are_noted(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), reported(desk)
    assert "計時中" in head.get(f"{page}/clocks").text
    assert "向主管機關通報個資事故（期限" in head.get(f"{desk.school}/").text
    noted = {"measure": "reported_authority", "words": "通報教育局", "document": "個資通報-1"}
    assert head.post(f"{page}/measures", data=noted).status_code == 303
    assert "向主管機關通報個資事故（期限" not in head.get(f"{desk.school}/").text
    assert "已完成" in head.get(f"{page}/clocks").text


def test_what_was_known_is_said_anew_and_the_first_stays(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), reported(desk, discovered_time="00:00")
    told = head.post(f"{page}/clocks", data=said(), follow_redirects=True).text
    assert "查閱紀錄後確認更早得知" in told
    first = told.partition("登記時</td>")[0].rpartition("<tr>")[2]
    assert "個資事故" in first, "what it was by its kind, before anybody said more"
    assert "通報資通安全事件（1 小時）" in told
    assert "已逾時，請立即辦理" in told


def test_it_is_not_said_anew_without_a_reason(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), reported(desk)
    refused = head.post(f"{page}/clocks", data=said(reason=""))
    assert (refused.status_code, "請填寫更正的理由" in refused.text) == (422, True)


@pytest.mark.req("KH-5-1c")
def test_whom_the_case_suspects_finds_no_clock(desk: Desk) -> None:
    page = reported(desk, suspects=[str(desk.cast.ids["k1-handler"])])
    suspect = desk.browser("k1-handler")
    assert suspect.get(f"{page}/clocks").status_code == 404
    assert suspect.post(f"{page}/clocks", data=said()).status_code == 404
