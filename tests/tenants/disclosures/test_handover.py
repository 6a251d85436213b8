"""Handing over: one link, one officer, once; and the register's line that writes itself."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from infra import age, clock
from infra.age_envelopes import to_recipient
from infra.db import db
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.audit.models import AuditEvent
from tenants.disclosures.official import actions
from tenants.disclosures.official.actions import IssuedLink, Leaving, Receipt
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.passphrases import Wrapped
from tenants.disclosures.packages.models import Package
from tenants.disclosures.register import queries as registers
from tenants.disclosures.register.models import RegisterEntry
from tenants.errors import DomainError, Invalid, NotAllowed, NotFound
from tenants.roc_dates import roc_year
from tests.factories import disclosures, people
from tests.tenants.disclosures.conftest import Scene, officer_of

RECEIPT = Receipt(name="陳志明", title="偵查佐", acknowledged=True)


def ready(scene: Scene, disclosure: OfficialRequest) -> Package:
    """The package as the worker leaves it."""
    scene.at_school()
    return disclosures.ready(disclosure.id)


def link(scene: Scene, disclosure: OfficialRequest, actor: Actor | None = None) -> IssuedLink:
    scene.at_agency()
    issued = actions.issue_link(
        actor=actor or scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id
    )
    db.session.commit()
    return issued


def leaving(recipient: str = "", passphrase: Wrapped | None = None) -> Leaving:
    """A hand-over as the media process prepares one."""
    envelope = to_recipient(recipient or age.new_identity(age.Kind.CLASSIC).recipient)
    return Leaving(envelope=envelope, size=1000, recipient=recipient, passphrase=passphrase)


def collect(
    scene: Scene,
    issued: IssuedLink,
    *,
    actor: Actor | None = None,
    receipt: Receipt = RECEIPT,
    by: Leaving | None = None,
) -> Package:
    return actions.collect(
        actor=actor or scene.officer,
        tenant_id=scene.school.tenant_id,
        package_id=issued.package_id,
        token=issued.token,
        receipt=receipt,
        leaving=by or leaving(),
    )


@pytest.mark.req("KH-6-1d", "KH-6-5a", "KH-7-1", "KH-7-2", "KH-7-3", "KH-A2-07", "KH-A2-08")
def test_collecting_writes_receipt_register_line_and_audit_together(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    package = ready(scene, disclosure)

    collected = collect(scene, link(scene, disclosure))
    db.session.commit()

    scene.at_school()
    entry = registers.volume(tenant_id=scene.school.tenant_id, roc_year=roc_year(clock.today()))[0]
    assert (collected.id, collected.collected_by, collected.receipt_version) == (package.id, scene.officer.id, "1")
    assert (entry.number, entry.viewed, entry.copied) == (1, False, True), "nobody viewed at the school"
    assert (entry.accessor_name, entry.accessor_title, entry.operator_name) == ("陳志明", "偵查佐", "王園長")
    assert "分局" in entry.accessor_unit
    assert entry.content[0]["camera"] == "C-GATE"
    assert len(entry.summary) <= 60
    assert disclosure.state == "exported"
    kinds = [event.event for event in audit.latest(tenant_id=scene.school.tenant_id, limit=3)]
    assert kinds == ["disclosure:collected", "register:entered", "disclosure:link_issued"]
    assert audit.verify(tenant_id=scene.school.tenant_id) is None


@pytest.mark.req("KH-6-5b")
def test_a_second_collection_is_refused_whoever_tries(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)
    issued = link(scene, disclosure)
    collect(scene, issued)
    db.session.commit()

    with pytest.raises(Invalid, match="不能重複領取") as again:
        collect(scene, issued)
    db.session.rollback()
    with pytest.raises(Invalid) as anew:
        actions.issue_link(actor=scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)

    assert (again.value.code, anew.value.code) == ("collected", "collected")
    assert len(db.session.scalars(select(RegisterEntry)).all()) == 1


@pytest.mark.req("KH-6-5b")
def test_of_two_collections_in_the_same_moment_one_wins(scene: Scene, domain: Flask) -> None:
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)
    issued = link(scene, disclosure)
    outcomes: list[str] = []

    def take() -> None:
        with domain.app_context():
            scene.at_agency()
            try:
                collect(scene, issued)
                db.session.commit()
                outcomes.append("taken")
            except DomainError as refused:
                outcomes.append(refused.code)
            db.session.remove()

    threads = [Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["collected", "taken"]
    scene.at_school()
    assert [entry.number for entry in db.session.scalars(select(RegisterEntry))] == [1]


@pytest.mark.req("KH-6-5b", "DR-08")
def test_the_link_opens_for_its_officer_only(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)
    issued = link(scene, disclosure)
    colleague = officer_of(scene.agency_id, "李大同")
    other = people.agency("守園市政府警察局青埔分局")
    stranger = officer_of(other, "張三豐")

    scene.at_agency()
    with pytest.raises(NotAllowed, match="另一位承辦人"):
        collect(scene, issued, actor=colleague)
    scene.at_agency(other)
    with pytest.raises(NotFound):
        collect(scene, issued, actor=stranger)
    scene.at_school()
    with pytest.raises(NotFound):
        collect(scene, issued, actor=scene.head)


@pytest.mark.req("KH-6-5b")
def test_a_link_dies_with_time_with_a_newer_one_and_with_a_wrong_token(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    package = ready(scene, disclosure)
    first = link(scene, disclosure)
    second = link(scene, disclosure)

    codes = []
    for tried in (first, replace(second, token="x" * 43)):
        with pytest.raises(Invalid) as refused:
            collect(scene, tried)
        codes.append(refused.value.code)
    package.link_expires_at = clock.now() - timedelta(seconds=1)
    db.session.commit()
    with pytest.raises(Invalid) as late:
        collect(scene, second)

    assert [*codes, late.value.code] == ["bad_link", "bad_link", "link_expired"]
    assert second.token not in package.link_hash


@pytest.mark.req("KH-6-5a", "KH-7-3")
def test_nothing_is_released_without_a_whole_receipt(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)
    issued = link(scene, disclosure)
    faults = {
        "acknowledged": replace(RECEIPT, acknowledged=False),
        "title": replace(RECEIPT, title=" "),
        "name": replace(RECEIPT, name=""),
    }

    for field, receipt in faults.items():
        with pytest.raises(Invalid) as refused:
            collect(scene, issued, receipt=receipt)
        assert refused.value.field == field


@pytest.mark.req("DR-06")
def test_a_collection_whose_audit_fails_did_not_happen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    disclosure = scene.decide(scene.file())
    package = ready(scene, disclosure)
    issued = link(scene, disclosure)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("audit")

    monkeypatch.setattr("tenants.audit.actions.record", broken)
    with pytest.raises(RuntimeError, match="audit"):
        collect(scene, issued)
    db.session.rollback()

    db.session.refresh(package)
    assert package.collected_at is None
    assert db.session.scalars(select(RegisterEntry)).all() == []


@pytest.mark.req("KH-6-1d", "TY-5-2b")
def test_consent_to_look_gives_no_link(elementary: Scene) -> None:
    disclosure = elementary.decide(elementary.file(), copy=False, reasons="僅到場調閱")
    ready(elementary, disclosure)
    elementary.at_agency()
    with pytest.raises(NotAllowed, match="未核准複製"):
        actions.issue_link(actor=elementary.officer, tenant_id=elementary.school.tenant_id, disclosure_id=disclosure.id)


@pytest.mark.req("KH-6-1h", "KH-6-4a")
def test_a_granted_case_closes_only_with_reply_copy_and_hand_over(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    scene.at_school()
    actions.record_reply(
        actor=scene.handler,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure.id,
        reply_number="晨園字第1150000001號",
        reply_date=clock.today(),
    )
    db.session.commit()

    codes = [_close_code(scene, disclosure.id)]
    package = ready(scene, disclosure)
    codes.append(_close_code(scene, disclosure.id))
    package.built_at = clock.now() - timedelta(days=31)
    codes.append(_close_code(scene, disclosure.id))

    assert codes == ["not_ready", "not_collected", "closed"]


def _close_code(scene: Scene, disclosure_id: UUID) -> str:
    scene.at_school()
    try:
        return actions.close(actor=scene.handler, tenant_id=scene.school.tenant_id, disclosure_id=disclosure_id).state
    except Invalid as refused:
        db.session.rollback()
        return refused.code


def test_the_chain_names_who_collected_and_never_the_token(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)
    issued = link(scene, disclosure)
    collect(scene, issued)

    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()

    assert events[-1].actor_id == scene.officer.id
    assert issued.token not in str([event.fields for event in events])
