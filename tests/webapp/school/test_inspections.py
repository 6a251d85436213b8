"""Inspections, maintenance and the pack, as a school enters, prints and takes them."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.people import queries as accounts
from tenants.roc_dates import short_date
from tenants.upkeep.faults.kinds import FaultKind
from tenants.upkeep.inspections.models import DrillOutcome, Inspection, MaintenanceEntry
from tests import printouts
from tests.factories import faults, footage, inspections, people
from tests.factories.registry import Institution
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk

TODAY = clock.today()
YES = {"host": "yes", "devices": "yes", "picture": "yes"}


def own(of: Institution) -> Institution:
    bind(db.session, Binding(tenant_id=of.tenant_id))
    return of


def user(login: str) -> UUID:
    found = accounts.user_by_login(login=login)
    assert found is not None
    return found.id


def typed(**changed: str) -> dict[str, str]:
    """Of yesterday, so that the facts of now say nothing against it."""
    day = short_date(TODAY - timedelta(days=1))
    return {"day": day, "inspector": str(user("k1-handler")), **YES, **changed}


def new(desk: Desk) -> str:
    return f"{desk.school}/inspections/sites/{desk.cast.k1.site_id}/new"


def recorded(desk: Desk, browser: WebClient, **changed: str) -> str:
    answer = browser.post(new(desk), data=typed(**changed))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


@pytest.mark.req("KH-8-1a", "KH-A3-02", "KH-A3-06")
def test_a_handler_walks_through_and_the_record_stands_with_the_signature(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    assert "監錄系統主機是否正常運作" in browser.get(new(desk)).text
    page = browser.get(recorded(desk, browser)).text

    assert "電子簽核" in page
    assert "尚未複查" in page
    index = browser.get(f"{desk.school}/inspections/").text
    assert "在期限內" in index
    assert "要點第八點第一款" in index


@pytest.mark.req("KH-A3-05", "DR-30")
def test_yes_is_not_chosen_beforehand_where_nothing_is_known_or_a_camera_is_offline(desk: Desk) -> None:
    footage.status(own(desk.cast.k1), recording=False)
    page = desk.browser("k1-handler").get(new(desk)).text

    assert 'name="devices" value="no" checked' in page
    assert 'name="host" value="yes" checked' not in page
    assert "系統建議「否」：鏡頭目前沒有錄影" in page
    assert "系統無法判斷" in page


@pytest.mark.req("KH-A3-05")
def test_a_yes_against_the_facts_is_asked_for_again_and_then_stands(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    said = typed(day=short_date(TODAY))
    asked = browser.post(new(desk), data=said)

    assert asked.status_code == 422
    assert "請先看過以下事項" in asked.text
    assert browser.post(new(desk), data=said | {"confirmed": "y"}).status_code == 303


@pytest.mark.req("KH-A3-03", "KH-A3-04", "KH-A3-07", "KH-8-1e")
def test_everything_that_lacks_is_told_at_once_and_what_was_chosen_stays(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    said = typed(host="", devices="no", day="115/11/31", inspector="", firm="守安科技")
    answer = browser.post(new(desk), data=said)

    assert answer.status_code == 422
    for words in ("請選「監錄系統主機是否正常運作」", "請指出是哪一支鏡頭", "請在備考寫明情形", "不能只有廠商", "11月"):
        assert words in answer.text, words
    assert 'name="devices" value="no" checked' in answer.text


@pytest.mark.req("KH-A3-06")
def test_a_second_person_looks_again_with_a_pin_and_a_wrong_one_is_told(desk: Desk) -> None:
    browser, head = desk.browser("k1-handler"), user("k1-head")
    people.pin(head)
    where = recorded(desk, browser)

    wrong = browser.post(f"{where}/recheck", data={"inspector": str(head), "pin": "000000"})
    assert (wrong.status_code, "PIN 不正確" in wrong.text) == (422, True)
    same = browser.post(f"{where}/recheck", data={"inspector": str(user("k1-handler")), "pin": ""})
    assert same.status_code == 422
    assert browser.post(f"{where}/recheck", data={"inspector": str(head), "pin": people.PIN}).status_code == 303
    assert "尚未複查" not in browser.get(where).text


@pytest.mark.req("KH-8-0", "KH-A3-01", "KH-A3-12")
@pytest.mark.needs("faces", "pdftotext")
def test_a_cancelled_one_stays_on_the_printed_form_of_kh(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    where = recorded(desk, browser)
    assert browser.post(f"{where}/cancellation", data={"reason": ""}).status_code == 422
    assert browser.post(f"{where}/cancellation", data={"reason": "重複登記"}).status_code == 303
    assert "作廢" in browser.get(f"{desk.school}/inspections/").text

    year = (TODAY - timedelta(days=1)).year - 1911
    said = printouts.words(
        browser.get(f"{desk.school}/inspections/sites/{desk.cast.k1.site_id}/form.pdf?year={year}").data
    )
    assert "監視錄影系統檢查及保養紀錄" in said
    assert "（作廢：重複登記）" in said
    assert "附件3" in said


@pytest.mark.req("TY-3-3d", "TY-A2-01", "TY-A2-02")
@pytest.mark.needs("faces", "pdftotext")
def test_an_elementary_school_prints_its_own_form(desk: Desk) -> None:
    there = f"/schools/{desk.cast.e1.tenant_id}/inspections/sites/{desk.cast.e1.site_id}"
    browser = desk.browser("e1-head")

    assert "錄影監材是否正常運轉" in browser.get(f"{there}/new").text
    said = printouts.words(browser.get(f"{there}/blank.pdf").data)
    assert "監視錄影系統紀錄表附錄2" in said
    assert "附件" not in said


@pytest.mark.req("KH-8-1a")
@pytest.mark.parametrize(
    ("months", "words"), [("0", "檢查週期不能是"), ("24", "檢查週期不能是"), ("7", "最長為 6 個月")]
)
def test_no_interval_and_two_years_are_refused_with_a_sentence(desk: Desk, months: str, words: str) -> None:
    browser = desk.browser("k1-head")
    address = f"{desk.school}/inspections/sites/{desk.cast.k1.site_id}/interval"

    answer = browser.post(address, data={"months": months}, follow_redirects=True)
    assert words in answer.text
    assert "自今日起適用" in browser.post(address, data={"months": "2"}, follow_redirects=True).text
    assert desk.browser("k1-handler").post(address, data={"months": "2"}).status_code == 403


@pytest.mark.req("KH-8-1a")
def test_the_bureau_says_how_long_an_interval_may_be(desk: Desk) -> None:
    people.bureau_officer("officer-of-bureau")
    browser = desk.browser("officer-of-bureau")

    assert "本系統預設" in browser.get("/bureau/regulations").text
    assert browser.post("/bureau/regulations/inspection-cap", data={"months": "3"}).status_code == 303
    assert "最長 3 個月" in browser.get("/bureau/regulations").text
    assert "1 到 3" in desk.browser("k1-head").get(f"{desk.school}/inspections/").text


@pytest.mark.req("KH-8-1a", "DR-30")
def test_the_nights_success_is_shown_and_a_failure_is_told_on_the_first_page(desk: Desk) -> None:
    k1 = own(desk.cast.k1)
    inspections.drill(k1, day=TODAY - timedelta(days=2))
    inspections.drill(k1, day=TODAY - timedelta(days=1), outcome=DrillOutcome.FAILED, cause="missing")
    browser = desk.browser("k1-handler")

    page = browser.get(f"{desk.school}/inspections/").text
    assert "2 次中 1 次成功" in page
    assert "儲存空間找不到這段影像" in page
    assert "夜間抽驗自" in browser.get(f"{desk.school}/").text


@pytest.mark.req("TY-3-3c", "DR-31")
@pytest.mark.parametrize(
    ("days_ago", "words"),
    [(40, "已逾期"), (25, "剩一週以內"), (10, "")],
)
def test_a_due_inspection_is_on_the_first_page_with_its_article(desk: Desk, days_ago: int, words: str) -> None:
    inspections.inspection(own(desk.cast.k1), by=user("k1-handler"), on=TODAY - timedelta(days=days_ago))
    page = desk.browser("k1-handler").get(f"{desk.school}/").text

    if words:
        line = page.split("的定期檢查")[1].split("</li>")[0]
        assert words in line
        assert "要點第八點第一款" in line
    else:
        assert "的定期檢查" not in page


@pytest.mark.req("KH-8-1b")
def test_a_firms_visit_is_entered_with_who_was_there_and_not_without(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    said = {
        "site": str(desk.cast.k1.site_id),
        "work": "firmware",
        "way": "remote",
        "day": short_date(TODAY - timedelta(days=1)),
        "began": "09:00",
        "ended": "10:30",
        "staff": str(user("k1-handler")),
        "firm": "守安科技有限公司",
        "firm_people": "王工程師",
        "camera": "",
        "device": "",
        "remark": "=cmd|'/c calc'!A0",
    }
    where = f"{desk.school}/maintenance-records/"
    alone = browser.post(where, data=said | {"staff": ""})
    assert (alone.status_code, "不能沒有人員在場" in alone.text) == (422, True)
    assert browser.post(where, data=said).status_code == 303
    assert "廠商遠端連線" in browser.get(where).text
    own(desk.cast.k1)
    made = db.session.scalar(db.select(MaintenanceEntry))
    assert made is not None
    assert browser.post(f"{where}{made.id}/cancellation", data={"reason": "重複"}).status_code == 303
    assert "作廢" in browser.get(where).text


@pytest.mark.req("KH-8-0", "DR-24")
@pytest.mark.needs("faces", "pdftotext")
def test_the_pack_of_a_year_has_everything_cancelled_ones_too_and_no_formula(desk: Desk) -> None:
    k1, handler = own(desk.cast.k1), user("k1-handler")
    made = inspections.inspection(k1, by=handler, on=TODAY - timedelta(days=3), wrong="=1+1 走廊離線")
    inspections.cancelled(k1, made, by=handler)
    inspections.maintenance(k1, by=handler, on=TODAY - timedelta(days=3))
    browser = desk.browser("k1-handler")

    said = printouts.words(browser.get(f"{desk.school}/upkeep-pack/pack.pdf").data)
    for words in (
        "檢查（1筆）",
        "作廢：重複登記",
        "保養（1筆）",
        "校正（",
        "夜間抽驗",
        "調閱登記簿摘要",
        "監錄系統管理承辦人",
    ):
        assert words in said, words
    csv = browser.get(f"{desk.school}/upkeep-pack/pack.csv").data.decode()
    assert "'=1+1 走廊離線" in csv
    assert ",=1+1" not in csv
    assert browser.get(f"{desk.school}/upkeep-pack/pack.ods").status_code == 200
    reversed_ = browser.get(f"{desk.school}/upkeep-pack/pack.pdf?from=115/12/1&until=115/11/1")
    assert (reversed_.status_code, "迄日不能早於起日" in reversed_.text) == (422, True)
    assert db.session.get(Inspection, made) is not None


@pytest.mark.req("KH-8-0", "KH-8-1d", "KH-5-3b")
@pytest.mark.needs("faces", "pdftotext")
def test_the_pack_tells_each_fault_from_its_finding_to_the_reason_of_what_it_cost(desk: Desk) -> None:
    k1, handler, guard = own(desk.cast.k1), user("k1-handler"), user("k1-guard")
    now = clock.now()
    ended = {f"{step}_at": now for step in ("reported", "repaired", "rechecked", "ended")}
    by = {"reported_by": handler, "repaired_by": handler, "rechecked_by": guard, "ended_by": handler}
    closed = faults.fault(k1, cameras=("C-GATE", "C-ROOM2"), state="closed", **ended, **by)
    for camera in ("C-GATE", "C-ROOM2"):
        faults.settlement(k1, settled_by=handler, camera=camera, fault_id=closed)
    faults.fault(k1, kind=FaultKind.CLOCK, cameras=("C-ROOM2",))
    cancelled = {"state": "cancelled", "end_reason": "誤報", "ended_at": now, "ended_by": handler}
    faults.fault(k1, kind=FaultKind.DISK, cameras=(), whole_site=True, **cancelled)
    long_ago = now - timedelta(days=800)
    faults.fault(k1, kind=FaultKind.MOVED, opened_at=long_ago, **(cancelled | {"ended_at": long_ago}))
    browser = desk.browser("k1-handler")

    said = printouts.words(browser.get(f"{desk.school}/upkeep-pack/pack.pdf").data)
    for words in ("故障與修復（3筆）", "沒有錄影", "警衛複查", "設備故障（交換器故障）2段", "未結案", "取消：誤報"):
        assert words in said, words
    assert "鏡頭角度改變" not in said
    assert "錄影中斷的原因" in browser.get(f"{desk.school}/upkeep-pack/pack.csv").data.decode()


@pytest.mark.req("KH-A3-09")
def test_a_no_and_the_fault_that_it_opened_lead_to_each_other(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    where = recorded(desk, browser, host="no", remark="主機沒有畫面")
    page = browser.get(where).text
    fault = page.split('">報修-')[0].rsplit("/faults/", 1)[1]
    back = browser.get(f"{desk.school}/faults/{fault}").text
    assert f'href="{where}"' in back
    assert "發現於" in back
    assert "發現於" not in desk.browser("k1-guard").get(f"{desk.school}/faults/{fault}").text, "who reads no inspection"


@pytest.mark.req("KH-8-1a")
def test_a_guard_sees_none_of_it(desk: Desk) -> None:
    browser = desk.browser("k1-guard")
    for page in ("inspections/", "maintenance-records/", "upkeep-pack/"):
        assert browser.get(f"{desk.school}/{page}").status_code == 403
    assert "檢查與保養" not in browser.get(f"{desk.school}/cameras/").text
