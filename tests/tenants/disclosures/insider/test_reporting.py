"""That an event was reported to other authorities is kept, in an order that can be; the platform reports nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.audit import queries as audit
from tenants.disclosures.insider import duties, reporting
from tenants.disclosures.insider.duties import DUTIES, Report
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import Ground
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Role
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.insider.conftest import Desk

NOW = clock.now()
DONE = Report(known_at=NOW - timedelta(hours=3), reported_at=NOW - timedelta(hours=2), number="1150001234")


@pytest.mark.req("KH-6-2c1", "KH-6-2c2")
@pytest.mark.parametrize("ground", [Ground.SUSPECTED_MISTREATMENT, Ground.GENDER_INCIDENT])
def test_it_is_due_a_day_after_the_first_of_the_staff_knew(ground: Ground) -> None:
    duty = DUTIES[ground]
    assert "24小時" in duty.sentence
    assert duties.due(duty, DONE.known_at, NOW) == DONE.known_at + timedelta(hours=24)
    assert duties.due(duty, None, NOW) == NOW + timedelta(hours=24)


@pytest.mark.req("KH-6-2c4")
def test_harm_on_duty_has_a_number_of_its_own_and_no_hours() -> None:
    duty = DUTIES[Ground.UNLAWFUL_HARM_ON_DUTY]
    assert duties.due(duty, None, NOW) is None
    assert "職安" in duty.named


@pytest.mark.req("KH-6-2c1")
@pytest.mark.parametrize(
    ("report", "field"),
    [
        (replace(DONE, known_at=NOW + timedelta(minutes=1)), "known_at"),
        (replace(DONE, reported_at=NOW + timedelta(minutes=1)), "reported_at"),
        (replace(DONE, reported_at=DONE.known_at - timedelta(minutes=1)), "reported_at"),
        (replace(DONE, reported_at=None), "reported_at"),
        (replace(DONE, number=" "), "report_number"),
    ],
)
def test_a_report_that_cannot_be_is_refused(report: Report, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        duties.check_report(report, now=NOW)
    assert refused.value.field == field


@pytest.fixture
def case(preschool: Desk) -> InsiderRequest:
    """A suspicion of mistreatment."""
    return preschool.file(preschool.application(ground="suspected_mistreatment"))


@pytest.mark.req("KH-6-2c1", "DR-06")
def test_the_report_is_kept_and_stands_in_the_trail_without_its_number(preschool: Desk, case: InsiderRequest) -> None:
    reporting.record_report(actor=preschool.scene.handler, tenant_id=case.tenant_id, disclosure_id=case.id, report=DONE)
    db.session.commit()
    assert (case.known_at, case.reported_at, case.report_number) == (DONE.known_at, DONE.reported_at, DONE.number)
    (event,) = audit.latest(tenant_id=case.tenant_id, limit=1)
    assert event.event == "application:reported"
    assert DONE.number not in str(event.fields)


@pytest.mark.req("KH-6-2c1", "DR-27")
def test_only_who_works_on_the_case_keeps_its_report(preschool: Desk, case: InsiderRequest) -> None:
    head, teacher = preschool.scene.head, member(preschool.scene.school, Role.STAFF, "許老師")
    assert head.id is not None
    preschool.check(case, excluded=(head.id,))
    for actor in (head, teacher):
        with pytest.raises(NotAllowed):
            reporting.record_report(actor=actor, tenant_id=case.tenant_id, disclosure_id=case.id, report=DONE)
        db.session.rollback()


@pytest.mark.req("KH-6-2c5")
def test_an_accident_asks_for_no_report(preschool: Desk) -> None:
    case = preschool.file()
    with pytest.raises(Invalid, match="沒有通報事項"):
        reporting.record_report(
            actor=preschool.scene.handler, tenant_id=case.tenant_id, disclosure_id=case.id, report=DONE
        )
