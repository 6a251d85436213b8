"""Who registered an application and decides it is told so where somebody else is there, and the chain keeps it."""

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.audit.models import AuditEvent
from tenants.disclosures.insider import one_person
from tenants.disclosures.insider.models import InsiderRequest
from tenants.people.models import User
from tests.tenants.disclosures.insider.conftest import Desk

pytestmark = pytest.mark.req("KH-6-1g")
BICYCLE: dict[str, object] = {"ground": "personal_rights", "incident": None}


def _keyed_by_the_head(desk: Desk) -> InsiderRequest:
    on_paper = desk.application(**BICYCLE, paper_number="紙115-3", applied_on=clock.today())
    return desk.file(on_paper, actor=desk.scene.head)


def _kept(case: InsiderRequest) -> list[dict[str, object]]:
    query = select(AuditEvent).where(
        AuditEvent.tenant_id == case.tenant_id, AuditEvent.event == "application:one_person"
    )
    return [event.fields for event in db.session.scalars(query)]


def test_a_head_who_keyed_in_and_checked_what_they_decide_is_told_and_it_is_kept(desk: Desk) -> None:
    case, head = _keyed_by_the_head(desk), desk.scene.head
    assert one_person.told(case, head.id) == ("keyed",)
    desk.up_to_the_head(case)
    desk.check(case, actor=head)
    assert one_person.told(case, head.id) == ("keyed", "checked")
    assert _kept(case) == []
    desk.approve(case)
    assert _kept(case) == [{"serial": case.serial, "registered": ["keyed", "checked"]}]


def test_where_others_registered_nothing_is_told(desk: Desk) -> None:
    case = desk.up_to_the_head(desk.file(desk.application(**BICYCLE)))
    desk.approve(case)
    assert one_person.told(case, desk.scene.head.id) == ()
    assert _kept(case) == []


def test_where_nobody_else_is_at_work_nothing_is_told(desk: Desk) -> None:
    case = _keyed_by_the_head(desk)
    for other in (desk.scene.handler, desk.office_head):
        user = db.session.get_one(User, other.id)
        user.deactivated_at, user.deactivated_by = clock.now(), desk.scene.head.id
    db.session.commit()
    assert one_person.told(case, desk.scene.head.id) == ()
    assert one_person.registering(case, desk.scene.head.id) == ("keyed",)
