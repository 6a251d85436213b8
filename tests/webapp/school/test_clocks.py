"""The clocks of cameras and boxes on the school's pages, and footage that was dated afterwards or never."""

from datetime import datetime, timedelta

import pytest

from infra import clock
from infra.db import db
from infra.manifest import CLOCK_BY_HAND, Trust, microseconds
from infra.tenancy import Binding, bind
from tenants.footage.models import CameraStatus
from tenants.registry.models import EdgeDevice
from tests.factories import footage
from tests.webapp.desk import Desk


@pytest.fixture
def timed(desk: Desk) -> Desk:
    """K1's gate has a box that speaks of it."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.status(desk.cast.k1)
    return desk


def say(desk: Desk, offset_ms: int, *, read_at: datetime | None = None) -> None:
    held = db.session.get_one(CameraStatus, (desk.cast.k1.tenant_id, desk.cast.k1.cameras["C-GATE"]))
    read_us = microseconds(read_at or clock.now())
    held.clock = {"offset_ms": offset_ms, "bound_ms": 600, "read_us": read_us}
    db.session.commit()


def gate(desk: Desk) -> str:
    return desk.browser("k1-head").get(f"{desk.school}/cameras/{desk.cast.k1.cameras['C-GATE']}").text


def part(page: str, name: str) -> str:
    return page.split(f'id="{name}"')[1].split("</section>", maxsplit=1)[0]


@pytest.mark.req("KH-3-10")
@pytest.mark.parametrize(
    ("offset_ms", "state", "offset", "to_do"),
    [
        (400, "時間準確", "慢 0.4 秒", ""),
        (-6_000, "時間偏差", "快 6.0 秒", "啟用自動校時"),
        (75_000, "時間不準", "慢 1 分 15 秒", "請立即校正鏡頭的時鐘"),
        (8 * 3_600_000, "時區設定錯誤", "慢 8 小時", "請將鏡頭的時區改為臺北"),
    ],
)
def test_a_cameras_clock_is_said_with_what_to_do_and_the_article(
    timed: Desk, offset_ms: int, state: str, offset: str, to_do: str
) -> None:
    say(timed, offset_ms)
    said = part(gate(timed), "clock")
    assert (state in said, offset in said, to_do in said) == (True, True, True)
    assert "依據：要點第三點" in said


@pytest.mark.req("KH-3-10", "DR-30")
def test_a_clock_that_nobody_read_or_not_for_hours_is_no_data_and_not_fine(timed: Desk) -> None:
    assert "無資料" in part(gate(timed), "clock")
    say(timed, 400, read_at=clock.now() - timedelta(hours=4))
    said = part(gate(timed), "clock")
    assert ("無資料" in said, "時間準確" in said, "0.4 秒" in said) == (True, False, False)


@pytest.mark.req("KH-3-10")
def test_the_page_of_all_cameras_names_the_one_whose_clock_is_wrong(timed: Desk) -> None:
    say(timed, 75_000)
    page = timed.browser("k1-head").get(f"{timed.school}/cameras/").text
    own, other = page.split('class="sy-panel sy-camera"')[1:3]
    assert "鏡頭時鐘：時間不準" in own
    assert "慢 1 分 15 秒" in own
    assert "鏡頭時鐘：無資料" in other


@pytest.mark.req("KH-3-10")
def test_a_wrong_clock_waits_for_a_person_on_the_first_page(timed: Desk) -> None:
    say(timed, -6_000)
    assert "時間偏差" not in timed.browser("k1-head").get(f"{timed.school}/").text
    say(timed, -75_000)
    page = timed.browser("k1-head").get(f"{timed.school}/").text
    assert "時間不準（快 1 分 15 秒）" in page
    assert "#clock" in page


@pytest.mark.req("DR-18", "KH-3-10")
@pytest.mark.parametrize(
    ("offset_ms", "words"),
    [(1_234, "慢 1.2 秒"), (6_000, "時間偏差"), (-40_000, "依據：要點第三點"), (None, "無資料")],
)
def test_a_boxs_own_clock_is_judged_by_the_same_figures(timed: Desk, offset_ms: int | None, words: str) -> None:
    device_id = footage.device(timed.cast.k1)
    db.session.get_one(EdgeDevice, device_id).clock_offset_ms = offset_ms
    db.session.commit()
    page = timed.browser("k1-head").get(f"{timed.school}/devices/").text
    assert words in page.split('data-label="時間誤差"')[1].split("</td>")[0]


@pytest.mark.req("DR-18")
def test_footage_that_nobody_can_date_is_said_with_its_bounds_on_page_and_first_page(timed: Desk) -> None:
    held = db.session.get_one(CameraStatus, (timed.cast.k1.tenant_id, timed.cast.k1.cameras["C-GATE"]))
    began = microseconds(datetime.fromisoformat("2026-11-20T07:00:00+08:00"))
    bounds = {"after_us": began, "before_us": began + 7_200_000_000}
    held.undated = {"segments": 60, "seconds": 3600, **bounds}
    db.session.commit()
    said = part(gate(timed), "clock")
    assert "有 60 段影像（約 60 分鐘）" in said
    assert "民國115年11月20日 07:00 之後、民國115年11月20日 09:00 之前" in said
    for page in (said, timed.browser("k1-head").get(f"{timed.school}/").text):
        assert "不上傳也不刪除" in page


@pytest.mark.req("DR-18")
@pytest.mark.parametrize(("bound_us", "worth"), [(40_000, "誤差不超過 0.1 秒"), (-1, "誤差無法得知")])
def test_a_day_of_which_some_was_dated_afterwards_says_so(timed: Desk, bound_us: int, worth: str) -> None:
    assert "時間事後補上" not in gate(timed)
    footage.day_key(timed.cast.k1)
    made = footage.segment(timed.cast.k1, device_id=footage.device(timed.cast.k1), started_at=clock.now())
    made.trust, made.clock_bound_us = Trust.REDATED, bound_us
    db.session.commit()
    page = gate(timed)
    assert "有 1 段影像錄影時主機還不知道時間" in page
    assert worth in page


@pytest.mark.req("DR-18")
def test_a_day_that_a_person_dated_says_so(timed: Desk) -> None:
    footage.day_key(timed.cast.k1)
    made = footage.segment(timed.cast.k1, device_id=footage.device(timed.cast.k1), started_at=clock.now())
    made.trust, made.clock_source, made.clock_bound_us = Trust.REDATED, CLOCK_BY_HAND, 300_000_000
    db.session.commit()
    page = gate(timed)
    assert "由人員填報主機開機的時刻後推算補上的，誤差不超過 300.0 秒" in page
