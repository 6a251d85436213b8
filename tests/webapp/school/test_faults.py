"""報修 as people use it: three taps, a label, two persons, and a sheet for the vendor without anybody's words."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.roc_dates import format_date, short_date
from tenants.upkeep.faults.kinds import FaultKind
from tenants.upkeep.faults.models import Fault, FaultLine, MaintenanceWindow
from tests import made_identity_numbers
from tests.factories import faults as made
from tests.factories import footage, hours
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk


def bound(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))


def only(desk: Desk) -> Fault:
    bound(desk)
    found = db.session.scalars(select(Fault), execution_options={"populate_existing": True}).one()
    db.session.rollback()
    return found


def gate(desk: Desk) -> UUID:
    return desk.cast.k1.cameras["C-GATE"]


def stranger(desk: Desk, address: str) -> WebClient:
    """A browser without an account that has opened the label's page."""
    browser = desk.app.test_client()
    assert isinstance(browser, WebClient)
    browser.token = browser.get(address).text.split('name="csrf_token" value="')[1].split('"')[0]
    return browser


def label(desk: Desk) -> str:
    bound(desk)
    return f"/fault/K1/{made.label(desk.cast.k1, made_by=desk.cast.ids['k1-handler'])}/"


@pytest.mark.req("TY-3-3a")
def test_a_teacher_reports_with_one_button_after_the_camera(desk: Desk) -> None:
    browser = desk.browser("k1-staff")
    page = browser.get(f"{desk.school}/faults/new").text
    assert f"camera={gate(desk)}" in page
    asked = browser.get(f"{desk.school}/faults/new?camera={gate(desk)}").text
    assert 'value="moved"' in asked

    sent = browser.post(
        f"{desk.school}/faults/new", data={"camera": gate(desk), "kind": "moved", "words": "3樓走廊鏡頭歪了"}
    )

    assert sent.status_code == 303
    assert only(desk).kind == FaultKind.MOVED
    assert only(desk).serial in browser.get(f"{desk.school}/cameras/").text


@pytest.mark.req("TY-3-3a")
def test_a_label_takes_a_report_without_an_account_and_shows_nothing_else(desk: Desk) -> None:
    address = label(desk)
    browser = stranger(desk, address)
    page = browser.get(address).text
    assert "這支鏡頭怎麼了" in page

    sent = browser.post(address, data={"kind": "damage", "words": "鏡頭裂了"})

    assert sent.status_code == 200
    assert "已收到" in sent.text
    assert "鏡頭裂了" not in browser.get(address).text
    assert only(desk).how == "qr"


@pytest.mark.req("TY-3-3a")
def test_a_flood_by_a_label_is_refused_and_opens_one_fault(desk: Desk) -> None:
    address = label(desk)
    browser = stranger(desk, address)

    answers = [browser.post(address, data={"kind": "damage"}).status_code for _ in range(6)]

    assert answers == [200, 200, 200, 429, 429, 429]
    fault = only(desk)
    bound(desk)
    assert len(list(db.session.scalars(select(FaultLine).where(FaultLine.fault_id == fault.id)))) == 3


def test_what_no_label_offers_is_not_entered(desk: Desk) -> None:
    address = label(desk)
    browser = stranger(desk, address)

    assert browser.post(address, data={"kind": "not_recording"}).status_code == 422
    assert browser.post(address, data={"kind": "damage", "words": "字" * 201}).status_code == 422
    assert browser.get("/fault/K1/nothing/").status_code == 404
    assert browser.get(address.replace("K1", "E1")).status_code == 404
    bound(desk)
    assert db.session.scalars(select(Fault)).all() == []


@pytest.mark.req("DR-22")
def test_an_identity_number_in_what_somebody_wrote_is_refused_and_not_kept(desk: Desk) -> None:
    browser, number = desk.browser("k1-handler"), made_identity_numbers.made()
    words = f"由 {number} 打破"
    new = f"{desk.school}/faults/new"

    refused = browser.post(new, data={"camera": gate(desk), "kind": "damage", "words": words}, follow_redirects=True)
    assert ("請勿填寫身分證號" in refused.text, number in refused.text) == (True, False)
    assert browser.post(label(desk), data={"kind": "damage", "words": words}).status_code == 422
    bound(desk)
    assert db.session.scalars(select(Fault)).all() == []


@pytest.mark.req("TY-3-3a")
def test_the_vendors_sheet_has_no_word_that_anybody_typed(desk: Desk) -> None:
    browser, words = desk.browser("k1-handler"), "王小明用球打到"
    browser.post(f"{desk.school}/faults/new", data={"camera": gate(desk), "kind": "damage", "words": words})
    fault = f"{desk.school}/faults/{only(desk).id}"
    browser.post(f"{fault}/report", data={"cause": "王小明打破", "words": words})
    browser.post(f"{fault}/note", data={"words": words})

    sheet = browser.get(f"{fault}/sheet").text

    assert words in browser.get(fault).text
    assert "王小明" not in sheet
    assert "C-GATE" in sheet


@pytest.mark.req("KH-8-1d")
def test_who_repaired_is_told_to_ask_another_and_cannot_recheck(desk: Desk) -> None:
    bound(desk)
    fault = f"{desk.school}/faults/{made.fault(desk.cast.k1, kind=FaultKind.DAMAGE)}"
    handler = desk.browser("k1-handler")
    handler.post(f"{fault}/report", data={})
    handler.post(f"{fault}/repair", data={"cause": "老化", "manner": "更換"})
    page = handler.get(fault).text
    assert "請另一位人員複查" in page
    assert "複查通過</button>" not in page
    refused = handler.post(f"{fault}/recheck", data={"works": "yes"}, follow_redirects=True)
    assert "另一位人員" in refused.text

    head = desk.browser("k1-head")
    assert "請複查" in head.get(f"{desk.school}/").text
    head.post(f"{fault}/recheck", data={"works": "yes", "words": "畫面正常"})

    assert only(desk).state == "rechecked"
    assert "無從確認已恢復" in head.post(f"{fault}/close", follow_redirects=True).text


@pytest.mark.req("DR-31")
def test_the_first_page_has_one_line_for_a_fault_of_many_cameras(desk: Desk) -> None:
    bound(desk)
    for camera in desk.cast.k1.cameras:
        footage.status(desk.cast.k1, camera=camera, recording=False)
    made.fault(desk.cast.k1, kind=FaultKind.BOX_OR_SWITCH, cameras=tuple(desk.cast.k1.cameras))

    page = desk.browser("k1-head").get(f"{desk.school}/").text

    assert page.count("交換器或主機：請受理並報修") == 1
    assert "未錄影" not in page
    assert "要點第八點第一款" in page


@pytest.mark.req("DR-30", "KH-5-3a")
def test_a_camera_that_does_not_record_is_told_though_another_thing_is_wrong_with_it(desk: Desk) -> None:
    bound(desk)
    footage.status(desk.cast.k1, recording=False)
    made.fault(desk.cast.k1, kind=FaultKind.DAMAGE)
    page = desk.browser("k1-head").get(f"{desk.school}/").text
    assert re.search("鏡頭「[^」]+」未錄影", page)
    assert "設備損壞：請受理並報修" in page


@pytest.mark.req("KH-8-1d", "DR-30")
def test_a_box_that_is_gone_for_days_stands_first_until_somebody_takes_it_up(desk: Desk) -> None:
    bound(desk)
    now = clock.now()
    late = {"assign_until": now + timedelta(days=1), "report_until": now + timedelta(days=1)}
    gone = now - timedelta(days=6)
    fault_id = made.fault(desk.cast.k1, kind=FaultKind.BOX_OR_SWITCH, opened_at=now, found_at=gone, **late)
    head = desk.browser("k1-head")

    first = re.search(r"<li[^>]*>(.*?)</li>", head.get(f"{desk.school}/").text.split("現在該做什麼")[1], re.DOTALL)
    assert first is not None
    assert f"交換器或主機：自{format_date(clock.civil_day(gone))}起，請受理並報修" in first[1]
    assert "請優先處理" in first[1]

    assert head.post(f"{desk.school}/faults/{fault_id}/report", data={"unit": "總務處"}).status_code == 303
    later = head.get(f"{desk.school}/").text
    assert "已報修，開始處理或修好後請登記" in later
    assert "自民國" not in later.split("已報修")[0].split("交換器或主機")[-1]


@pytest.mark.req("KH-5-3b")
def test_a_gap_is_explained_and_the_days_page_says_so(desk: Desk) -> None:
    bound(desk)
    k1 = desk.cast.k1
    hours.open_when(k1, hours.every_day(["00:00", "24:00"]))
    footage.gap(k1, device_id=footage.device(k1), started_at=clock.now() - timedelta(minutes=20))
    browser = desk.browser("k1-handler")
    page = browser.get(f"{desk.school}/gaps/").text
    key = page.split('name="gaps" value="')[1].split('"')[0]
    assert "待說明原因" in browser.get(f"{desk.school}/").text
    unplanned = browser.post(
        f"{desk.school}/gaps/", data={"gaps": key, "reason": "planned", "words": "更換"}, follow_redirects=True
    )
    assert "事後說明請選擇實際的原因" in unplanned.text

    browser.post(f"{desk.school}/gaps/", data={"gaps": key, "reason": "power", "words": "臺電停電"})

    assert "目前沒有待說明的中斷" in browser.get(f"{desk.school}/gaps/").text
    if clock.civil_day(clock.now() - timedelta(minutes=20)) == clock.today():
        assert "停電（臺電停電）" in browser.get(f"{desk.school}/cameras/{gate(desk)}").text


@pytest.mark.req("KH-5-3b")
def test_work_is_announced_and_what_is_entered_late_is_called_so(desk: Desk) -> None:
    browser, day = desk.browser("k1-handler"), clock.today()
    typed = {
        "place": str(desk.cast.k1.site_id),
        "starts_day": short_date(day + timedelta(days=1)),
        "starts": "09:00",
        "ends_day": short_date(day + timedelta(days=1)),
        "ends": "12:00",
        "reason": "更換交換器",
    }
    assert browser.post(f"{desk.school}/maintenance/", data={**typed, "ends": "08:00"}).status_code == 422
    assert browser.post(f"{desk.school}/maintenance/", data=typed).status_code == 303
    past = {**typed, "starts_day": short_date(day - timedelta(days=2)), "ends_day": short_date(day - timedelta(days=2))}
    assert browser.post(f"{desk.school}/maintenance/", data=past).status_code == 303

    page = browser.get(f"{desk.school}/maintenance/").text

    assert page.count("計畫性維修</span>") == 1
    assert page.count("事後說明</span>") == 1
    bound(desk)
    planned = db.session.scalars(select(MaintenanceWindow).order_by(MaintenanceWindow.starts_at.desc())).first()
    assert planned is not None
    assert browser.post(f"{desk.school}/maintenance/{planned.id}/withdraw").status_code == 303


def test_labels_are_made_once_and_printed_with_their_codes(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    browser.post(f"{desk.school}/fault-labels/")
    first = browser.get(f"{desk.school}/fault-labels/").text
    browser.post(f"{desk.school}/fault-labels/")

    assert first == browser.get(f"{desk.school}/fault-labels/").text or first.count("/fault/K1/") == 2
    assert browser.get(f"{desk.school}/fault-labels/{gate(desk)}.svg").mimetype == "image/svg+xml"


@pytest.mark.req("TY-3-3a")
def test_a_guard_rechecks_and_does_not_handle(desk: Desk) -> None:
    bound(desk)
    fault = f"{desk.school}/faults/{made.fault(desk.cast.k1)}"
    guard = desk.browser("k1-guard")

    assert guard.get(fault).status_code == 200
    assert "受理並報修</button>" not in guard.get(fault).text
    assert guard.post(f"{fault}/report").status_code == 403
    assert guard.post(f"{fault}/close").status_code == 403
