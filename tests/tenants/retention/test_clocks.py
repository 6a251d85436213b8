"""Floor, ceiling and hold: three clocks for each camera and kind of copy, and the numbers for the bureau."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from tenants.actor import system
from tenants.retention import actions, clocks, destruction, queries, standing
from tenants.retention.clocks import CameraClock, CopyClass
from tenants.retention.models import HoldBasis
from tenants.retention.rules import DayAndClass
from tests.factories import footage
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import copied, kept, span

ENGINE = system("engine")
LAW = {
    "basis": HoldBasis.OTHER_LAW,
    "reference": "檔案法第8條",
    "document": "高市教幼字第11500123號",
    "review_on": clock.today() + timedelta(days=90),
}


def days_ago(days: int) -> datetime:
    return clock.day_start(clock.today() - timedelta(days=days)) + timedelta(hours=10)


def told(archive: Archive, copy: CopyClass = CopyClass.FOOTAGE) -> dict[str, CameraClock]:
    names = {camera_id: code for code, camera_id in archive.of.cameras.items()}
    found = clocks.of_cameras(tenant_id=archive.of.tenant_id, now=clock.now())
    return {names[each.camera_id]: each for each in found if each.copy is copy}


def stands(archive: Archive, now: datetime | None = None) -> standing.Standing:
    return standing.standing(tenant_id=archive.of.tenant_id, now=now or clock.now())


def begin(archive: Archive, days: int) -> None:
    day = clock.today() - timedelta(days=days)
    destruction.begin_destruction(
        actor=ENGINE, tenant_id=archive.of.tenant_id, of=DayAndClass(day=day, retention_days=14), now=clock.now()
    )
    db.session.commit()


def certify(archive: Archive) -> None:
    for each in queries.begun_destructions(tenant_id=archive.of.tenant_id):
        destruction.certify_destruction(
            actor=ENGINE, tenant_id=archive.of.tenant_id, destruction_id=each.id, store=archive.store
        )
    db.session.commit()


@pytest.mark.req("KH-5-3c", "KH-5-4a")
def test_each_camera_has_a_floor_and_a_ceiling_of_its_own(archive: Archive) -> None:
    oldest = archive.record(days_ago(20))
    archive.record(days_ago(3))
    young = archive.record(days_ago(3), camera="C-ROOM2")
    gate, room = told(archive)["C-GATE"], told(archive)["C-ROOM2"]
    assert (gate.oldest, gate.owed_until) == (oldest.started_at, oldest.civil_day + timedelta(days=14))
    due = clock.day_start(oldest.civil_day + timedelta(days=15))
    assert gate.due_since == due
    assert gate.late_minutes(due + timedelta(minutes=7, seconds=59)) == 7
    assert (room.oldest, room.due_since, room.late_minutes(clock.now())) == (young.started_at, None, 0)
    assert room.owed_until == young.civil_day + timedelta(days=14)


@pytest.mark.req("KH-5-4a", "DR-05")
def test_a_day_is_late_until_its_certificate_and_not_only_until_its_key_is_gone(archive: Archive) -> None:
    oldest = archive.record(days_ago(20))
    begin(archive, 20)
    assert told(archive)["C-GATE"].oldest == oldest.started_at
    assert stands(archive).late_minutes >= 5 * 24 * 60
    certify(archive)
    assert told(archive) == {}
    assert stands(archive).late_minutes == 0


@pytest.mark.req("KH-5-4b", "KH-5-4c")
def test_a_hold_neither_hides_that_a_day_is_late_nor_makes_it_so(archive: Archive) -> None:
    segment = archive.record(days_ago(20))
    hold = kept(archive, span(segment), **LAW)
    copied(archive, hold.id)
    held = told(archive, CopyClass.HELD)["C-GATE"]
    assert (held.oldest, held.owed_until, held.due_since) == (segment.started_at, None, None)
    assert held.reviewed_on == hold.review_on
    assert told(archive)["C-GATE"].due_since is not None
    begin(archive, 20)
    certify(archive)
    assert (stands(archive).late_minutes, stands(archive).open_holds) == (0, 1)

    actions.release_hold(actor=ACTOR, tenant_id=archive.of.tenant_id, hold_id=hold.id, reason="偵查終結")
    db.session.commit()
    later = clock.now() + timedelta(days=2)
    assert told(archive, CopyClass.HELD)["C-GATE"].late_minutes(later) >= 2 * 24 * 60
    assert stands(archive, later).days_overdue == 1


@pytest.mark.req("KH-5-4a", "KH-5-4b")
@pytest.mark.parametrize(("age", "alert"), [(329, 0), (330, 330), (359, 330), (360, 360), (400, 360)])
def test_a_month_before_the_year_is_over_somebody_is_told(age: int, alert: int) -> None:
    now = days_ago(0)
    of = {"camera_id": uuid4(), "copy": CopyClass.HELD, "oldest": now - timedelta(days=age)}
    assert CameraClock(**of).alert_days(now) == alert
    assert CameraClock(**of, excused=True).alert_days(now) == 0
    assert CameraClock(**of, owed_until=clock.today()).alert_days(now) == 0


def test_a_review_that_is_overdue_excuses_nothing(archive: Archive) -> None:
    segment = archive.record(days_ago(400))
    hold = kept(archive, span(segment), **LAW)
    copied(archive, hold.id)
    assert told(archive, CopyClass.HELD)["C-GATE"].alert_days(clock.now()) == 0
    hold.review_on = clock.today() - timedelta(days=1)
    db.session.commit()
    assert told(archive, CopyClass.HELD)["C-GATE"].alert_days(clock.now()) == clocks.ALARM_DAYS
    assert stands(archive).late_reviews == 1
    assert hold.released_at is None


def test_a_hold_that_ends_before_its_review_shows_none(archive: Archive) -> None:
    hold = kept(archive, span(archive.record(days_ago(1))), **LAW)
    copied(archive, hold.id)
    hold.ends_on, hold.release_reason = hold.review_on - timedelta(days=1), "救濟期間屆滿"
    db.session.commit()
    assert told(archive, CopyClass.HELD)["C-GATE"].reviewed_on is None
    hold.ends_on = hold.review_on
    db.session.commit()
    assert told(archive, CopyClass.HELD)["C-GATE"].reviewed_on == hold.review_on


@pytest.mark.req("KH-5-3c")
def test_what_the_store_lost_before_its_day_is_an_incident_and_afterwards_is_none(archive: Archive) -> None:
    for days in (3, 20):
        area = f"seg/d14/{archive.of.tenant_id}/{(clock.today() - timedelta(days=days)).isoformat()}/"
        footage.swept(archive.of, area=area, missing=days)
    assert stands(archive).floor_missing == 3


@pytest.mark.req("KH-5-4a")
def test_a_day_on_which_nothing_goes_while_something_is_due_is_told(archive: Archive) -> None:
    archive.key(clock.today() - timedelta(days=15))
    assert not stands(archive, clock.day_start(clock.today()) + timedelta(hours=23)).stalled
    tomorrow = clock.day_start(clock.today() + timedelta(days=1)) + timedelta(minutes=1)
    assert stands(archive, tomorrow).stalled
    begin(archive, 15)
    assert not stands(archive, tomorrow).stalled
