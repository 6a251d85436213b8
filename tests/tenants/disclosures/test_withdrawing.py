"""撤回 by an agency after the consent: until something was fetched or looked at, and never in the middle of it."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from infra import clock
from infra.age_keys import Kind
from infra.db import db
from tenants.actor import system
from tenants.audit.models import AuditEvent
from tenants.disclosures.notices import messages
from tenants.disclosures.official import actions
from tenants.disclosures.official.actions import InPerson, Medium
from tenants.disclosures.official.models import MediumHandover, MediumKind, OfficialRequest
from tenants.disclosures.official.passphrases import Wrapped, waiting
from tenants.disclosures.packages import ending
from tenants.disclosures.packages import queries as packages
from tenants.disclosures.packages.building import build_package
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.register import actions as register
from tenants.disclosures.register.actions import Line
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import appointing
from tenants.errors import DomainError, InvalidTransition
from tenants.people.models import User
from tenants.retention.models import Hold
from tests.factories import people
from tests.tenants.disclosures.conftest import Scene, officer_of
from tests.tenants.disclosures.test_handover import RECEIPT, collect, leaving, link, ready
from tests.tenants.disclosures.waiting import second_of_two

pytestmark = pytest.mark.req("KH-6-5b", "DR-01")


def withdraw(scene: Scene, disclosure: OfficialRequest) -> OfficialRequest:
    scene.at_agency()
    return actions.withdraw(actor=scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)


def granted(scene: Scene) -> OfficialRequest:
    """A case whose copy waits for its officer."""
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)
    return disclosure


def appoint(scene: Scene, disclosure: OfficialRequest) -> None:
    scene.at_school()
    appointing.appoint(
        actor=scene.handler,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure.id,
        starts_at=clock.now() + timedelta(days=1),
        place="園長室",
    )
    db.session.commit()


def events(scene: Scene) -> list[str]:
    scene.at_school()
    return [each.event for each in db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq))]


def test_a_consent_that_nobody_used_can_be_given_back(scene: Scene) -> None:
    disclosure = granted(scene)
    issued = link(scene, disclosure)
    withdraw(scene, disclosure)
    db.session.commit()

    hold = db.session.get_one(Hold, disclosure.hold_id)
    assert (disclosure.state, disclosure.decided_at is not None) == ("withdrawn", True)
    assert (hold.released_at, hold.ends_on) == (None, clock.today() + timedelta(days=30))
    assert Step.WITHDRAW in disclosure.untold
    package = db.session.scalars(select(Package)).one()
    assert (package.link_hash, package.link_for, package.link_expires_at) == ("", None, None)
    with pytest.raises(DomainError):
        collect(scene, issued)
    db.session.rollback()
    with pytest.raises(InvalidTransition, match="已撤回"):
        link(scene, disclosure)


def test_a_copy_on_its_way_to_a_medium_ends_with_it_and_its_passphrase(scene: Scene) -> None:
    disclosure = granted(scene)
    scene.at_school()
    at = {"actor": scene.handler, "tenant_id": scene.school.tenant_id}
    held = actions.prepare_medium(disclosure_id=disclosure.id, medium=Medium(kind=MediumKind.USB, serial="U-1"), **at)  # type: ignore[arg-type]
    by = leaving(passphrase=Wrapped(id=UUID(int=5), secret=b"wrapped"))
    actions.take_out(handover_id=held.id, leaving=by, sha256="b" * 64, **at)  # type: ignore[arg-type]
    db.session.commit()
    withdraw(scene, disclosure)
    db.session.commit()

    scene.at_school()
    assert waiting(tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id) is None
    assert db.session.get_one(MediumHandover, held.id).replaced_at is not None
    assert events(scene)[-3:] == ["disclosure:passphrase_forgotten", "hold:ending", "disclosure:withdrawn"]
    given = InPerson(name="陳志明", title="偵查佐", acknowledged=True, read_back="b" * 64, receipt_number="")
    with pytest.raises(InvalidTransition, match="已撤回"):
        actions.hand_over(handover_id=held.id, given=given, **at)  # type: ignore[arg-type]


def test_whoever_was_told_of_an_agreed_time_is_told_that_it_is_off(scene: Scene) -> None:
    disclosure = granted(scene)
    db.session.get_one(User, scene.officer.id).email = "officer@police.test"
    db.session.commit()
    appoint(scene, disclosure)
    scene.at_agency()
    colleague = officer_of(scene.agency_id, "李大同")
    actions.withdraw(actor=colleague, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)
    db.session.commit()

    scene.at_school()
    ids = {"tenant_id": scene.school.tenant_id, "disclosure_id": disclosure.id}
    assert appointing.appointment(**ids) is None
    assert {Step.CALL_OFF, Step.WITHDRAW} <= set(disclosure.untold)
    (mail,) = messages(step=Step.CALL_OFF, base_url="", **ids)
    assert (mail.to, "取消" in mail.text) == ("officer@police.test", True)
    assert events(scene)[-3:] == ["viewing:called_off", "hold:ending", "disclosure:withdrawn"]


def test_without_an_agreed_time_nothing_is_called_off(scene: Scene) -> None:
    disclosure = granted(scene)
    withdraw(scene, disclosure)
    assert Step.CALL_OFF not in disclosure.untold
    assert "viewing:called_off" not in events(scene)


def test_what_was_fetched_is_not_withdrawn_but_returned_or_destroyed(scene: Scene) -> None:
    disclosure = granted(scene)
    collect(scene, link(scene, disclosure))
    db.session.commit()
    with pytest.raises(InvalidTransition, match="請返還或銷毀"):
        withdraw(scene, disclosure)


def test_what_was_looked_at_is_closed_by_the_institution(scene: Scene) -> None:
    disclosure = granted(scene)
    scene.at_school()
    now = clock.now()
    line = Line(
        name="陳志明",
        unit="分局",
        title="偵查佐",
        started_at=now,
        ended_at=now,
        summary="到場調閱",
        operator="林怡君",
        copied=False,
    )
    register.enter(actor=scene.handler, disclosure=disclosure, line=line)
    db.session.commit()
    with pytest.raises(InvalidTransition, match="請通知機構結案"):
        withdraw(scene, disclosure)


@pytest.mark.req("KH-6-5b")
def test_a_copy_that_is_still_to_be_built_is_not_built_and_goes_with_the_hold(scene: Scene, tmp_path: Path) -> None:
    disclosure = scene.decide(scene.file())
    scene.at_school()
    of = {"tenant_id": scene.school.tenant_id}
    package_id = db.session.scalars(select(Package.id)).one()
    assert packages.pending(**of) == [package_id]
    withdraw(scene, disclosure)
    db.session.commit()
    scene.at_school()
    assert packages.pending(**of) == []
    build = {"actor": system("test"), "store": scene.store, "kms": Mock(), "scratch": tmp_path, "kind": Kind.CLASSIC}
    assert build_package(package_id=package_id, **build, **of) is PackageState.PENDING  # type: ignore[arg-type]
    assert ending.ending_packages(**of) == []

    hold = db.session.get_one(Hold, disclosure.hold_id)
    hold.released_at, hold.released_by = clock.now(), None
    db.session.commit()
    assert ending.ending_packages(**of) == [package_id]


@pytest.mark.req("DR-08")
def test_another_agency_withdraws_nothing(scene: Scene) -> None:
    disclosure = granted(scene)
    other = people.agency("守園市政府警察局青埔分局")
    scene.at_agency(other)
    with pytest.raises(DomainError, match="找不到"):
        actions.withdraw(actor=officer_of(other), tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)


def test_who_collects_while_a_colleague_withdraws_gets_nothing(scene: Scene, domain: Flask) -> None:
    disclosure = granted(scene)
    issued = link(scene, disclosure)

    def take() -> None:
        scene.at_agency()
        collect(scene, issued, receipt=RECEIPT)

    said = second_of_two(domain, first=lambda: withdraw(scene, disclosure), second=take)
    assert "已撤回" in said
    scene.at_school()
    assert db.session.scalars(select(Package.collected_at)).all() == [None]


def test_who_writes_a_medium_while_the_agency_withdraws_gets_nothing(scene: Scene, domain: Flask) -> None:
    disclosure = granted(scene)
    scene.at_school()
    at = {"actor": scene.handler, "tenant_id": scene.school.tenant_id}
    medium = Medium(kind=MediumKind.USB, serial="U-1")
    held = actions.prepare_medium(disclosure_id=disclosure.id, medium=medium, **at).id  # type: ignore[arg-type]
    db.session.commit()

    def write() -> None:
        scene.at_school()
        actions.take_out(handover_id=held, leaving=leaving(), sha256="b" * 64, **at)  # type: ignore[arg-type]

    assert "已撤回" in second_of_two(domain, first=lambda: withdraw(scene, disclosure), second=write)


def test_who_withdraws_while_a_colleague_collects_is_told_what_to_do_instead(scene: Scene, domain: Flask) -> None:
    disclosure = granted(scene)
    issued = link(scene, disclosure)

    def take() -> None:
        scene.at_agency()
        collect(scene, issued, receipt=RECEIPT)

    said = second_of_two(domain, first=take, second=lambda: withdraw(scene, disclosure))
    assert "請返還或銷毀" in said
    scene.at_school()
    assert db.session.scalars(select(OfficialRequest.state)).all() == ["exported"]
