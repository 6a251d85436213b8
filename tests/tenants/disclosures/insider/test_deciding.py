"""The decision: inside what was asked, with reasons where it is not whole, refused as gone only when it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.disclosures.asking import Grant
from tenants.disclosures.insider import deciding
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import Refusal
from tenants.disclosures.official import actions, handover
from tenants.disclosures.packages.models import Package
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.retention.models import Hold
from tests.tenants.disclosures.insider.conftest import Desk


@pytest.fixture
def case(desk: Desk) -> InsiderRequest:
    """An application that waits for the head."""
    return desk.up_to_the_head(desk.file(desk.application(ground="personal_rights", incident=None)))


@pytest.mark.req("KH-6-2j", "KH-6-4a", "TY-5-1f")
def test_consent_orders_the_copy_that_is_watched_and_is_for_no_agency(
    desk: Desk, case: InsiderRequest, sent: list[tuple[Job, dict[str, object]]]
) -> None:
    desk.approve(case)
    package = db.session.scalars(select(Package)).one()
    assert (package.disclosure_id, package.agency_id, package.state) == (case.id, None, "pending")
    assert (Job.BUILD_PACKAGE, {"tenant_id": case.tenant_id, "package_id": package.id}) in sent


@pytest.mark.req("KH-6-3a", "KH-6-1g")
def test_less_than_was_asked_needs_reasons_and_more_is_impossible(desk: Desk, case: InsiderRequest) -> None:
    (window,) = desk.scene.windows(case)  # type: ignore[arg-type]
    whole = Grant(window_id=window.id, started_at=window.started_at, ended_at=window.ended_at)
    less = replace(whole, ended_at=window.started_at + timedelta(minutes=10))
    more = replace(whole, ended_at=window.ended_at + timedelta(seconds=1))
    with pytest.raises(Invalid, match="超出申請"):
        desk.approve(case, grants=(more,), reasons="放寬")
    db.session.rollback()
    with pytest.raises(Invalid, match="敘明理由"):
        desk.approve(case, grants=(less,))
    db.session.rollback()
    assert desk.approve(case, grants=(less,), reasons="其餘與事件無關").state == "partially_approved"


@pytest.mark.req("KH-A1-15", "TY-5-1f")
def test_an_approval_that_is_sent_again_approves_nothing_twice(desk: Desk, case: InsiderRequest) -> None:
    desk.approve(case)
    with pytest.raises(InvalidTransition):
        desk.approve(case)
    db.session.rollback()
    assert len(db.session.scalars(select(Package)).all()) == 1


@pytest.mark.req("KH-6-2j", "DR-08", "TY-5-1f")
@pytest.mark.parametrize("who", ["head", "handler", "officer"])
def test_nobody_gets_a_copy_by_an_insiders_case(desk: Desk, case: InsiderRequest, who: str) -> None:
    desk.approve(case)
    package = db.session.scalars(select(Package)).one()
    actor = getattr(desk.scene, who)
    with pytest.raises((NotFound, NotAllowed)):
        handover.package_for(actor=actor, tenant_id=case.tenant_id, package_id=package.id)
    with pytest.raises((NotFound, NotAllowed)):
        actions.issue_link(actor=actor, tenant_id=case.tenant_id, disclosure_id=case.id)


def _refuse(desk: Desk, case: InsiderRequest, refusal: Refusal, reasons: str = "依規定辦理") -> InsiderRequest:
    made = deciding.refuse(
        actor=desk.scene.head, tenant_id=case.tenant_id, disclosure_id=case.id, refusal=refusal, reasons=reasons
    )
    db.session.commit()
    return made


@pytest.mark.req("KH-6-3b")
def test_footage_that_may_still_come_is_not_refused_as_gone(desk: Desk, case: InsiderRequest) -> None:
    with pytest.raises(Invalid, match="不成立"):
        _refuse(desk, case, Refusal.PAST_RETENTION_AND_DELETED)


@pytest.mark.req("DR-01")
def test_a_refusal_says_why_and_lets_the_hold_end_after_the_appeal_period(desk: Desk, case: InsiderRequest) -> None:
    with pytest.raises(Invalid, match="敘明理由"):
        _refuse(desk, case, Refusal.NO_GROUND, reasons=" ")
    db.session.rollback()
    refused = _refuse(desk, case, Refusal.NO_GROUND)
    hold = db.session.get_one(Hold, refused.hold_id)
    assert (refused.state, refused.refusal, hold.released_at) == ("refused", "no_ground", None)
    assert hold.ends_on is not None
    assert hold.ends_on > clock.today()


@pytest.mark.req("KH-6-4a")
def test_a_granted_case_waits_for_its_viewing_until_the_appeal_period_is_over(desk: Desk, case: InsiderRequest) -> None:
    def close() -> InsiderRequest:
        return deciding.close_application(actor=desk.scene.handler, tenant_id=case.tenant_id, disclosure_id=case.id)

    desk.approve(case)
    with pytest.raises(Invalid) as waiting:
        close()
    assert waiting.value.code == "not_viewed"
    db.session.rollback()
    case.decided_at = clock.now() - timedelta(days=31)
    assert close().state == "closed"


@pytest.mark.req("KH-6-2h", "KH-A1-15")
def test_where_a_panel_decides_the_head_cannot_decide_alone(preschool: Desk) -> None:
    case = preschool.up_to_the_head(preschool.file())
    with pytest.raises(InvalidTransition):
        preschool.approve(case)
