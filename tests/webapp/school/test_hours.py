"""When a school is open, as it enters and reads it (DR-16, KH-5-3a)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.hours import queries
from tenants.roc_dates import short_date
from tests.factories import hours
from tests.webapp.desk import Desk

TODAY = clock.today()
TOMORROW = TODAY + timedelta(days=1)

pytestmark = pytest.mark.req("DR-16", "KH-5-3a")


def week(desk: Desk, **changed: str) -> dict[str, str]:
    typed = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "07:30～18:00")
    return {
        "site": str(desk.cast.k1.site_id),
        "follows": "own",
        "vacation_kind": "closed",
        "care": "18:00-19:00",
        "effective_from": short_date(TOMORROW),
        **typed,
        **changed,
    }


def days(desk: Desk, **changed: str) -> dict[str, str]:
    return {
        "days_site": str(desk.cast.k1.site_id),
        "first_day": short_date(TOMORROW),
        "opens": "closed",
        "reason": "停班停課",
        "notice": "府人字第1150000009號",
        **changed,
    }


def test_hours_of_which_nobody_said_anything_are_called_the_systems_own(desk: Desk) -> None:
    page = desk.browser("k1-guard").get(f"{desk.school}/hours/").text
    assert "本系統預設；教育局與本機構都還沒有登記" in page
    assert "要點第五點第三款" in page
    assert "登記開放時間" not in page


def test_new_hours_are_entered_shown_and_taken_back(desk: Desk) -> None:
    browser = desk.browser("k1-head")
    assert browser.post(f"{desk.school}/hours/", data=week(desk)).status_code == 303
    page = browser.get(f"{desk.school}/hours/").text
    assert "週一至週五 07:30-18:00；延長照顧 18:00-19:00" in page
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    (made,) = queries.versions(tenant_id=desk.cast.k1.tenant_id)
    assert made.vacation == {}
    told = browser.post(f"{desk.school}/hours/{made.id}/withdrawal", follow_redirects=True).text
    assert "已撤回這個版本" in told


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"tue": "18:00-07:30"}, "跨越午夜時請分兩日填寫"),
        ({"wed": "07:30-12:00、11:00-18:00"}, "不可重疊"),
        ({"care": "17:00-19:00"}, "延長照顧時段與週一"),
        ({"effective_from": short_date(TODAY)}, "生效日最早為"),
        ({"effective_from": ""}, "請填寫生效日"),
        ({"site": "x"}, "請從清單中選取"),
    ],
    ids=["across midnight", "overlap", "care inside", "today", "no day", "no site"],
)
def test_hours_that_cannot_be_entered_are_said_and_what_was_typed_stays(
    desk: Desk, changed: dict[str, str], sentence: str
) -> None:
    answer = desk.browser("k1-head").post(f"{desk.school}/hours/", data=week(desk, **changed))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert "07:30～18:00" in answer.text


def test_a_closed_day_is_entered_with_its_notice_and_taken_back(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    refused = browser.post(f"{desk.school}/hours/days", data=days(desk, notice=""))
    assert (refused.status_code, "公告或公文的文號" in refused.text) == (422, True)
    assert browser.post(f"{desk.school}/hours/days", data=days(desk)).status_code == 303
    page = browser.get(f"{desk.school}/hours/").text
    assert "府人字第1150000009號" in page
    again = browser.post(f"{desk.school}/hours/days", data=days(desk, opens="open", periods="09:00-12:00"))
    assert (again.status_code, "同一天不能有兩筆" in again.text) == (422, True)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    (entry,) = queries.own_days(tenant_id=desk.cast.k1.tenant_id, since=TODAY)
    assert "已撤回這一天" in browser.post(f"{desk.school}/hours/days/{entry.id}/withdrawal", follow_redirects=True).text


def test_a_day_that_is_over_is_entered_only_with_the_reason(desk: Desk) -> None:
    browser, yesterday = desk.browser("k1-head"), short_date(TODAY - timedelta(days=1))
    answer = browser.post(f"{desk.school}/hours/days", data=days(desk, first_day=yesterday))
    assert (answer.status_code, "請填寫補登原因" in answer.text) == (422, True)
    late = days(desk, first_day=yesterday, note="颱風當日未及登記")
    assert (
        "補登原因：颱風當日未及登記" in browser.post(f"{desk.school}/hours/days", data=late, follow_redirects=True).text
    )


def test_an_opened_day_needs_its_hours(desk: Desk) -> None:
    answer = desk.browser("k1-head").post(f"{desk.school}/hours/days", data=days(desk, opens="open"))
    assert (answer.status_code, "請填寫當日的開放時段" in answer.text) == (422, True)


@pytest.mark.req("TY-4-3a")
def test_a_school_without_opening_hours_in_its_text_is_told_that_it_records_all_day(desk: Desk) -> None:
    hours.open_when(desk.cast.e1, hours.every_day(["08:00", "16:00"]))
    page = desk.browser("e1-head").get(f"/schools/{desk.cast.e1.tenant_id}/hours/").text
    assert "全天都要錄影" in page
    assert "以下時間僅供參考" in page


def test_who_may_not_enter_hours_is_refused(desk: Desk) -> None:
    assert desk.browser("k1-guard").post(f"{desk.school}/hours/", data=week(desk)).status_code == 403
