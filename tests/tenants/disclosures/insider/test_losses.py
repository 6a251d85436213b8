"""Footage that was destroyed after somebody had asked for it is found by itself, and is no reason to refuse."""

from datetime import datetime, timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import system
from tenants.compliance import actions as compliance
from tenants.compliance.models import ComplianceRetention
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import deciding
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import Refusal
from tenants.disclosures.losses import lost_cases
from tenants.errors import Invalid
from tenants.footage.models import DayKey
from tenants.retention.models import Destruction, Hold
from tests.factories import footage, retention
from tests.factories.insiders import application
from tests.tenants.disclosures.insider.conftest import Desk

pytestmark = pytest.mark.req("KH-6-3b", "DR-01")
MINUTE = timedelta(minutes=1)


def _noon() -> datetime:
    """Of a day whose period is over, twenty days ago."""
    return clock.day_start(clock.today() - timedelta(days=20)) + timedelta(hours=12)


@pytest.fixture
def key(desk: Desk) -> DayKey:
    """The key of a day that is over by now, with a minute of the gate that is there all the same."""
    school = desk.scene.school
    desk.scene.at_school()
    made = footage.day_key(school, day=_noon())
    footage.segment(school, device_id=footage.device(school), started_at=_noon())
    return made


def _asked(desk: Desk, *, ago: timedelta = timedelta()) -> InsiderRequest:
    """A minute at noon, or so long before it."""
    began = _noon() - ago
    window = AskedWindow(camera_id=desk.scene.school.cameras["C-GATE"], started_at=began, ended_at=began + MINUTE)
    return desk.file(application(window, ground="personal_rights", incident=None))


def _destroy(desk: Desk, key: DayKey) -> None:
    key.destroyed_at, key.wrapped_secret = clock.now(), None
    retention.destruction(desk.scene.school, day=key.civil_day)


def _refuse(desk: Desk, case: InsiderRequest, refusal: Refusal) -> InsiderRequest:
    made = deciding.refuse(
        actor=desk.scene.head, tenant_id=case.tenant_id, disclosure_id=case.id, refusal=refusal, reasons="依規定辦理"
    )
    db.session.commit()
    return made


def test_day_15_that_still_exists_is_dealt_with_as_any_other(desk: Desk, key: DayKey) -> None:
    assert key
    case = _asked(desk)
    assert case.hold_id is not None
    with pytest.raises(Invalid, match="不成立"):
        _refuse(desk, case, Refusal.PAST_RETENTION_AND_DELETED)
    db.session.rollback()
    assert desk.approve(desk.up_to_the_head(case)).state == "approved"


def test_what_was_destroyed_before_it_was_asked_for_is_refused_with_its_certificate(desk: Desk, key: DayKey) -> None:
    _destroy(desk, key)
    case = _asked(desk)
    assert _refuse(desk, case, Refusal.PAST_RETENTION_AND_DELETED).refusal == "past_retention_and_deleted"
    assert lost_cases(tenant_id=case.tenant_id) == []


def test_what_was_destroyed_after_it_was_asked_for_is_a_breach_and_no_reason(desk: Desk, key: DayKey) -> None:
    case = _asked(desk)
    assert lost_cases(tenant_id=case.tenant_id) == []
    _destroy(desk, key)
    with pytest.raises(Invalid, match="不成立"):
        _refuse(desk, case, Refusal.PAST_RETENTION_AND_DELETED)
    db.session.rollback()
    assert [each.id for each in lost_cases(tenant_id=case.tenant_id)] == [case.id]
    assert _refuse(desk, case, Refusal.LOST_AFTER_FILING).refusal == "lost_after_filing"
    assert [each.id for each in lost_cases(tenant_id=case.tenant_id)] == [case.id], "until it is closed"


def test_the_bureau_is_told_how_many(desk: Desk, key: DayKey) -> None:
    _asked(desk)
    _destroy(desk, key)
    compliance.take_now(tenant_id=desk.tenant_id, now=clock.now(), actor=system("test"))
    assert db.session.scalars(db.select(ComplianceRetention)).one().lost_requests == 1


def test_after_the_decision_it_goes_with_its_hold_and_nobody_broke_anything(desk: Desk, key: DayKey) -> None:
    case = _refuse(desk, _asked(desk), Refusal.NO_GROUND)
    db.session.get_one(Hold, case.hold_id).released_at = clock.now()
    db.session.flush()
    _destroy(desk, key)
    assert lost_cases(tenant_id=case.tenant_id) == []


def test_a_time_in_which_nothing_was_filmed_is_not_lost_with_its_day(desk: Desk, key: DayKey) -> None:
    case = _asked(desk, ago=timedelta(minutes=30))
    _destroy(desk, key)
    assert db.session.scalars(db.select(Destruction)).all()
    assert lost_cases(tenant_id=case.tenant_id) == []
