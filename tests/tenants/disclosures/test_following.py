"""After the filing: completing, withdrawing, and what each side sees of the case."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.disclosures.official import actions
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.actions import Completion
from tenants.disclosures.official.documents import Element
from tenants.disclosures.official.models import Letter, OfficialRequest
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.permissions import Role
from tenants.retention.models import Hold
from tests.factories import people
from tests.factories.requests import document, scan
from tests.tenants.disclosures.conftest import Scene, member, officer_of


@pytest.mark.req("KH-6-1f", "KH-6-1b")
def test_a_returned_request_is_completed_with_what_was_missing(scene: Scene) -> None:
    disclosure = scene.file(scene.filing(document=document(legal_basis=None, duty="了解狀況")))
    scene.at_school()
    actions.return_for_completion(
        actor=scene.handler,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure.id,
        missing=frozenset({Element.LEGAL_BASIS, Element.DUTY}),
        note="請儘速補正",
    )
    db.session.commit()
    assert disclosure.returned_note == "來文未載明：執行職務之事由、法令依據。請儘速補正"
    scene.at_agency()

    with pytest.raises(Invalid, match="仍缺") as still:
        _complete(scene, disclosure, legal_basis="刑事訴訟法第230條")
    db.session.rollback()
    completed = _complete(scene, disclosure, legal_basis="刑事訴訟法第230條", duty="偵辦竊盜案", scan=scan())

    assert still.value.field == "duty"
    assert (completed.state, completed.legal_basis) == ("submitted", "刑事訴訟法第230條")
    assert len(db.session.scalars(select(Letter).where(Letter.disclosure_id == disclosure.id)).all()) == 2


@pytest.mark.req("DR-01")
def test_withdrawing_announces_the_end_of_the_hold_after_the_appeal_period(scene: Scene) -> None:
    disclosure = scene.file()
    scene.at_agency()

    actions.withdraw(actor=scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)

    hold = db.session.get_one(Hold, disclosure.hold_id)
    assert disclosure.state == "withdrawn"
    assert hold.released_at is None
    assert hold.ends_on == clock.today() + timedelta(days=30)


@pytest.mark.req("DR-08")
def test_another_agencys_officer_cannot_touch_or_see_the_case(scene: Scene) -> None:
    disclosure = scene.file()
    other = people.agency("守園市政府警察局青埔分局")
    stranger = officer_of(other)
    scene.at_agency(other)

    with pytest.raises(NotFound):
        actions.withdraw(actor=stranger, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)
    with pytest.raises(NotFound):
        official.agency_case(agency_id=other, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)
    bind(db.session, Binding(agency_id=other))
    assert official.agency_cases(agency_id=other) == []


def test_a_refused_case_cannot_be_withdrawn(scene: Scene) -> None:
    disclosure = scene.file()
    scene.at_school()
    actions.refuse(actor=scene.head, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reasons="範圍過廣")
    db.session.commit()
    scene.at_agency()

    with pytest.raises(InvalidTransition, match="不同意"):
        actions.withdraw(actor=scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)


@pytest.mark.req("DR-06")
def test_every_step_of_filing_is_in_the_institutions_chain(scene: Scene) -> None:
    disclosure = scene.file()

    scene.at_school()
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
    kinds = [event.event for event in events]
    assert kinds[-3:] == ["hold:placed", "letter:received", "disclosure:filed"]
    assert events[-1].fields["serial"] == disclosure.serial
    assert events[-1].agency_id == scene.agency_id
    assert "陳志明" not in str(events[-1].fields)


def test_a_member_of_the_school_is_offered_to_accompany_and_one_who_left_is_not(scene: Scene) -> None:
    guard = member(scene.school, Role.GUARD, "張警衛")
    disclosure = scene.file()
    scene.at_school()

    case = official.case(tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)

    assert {person.id for person in case.escort_candidates} == {scene.head.id, scene.handler.id, guard.id}


def _complete(scene: Scene, disclosure: OfficialRequest, **added: object) -> OfficialRequest:
    return actions.complete(
        actor=scene.officer,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure.id,
        completion=Completion(**added),  # type: ignore[arg-type]
        store=scene.store,
    )
