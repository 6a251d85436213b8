"""Cameras and their days: silence is never shown as fine, and no page shows a picture."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.manifest import microseconds
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.compliance import actions
from tenants.compliance.models import ComplianceDay
from tenants.footage.coverage import CameraDay, camera_day
from tenants.footage.models import CameraStatus
from tenants.footage.rules import Window, day_window
from tenants.registry.models import Camera
from tenants.roc_dates import short_date
from tests.factories import footage, hours
from tests.webapp.desk import Desk
from webapp.school.equipment import camera_view


def open_hours(desk: Desk, begin: str, end: str) -> None:
    """The kindergarten is open every day of the week, so that the tests hold on any day and at any hour."""
    hours.open_when(desk.cast.k1, hours.every_day([begin, end]))


@pytest.fixture
def watched(desk: Desk) -> Desk:
    """K1's gate records since ten minutes; its activity room was never heard of."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    open_hours(desk, "00:00", "24:00")
    device_id = footage.device(desk.cast.k1)
    footage.day_key(desk.cast.k1)
    footage.segment(desk.cast.k1, device_id=device_id, started_at=clock.now() - timedelta(minutes=10), seconds=540)
    footage.status(desk.cast.k1)
    return desk


@pytest.mark.req("DR-30")
def test_a_camera_that_was_never_heard_of_is_no_data_and_not_fine(watched: Desk) -> None:
    page = watched.browser("k1-head").get(f"{watched.school}/cameras/").text

    gate, room = page.split('class="sy-panel sy-camera"')[1:3]
    assert "錄影中" in gate
    assert "無資料（邊緣主機未回報）" in room
    assert "今日涵蓋率 無資料" in room


@pytest.mark.req("DR-30", "KH-5-3b")
def test_a_picture_that_stands_still_is_said_of_a_camera_that_records(watched: Desk) -> None:
    status = db.session.scalars(select(CameraStatus)).one()
    status.frozen_since = clock.now() - timedelta(minutes=5)
    db.session.commit()
    page = watched.browser("k1-head").get(f"{watched.school}/cameras/").text
    gate = page.split('class="sy-panel sy-camera"')[1]
    assert "錄影中" in gate
    assert re.search(r"畫面自民國\d+年.*起完全不動。請到現場查看鏡頭", gate)


@pytest.mark.req("DR-30")
def test_the_first_page_lists_the_silent_camera_with_the_article(watched: Desk) -> None:
    page = watched.browser("k1-head").get(f"{watched.school}/").text

    assert "鏡頭「C-ROOM2」無資料" in page
    assert "要點第八點第一款" in page
    assert "1 支無資料" in page


@pytest.mark.req("TY-3-2b")
def test_a_guard_sees_states_and_no_timeline(watched: Desk) -> None:
    guard = watched.browser("k1-guard")
    camera = watched.cast.k1.cameras["C-GATE"]

    page = guard.get(f"{watched.school}/cameras/").text

    assert "錄影中" in page
    assert '<svg class="sy-strip"' not in page
    assert guard.get(f"{watched.school}/cameras/{camera}").status_code == 403


@pytest.mark.req("DR-21")
def test_a_day_that_cannot_be_is_told_and_today_is_shown(watched: Desk) -> None:
    browser, camera = watched.browser("k1-head"), watched.cast.k1.cameras["C-GATE"]

    for typed, expected in (
        ("115/2/29", "115年2月只有28日"),
        ("2026/11/20", "請輸入民國年（115）"),
        ("昨天", "看不懂這個日期"),
        ("999/1/1", "這一天還沒有到"),
    ):
        page = browser.get(f"{watched.school}/cameras/{camera}", query_string={"day": typed})
        assert page.status_code == 200
        assert expected in page.text, typed
        assert f'value="{typed}"' in page.text


@pytest.mark.req("DR-08")
def test_another_institutions_camera_is_not_found(watched: Desk) -> None:
    camera = watched.cast.k1.cameras["C-GATE"]
    address = f"/schools/{watched.cast.e1.tenant_id}/cameras/{camera}"

    assert watched.browser("e1-head").get(address).status_code == 404


@pytest.mark.req("KH-5-3c")
def test_the_earliest_day_that_can_be_looked_at_is_shown(watched: Desk) -> None:
    page = watched.browser("k1-head").get(f"{watched.school}/retention").text

    assert "最早可查日期" in page
    assert "要點第五點第三款" in page


@pytest.mark.req("KH-5-3a", "DR-30")
def test_closed_hours_need_no_footage_and_the_school_and_the_bureau_count_alike(desk: Desk) -> None:
    tenant_id, gate = desk.cast.k1.tenant_id, desk.cast.k1.cameras["C-GATE"]
    yesterday = clock.today() - timedelta(days=1)
    bind(db.session, Binding(tenant_id=tenant_id))
    open_hours(desk, "08:00", "08:20")
    for camera in db.session.scalars(select(Camera).where(Camera.tenant_id == tenant_id, Camera.id != gate)):
        camera.active_from = clock.today()
    device_id = footage.device(desk.cast.k1)
    opened = clock.day_start(yesterday) + timedelta(hours=8)
    footage.segment(desk.cast.k1, device_id=device_id, started_at=opened, seconds=600)
    footage.status(desk.cast.k1)
    actions.take_day(tenant_id=tenant_id, day=yesterday, now=clock.now(), actor=system("test"))
    db.session.commit()
    taken = db.session.get_one(ComplianceDay, (tenant_id, yesterday))
    assert (taken.recorded_seconds, taken.due_seconds) == (600, 1_200)
    page = (
        desk.browser("k1-head").get(f"{desk.school}/cameras/{gate}", query_string={"day": short_date(yesterday)}).text
    )
    assert "<dt>涵蓋率</dt><dd>50.0 %</dd>" in page
    assert "未錄到合計 10 分。" in page
    assert re.findall(r'<td data-label="情形">([^<：]+)', page) == ["不需錄影", "已錄到", "未錄到", "不需錄影"]


@pytest.mark.req("DR-17", "KH-5-3c")
def test_what_was_recorded_and_is_in_the_store_no_more_is_neither_fine_nor_an_interruption() -> None:
    day = clock.today() - timedelta(days=2)
    whole = day_window(day)
    half = whole.started_at + timedelta(hours=12)
    known = camera_day(
        whole,
        arrived=[whole],
        lost=[Window(half, half + timedelta(minutes=3))],
        reports=[],
        reported=None,
        now=clock.now(),
    )

    words = camera_view.summary(known, [whole], clock.now())
    shown = [(span.kind, span.words) for span in camera_view.spans(known, day, [whole])]

    assert words == "沒有中斷；已錄到的有 3 分在儲存空間不完好，請聯絡平台維運人員查明。"
    assert shown == [("good", "已錄到"), ("lost", "已錄到，但儲存空間沒有完好的影像"), ("good", "已錄到")]


@pytest.mark.req("DR-30")
def test_of_a_destroyed_day_on_which_nothing_was_owed_it_is_said_first_that_it_is_destroyed() -> None:
    day = clock.today() - timedelta(days=60)
    nothing = CameraDay(expected=None)

    words = camera_view.summary(nothing, [], clock.now(), destroyed=True)
    (span,) = camera_view.spans(nothing, day, [], destroyed=True)

    assert words == "影像已銷毀；當時不需錄影，不計涵蓋率。"
    assert span.words == "當時不需錄影"


@pytest.mark.req("DR-30")
def test_a_cameras_day_stands_above_its_checks_unless_its_picture_is_wrong(watched: Desk) -> None:
    page = watched.browser("k1-head").get(f"{watched.school}/cameras/{watched.cast.k1.cameras['C-GATE']}").text

    assert page.index("查看哪一天") < page.index('class="sy-pager"') < page.index('id="settings"')


def test_a_day_on_which_nothing_is_owed_is_said_once(desk: Desk) -> None:
    hours.open_when(desk.cast.k1, hours.every_day())

    gate = desk.browser("k1-head").get(f"{desk.school}/cameras/").text.split('class="sy-panel sy-camera"')[1]

    assert gate.count("這一天不需錄影。") == 1
    assert "今日涵蓋率" not in gate


@pytest.mark.req("KH-3-8", "KH-3-9", "DR-36")
@pytest.mark.parametrize(
    ("faults", "age", "words"),
    [
        ([], timedelta(0), "畫面正常"),
        (["moved"], timedelta(0), "請到現場查看鏡頭是否被轉動"),
        (["dark", "still"], timedelta(0), "畫面過暗、畫面靜止不動"),
        (["moved"], timedelta(hours=4), "超過三小時未檢查"),
    ],
)
def test_the_last_look_at_the_picture_is_said_in_words(
    watched: Desk, faults: list[str], age: timedelta, words: str
) -> None:
    gate = watched.cast.k1.cameras["C-GATE"]
    held = db.session.get_one(CameraStatus, (watched.cast.k1.tenant_id, gate))
    numbers = {"brightness": 110, "contrast": 40, "sharpness": 300, "likeness": 97, "reference_us": None}
    held.picture = {"taken_us": microseconds(clock.now() - age), "faults": faults, **numbers}
    db.session.commit()
    page = watched.browser("k1-head").get(f"{watched.school}/cameras/{gate}").text
    assert words in page.split('id="picture"')[1].split("</section>")[0]


def test_a_camera_whose_picture_was_never_looked_at_says_nothing_of_it(watched: Desk) -> None:
    page = watched.browser("k1-head").get(f"{watched.school}/cameras/{watched.cast.k1.cameras['C-GATE']}").text
    assert 'id="picture"' not in page
