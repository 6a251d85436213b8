"""Audited writes of requests under the Personal Data Protection Act, from receipt to the last step (DR-28)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.disclosures import queries as disclosures
from tenants.disclosures.holding import hold_for_case
from tenants.errors import Invalid, refusals, refuse
from tenants.numbering import next_of
from tenants.registry import queries as registry
from tenants.retention.actions import release_after_appeal
from tenants.retention.rules import CameraWindow
from tenants.rights import queries, rules
from tenants.rights.lifecycle import TRANSITIONS, RightsStep
from tenants.rights.models import Right, RightsRequest, RightsState
from tenants.rights.rules import Told
from tenants.rights.steps import finish, record, start


@dataclass(frozen=True, kw_only=True)
class Received:
    """What came in. `window` is the footage that it is about, which is preserved at once (DR-01)."""

    right: Right
    received_on: date
    person_name: str
    relation: str
    subject_name: str
    contact: str
    identity_seen: str
    about: str
    window: CameraWindow | None = None
    disclosure_id: UUID | None = None


def received_faults(received: Received, *, today: date) -> Iterator[Invalid]:
    """All that `enter_request` refuses of what was typed."""
    yield from refusals(
        lambda: rules.check_received(received.received_on, today=today),
        lambda: rules.check_identity_seen(received.identity_seen),
    )
    for name, label in _STATED.items():
        if not getattr(received, name).strip():
            yield Invalid(f"請填寫{label}。", field=name)


def enter_request(*, actor: Actor, tenant_id: UUID, received: Received) -> RightsRequest:
    """Enter a request that came in, and preserve its footage in the same transaction.

    Raises `Invalid` with the form's field, and what `place_hold` raises for footage that is gone or not ours.
    """
    actor.require(TRANSITIONS[RightsStep.ENTER].permission)
    today = clock.today()
    refuse(received_faults(received, today=today))
    if received.disclosure_id is not None:
        disclosures.found(tenant_id=tenant_id, disclosure_id=received.disclosure_id)
    serial = next_of("個資", RightsRequest, tenant_id=tenant_id)
    made = RightsRequest(
        id=uuid4(),
        tenant_id=tenant_id,
        serial=serial,
        right=received.right,
        state=RightsState.RECEIVED,
        received_on=received.received_on,
        due_on=rules.due(received.right, received.received_on),
        entered_at=clock.now(),
        entered_by=person(actor),
        subject_name=received.subject_name.strip(),
        disclosure_id=received.disclosure_id,
        hold_id=_held(actor, tenant_id, serial, received),
        **_asked(tenant_id, received.window),
        **{name: getattr(received, name).strip() for name in _STATED},
    )
    db.session.add(made)
    db.session.flush()
    record(RightsStep.ENTER, made, actor=actor, right=made.right, due_on=made.due_on.isoformat())
    return made


_STATED = {
    "person_name": "請求人姓名",
    "relation": "與當事人關係",
    "contact": "聯絡方式",
    "identity_seen": "已查驗的身分證明文件",
    "about": "請求的內容",
}


def extend(*, actor: Actor, tenant_id: UUID, rights_id: UUID, reason: str) -> RightsRequest:
    """延長期限, once, with the reason that the person is told in writing (個人資料保護法第十三條)."""
    found = start(RightsStep.EXTEND, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    extended = found.extended_at is not None
    rules.check_extension(reason, extended=extended, due_on=found.due_on, today=clock.today())
    found.extended_at, found.extended_by, found.extension_reason = clock.now(), person(actor), reason.strip()
    found.due_on = rules.due(Right(found.right), found.received_on, extended=True)
    return finish(RightsStep.EXTEND, found, actor=actor, due_on=found.due_on.isoformat())


def review(
    *, actor: Actor, tenant_id: UUID, rights_id: UUID, note: str, third_parties: bool, masking: str
) -> RightsRequest:
    """法律審查: what the statute says of it, whether others are in the picture, and how they are masked."""
    found = start(RightsStep.REVIEW, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    rules.check_review(note, right=Right(found.right), third_parties=third_parties, masking=masking)
    found.reviewed_at, found.reviewed_by = clock.now(), person(actor)
    found.review_note, found.third_parties, found.masking = note.strip(), third_parties, masking.strip()
    return finish(RightsStep.REVIEW, found, actor=actor, third_parties=third_parties)


def answer(*, actor: Actor, tenant_id: UUID, rights_id: UUID, told: Told) -> RightsRequest:
    """准駁之決定 by the head. A refusal names a ground of the statute and its reasons."""
    found = start(RightsStep.ANSWER, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    rules.check_answer(told, right=Right(found.right))
    found.answered_at, found.answered_by, found.answer = clock.now(), person(actor), told.answer
    found.refusal_ground, found.reasons = told.refusal_ground, told.reasons.strip()
    return finish(RightsStep.ANSWER, found, actor=actor, answer=told.answer, refusal_ground=told.refusal_ground)


def carry_out(*, actor: Actor, tenant_id: UUID, rights_id: UUID, given_on: date, manner: str) -> RightsRequest:
    """Note on which day and how what was granted was done: shown by whom, or given on which medium with which digest.

    Raises `Invalid` with the form's field.
    """
    found = start(RightsStep.CARRY_OUT, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    rules.check_carried_out(
        right=found.right,
        has_footage=found.camera_id is not None,
        third_parties=found.third_parties,
        confirmed=found.masks_confirmed_at is not None,
        handed=queries.is_handed(tenant_id=tenant_id, rights_id=rights_id),
    )
    assert found.answered_at is not None  # noqa: S101 - nothing is carried out before
    rules.check_given_on(given_on, answered_on=clock.civil_day(found.answered_at), today=clock.today())
    if not manner.strip():
        raise Invalid("請填寫辦理的方式，例如閱覽的地點與陪同人員，或複製本的媒體序號。", field="manner")
    found.carried_out_at, found.carried_out_by, found.manner = clock.now(), person(actor), manner.strip()
    found.given_on = given_on
    return finish(RightsStep.CARRY_OUT, found, actor=actor)


def close(*, actor: Actor, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """結案. The footage stays through the appeal period."""
    found = start(RightsStep.CLOSE, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    rules.check_closable(answer=found.answer, given=found.given_on is not None)
    return _end(RightsStep.CLOSE, found, actor)


def withdraw(*, actor: Actor, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """撤回, as the person told the institution."""
    found = start(RightsStep.WITHDRAW, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    return _end(RightsStep.WITHDRAW, found, actor)


def _end(step: RightsStep, found: RightsRequest, actor: Actor) -> RightsRequest:
    release_after_appeal(actor=actor, tenant_id=found.tenant_id, hold_id=found.hold_id, serial=found.serial)
    found.ended_at, found.ended_by = clock.now(), person(actor)
    return finish(step, found, actor=actor)


def _asked(tenant_id: UUID, window: CameraWindow | None) -> dict[str, Any]:
    """The columns that name the footage; none where the request is about none."""
    if window is None:
        return {}
    cameras = {camera.id: camera for camera in registry.cameras(tenant_id=tenant_id)}
    return {
        "camera_id": window.camera_id,
        "camera_name": cameras[window.camera_id].name,
        "asked_from": window.started_at,
        "asked_until": window.ended_at,
    }


def _held(actor: Actor, tenant_id: UUID, serial: str, received: Received) -> UUID | None:
    if received.window is None:
        return None
    necessity = f"{rules.RIGHTS_ARTICLE}：{rules.RIGHT_NAMES[received.right]}"
    return hold_for_case(
        actor=actor, tenant_id=tenant_id, serial=serial, necessity=necessity, windows=[received.window]
    ).id
