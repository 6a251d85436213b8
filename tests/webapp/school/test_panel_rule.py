"""A school that has a panel by its own rule, from a day on, and sees no article of another regulation (TY-X-1)."""

from datetime import timedelta

import pytest

from infra import clock
from tenants import periods
from tenants.roc_dates import format_date, short_date
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("TY-X-1", "KH-2-1")


def typed(desk: Desk, **changes: str) -> dict[str, str]:
    return {
        "site": str(desk.cast.e1.site_id),
        "required": "yes",
        "effective_from": short_date(clock.today()),
        "meeting": "115學年度第1次校務會議",
        "meeting_on": short_date(clock.today()),
        "minutes": "校務115-01",
    } | changes


def test_the_head_records_it_and_the_panel_appears_from_that_day(desk: Desk) -> None:
    head, school = desk.browser("e1-head"), f"/schools/{desk.cast.e1.tenant_id}"
    before = head.get(f"{school}/").text
    assert f"{school}/panel-seats/" not in before
    assert f"{school}/panel-rule/" in head.get(f"{school}/policies/").text

    answer = head.post(f"{school}/panel-rule/", data=typed(desk), follow_redirects=True)

    assert "由專案小組審查" in answer.text
    assert "校內規定" in answer.text
    assert "要點" not in answer.text.partition("<main")[2]
    assert f"{school}/panel-seats/" in head.get(f"{school}/").text


def test_what_cannot_be_recorded_is_said_and_an_old_meeting_asked_about(desk: Desk) -> None:
    head, address = desk.browser("e1-head"), f"/schools/{desk.cast.e1.tenant_id}/panel-rule/"
    yesterday = short_date(clock.today() - timedelta(days=1))
    for changes, sentence in (
        ({"effective_from": yesterday}, "生效日不可早於今天"),
        ({"minutes": ""}, "請填寫通過校內規定的會議紀錄文號"),
        ({"meeting_on": "2026/11/20"}, "請輸入民國年"),
    ):
        answer = head.post(address, data=typed(desk, **changes))
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
    old = typed(desk, meeting_on=short_date(clock.today() - timedelta(days=periods.YEAR_DAYS + 9)))
    warned = head.post(address, data=old)
    assert (warned.status_code, "距生效日已逾一年" in warned.text) == (422, True)
    done = head.post(address, data=old | {"confirmed": "y"}, follow_redirects=True)
    assert f"自{format_date(clock.today())}起收到的申請適用" in done.text


def test_a_preschool_is_offered_nothing_and_only_the_head_records(desk: Desk) -> None:
    page = desk.browser("k1-head").get(f"{desk.school}/panel-rule/").text
    assert "不必另訂" in page
    assert "panel-rule" not in desk.browser("k1-head").get(f"{desk.school}/policies/").text
    address = f"/schools/{desk.cast.e1.tenant_id}/panel-rule/"
    assert desk.browser("e1-handler").post(address, data=typed(desk)).status_code == 403
    assert desk.browser("e1-guard").get(address).status_code == 403


def test_a_second_rule_is_told_how_it_replaces_the_first(desk: Desk) -> None:
    head, address = desk.browser("e1-head"), f"/schools/{desk.cast.e1.tenant_id}/panel-rule/"
    assert "自其生效日起取代先前的" in head.get(address).text
    assert head.post(address, data=typed(desk)).status_code == 303
    again = head.post(address, data=typed(desk, required="no"))
    assert (again.status_code, "請把生效日訂在明天以後" in again.text) == (422, True)

    ahead = short_date(clock.today() + timedelta(days=9))
    for required in ("no", "yes"):
        assert head.post(address, data=typed(desk, effective_from=ahead, required=required)).status_code == 303
    page = head.get(address).text
    assert page.count("尚未施行") == 1
    assert page.count("已由後來的規定取代") == 1
    assert page.count("施行中") == 1


@pytest.mark.req("KH-2-1")
def test_the_page_of_days_says_how_a_version_is_replaced(desk: Desk) -> None:
    assert "要取代已登記的版本" in desk.browser("k1-head").get(f"{desk.school}/policies/").text
