"""A camera's settings on its page: what the box measured, what the school approved, and what to do."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.footage.models import CameraStatus
from tenants.footage.times import CameraClock
from tenants.registry.models import Camera
from tests.factories import footage
from tests.factories.registry import closed
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-3-8", "KH-3-9")


@pytest.fixture
def device_id(desk: Desk) -> UUID:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return footage.device(desk.cast.k1)


def address(desk: Desk) -> str:
    return f"{desk.school}/cameras/{desk.cast.k1.cameras['C-GATE']}"


def page(desk: Desk) -> str:
    return desk.browser("k1-head").get(address(desk)).text.split('id="settings"')[1]


def test_a_camera_that_was_never_checked_says_when_it_will_be(desk: Desk) -> None:
    assert "每日凌晨 2 時至 4 時" in page(desk)


def test_what_was_measured_is_approved_and_then_a_difference_is_told_with_what_to_do(
    desk: Desk, device_id: UUID
) -> None:
    check = footage.camera_check(desk.cast.k1, device_id=device_id)
    assert "尚未核定" in page(desk)
    browser = desk.browser("k1-head")
    for _again in range(2):
        assert browser.post(f"{address(desk)}/approval", data={"check": str(check)}).status_code == 303
    assert "與核定相符" in page(desk)
    assert "核定這次的檢查結果" not in page(desk)
    names = [event.event for event in audit.latest(tenant_id=desk.cast.k1.tenant_id)]
    assert names.count("camera:approved") == 1
    later = clock.now() + timedelta(seconds=5)
    footage.camera_check(desk.cast.k1, device_id=device_id, fps=4.0, measured_at=later)
    assert "每秒張數不在核定範圍" in page(desk)


@pytest.mark.req("KH-3-10")
def test_the_clock_is_told_once_by_whichever_looked_last(desk: Desk, device_id: UUID) -> None:
    k1 = desk.cast.k1
    footage.camera_check(k1, device_id=device_id, clock_offset_ms=-61_000)
    whole = desk.browser("k1-head").get(address(desk)).text
    assert (whole.count("快 1 分 1 秒"), "時間誤差" in page(desk)) == (1, False)
    now = clock.now()
    footage.status(k1)
    held = db.session.get_one(CameraStatus, (k1.tenant_id, k1.cameras["C-GATE"]))
    reading = CameraClock(offset_ms=7_000, bound_ms=500, read_at=now + timedelta(seconds=1))
    held.clock = reading.document()
    db.session.commit()
    whole = desk.browser("k1-head").get(address(desk)).text
    assert ("慢 7.0 秒" in whole, "快 1 分 1 秒" in whole) == (True, False)


def test_only_the_measurement_that_was_read_is_approved(desk: Desk, device_id: UUID) -> None:
    old = footage.camera_check(desk.cast.k1, device_id=device_id)
    later = clock.now() + timedelta(seconds=5)
    footage.camera_check(desk.cast.k1, device_id=device_id, width=640, height=360, measured_at=later)
    browser = desk.browser("k1-head")
    answer = browser.post(f"{address(desk)}/approval", data={"check": str(old)})
    assert answer.status_code == 409
    assert "較新的檢查結果" in answer.text
    assert browser.post(f"{address(desk)}/approval", data={"check": "x"}).status_code == 404
    assert browser.post(f"{address(desk)}/approval", data={"check": str(uuid4())}).status_code == 409


@pytest.mark.req("DR-19", "KH-3-3")
def test_a_bedroom_whose_mask_is_not_seen_is_told_before_anything_is_approved(desk: Desk, device_id: UUID) -> None:
    db.session.get_one(Camera, desk.cast.k1.cameras["C-GATE"]).zone = "bedroom"
    db.session.commit()
    footage.camera_check(desk.cast.k1, device_id=device_id)
    assert "未偵測到隱私遮罩" in page(desk)


def test_who_may_not_manage_cameras_approves_nothing(desk: Desk, device_id: UUID) -> None:
    check = footage.camera_check(desk.cast.k1, device_id=device_id)
    answer = desk.browser("k1-guard").post(f"{address(desk)}/approval", data={"check": str(check)})
    assert answer.status_code == 403


def test_a_check_without_any_key_frame_offers_no_approval_and_is_refused(desk: Desk, device_id: UUID) -> None:
    check = footage.camera_check(desk.cast.k1, device_id=device_id, key_interval_ms=None)
    told = page(desk)
    assert "檢查期間未收到" in told
    assert "核定這次的檢查結果" not in told
    answer = desk.browser("k1-head").post(f"{address(desk)}/approval", data={"check": str(check)})
    assert (answer.status_code, "未收到關鍵畫面" in answer.text) == (409, True)


@pytest.mark.req("DR-33")
def test_a_closed_institution_approves_nothing(desk: Desk, device_id: UUID) -> None:
    check = footage.camera_check(desk.cast.k1, device_id=device_id)
    closed(desk.cast.k1)
    answer = desk.browser("k1-head").post(f"{address(desk)}/approval", data={"check": str(check)})
    assert (answer.status_code, "起停辦，不能再核定鏡頭規格" in answer.text) == (409, True)
    assert "camera:approved" not in [event.event for event in audit.latest(tenant_id=desk.cast.k1.tenant_id)]
