"""A day of a school's cameras, from the database."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from infra.causes import GapCause
from infra.clock import day_start, now
from infra.db import db
from tenants.footage import camera_days, queries
from tenants.footage.models import DayKey
from tenants.footage.rules import LONGEST, Now, Window
from tenants.registry import device_queries
from tenants.registry.models import Camera
from tests.factories import footage
from tests.factories.registry import Institution

DAY = date(2026, 11, 20)
MORNING = day_start(DAY)


def cameras(k1: Institution) -> list[Camera]:
    return device_queries.cameras_of_site(tenant_id=k1.tenant_id, site_id=k1.site_id)


def timeline(k1: Institution, *, at: datetime) -> dict[str, camera_days.CameraTimeline]:
    lines = camera_days.timeline(tenant_id=k1.tenant_id, cameras=cameras(k1), day=DAY, now=at)
    return {line.camera.code: line for line in lines}


@pytest.mark.req("DR-17", "DR-30", "KH-5-3b")
def test_each_camera_shows_what_was_recorded_and_why_the_rest_is_missing(k1: Institution) -> None:
    device_id = footage.device(k1)
    for minute in (-1, 0, 1, 2, 30):
        footage.segment(k1, device_id=device_id, started_at=MORNING + timedelta(minutes=minute), state="stored")
    footage.gap(k1, device_id=device_id, started_at=MORNING + timedelta(minutes=3))
    found = timeline(k1, at=MORNING + timedelta(minutes=31))
    gate, room = found["C-GATE"], found["C-ROOM2"]
    first, second = MORNING + timedelta(minutes=3), MORNING + timedelta(minutes=30)
    assert list(gate.day.recorded) == [Window(MORNING, first), Window(second, MORNING + timedelta(minutes=31))]
    assert [(gap.window.seconds, gap.cause) for gap in gate.day.gaps] == [
        (600, GapCause.CAMERA_UNREACHABLE),
        (17 * 60, GapCause.NO_CONTACT),
    ]
    assert (room.day.coverage, room.now) == (0, Now.SILENT)


@pytest.mark.req("DR-17")
def test_a_long_segment_of_the_evening_before_counts_for_the_minutes_that_it_has_of_the_day(k1: Institution) -> None:
    began = MORNING - LONGEST + timedelta(seconds=1)
    footage.segment(k1, device_id=footage.device(k1), started_at=began, seconds=int(LONGEST.total_seconds()))
    gate = timeline(k1, at=MORNING + timedelta(minutes=1))["C-GATE"]
    assert list(gate.day.recorded) == [Window(MORNING, MORNING + timedelta(seconds=1))]


@pytest.mark.req("DR-30", "KH-8-1d")
def test_of_a_camera_that_its_box_never_recorded_it_is_known_since_when_both_are_there(k1: Institution) -> None:
    footage.device(k1)
    for camera, until in (("C-GATE", None), ("C-ROOM2", MORNING)):
        footage.status(k1, camera=camera, recording=False, recorded_until=until)
    db.session.execute(
        text("update camera_status set recorded_until = null where camera_id = :id"), {"id": k1.cameras["C-GATE"]}
    )
    (box,) = device_queries.devices(tenant_id=k1.tenant_id)
    (gate,) = [each for each in cameras(k1) if each.code == "C-GATE"]
    found = camera_days.stopped_since(tenant_id=k1.tenant_id)
    assert found == {
        gate.id: max(box.enrolled_at, gate.created_at, day_start(gate.active_from)),
        k1.cameras["C-ROOM2"]: MORNING,
    }


@pytest.mark.req("DR-17")
@pytest.mark.parametrize("state", ["missing", "mismatched"])
def test_what_a_box_signed_for_was_recorded_though_the_store_lacks_it(k1: Institution, state: str) -> None:
    device_id = footage.device(k1)
    for minute in (0, 2):
        footage.segment(k1, device_id=device_id, started_at=MORNING + timedelta(minutes=minute), state="stored")
    lost = footage.segment(k1, device_id=device_id, started_at=MORNING + timedelta(minutes=1), state=state)
    gate = timeline(k1, at=MORNING + timedelta(minutes=3))["C-GATE"]
    one, two = MORNING + timedelta(minutes=1), MORNING + timedelta(minutes=2)
    assert (gate.day.coverage, list(gate.day.gaps)) == (1, [])
    assert list(gate.day.recorded) == [Window(MORNING, one), Window(two, MORNING + timedelta(minutes=3))]
    assert list(gate.day.lost) == [Window(one, two)]
    assert gate.stored_bytes == 2 * lost.cipher_bytes


@pytest.mark.req("DR-17", "DR-30")
def test_a_day_of_which_the_store_lost_everything_is_still_heard_of(k1: Institution) -> None:
    footage.segment(k1, device_id=footage.device(k1), started_at=MORNING, state="missing")
    later = timeline(k1, at=MORNING + timedelta(days=3))["C-GATE"]
    assert later.day.heard
    assert later.stored_bytes is None


@pytest.mark.req("DR-17")
def test_a_minute_that_began_the_evening_before_and_is_lost_is_lost_of_this_day_too(k1: Institution) -> None:
    footage.segment(k1, device_id=footage.device(k1), started_at=MORNING - timedelta(seconds=30), state="missing")
    gate = timeline(k1, at=MORNING + timedelta(minutes=1))["C-GATE"]
    assert list(gate.day.lost) == [Window(MORNING, MORNING + timedelta(seconds=30))]
    assert not gate.day.recorded


def test_nothing_is_expected_of_a_camera_that_is_not_in_use_yet(k1: Institution) -> None:
    for camera in cameras(k1):
        camera.active_from = DAY + timedelta(days=1)
    db.session.commit()
    assert timeline(k1, at=MORNING + timedelta(hours=5))["C-GATE"].day.coverage is None


@pytest.mark.req("KH-5-3c")
def test_the_earliest_day_is_the_oldest_one_whose_key_still_opens(k1: Institution) -> None:
    device_id = footage.device(k1)
    for days in range(4):
        began = MORNING + timedelta(days=days, hours=3)
        footage.day_key(k1, day=began)
        footage.segment(k1, device_id=device_id, started_at=began)
    oldest = db.session.get_one(DayKey, (k1.tenant_id, DAY, 14))
    oldest.wrapped_secret, oldest.destroyed_at = None, now()
    db.session.commit()
    earliest = queries.earliest_days(tenant_id=k1.tenant_id, cameras=cameras(k1))
    assert earliest == {k1.cameras["C-GATE"]: DAY + timedelta(days=1)}
    assert timeline(k1, at=MORNING + timedelta(days=3))["C-GATE"].destroyed


def test_what_is_destroyed_of_a_day_is_told_of_the_cameras_that_were_kept_so_long(k1: Institution) -> None:
    """A camera whose minutes are of another class keeps its day."""
    device_id = footage.device(k1)
    began = MORNING + timedelta(hours=3)
    for class_days in (14, 30):
        footage.day_key(k1, day=began, retention_days=class_days)
    footage.segment(k1, device_id=device_id, started_at=began)
    kept = db.session.get_one(DayKey, (k1.tenant_id, DAY, 14))
    other = db.session.get_one(DayKey, (k1.tenant_id, DAY, 30))
    other.wrapped_secret, other.destroyed_at = None, now()
    db.session.commit()
    assert not timeline(k1, at=MORNING + timedelta(days=3))["C-GATE"].destroyed
    kept.wrapped_secret, kept.destroyed_at = None, now()
    db.session.commit()
    assert timeline(k1, at=MORNING + timedelta(days=3))["C-GATE"].destroyed


def test_a_window_finds_every_segment_that_holds_an_instant_of_it(k1: Institution) -> None:
    """Also one that began on the day before in Taipei."""
    device_id = footage.device(k1)
    made = [
        footage.segment(k1, device_id=device_id, started_at=MORNING + timedelta(seconds=60 * n - 30)) for n in range(4)
    ]
    gate = k1.cameras["C-GATE"]

    def found(begins: float, ends: float) -> list[int]:
        window = Window(MORNING + timedelta(seconds=begins), MORNING + timedelta(seconds=ends))
        ids = [one.id for one in made]
        there = camera_days.segments_in(tenant_id=k1.tenant_id, camera_id=gate, window=window)
        return [ids.index(one.id) for one in there]

    assert found(0, 1) == [0]
    assert found(29, 31) == [0, 1]
    assert found(30, 90) == [1], "half-open at both ends"
    assert found(-3600, 3600) == [0, 1, 2, 3]
    assert found(210, 400) == []
