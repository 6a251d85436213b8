"""Asking for an improvement, answering it, accepting or returning it. The session is bound to the institution."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.errors import Invalid, NotFound, refusals, refuse
from tenants.improvements.lifecycle import TRANSITIONS, ItemState, ItemStep, next_state
from tenants.improvements.models import Improvement
from tenants.numbering import next_of
from tenants.people import free_text


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was found lacking in a case, by which article, and the day by which it is to be put right."""

    sample_serial: str
    disclosure_id: UUID
    case_serial: str
    check: str
    article: str
    finding: str
    due_on: date


def ask(*, actor: Actor, tenant_id: UUID, found: Asked) -> Improvement:
    """Put it to the institution. Raises `Invalid` for a day that is over."""
    actor.require(TRANSITIONS[ItemStep.ASK].permission)
    _check_due(found.due_on)
    made = Improvement(
        id=uuid4(),
        tenant_id=tenant_id,
        serial=next_of("改善", Improvement, tenant_id=tenant_id),
        asked_at=clock.now(),
        asked_by=person(actor),
        **vars(found),
    )
    db.session.add(made)
    _record(ItemStep.ASK, made, actor, sample=found.sample_serial, due_on=found.due_on.isoformat())
    return made


def answer(*, actor: Actor, tenant_id: UUID, improvement_id: UUID, words: str) -> Improvement:
    """Say what was done. Raises `Invalid` for no words, `InvalidTransition` where it is not the institution's turn."""
    found, state = _locked(ItemStep.ANSWER, actor, tenant_id, improvement_id)
    refuse(words_faults(words, field="answer", sentence="請填寫改善情形。"))
    found.state, found.answer = state, words.strip()
    found.answered_at, found.answered_by = clock.now(), person(actor)
    _record(ItemStep.ANSWER, found, actor)
    return found


def accept(*, actor: Actor, tenant_id: UUID, improvement_id: UUID) -> Improvement:
    """Take the answer as it is: nothing more is owed."""
    found, state = _locked(ItemStep.ACCEPT, actor, tenant_id, improvement_id)
    found.state = state
    found.decided_at, found.decided_by, found.decision = clock.now(), person(actor), ""
    _record(ItemStep.ACCEPT, found, actor)
    return found


def give_back(*, actor: Actor, tenant_id: UUID, improvement_id: UUID, words: str, due_on: date | None) -> Improvement:
    """Return the answer with what is still wanted and a new day. Raises `Invalid` without words or a day to come."""
    found, state = _locked(ItemStep.RETURN, actor, tenant_id, improvement_id)
    refuse(return_faults(words, due_on))
    assert due_on is not None  # noqa: S101 - `return_faults` saw to it
    found.state, found.decision, found.due_on = state, words.strip(), due_on
    found.decided_at, found.decided_by = clock.now(), person(actor)
    _record(ItemStep.RETURN, found, actor, due_on=due_on.isoformat())
    return found


def return_faults(words: str, due_on: date | None) -> list[Invalid]:
    """Everything that is wrong with a return."""
    worded = words_faults(words, field="decision", sentence="請填寫退回的理由與還要改善什麼。")
    return [*worded, *refusals(lambda: _check_due(due_on))]


def words_faults(words: str, *, field: str, sentence: str) -> list[Invalid]:
    """That nothing was written, or an identity number was."""

    def written() -> None:
        if not words.strip():
            raise Invalid(sentence, field=field)

    return refusals(written, lambda: free_text.check(words, field=field))


def _check_due(due_on: date | None) -> None:
    if due_on is None or due_on <= clock.today():
        raise Invalid("改善期限應在今天以後。", field="due_on")


def _locked(step: ItemStep, actor: Actor, tenant_id: UUID, improvement_id: UUID) -> tuple[Improvement, ItemState]:
    """The item, and where the step leads, for whoever may take it."""
    actor.require(TRANSITIONS[step].permission)
    query = select(Improvement).where(Improvement.tenant_id == tenant_id, Improvement.id == improvement_id)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    return found, next_state(found.state, step)


def _record(step: ItemStep, found: Improvement, actor: Actor, **fields: object) -> None:
    event = TRANSITIONS[step].event
    audit.record(event, tenant_id=found.tenant_id, actor=actor, subject_id=found.id, serial=found.serial, **fields)
