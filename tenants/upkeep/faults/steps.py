"""What persons do to a fault: take it up, repair it, look a second time, end it. One table says when and who."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.people import queries as people
from tenants.upkeep.faults import lifecycle, observed, settling
from tenants.upkeep.faults.kinds import FaultState, How
from tenants.upkeep.faults.lifecycle import TRANSITIONS, FaultStep
from tenants.upkeep.faults.models import Fault, FaultCamera, FaultLine
from tenants.upkeep.faults.rules import LONGEST_WORDS


def report(*, actor: Actor, tenant_id: UUID, fault_id: UUID, cause: str, words: str) -> Fault:
    """Take a fault up and have it repaired: 受理並報修. Who takes it up has it, unless somebody has it already.

    Raises `NotFound`, `InvalidTransition` and `Invalid`.
    """
    found, now = _begin(actor, tenant_id, fault_id, FaultStep.REPORT), clock.now()
    found.cause = _told(cause, "cause", optional=True)
    found.reported_at, found.reported_by = now, person(actor)
    if found.handled_by is None:
        found.handled_at, found.handled_by = now, person(actor)
    return _done(actor, found, FaultStep.REPORT, now, "；".join(filter(None, (found.cause, words.strip()))))


def assign(*, actor: Actor, tenant_id: UUID, fault_id: UUID, user_id: UUID) -> Fault:
    """Give a fault to somebody of the institution (TY-3-3b). Raises `NotFound` and `InvalidTransition`."""
    found, now = _begin(actor, tenant_id, fault_id, FaultStep.ASSIGN), clock.now()
    staff = {user.id: user.name for _, user in people.staff(tenant_id=tenant_id)}
    if user_id not in staff:
        raise NotFound
    found.handled_at, found.handled_by = now, user_id
    return _done(actor, found, FaultStep.ASSIGN, now, f"指派給{staff[user_id]}")


def begin(*, actor: Actor, tenant_id: UUID, fault_id: UUID, words: str) -> Fault:
    """Say that somebody works on it. Raises `NotFound`, `InvalidTransition` and `Invalid`."""
    found, now = _begin(actor, tenant_id, fault_id, FaultStep.BEGIN), clock.now()
    found.begun_at, found.begun_by = now, person(actor)
    return _done(actor, found, FaultStep.BEGIN, now, words)


def note(*, actor: Actor, tenant_id: UUID, fault_id: UUID, words: str) -> Fault:
    """Add a word, such as why it takes longer. Raises `NotFound`, `InvalidTransition` and `Invalid`."""
    found = _begin(actor, tenant_id, fault_id, FaultStep.NOTE)
    return _done(actor, found, FaultStep.NOTE, clock.now(), _told(words, "words"))


def repair(*, actor: Actor, tenant_id: UUID, fault_id: UUID, cause: str, manner: str) -> Fault:
    """Say that it is repaired, of what cause and how; another person looks next.

    Raises `NotFound`, `InvalidTransition` and `Invalid`.
    """
    found, now = _begin(actor, tenant_id, fault_id, FaultStep.REPAIR), clock.now()
    found.cause, found.manner = _told(cause, "cause"), _told(manner, "manner")
    found.repaired_at, found.repaired_by = now, person(actor)
    found.rechecked_at = found.rechecked_by = None
    return _done(actor, found, FaultStep.REPAIR, now, f"原因：{found.cause}；處理：{found.manner}")


def recheck(*, actor: Actor, tenant_id: UUID, fault_id: UUID, works: bool, words: str) -> Fault:
    """The second look, by somebody else than who repaired: it works, or goes back with a word why not.

    Raises `NotFound`, `InvalidTransition` (also by the same person, or while telemetry still sees it) and `Invalid`.
    """
    step = FaultStep.PASS if works else FaultStep.FAIL
    found, now = _begin(actor, tenant_id, fault_id, step), clock.now()
    if not works:
        found.repaired_at = found.repaired_by = found.rechecked_at = found.rechecked_by = None
        return _done(actor, found, step, now, _told(words, "words"))
    if found.repaired_by == person(actor):
        raise InvalidTransition("修復是由您登記的，請由另一位人員到現場或在頁面上確認後複查。")
    refusal = observed.still_wrong(tenant_id=tenant_id, fault=found, now=now, needs_word=False)
    if refusal:
        raise InvalidTransition(f"{refusal}請修復後再複查；如實際尚未修好，請選「尚未修好」。")
    found.rechecked_at, found.rechecked_by = now, person(actor)
    return _done(actor, found, step, now, words)


def close(*, actor: Actor, tenant_id: UUID, fault_id: UUID) -> Fault:
    """End a fault that was looked at twice.

    Raises `NotFound`, and `InvalidTransition` while a camera of it is not back, the last word about one is older than
    the repair, or seconds are missing without a reason (KH-5-3b).
    """
    found, now = _begin(actor, tenant_id, fault_id, FaultStep.CLOSE), clock.now()
    refusal = observed.still_wrong(tenant_id=tenant_id, fault=found, now=now, needs_word=True)
    if refusal:
        raise InvalidTransition(f"{refusal}目前不能結案。")
    owed = settling.unsettled_of(tenant_id=tenant_id, fault=found, now=now)
    if owed:
        raise InvalidTransition(f"還有 {len(owed)} 段錄影中斷沒有說明原因，請先在本頁說明後再結案。")
    return _ended(actor, found, FaultStep.CLOSE, now, "")


def cancel(*, actor: Actor, tenant_id: UUID, fault_id: UUID, reason: str) -> Fault:
    """End a fault that was none, with the reason. What telemetry still sees is opened again by its next look.

    Raises `NotFound`, `InvalidTransition` and `Invalid`.
    """
    found = _begin(actor, tenant_id, fault_id, FaultStep.CANCEL)
    found.end_reason = _told(reason, "reason")
    return _ended(actor, found, FaultStep.CANCEL, clock.now(), found.end_reason)


def _begin(actor: Actor, tenant_id: UUID, fault_id: UUID, step: FaultStep) -> Fault:
    """The fault with its row locked, if this actor may and it stands where the step can be taken."""
    actor.require(TRANSITIONS[step].permission)
    query = select(Fault).where(Fault.tenant_id == tenant_id, Fault.id == fault_id).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    lifecycle.next_state(FaultState(found.state), step)
    return found


def _told(words: str, field: str, *, optional: bool = False) -> str:
    plain = words.strip()
    if not plain and not optional:
        raise Invalid("請寫明這一項。", field=field, code="words_missing")
    if len(plain) > LONGEST_WORDS:
        raise Invalid(f"請在 {LONGEST_WORDS} 字以內。", field=field, code="too_long")
    return plain


def _ended(actor: Actor, found: Fault, step: FaultStep, now: datetime, words: str) -> Fault:
    found.ended_at, found.ended_by = now, person(actor)
    done = _done(actor, found, step, now, words)
    own = (FaultCamera.tenant_id == found.tenant_id, FaultCamera.fault_id == found.id)
    db.session.execute(update(FaultCamera).where(*own).values(ended_at=now))
    return done


def _done(actor: Actor, found: Fault, step: FaultStep, now: datetime, words: str) -> Fault:
    row = TRANSITIONS[step]
    found.state = lifecycle.next_state(FaultState(found.state), step)
    told = _told(words, "words", optional=True)
    named = {"tenant_id": found.tenant_id, "fault_id": found.id, "by": person(actor)}
    db.session.add(FaultLine(id=uuid4(), at=now, code=row.line, how=How.PERSON, words=told, **named))
    audit.record(row.event, tenant_id=found.tenant_id, actor=actor, subject_id=found.id, serial=found.serial)
    return found
