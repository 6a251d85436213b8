"""Footage that is gone before or while its panel works: said to the panel, granted by nobody, answered by its rule."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import deciding
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel.brief import AskedFor, brief_of
from tenants.disclosures.insider.panel.models import Verdict
from tenants.disclosures.insider.rules import Incident, Refusal
from tenants.disclosures.losses import lost_cases
from tenants.errors import Destroyed, Invalid
from tenants.footage.models import DayKey, Segment
from tenants.retention.models import Destruction
from tests.factories import footage, retention
from tests.tenants.disclosures.insider.panel.conftest import Panel

pytestmark = pytest.mark.req("KH-6-3b", "DR-01", "KH-6-2h")
AGO = timedelta(days=20)


@pytest.fixture
def asked(panel: Panel) -> AskedWindow:
    """A minute of a day whose period is over, at noon of it."""
    began = clock.day_start(clock.today()) - AGO + timedelta(hours=12)
    return AskedWindow(
        camera_id=panel.desk.scene.school.cameras["C-GATE"], started_at=began, ended_at=began + timedelta(minutes=1)
    )


@pytest.fixture
def minute(panel: Panel, asked: AskedWindow) -> Segment:
    """Its footage, which is there all the same."""
    school = panel.desk.scene.school
    panel.desk.scene.at_school()
    footage.day_key(school, day=asked.started_at)
    return footage.segment(school, device_id=footage.device(school), started_at=asked.started_at)


def _destroy(panel: Panel, minute: Segment) -> str:
    """The number of the certificate."""
    key = db.session.scalars(db.select(DayKey).where(DayKey.civil_day == minute.civil_day)).one()
    key.destroyed_at, key.wrapped_secret = clock.now(), None
    made = retention.destruction(panel.desk.scene.school, day=minute.civil_day)
    number = db.session.get_one(Destruction, made).certificate_no
    assert number is not None
    return number


def _file(panel: Panel, *windows: AskedWindow) -> InsiderRequest:
    incident = Incident(
        started_at=min(each.started_at for each in windows), ended_at=max(each.ended_at for each in windows)
    )
    return panel.checked(windows=windows, incident=incident, confirmed=True)


def _told(case: InsiderRequest) -> AskedFor:
    (only,) = brief_of(case).windows
    return only


def _refuse(panel: Panel, case: InsiderRequest, refusal: Refusal) -> InsiderRequest:
    made = deciding.refuse(
        actor=panel.desk.scene.head,
        tenant_id=case.tenant_id,
        disclosure_id=case.id,
        refusal=refusal,
        reasons="影像已不存在",
    )
    db.session.commit()
    return made


def test_what_was_gone_before_it_was_asked_for_is_told_with_its_certificate_and_agreed_by_nobody(
    panel: Panel, asked: AskedWindow, minute: Segment
) -> None:
    number = _destroy(panel, minute)
    case = _file(panel, asked)
    assert case.hold_id is None, "there was nothing to preserve"
    assert number in _told(case).nothing
    assert not _told(case).lost
    met = panel.met(case)
    with pytest.raises(Destroyed, match="已依規定銷毀"):
        panel.resolve(case, met)
    db.session.rollback()
    panel.refused_by_the_panel(case, met)
    assert _refuse(panel, case, Refusal.PAST_RETENTION_AND_DELETED).state == "refused"


def test_what_was_preserved_at_its_filing_outlives_its_day_while_the_panel_works(
    panel: Panel, asked: AskedWindow, minute: Segment
) -> None:
    case = panel.desk.up_to_the_head(_file(panel, asked))
    met = panel.met(case)
    retention.preserved(panel.desk.scene.school, hold_id=case.held_as, segment=minute)
    _destroy(panel, minute)
    assert (_told(case).nothing, _told(case).lost) == ("", False)
    panel.resolve(case, met)
    assert panel.desk.approve(case).state == "approved"
    assert lost_cases(tenant_id=case.tenant_id) == []


def test_what_was_lost_while_the_panel_works_is_a_breach_and_no_ground_of_the_regulation(
    panel: Panel, asked: AskedWindow, minute: Segment
) -> None:
    case = _file(panel, asked)
    met = panel.met(case)
    _destroy(panel, minute)
    assert _told(case).lost
    assert [each.id for each in lost_cases(tenant_id=case.tenant_id)] == [case.id]
    with pytest.raises(Destroyed):
        panel.resolve(case, met)
    db.session.rollback()
    panel.refused_by_the_panel(case, met)
    with pytest.raises(Invalid, match="不成立"):
        _refuse(panel, case, Refusal.PAST_RETENTION_AND_DELETED)
    db.session.rollback()
    assert _refuse(panel, case, Refusal.LOST_AFTER_FILING).refusal == "lost_after_filing"


def test_what_was_lost_between_the_resolution_and_the_head_is_granted_by_nobody(
    panel: Panel, asked: AskedWindow, minute: Segment
) -> None:
    case = panel.desk.up_to_the_head(_file(panel, asked))
    panel.resolve(case, panel.met(case))
    _destroy(panel, minute)
    with pytest.raises(Destroyed):
        panel.desk.approve(case)
    db.session.rollback()
    assert _refuse(panel, case, Refusal.LOST_AFTER_FILING).state == "refused"


def test_of_two_windows_the_one_that_is_left_is_agreed_and_granted(
    panel: Panel, asked: AskedWindow, minute: Segment
) -> None:
    school, later = panel.desk.scene.school, timedelta(days=1)
    left = AskedWindow(camera_id=asked.camera_id, started_at=asked.started_at + later, ended_at=asked.ended_at + later)
    footage.day_key(school, day=left.started_at)
    footage.segment(school, device_id=minute.device_id, started_at=left.started_at)
    number = _destroy(panel, minute)
    case = panel.desk.up_to_the_head(_file(panel, asked, left))
    assert [number in each.nothing for each in brief_of(case).windows] == [True, False]
    met = panel.met(case)
    (_gone, rest) = panel.grants(case)
    panel.resolve(
        case,
        met,
        decision=Verdict.PART,
        votes=panel.votes(met, Verdict.PART),
        grants=(rest,),
        reasons="其餘時段影像已銷毀",
    )
    assert panel.desk.approve(case, grants=(rest,), reasons="其餘時段影像已銷毀").state == "partially_approved"


def test_a_time_of_which_nothing_was_filmed_and_can_still_come_is_not_agreed(
    panel: Panel, asked: AskedWindow, minute: Segment
) -> None:
    hour = timedelta(hours=1)
    empty = AskedWindow(
        camera_id=asked.camera_id, started_at=minute.started_at - hour, ended_at=minute.started_at - hour / 2
    )
    case = _file(panel, empty)
    assert "已超過保存期限" in _told(case).nothing
    met = panel.met(case)
    with pytest.raises(Invalid, match="查無影像"):
        panel.resolve(case, met)
    db.session.rollback()
    panel.refused_by_the_panel(case, met)
    assert _refuse(panel, case, Refusal.NOTHING_RECORDED).state == "refused"
