"""Two guardians after one fall: the school sees that it is one event, and neither of them hears of the other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra.db import db
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import filing, same_event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import Incident
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.permissions import Role
from tests.factories.insiders import PARENT, application
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.insider.conftest import Desk


def _file(desk: Desk, window: AskedWindow, **changes: object) -> InsiderRequest:
    return desk.file(application(window, **changes))


@pytest.fixture
def mother(preschool: Desk) -> InsiderRequest:
    """The first application."""
    return _file(preschool, preschool.scene.window())


@pytest.fixture
def father(preschool: Desk, mother: InsiderRequest) -> InsiderRequest:
    """Another parent's, about the same minutes."""
    assert mother
    window = preschool.scene.window(minutes=10)
    return _file(preschool, window, name="張大明", relation="父", email="father@example.org")


def _link(desk: Desk, case: InsiderRequest, other: InsiderRequest) -> InsiderRequest:
    made = same_event.link(actor=desk.scene.handler, tenant_id=case.tenant_id, disclosure_id=case.id, other_id=other.id)
    db.session.commit()
    return made


def _serials(found: object) -> list[str]:
    return [each.serial for each in found]  # type: ignore[attr-defined]


@pytest.mark.req("KH-6-2b")
def test_two_guardians_of_one_event_are_proposed_and_linked(
    preschool: Desk, mother: InsiderRequest, father: InsiderRequest
) -> None:
    handler = preschool.scene.handler
    assert _serials(same_event.proposed(mother, actor=handler)) == [father.serial]
    assert _serials(same_event.proposed(father, actor=handler)) == [mother.serial]

    _link(preschool, mother, father)

    assert _serials(same_event.linked(mother, actor=handler)) == [father.serial]
    assert _serials(same_event.linked(father, actor=handler)) == [mother.serial]
    assert same_event.proposed(mother, actor=handler) == []


@pytest.mark.req("KH-6-2b")
def test_another_place_at_the_time_of_the_incident_is_proposed_and_another_time_is_not(
    preschool: Desk, mother: InsiderRequest
) -> None:
    elsewhere = _file(preschool, preschool.scene.window("C-ROOM2"))
    earlier = _file(preschool, preschool.scene.window(ago=timedelta(hours=5)))
    found = _serials(same_event.proposed(mother, actor=preschool.scene.handler))
    assert elsewhere.serial in found
    assert earlier.serial not in found


@pytest.mark.req("KH-6-2b")
def test_what_was_withdrawn_is_not_proposed(preschool: Desk, mother: InsiderRequest, father: InsiderRequest) -> None:
    filing.withdraw_application(actor=PARENT, tenant_id=father.tenant_id, disclosure_id=father.id)
    db.session.commit()
    assert same_event.proposed(mother, actor=preschool.scene.handler) == []


@pytest.mark.req("KH-6-2b")
def test_a_third_is_linked_to_both_and_can_be_taken_out_again(
    preschool: Desk, mother: InsiderRequest, father: InsiderRequest
) -> None:
    window = preschool.scene.window()
    teacher = _file(preschool, window, incident=Incident(started_at=window.started_at, ended_at=window.ended_at))
    cook = _file(preschool, replace(window, ended_at=window.ended_at))
    _link(preschool, mother, father)
    _link(preschool, teacher, cook)
    _link(preschool, cook, mother)
    handler = preschool.scene.handler
    assert len(same_event.linked(father, actor=handler)) == 3
    for case in (cook, teacher):
        same_event.unlink(actor=handler, tenant_id=case.tenant_id, disclosure_id=case.id)
    db.session.commit()
    assert _serials(same_event.linked(mother, actor=handler)) == [father.serial]
    same_event.unlink(actor=handler, tenant_id=father.tenant_id, disclosure_id=father.id)
    db.session.commit()
    assert (mother.event_id, father.event_id) == (None, None)


@pytest.mark.req("DR-27", "DR-37", "KH-6-2b")
def test_whom_one_case_concerns_is_told_of_it_by_no_other(
    preschool: Desk, mother: InsiderRequest, father: InsiderRequest
) -> None:
    head = preschool.scene.head
    assert head.id is not None
    _link(preschool, mother, father)
    preschool.check(father, excluded=(head.id,))
    assert same_event.linked(mother, actor=head) == []
    assert same_event.proposed(mother, actor=head) == []
    with pytest.raises(NotFound):
        same_event.link(actor=head, tenant_id=mother.tenant_id, disclosure_id=mother.id, other_id=father.id)


@pytest.mark.req("KH-6-2b")
def test_only_who_signs_links_and_no_case_to_itself(preschool: Desk, mother: InsiderRequest) -> None:
    teacher = member(preschool.scene.school, Role.STAFF, "許老師")
    ids = {"tenant_id": mother.tenant_id, "disclosure_id": mother.id, "other_id": mother.id}
    with pytest.raises(NotAllowed):
        same_event.link(actor=teacher, **ids)
    with pytest.raises(Invalid):
        same_event.link(actor=preschool.scene.handler, **ids)
