"""A download that broke: the school opens the copy again, for the officer who signed, once, with a reason."""

from uuid import UUID

import pytest
from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.disclosures.official import actions
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.actions import IssuedLink
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.disclosures.register.models import RegisterEntry
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tests.factories import people
from tests.tenants.disclosures.conftest import Scene, officer_of
from tests.tenants.disclosures.test_handover import collect, link, ready

WHY = "承辦人來電，下載至一半中斷"


def waiting(scene: Scene) -> OfficialRequest:
    """A case whose copy is ready, and not yet signed for."""
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)
    return disclosure


def fetch(scene: Scene, disclosure: OfficialRequest) -> IssuedLink:
    """Its officer signs for the copy; the link that was used."""
    issued = link(scene, disclosure)
    collect(scene, issued)
    db.session.commit()
    return issued


def collected(scene: Scene) -> OfficialRequest:
    """A case whose copy its officer signed for."""
    disclosure = waiting(scene)
    fetch(scene, disclosure)
    return disclosure


def reopen(scene: Scene, disclosure: OfficialRequest, *, reason: str = WHY) -> Package:
    scene.at_school()
    package = actions.reopen(
        actor=scene.handler, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reason=reason
    )
    db.session.commit()
    return package


@pytest.mark.req("KH-6-5b", "KH-7-2", "KH-7-3", "KH-A2-06", "KH-A2-07", "DR-06")
def test_a_copy_that_was_opened_again_is_fetched_once_more_and_the_register_says_why(scene: Scene) -> None:
    disclosure = collected(scene)
    with pytest.raises(Invalid, match="請在案件頁面請求重新開放領取"):
        link(scene, disclosure)
    db.session.rollback()

    reopen(scene, disclosure)
    issued = fetch(scene, disclosure)

    with pytest.raises(Invalid, match="不能重複領取"):
        collect(scene, issued)
    db.session.rollback()
    with pytest.raises(Invalid, match="不能重複領取"):
        link(scene, disclosure)
    db.session.rollback()
    scene.at_school()
    first, second = db.session.scalars(select(RegisterEntry).order_by(RegisterEntry.number))
    assert first.summary == f"{disclosure.serial} 查明行竊經過", "the first hand-over stands as it was written"
    assert second.summary == f"{disclosure.serial} 重新領取：{WHY}"
    names = (first.operator_name, second.operator_name)
    assert names == ("王園長", scene.handler.name), "who approved the copy, and who opened it again"
    assert (first.number, second.number, second.copied, second.viewed) == (1, 2, True, False)
    assert disclosure.state == "exported"
    events = [event for event in audit.latest(tenant_id=scene.school.tenant_id) if event.event == "disclosure:reopened"]
    assert [(event.actor_id, event.fields["reason"]) for event in events] == [(scene.handler.id, WHY)]


@pytest.mark.req("KH-6-5b", "DR-08")
def test_only_the_officer_who_signed_gets_a_link_to_a_copy_opened_again(scene: Scene) -> None:
    disclosure = collected(scene)
    reopen(scene, disclosure)
    colleague, other = officer_of(scene.agency_id, "李大同"), people.agency("守園市政府警察局青埔分局")
    stranger = officer_of(other, "張三豐")

    with pytest.raises(NotAllowed, match="原簽收的承辦人"):
        link(scene, disclosure, colleague)
    db.session.rollback()
    scene.at_agency(other)
    with pytest.raises(NotFound):
        actions.issue_link(actor=stranger, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)


@pytest.mark.req("KH-6-5b")
def test_the_link_that_was_used_stays_dead(scene: Scene) -> None:
    disclosure = waiting(scene)
    used = fetch(scene, disclosure)
    reopen(scene, disclosure)

    scene.at_agency()
    with pytest.raises(NotAllowed):
        collect(scene, used)
    db.session.rollback()
    assert link(scene, disclosure).token != used.token
    scene.at_agency()
    with pytest.raises(Invalid, match="連結無效"):
        collect(scene, used)


@pytest.mark.req("KH-6-5b", "KH-6-1g")
def test_a_copy_is_opened_again_only_for_a_reason_after_a_hand_over_and_before_the_closing(scene: Scene) -> None:
    disclosure = waiting(scene)
    with pytest.raises(Invalid, match="已開放領取"):
        reopen(scene, disclosure)
    db.session.rollback()
    fetch(scene, disclosure)

    with pytest.raises(Invalid) as nameless:
        reopen(scene, disclosure, reason="  ")
    db.session.rollback()
    reopen(scene, disclosure)
    with pytest.raises(Invalid, match="已開放領取"):
        reopen(scene, disclosure)
    db.session.rollback()
    disclosure.state, disclosure.replied_at = "closed", disclosure.decided_at
    disclosure.replied_by = scene.head.id
    db.session.commit()
    with pytest.raises(InvalidTransition):
        reopen(scene, disclosure)

    assert nameless.value.field == "reason"


@pytest.mark.req("KH-6-1c")
def test_only_the_school_opens_a_copy_again(scene: Scene) -> None:
    disclosure = collected(scene)
    scene.at_agency()

    with pytest.raises(NotAllowed):
        actions.reopen(actor=scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reason=WHY)


def ask(
    scene: Scene, disclosure: OfficialRequest, *, actor: Actor | None = None, reason: str = "下載至一半中斷"
) -> Package:
    scene.at_agency()
    package = actions.ask_reopening(
        actor=actor or scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reason=reason
    )
    db.session.commit()
    return package


def asked_events(scene: Scene) -> list[tuple[UUID | None, object]]:
    events = audit.latest(tenant_id=scene.school.tenant_id)
    return [(e.actor_id, e.fields["reason"]) for e in events if e.event == "disclosure:reopening_asked"]


@pytest.mark.req("KH-6-5b", "DR-06")
def test_the_officer_who_signed_asks_once_and_it_is_over_when_the_copy_is_opened_again(scene: Scene) -> None:
    disclosure = collected(scene)

    first = ask(scene, disclosure).reopening_asked_at
    second = ask(scene, disclosure, reason="再按一次").reopening_asked_at

    scene.at_school()
    assert (first, disclosure.untold.count("ask_reopening")) == (second, 1)
    assert asked_events(scene) == [(scene.officer.id, "下載至一半中斷")], "asked twice changes nothing"
    assert [line.asked_again for line in official.inbox(tenant_id=scene.school.tenant_id)] == [True]
    assert official.case(tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id).reopening_asked

    reopen(scene, disclosure)

    assert [line.asked_again for line in official.inbox(tenant_id=scene.school.tenant_id)] == [False]
    assert not official.case(tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id).reopening_asked
    with pytest.raises(Invalid, match="已開放領取"):
        ask(scene, disclosure)
    db.session.rollback()
    fetch(scene, disclosure)
    ask(scene, disclosure, reason="又中斷")
    scene.at_school()
    assert {why for _who, why in asked_events(scene)} == {"下載至一半中斷", "又中斷"}


@pytest.mark.req("KH-6-5b", "DR-08")
def test_nobody_but_the_officer_who_signed_asks_and_never_without_a_reason_or_a_hand_over(scene: Scene) -> None:
    disclosure = waiting(scene)
    with pytest.raises(InvalidTransition):
        ask(scene, disclosure)
    db.session.rollback()
    fetch(scene, disclosure)
    stranger = officer_of(people.agency("守園市政府警察局青埔分局"), "張三豐")

    with pytest.raises(NotAllowed, match="原簽收的承辦人"):
        ask(scene, disclosure, actor=officer_of(scene.agency_id, "李大同"))
    db.session.rollback()
    with pytest.raises(NotFound):
        ask(scene, disclosure, actor=stranger)
    db.session.rollback()
    with pytest.raises(NotAllowed):
        ask(scene, disclosure, actor=scene.handler)
    db.session.rollback()
    with pytest.raises(Invalid) as nameless:
        ask(scene, disclosure, reason=" ")

    assert nameless.value.field == "reason"
