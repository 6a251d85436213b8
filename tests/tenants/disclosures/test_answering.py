"""Refusing, what a decision cannot undo, and the reply without which no case closes."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.audit.models import AuditEvent
from tenants.disclosures.asking import Grant
from tenants.disclosures.official import actions
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.errors import Destroyed, DomainError, Invalid, InvalidTransition
from tenants.retention.models import Hold
from tests.factories import footage, retention
from tests.tenants.disclosures.conftest import Scene


@pytest.mark.req("KH-6-1g", "DR-01")
def test_a_refusal_needs_reasons_and_lets_the_hold_run_through_the_appeal_period(scene: Scene) -> None:
    disclosure = scene.file()
    scene.at_school()

    with pytest.raises(Invalid, match="敘明理由"):
        _refuse(scene, disclosure.id, " ")
    db.session.rollback()
    refused = _refuse(scene, disclosure.id, "與案情無關")

    hold = db.session.get_one(Hold, disclosure.hold_id)
    assert refused.state == "refused"
    assert (hold.released_at, hold.ends_on) == (None, clock.today() + timedelta(days=30))


def test_a_case_is_decided_once(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())

    with pytest.raises(InvalidTransition, match="同意"):
        scene.decide(disclosure)
    with pytest.raises(InvalidTransition):
        _refuse(scene, disclosure.id, "反悔")


@pytest.mark.req("KH-6-3b")
def test_a_window_destroyed_since_filing_cannot_be_approved_but_one_still_held_can(scene: Scene) -> None:
    day = timedelta(days=20)
    gone, held = scene.window("C-GATE", ago=day, minutes=10), scene.window("C-ROOM2", ago=day, minutes=10)
    disclosure = scene.file(scene.filing(gone, held, confirmed=True))
    scene.at_school()
    device = footage.device(scene.school)
    copied = footage.segment(scene.school, device_id=device, camera="C-ROOM2", started_at=held.started_at)
    retention.preserved(scene.school, hold_id=disclosure.hold_id, segment=copied)
    key = footage.day_key(scene.school, day=gone.started_at)
    key.wrapped_secret, key.destroyed_at = None, clock.now()
    db.session.commit()
    retention.destruction(scene.school, day=key.civil_day)

    with pytest.raises(Destroyed, match="銷毀證明"):
        scene.decide(disclosure)
    db.session.rollback()
    remaining = next(w for w in scene.windows(disclosure) if w.camera_id == held.camera_id)
    grant = Grant(window_id=remaining.id, started_at=remaining.started_at, ended_at=remaining.ended_at)

    assert scene.decide(disclosure, grants=(grant,), reasons="前門影像已銷毀").state == "partially_approved"


@pytest.mark.req("DR-06", "KH-6-1g")
def test_a_decision_whose_audit_fails_did_not_happen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    disclosure = scene.file()
    decision = scene.decision(disclosure)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("audit")

    monkeypatch.setattr("tenants.audit.actions.record", broken)
    scene.at_school()
    with pytest.raises(RuntimeError, match="audit"):
        actions.decide(
            actor=scene.head, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, decision=decision
        )
    db.session.rollback()

    db.session.refresh(disclosure)
    assert disclosure.state == "submitted"
    assert db.session.scalars(select(Package)).all() == []


@pytest.mark.req("KH-6-1h", "TY-5-2d")
def test_the_reply_is_no_older_than_the_letter_and_no_case_closes_without_one(scene: Scene) -> None:
    disclosure = scene.file()
    scene.at_school()
    _refuse(scene, disclosure.id, "與案情無關")
    db.session.commit()

    with pytest.raises(Invalid, match="函復") as early:
        _close(scene, disclosure.id)
    db.session.rollback()
    for days, field in ((-1, "reply_date"), (1, "reply_date")):
        with pytest.raises(Invalid) as wrong:
            _reply(scene, disclosure.id, days)
        assert wrong.value.field == field
        db.session.rollback()
    _reply(scene, disclosure.id, 0)
    closed = _close(scene, disclosure.id)

    assert early.value.code == "not_replied"
    assert closed.state == "closed"
    events = db.session.scalars(select(AuditEvent.event).order_by(AuditEvent.seq)).all()
    assert events[-2:] == ["disclosure:replied", "disclosure:closed"]


def test_a_case_cannot_be_returned_for_nothing(scene: Scene) -> None:
    disclosure = scene.file()
    scene.at_school()

    with pytest.raises(DomainError, match="勾選"):
        actions.return_for_completion(
            actor=scene.handler,
            tenant_id=scene.school.tenant_id,
            disclosure_id=disclosure.id,
            missing=frozenset(),
            note=" ",
        )


def _refuse(scene: Scene, disclosure_id: UUID, reasons: str) -> OfficialRequest:
    return actions.refuse(
        actor=scene.head,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure_id,
        reasons=reasons,
    )


def _reply(scene: Scene, disclosure_id: UUID, days: int) -> None:
    actions.record_reply(
        actor=scene.handler,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure_id,
        reply_number="晨園字第1150000001號",
        reply_date=clock.today() + timedelta(days=days),
    )


def _close(scene: Scene, disclosure_id: UUID) -> OfficialRequest:
    return actions.close(
        actor=scene.handler,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure_id,
    )
