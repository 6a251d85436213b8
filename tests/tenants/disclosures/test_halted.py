"""After a breach by an agency's officer its copy waits too, and is taken back with what was not told of it."""

import pytest

from infra.db import db
from tenants.disclosures import halting
from tenants.disclosures.halts import Halted
from tenants.disclosures.models import Halt
from tenants.disclosures.official import actions, closing
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.rules import is_open
from tenants.disclosures.packages.models import Package
from tests.tenants.disclosures.conftest import Scene
from tests.tenants.disclosures.test_handover import collect, link
from tests.tenants.disclosures.test_reopening import ask, collected, reopen, waiting

WHY = "承辦人翻攝螢幕"


def halt(scene: Scene, disclosure: OfficialRequest, what: Halt = Halt.ALL) -> None:
    scene.at_school()
    halting.halt(actor=scene.handler, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, what=what)
    db.session.commit()


def take_back(scene: Scene, disclosure: OfficialRequest) -> None:
    scene.at_school()
    halting.take_back(actor=scene.head, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reasons=WHY)
    db.session.commit()


def package(scene: Scene, disclosure: OfficialRequest) -> Package:
    scene.at_school()
    return db.session.scalars(db.select(Package).where(Package.disclosure_id == disclosure.id)).one()


@pytest.mark.req("KH-6-5b", "KH-5-1c", "KH-6-1d")
def test_a_copy_is_not_fetched_while_the_head_has_not_decided(scene: Scene) -> None:
    disclosure = waiting(scene)
    issued = link(scene, disclosure)
    halt(scene, disclosure)
    for step in (lambda: link(scene, disclosure), lambda: collect(scene, issued)):
        with pytest.raises(Halted, match="待機構首長決定"):
            step()
        db.session.rollback()
    scene.at_school()
    found = official.case(tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)
    assert not found.copy_is_open
    assert closing.fault_of(disclosure) is not None
    (line,) = official.inbox(tenant_id=scene.school.tenant_id)
    assert (line.halted, line.copy_waits) == (True, False)
    halting.go_on(actor=scene.head, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reasons="查明為誤會")
    db.session.commit()
    scene.at_agency()
    assert collect(scene, issued).collected_at is not None, "the link that it had opens it again"


@pytest.mark.req("KH-6-5b", "KH-5-1c")
def test_what_was_taken_back_is_revoked_and_only_the_head_lets_it_be_opened_again(scene: Scene) -> None:
    disclosure = waiting(scene)
    link(scene, disclosure)
    halt(scene, disclosure)
    take_back(scene, disclosure)
    row = package(scene, disclosure)
    assert (is_open(row), row.revoke_reason, row.link_hash) == (False, WHY, "")
    with pytest.raises(Halted, match="已撤銷"):
        reopen(scene, disclosure)
    db.session.rollback()
    scene.at_school()
    assert {"halt", "take_back"} <= set(disclosure.untold)
    halting.go_on(actor=scene.head, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reasons="查明為誤會")
    db.session.commit()
    assert is_open(reopen(scene, disclosure))


@pytest.mark.req("KH-6-5b", "KH-5-1c")
def test_the_passphrase_of_a_copy_that_left_waits_and_is_gone_with_what_was_taken_back(scene: Scene) -> None:
    disclosure = collected(scene)
    halt(scene, disclosure)
    with pytest.raises(Halted):
        actions.show_passphrase(
            actor=scene.handler,
            tenant_id=scene.school.tenant_id,
            disclosure_id=disclosure.id,
            kms=None,  # type: ignore[arg-type]  # nothing is opened
        )
    db.session.rollback()
    take_back(scene, disclosure)
    scene.at_school()
    assert not official.case(tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id).passphrase_waits


@pytest.mark.req("KH-5-1c", "KH-7-1")
def test_what_one_of_the_institution_did_holds_no_copy_back(scene: Scene) -> None:
    disclosure = waiting(scene)
    halt(scene, disclosure, Halt.VIEWING)
    assert link(scene, disclosure).token


@pytest.mark.req("KH-5-1c")
def test_a_case_of_which_nothing_is_granted_has_nothing_to_hold_back(scene: Scene) -> None:
    disclosure = scene.file()
    halt(scene, disclosure)
    assert disclosure.halted_at is None


@pytest.mark.req("KH-6-5b", "KH-5-1c")
def test_what_waits_or_was_taken_back_is_not_asked_for_again_and_is_nobodys_task(scene: Scene) -> None:
    disclosure = collected(scene)
    ask(scene, disclosure)
    halt(scene, disclosure)
    for words, step in (("待機構首長決定", lambda: None), ("已撤銷", lambda: take_back(scene, disclosure))):
        step()
        with pytest.raises(Halted, match=words):
            ask(scene, disclosure)
        db.session.rollback()
        scene.at_school()
        assert [line.asked_again for line in official.inbox(tenant_id=scene.school.tenant_id)] == [False]
        found = official.case(tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)
        assert (found.withheld, found.reopening_asked) == (True, False)
    halting.go_on(actor=scene.head, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reasons="查明為誤會")
    db.session.commit()
    scene.at_school()
    assert [line.asked_again for line in official.inbox(tenant_id=scene.school.tenant_id)] == [True], "it waits again"
