"""緊急保全 by the bureau on a complaint: the institution is told, and the bureau learns number and age only (B2)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.compliance import actions as compliance
from tenants.retention.urgent.models import UrgentHold
from tests.factories import people
from tests.webapp.desk import Desk
from tests.webapp.school.test_urgent import typed

pytestmark = pytest.mark.req("DR-02", "DR-09")


@pytest.fixture
def address(desk: Desk) -> str:
    """Where the bureau's officer presses it for K1."""
    people.bureau_officer()
    people.operator()
    return f"/bureau/institutions/{desk.cast.k1.tenant_id}/urgent"


def pressed(desk: Desk, address: str) -> UrgentHold:
    answer = desk.browser("bureau").post(address, data=typed(desk, caller="家長來電", incident="陳情1150012號"))
    assert answer.status_code == 303, answer.text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return db.session.scalars(db.select(UrgentHold)).one()


@pytest.mark.req("KH-1-3")
def test_the_officers_act_is_in_the_institutions_chain_and_on_its_first_page(desk: Desk, address: str) -> None:
    made = pressed(desk, address)
    assert (made.from_bureau, made.untold) == (True, ["placed"])
    told = audit.latest(tenant_id=desk.cast.k1.tenant_id, limit=5)
    assert "hold:called_for" in {event.event for event in told if event.actor_roles == "bureau_officer"}
    first = desk.browser("k1-head").get(f"{desk.school}/").text
    assert f"{made.number}（教育局）" in first
    assert "陳情1150012號" in desk.browser("k1-head").get(f"{desk.school}/retention/holds/{made.hold_id}").text


def test_the_bureau_sees_number_and_age_and_nothing_of_what_is_kept(desk: Desk, address: str) -> None:
    made = pressed(desk, address)
    compliance.take_now(tenant_id=desk.cast.k1.tenant_id, now=clock.now(), actor=system("test"))
    db.session.commit()
    officer = desk.browser("bureau")
    page = officer.get(f"/bureau/institutions/{desk.cast.k1.tenant_id}").text
    assert made.number in page
    for hidden in ("家長來電", "校門口車禍", "陳情1150012號", "/media/"):
        assert hidden not in page
    assert officer.get(f"{desk.school}/urgent/{made.hold_id}").status_code == 403


@pytest.mark.req("DR-01")
def test_the_bureau_is_alerted_of_what_is_beyond_the_caps(desk: Desk, address: str) -> None:
    made = pressed(desk, address)
    made.over_cap = True
    compliance.take_now(tenant_id=desk.cast.k1.tenant_id, now=clock.now(), actor=system("test"))
    db.session.commit()
    assert "緊急保全超過上限" in desk.browser("bureau").get("/bureau/").text


def test_only_the_compliance_officer_presses(desk: Desk, address: str) -> None:
    assert desk.browser("operator").get(address).status_code == 403
    assert desk.browser("k1-head").get(address).status_code == 404
    assert desk.browser("bureau").get(address).status_code == 200


def test_a_fault_is_shown_and_nothing_is_kept(desk: Desk, address: str) -> None:
    later = clock.now() + timedelta(days=2)
    answer = desk.browser("bureau").post(address, data=typed(desk, **{"window-until_day": f"{later:%Y/%m/%d}"}))
    assert answer.status_code == 422
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert db.session.scalars(db.select(UrgentHold)).all() == []
