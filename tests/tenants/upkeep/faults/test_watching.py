"""What the service's own look opens, notes and raises; a look that is repeated or killed opens nothing twice."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from infra import clock
from infra.clock import TAIPEI
from infra.db import db
from infra.manifest import microseconds
from infra.tenancy import Binding, bind
from tenants.registry.models import Camera, EdgeDevice
from tenants.upkeep.faults import escalating, watching
from tenants.upkeep.faults.kinds import FaultKind, FaultState, LineCode
from tenants.upkeep.faults.models import FaultCamera, FaultEscalation, FaultLine
from tests.factories import faults as made
from tests.factories import footage, people
from tests.factories.registry import Institution, closed, institution
from tests.tenants.upkeep.faults.conftest import JOB, Cast, faults, look, only, says

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
# A Friday in office hours, with daylight.
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=TAIPEI)


def _rows(model: type[FaultCamera] | type[FaultLine] | type[FaultEscalation]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.req("KH-8-1d", "DR-31")
def test_ten_cameras_behind_one_switch_are_one_fault(k1: Institution) -> None:
    ten = institution("K9", cameras=tuple(f"C-{n}" for n in range(10)))
    assert k1
    bind(db.session, Binding(tenant_id=ten.tenant_id))
    says(ten, recording=False, until=clock.now() - 10 * _MINUTE)

    look(ten)

    assert only(ten).kind == FaultKind.BOX_OR_SWITCH
    assert not only(ten).whole_site
    assert _rows(FaultCamera) == 10
    assert _rows(FaultLine) == 1


@pytest.mark.req("KH-8-1d", "DR-30")
def test_a_camera_that_its_box_never_recorded_is_a_fault_however_often_it_is_told(k1: Institution) -> None:
    footage.device(k1)
    for box in db.session.scalars(select(EdgeDevice)):
        box.enrolled_at = clock.now() - 10 * _MINUTE
    db.session.execute(text("update cameras set created_at = now() - interval '1 day'"))
    says(k1, "C-ROOM2")
    says(k1, "C-GATE", recording=False, until=None)

    look(k1)

    assert only(k1).kind == FaultKind.NOT_RECORDING


@pytest.mark.req("KH-8-1d")
def test_a_look_that_is_repeated_opens_nothing_twice(k1: Institution) -> None:
    says(k1, recording=False, until=clock.now() - 10 * _MINUTE)
    for _ in range(3):
        look(k1)

    assert len(faults(k1)) == 1
    assert not watching.is_waiting(tenant_id=k1.tenant_id, now=clock.now())


@pytest.mark.req("KH-8-1d")
def test_a_look_that_was_killed_before_its_end_is_done_by_the_next(k1: Institution) -> None:
    says(k1, recording=False, until=clock.now() - 10 * _MINUTE)
    watching.look(actor=JOB, tenant_id=k1.tenant_id, now=clock.now())
    db.session.rollback()
    assert faults(k1) == []
    assert watching.is_waiting(tenant_id=k1.tenant_id, now=clock.now())

    look(k1)

    assert len(faults(k1)) == 1


@pytest.mark.req("KH-8-1d")
def test_a_silent_box_is_a_fault_of_the_place(k1: Institution) -> None:
    says(k1, at=clock.now() - 12 * _MINUTE)

    look(k1)

    assert (only(k1).kind, only(k1).whole_site) == (FaultKind.BOX_OR_SWITCH, True)


@pytest.mark.req("KH-3-10")
@pytest.mark.parametrize(
    ("offset_ms", "words"),
    [(70_000, ["鏡頭時鐘慢 70 秒"]), (-28_800_000, ["鏡頭時鐘快 28800 秒，應為時區設定錯誤"]), (20_000, [])],
)
def test_a_clock_that_is_wrong_by_half_a_minute_is_a_fault(k1: Institution, offset_ms: int, words: list[str]) -> None:
    read = {"offset_ms": offset_ms, "bound_ms": 100, "read_us": microseconds(clock.now())}
    says(k1, "C-GATE", clock=read)

    look(k1)

    assert [fault.kind for fault in faults(k1)] == [FaultKind.CLOCK] * len(words)
    assert list(db.session.scalars(select(FaultLine.words))) == words


@pytest.mark.req("KH-3-9", "KH-3-8")
@pytest.mark.parametrize(
    ("faults_seen", "kind"),
    [(["moved"], FaultKind.MOVED), (["blocked"], FaultKind.BLOCKED), (["dark"], FaultKind.DARK), ([], None)],
)
def test_a_picture_that_is_wrong_by_day_is_a_fault(
    k1: Institution, faults_seen: list[str], kind: FaultKind | None
) -> None:
    _looks(k1, FRIDAY, faults_seen)

    look(k1, now=FRIDAY)

    assert [fault.kind for fault in faults(k1)] == ([kind] if kind else [])


@pytest.mark.req("KH-3-8")
def test_a_dark_room_by_night_is_no_fault(k1: Institution) -> None:
    night = FRIDAY.replace(hour=23)
    _looks(k1, night, ["dark"])

    look(k1, now=night)

    assert faults(k1) == []


def _looks(of: Institution, at: datetime, seen: list[str]) -> None:
    for camera in of.cameras:
        db.session.execute(
            text("update cameras set created_at = :at, active_from = :day where id = :id"),
            {"at": at - _HOUR, "day": at.date(), "id": of.cameras[camera]},
        )
    numbers = {"brightness": 10, "contrast": 5, "sharpness": 3, "likeness": 20, "reference_us": microseconds(at)}
    look = {**numbers, "taken_us": microseconds(at - _MINUTE), "faults": seen, "colourless_since_us": None}
    says(of, at=at)
    says(of, "C-GATE", at=at, picture=look)


def test_a_missing_key_a_full_disk_and_a_still_picture_each_have_their_name(k1: Institution) -> None:
    box = footage.device(k1)
    db.session.get_one(EdgeDevice, box).disk_fault = "full"
    says(k1, "C-GATE", recording=False, until=clock.now() - _HOUR, fault="no_day_key")
    says(k1, "C-ROOM2", frozen_since=clock.now() - _HOUR)

    look(k1)

    assert {fault.kind for fault in faults(k1)} == {FaultKind.KEY, FaultKind.DISK, FaultKind.STILL}


@pytest.mark.req("DR-19", "KH-3-6")
@pytest.mark.parametrize(
    ("zone", "masks", "words"),
    [
        ("bedroom", 0, ["隱私遮罩已關閉或被移除"]),
        ("bedroom", 2, []),
        ("bedroom", None, []),
        ("front_gate", 0, []),
    ],
    ids=["taken off", "on", "the camera says nothing of masks", "none needed there"],
)
def test_a_mask_that_was_taken_off_is_a_fault(k1: Institution, zone: str, masks: int | None, words: list[str]) -> None:
    db.session.get_one(Camera, k1.cameras["C-GATE"]).zone = zone
    footage.camera_check(k1, device_id=footage.device(k1), masks=masks)
    says(k1)

    look(k1)

    assert [fault.kind for fault in faults(k1)] == [FaultKind.PICTURE] * len(words)
    assert list(db.session.scalars(select(FaultLine.words))) == words


@pytest.mark.req("KH-3-8", "KH-3-9")
@pytest.mark.parametrize(
    ("changed", "days", "words"),
    [
        ({"codec": "hevc", "firmware": "2.0"}, 0, ["編碼、韌體與核定的不同，請改回，或檢視畫面後重新核定"]),
        ({"fps": 4.0}, 0, ["每秒張數與核定的不同，請改回，或檢視畫面後重新核定"]),
        ({"clock_offset_ms": 6_000}, 0, []),
        ({"codec": "hevc"}, 4, []),
        ({}, 0, []),
    ],
    ids=["codec and firmware", "frames a second", "its clock, which is told elsewhere", "long ago", "as approved"],
)
def test_a_camera_that_is_set_otherwise_than_it_was_approved_is_a_fault(
    k1: Institution, changed: dict[str, object], days: int, words: list[str]
) -> None:
    box = footage.device(k1)
    check = footage.camera_check(k1, device_id=box, measured_at=clock.now() - timedelta(days=5))
    footage.camera_approval(k1, check_id=check, approved_by=people.head(k1.tenant_id))
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    footage.camera_check(k1, device_id=box, measured_at=clock.now() - timedelta(days=days), **changed)
    says(k1)

    look(k1)

    assert [fault.kind for fault in faults(k1)] == [FaultKind.SETTINGS] * len(words)
    assert list(db.session.scalars(select(FaultLine.words))) == words


@pytest.mark.req("KH-3-8")
def test_what_nobody_approved_is_no_fault_and_approving_anew_says_that_it_is_over(k1: Institution) -> None:
    box = footage.device(k1)
    before = footage.camera_check(k1, device_id=box, measured_at=clock.now() - _HOUR)
    now = footage.camera_check(k1, device_id=box, codec="hevc")
    says(k1)
    look(k1)
    assert faults(k1) == []
    head = people.head(k1.tenant_id)
    for check, count in ((before, 1), (now, 1)):
        bind(db.session, Binding(tenant_id=k1.tenant_id))
        footage.camera_approval(k1, check_id=check, approved_by=head)
        look(k1)
        assert len(faults(k1)) == count
    assert set(db.session.scalars(select(FaultLine.code))) == {LineCode.FOUND, LineCode.BACK_TO_NORMAL}


def test_sound_that_must_not_be_is_a_fault(k1: Institution) -> None:
    minute = footage.segment(k1, device_id=footage.device(k1), started_at=clock.now() - 2 * _MINUTE)
    minute.audio = True
    says(k1)

    look(k1)

    assert only(k1).kind == FaultKind.SOUND


def test_what_is_back_is_noted_once_and_stays_open(k1: Institution) -> None:
    says(k1, "C-GATE", recording=False, until=clock.now() - 10 * _MINUTE)
    look(k1)
    says(k1)
    for _ in range(2):
        look(k1)

    assert only(k1).state == FaultState.FOUND
    codes = list(db.session.scalars(select(FaultLine.code).order_by(FaultLine.at)))
    assert codes == [LineCode.FOUND, LineCode.BACK_TO_NORMAL]


def test_a_camera_that_comes_and_goes_is_one_fault(k1: Institution) -> None:
    now = clock.now()
    says(k1, at=now)
    for minutes in range(0, 60, 10):
        at = now + minutes * _MINUTE
        down = minutes % 20 == 0
        says(k1, "C-GATE", at=at, recording=not down, until=at - (10 if down else 0) * _MINUTE)
        says(k1, "C-ROOM2", at=at)
        look(k1, now=at)

    assert len(faults(k1)) == 1
    assert _rows(FaultLine) <= 3


def test_a_closed_institution_is_not_looked_at(k1: Institution) -> None:
    closed(k1)
    says(k1, recording=False, until=clock.now() - _HOUR)

    look(k1)

    assert faults(k1) == []


@pytest.mark.req("KH-8-1d", "TY-6-1b")
def test_what_nobody_takes_up_goes_to_the_head_and_then_to_the_bureau_each_once(k1: Institution) -> None:
    made.fault(k1, opened_at=FRIDAY, kind=FaultKind.DAMAGE, assign_until=FRIDAY + 5 * _HOUR)

    def raised(now: datetime) -> list[tuple[str, str]]:
        look(k1, now=now)
        rows = select(FaultEscalation.clock, FaultEscalation.level).order_by(FaultEscalation.raised_at)
        return [(clock_, level) for clock_, level in db.session.execute(rows)]

    # The factory's row has its first escalation already: four hours from ten, over noon, are three o'clock.
    assert raised(FRIDAY + 6 * _HOUR) == [("report", "head")]
    assert raised(FRIDAY + timedelta(days=3, hours=6)) == [("report", "head"), ("report", "bureau")]
    later = raised(FRIDAY + timedelta(days=7))
    assert later[2:] == [("repair", "head"), ("repair", "bureau")]
    assert raised(FRIDAY + timedelta(days=7)) == later


@pytest.mark.req("TY-3-3b")
def test_a_schools_fault_that_nobody_has_after_an_hour_is_told(k1: Institution, cast: Cast) -> None:
    assert cast
    opened = made.fault(k1, opened_at=FRIDAY, kind=FaultKind.DAMAGE)
    kh = list(escalating.owed(tenant_id=k1.tenant_id, now=FRIDAY + 2 * _HOUR))

    assert [(each.fault_id, each.clock, each.level) for each in kh] == [(opened, "assign", "head")]
