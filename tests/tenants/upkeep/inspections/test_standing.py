"""How a site stood on a day, asked then and asked again later."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.upkeep.inspections.models import DrillOutcome
from tenants.upkeep.inspections.standing import standing
from tests.factories import inspections, people, upkeep
from tests.factories.registry import Institution, closed, institution
from tests.statements import statements_sent

DAY = date(2026, 6, 20)


def _at(day: date, hour: int = 10) -> datetime:
    return clock.day_start(day) + timedelta(hours=hour)


@pytest.fixture
def handler(k1: Institution) -> UUID:  # noqa: ARG001 - the session is bound to it
    return people.person()


@pytest.fixture
def e1(domain: Flask) -> Institution:  # noqa: ARG001 - the context and its database
    made = institution("E1", kind="elementary_school", name="瑞豐國民小學", profile="TY_ELEMENTARY")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made


@pytest.mark.req("KH-8-1a")
def test_a_month_after_the_last_one_the_site_is_late(k1: Institution, handler: UUID) -> None:
    inspections.inspection(k1, by=handler, on=date(2026, 5, 15))
    assert standing(tenant_id=k1.tenant_id, day=date(2026, 6, 15)).overdue == []
    (late,) = standing(tenant_id=k1.tenant_id, day=DAY).overdue
    assert (late.id, late.since) == (k1.site_id, date(2026, 6, 16))


@pytest.mark.req("TY-3-3c")
def test_two_on_one_day_are_one(k1: Institution, handler: UUID) -> None:
    inspections.interval(k1, months=6, by=handler, since=date(2026, 1, 1))
    for _ in range(2):
        inspections.inspection(k1, by=handler, on=date(2026, 6, 1))
    assert standing(tenant_id=k1.tenant_id, day=DAY).due[k1.site_id].on == date(2026, 12, 1)


@pytest.mark.req("KH-8-1a", "DR-30")
def test_what_was_entered_or_cancelled_later_leaves_a_past_day_as_it_was(k1: Institution, handler: UUID) -> None:
    made = inspections.inspection(k1, by=handler, on=date(2026, 6, 18), entered_at=_at(date(2026, 6, 22)))
    assert standing(tenant_id=k1.tenant_id, day=DAY).due[k1.site_id].last is None
    assert standing(tenant_id=k1.tenant_id, day=date(2026, 6, 22)).due[k1.site_id].last == date(2026, 6, 18)
    inspections.cancelled(k1, made, by=handler, at=_at(date(2026, 6, 24)))
    assert standing(tenant_id=k1.tenant_id, day=date(2026, 6, 23)).due[k1.site_id].last == date(2026, 6, 18)
    assert standing(tenant_id=k1.tenant_id, day=date(2026, 6, 24)).due[k1.site_id].last is None


@pytest.mark.req("KH-8-1a")
def test_intervals_and_caps_count_from_their_day(k1: Institution, handler: UUID) -> None:
    inspections.interval(k1, months=6, by=handler, since=date(2026, 6, 10))
    inspections.cap(months=2, since=date(2026, 6, 15))
    months = [standing(tenant_id=k1.tenant_id, day=date(2026, 6, day)).due[k1.site_id].months for day in (9, 10, 15)]
    assert months == [1, 6, 2]


@pytest.mark.req("DR-30")
def test_drills_are_counted_and_a_run_of_failures_has_its_first_day(k1: Institution) -> None:
    for back, outcome, cause in (
        (5, DrillOutcome.OK, ""),
        (4, DrillOutcome.FAILED, "missing"),
        (3, DrillOutcome.NO_FOOTAGE, ""),
        (2, DrillOutcome.FAILED, "no_picture"),
    ):
        inspections.drill(k1, day=DAY - timedelta(days=back), outcome=outcome, cause=cause)
    found = standing(tenant_id=k1.tenant_id, day=DAY)
    assert (found.drills_ok, found.drills_done) == (1, 3)
    assert [(each.id, each.since) for each in found.drills_failing] == [(k1.site_id, DAY - timedelta(days=4))]
    assert found.never_drilled == []


@pytest.mark.req("DR-30")
def test_a_site_of_which_nothing_is_known_is_no_success(k1: Institution) -> None:
    inspections.drill(k1, day=DAY - timedelta(days=9))
    inspections.drill(k1, day=DAY - timedelta(days=1), outcome=DrillOutcome.NO_FOOTAGE)
    assert standing(tenant_id=k1.tenant_id, day=DAY).never_drilled == [k1.site_id]


@pytest.mark.req("KH-8-1c")
def test_a_calibration_runs_out_after_half_a_year(k1: Institution, handler: UUID) -> None:
    upkeep.calibration(k1, recorded_by=handler, at=_at(clock.today() - timedelta(days=1)))
    today = standing(tenant_id=k1.tenant_id, day=clock.today())
    assert (today.cameras_to_calibrate, today.calibration_due) == (2, [])
    assert today.calibration_unknown == [k1.cameras["C-ROOM2"]]
    later = standing(tenant_id=k1.tenant_id, day=clock.today() + timedelta(days=200))
    assert [each.id for each in later.calibration_due] == [k1.cameras["C-GATE"]]


@pytest.mark.req("TY-6-1a")
def test_where_the_text_asks_for_no_calibration_none_is_late(e1: Institution) -> None:
    found = standing(tenant_id=e1.tenant_id, day=clock.today())
    assert (found.cameras_to_calibrate, found.calibration_overdue, found.calibration_unknown) == (0, [], [])


@pytest.mark.req("DR-33")
def test_a_closed_institution_has_nothing_due_from_its_day_on(k1: Institution) -> None:
    closed(k1, on=DAY)

    assert standing(tenant_id=k1.tenant_id, day=DAY - timedelta(days=1)).overdue
    found = standing(tenant_id=k1.tenant_id, day=DAY)
    assert (dict(found.due), found.overdue, found.cameras_to_calibrate) == ({}, [], 0)


@pytest.mark.req("DR-30")
def test_it_asks_the_database_three_times(k1: Institution) -> None:
    standing(tenant_id=k1.tenant_id, day=DAY)  # the transaction has begun, and is bound
    with statements_sent() as asked:
        standing(tenant_id=k1.tenant_id, day=DAY)
    assert len(asked) == 3
