"""What a version will ask of each site, before it takes force; what nobody knows is never enough (DR-10, DR-30)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.compliance import actions
from tenants.compliance.forecast import Adoption, Room, SiteForecast, Stored, counts, forecast, passed_version
from tenants.compliance.models import ComplianceSiteDay
from tenants.registry import regulations
from tenants.registry.models import Camera, PeriodBasis, Site, SitePeriod
from tests.factories import compliance, footage
from tests.factories.registry import Institution, institution, period, scheduled

TODAY = clock.today()
YESTERDAY = TODAY - timedelta(days=1)
MORNING = clock.day_start(YESTERDAY) + timedelta(hours=9)
BEGINS = TODAY + timedelta(days=60)
GB = 10**9

pytestmark = pytest.mark.req("DR-10")


@pytest.fixture
def k1(domain: Flask) -> Institution:
    assert domain
    made = institution("K1")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made


def plan(of: Institution, capacity: int | None) -> None:
    bind(db.session, Binding(tenant_id=of.tenant_id))
    db.session.get_one(Site, of.site_id).capacity_bytes = capacity
    db.session.commit()


def asked(min_days: int = 30) -> list[SiteForecast]:
    if not regulations.living():
        scheduled(effective_from=BEGINS, min_days=min_days)
    return forecast(
        code="KH_PRESCHOOL",
        effective_from=BEGINS,
        schedules=regulations.living(),
        told_on=TODAY - timedelta(days=30),
        today=TODAY,
    )


def test_days_and_storage_are_told_for_now_and_then(k1: Institution) -> None:
    for back, size in ((1, 4 * GB), (2, 6 * GB), (14, 5 * GB), (15, 500 * GB)):
        compliance.stored(k1, on=TODAY - timedelta(days=back), size=size)
    plan(k1, 155 * GB)
    (line,) = asked()
    assert (line.days_now, line.days_then) == (14, 30)
    assert line.stored == Stored(bytes_per_day=5 * GB, days=3), "the mean of the last fourteen days that are known"
    assert (line.needed_now, line.needed_then) == (75 * GB, 155 * GB), "the days of the period and the one recorded"
    assert (line.room, line.lacking) == (Room.ENOUGH, 0)
    plan(k1, 155 * GB - 1)
    assert [(each.room, each.lacking) for each in asked()] == [(Room.LACKING, 1)]


@pytest.mark.req("DR-30")
def test_what_nobody_knows_is_never_enough(k1: Institution) -> None:
    plan(k1, 10**15)
    assert [(each.stored, each.room) for each in asked()] == [(None, Room.UNKNOWN)]
    compliance.stored(k1)
    plan(k1, None)
    assert [each.room for each in asked()] == [Room.UNKNOWN]


def test_those_that_lack_room_come_first_and_other_regulations_not_at_all(k1: Institution) -> None:
    k2 = institution("K2", name="月光幼兒園")
    institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    bind(db.session, Binding(tenant_id=k2.tenant_id))
    compliance.stored(k2)
    plan(k2, GB)
    found = asked()
    assert [(each.institution, each.room) for each in found] == [
        ("月光幼兒園", Room.LACKING),
        ("晨光幼兒園", Room.UNKNOWN),
    ]
    assert counts(found) == {Room.LACKING: 1, Room.UNKNOWN: 1, Room.ENOUGH: 0}
    assert k1


@pytest.mark.req("KH-2-2")
def test_a_school_that_passed_as_much_is_told_with_its_meetings_day(k1: Institution) -> None:
    assert [each.adoption for each in asked()] == [Adoption.WAITING]
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    period(k1.tenant_id, k1.site_id, 45, effective_from=date(2026, 2, 1))
    db.session.commit()
    (line,) = asked()
    assert (line.days_now, line.days_then, line.adoption) == (45, 45, Adoption.PASSED)
    assert line.passed_on == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("days", "meeting_on", "passed"),
    [
        (30, date(2026, 1, 1), True),
        (29, date(2027, 1, 1), False),
        (None, date(2027, 1, 1), True),
        (None, date(2026, 1, 1), False),
        (30, None, False),
    ],
)
def test_a_meeting_passed_it_with_as_many_days_or_knowing_of_it(
    days: int | None, meeting_on: date | None, *, passed: bool
) -> None:
    basis = PeriodBasis.OWN_POLICY if days else PeriodBasis.REGULATION
    own = SitePeriod(site_id=UUID(int=1), retention_days=days, meeting_on=meeting_on, basis=basis)
    assert (passed_version(own, 30, date(2026, 12, 1)) is own) == passed
    assert passed_version(None, 30, date(2026, 12, 1)) is None


def test_a_regulation_that_asks_for_no_meeting_waits_for_none(domain: Flask) -> None:
    assert domain
    institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    scheduled(code="TY_ELEMENTARY", effective_from=BEGINS)
    found = forecast(
        code="TY_ELEMENTARY", effective_from=BEGINS, schedules=regulations.living(), told_on=TODAY, today=TODAY
    )
    assert [each.adoption for each in found] == [Adoption.NOT_ASKED]


def taken(of: Institution) -> list[int]:
    """What yesterday's facts say that each site stored, once they are taken."""
    actions.take_day(tenant_id=of.tenant_id, day=YESTERDAY, now=clock.now(), actor=system("test"))
    db.session.commit()
    return list(db.session.scalars(db.select(ComplianceSiteDay.size)))


def test_the_days_facts_take_in_what_each_site_stored_and_again_what_came_late(k1: Institution) -> None:
    device_id = footage.device(k1)
    assert taken(k1) == [], "nothing known is no row, and no zero"
    first = footage.segment(k1, device_id=device_id, started_at=MORNING, seconds=60)
    size = first.cipher_bytes
    assert taken(k1) == [size]
    late = footage.segment(k1, device_id=device_id, started_at=MORNING + timedelta(minutes=1), seconds=60)
    assert taken(k1) == [size + late.cipher_bytes]


def test_what_a_camera_stored_counts_though_it_was_taken_down_that_day(k1: Institution) -> None:
    made = footage.segment(k1, device_id=footage.device(k1), started_at=MORNING, seconds=60)
    camera = db.session.get_one(Camera, made.camera_id)
    camera.retired_on = YESTERDAY
    db.session.commit()
    assert taken(k1) == [made.cipher_bytes]
