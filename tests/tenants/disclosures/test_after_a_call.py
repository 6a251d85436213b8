"""The letter or the application that follows a call: the case goes on with the urgent hold and its copies (DR-02)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import filing
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.permissions import Role
from tenants.retention import actions as retention
from tenants.retention import hold_history, lapsing
from tenants.retention.models import Hold, HoldWindow
from tenants.retention.urgent import actions as urgent
from tenants.retention.urgent import queries
from tenants.retention.urgent.models import Source, UrgentHold
from tenants.retention.urgent.rules import Call
from tests.factories import footage
from tests.factories import retention as rows
from tests.factories.evidence import ACTOR
from tests.factories.insiders import LOOKUP, application
from tests.tenants.disclosures.conftest import Scene, member
from tests.tenants.disclosures.insider.conftest import PARENT

pytestmark = pytest.mark.req("DR-02", "DR-01")


@pytest.fixture
def guard(scene: Scene) -> Actor:
    return member(scene.school, Role.GUARD, "陳警衛")


def press(scene: Scene, guard: Actor, *windows: AskedWindow) -> UrgentHold:
    scene.at_school()
    made = urgent.preserve(
        actor=guard,
        tenant_id=scene.school.tenant_id,
        call=Call(source=Source.VISIT, caller="陳警員", reason="校門口車禍"),
        windows=windows or (scene.window(),),
    )
    db.session.commit()
    return made


def holds(scene: Scene) -> list[Hold]:
    scene.at_school()
    db.session.rollback()
    return list(db.session.scalars(select(Hold).order_by(Hold.placed_at)))


@pytest.mark.req("KH-6-1e")
def test_a_letter_two_days_later_is_linked_and_the_hold_lapses_no_more(scene: Scene, guard: Actor) -> None:
    pressed = press(scene, guard)
    case = scene.file()
    (hold,) = holds(scene)
    assert (case.hold_id, hold.basis, hold.reference, hold.ends_on) == (pressed.hold_id, "request", case.serial, None)
    shown = official.case(tenant_id=case.tenant_id, disclosure_id=case.id)
    assert shown.urgent_number == pressed.number
    late = clock.today() + timedelta(days=8)
    assert lapsing.end_holds(actor=ACTOR, tenant_id=case.tenant_id, today=late) == 0
    steps = [change.step for change in hold_history.history(tenant_id=case.tenant_id, hold_id=hold.id)]
    assert steps == ["placed", "ending", "taken_over"]
    assert queries.still_urgent(tenant_id=case.tenant_id) == []


def test_what_the_letter_asks_besides_is_kept_too(scene: Scene, guard: Actor) -> None:
    press(scene, guard)
    scene.file(scene.filing(scene.window(), scene.window("C-ROOM2")))
    scene.at_school()
    cameras = set(db.session.scalars(select(HoldWindow.camera_id)))
    assert cameras == {scene.school.cameras["C-GATE"], scene.school.cameras["C-ROOM2"]}


def test_an_application_of_a_guardian_goes_on_with_it_as_well(scene: Scene, guard: Actor) -> None:
    pressed = press(scene, guard)
    made = filing.file_application(
        actor=PARENT, tenant_id=scene.school.tenant_id, application=application(scene.window()), lookup=LOOKUP
    )
    db.session.commit()
    assert made.hold_id == pressed.hold_id


def test_a_letter_about_another_camera_gets_a_hold_of_its_own(scene: Scene, guard: Actor) -> None:
    pressed = press(scene, guard)
    case = scene.file(scene.filing(scene.window("C-ROOM2")))
    assert case.hold_id != pressed.hold_id
    assert [each.said.number for each in queries.still_urgent(tenant_id=case.tenant_id)] == [pressed.number]


def test_a_second_letter_does_not_take_it_from_the_first(scene: Scene, guard: Actor) -> None:
    pressed = press(scene, guard)
    first, second = scene.file(), scene.file(scene.filing(confirmed=True))
    assert (first.hold_id, second.hold_id == pressed.hold_id) == (pressed.hold_id, False)


@pytest.mark.req("KH-6-3b")
def test_a_letter_finds_what_was_copied_though_the_day_is_destroyed(scene: Scene, guard: Actor) -> None:
    of, window = scene.school, scene.window(ago=timedelta(days=15))
    scene.at_school()
    day = clock.civil_day(window.started_at)
    minute = footage.segment(of, device_id=footage.device(of), started_at=window.started_at)
    pressed = press(scene, guard, window)
    rows.preserved(of, hold_id=pressed.hold_id, segment=minute)
    key = footage.day_key(of, day=window.started_at)
    key.wrapped_secret, key.destroyed_at = None, clock.now()
    rows.destruction(of, day=day)
    case = scene.file(scene.filing(window, confirmed=True))
    assert case.hold_id == pressed.hold_id


def test_a_lapse_in_the_same_moment_ends_only_what_nobody_took(scene: Scene, guard: Actor) -> None:
    pressed = press(scene, guard)
    retention.release_hold(actor=ACTOR, tenant_id=pressed.tenant_id, hold_id=pressed.hold_id, reason="期限屆滿")
    db.session.commit()
    case = scene.file()
    assert case.hold_id != pressed.hold_id
    assert queries.found(tenant_id=case.tenant_id, hold_id=pressed.hold_id).has_lapsed


@pytest.mark.req("KH-6-1g")
def test_nothing_of_it_can_be_opened_before_the_head_decides(scene: Scene, guard: Actor) -> None:
    press(scene, guard)
    assert db.session.scalars(select(Package)).all() == []
    case = scene.file()
    scene.at_school()
    assert db.session.scalars(select(Package)).all() == [], "a letter is no consent"
    scene.decide(db.session.get_one(OfficialRequest, case.id))
    assert len(db.session.scalars(select(Package)).all()) == 1
