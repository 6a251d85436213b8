"""A request's life is a table without holes: every state is reached, left, named, recorded and told."""

from collections import deque
from enum import StrEnum

import pytest
from sqlalchemy import CheckConstraint

from infra.db import Base
from tenants.audit.events import Event
from tenants.closing.models import Closing, ClosingState
from tenants.disclosures import lifecycle, notices
from tenants.disclosures.lifecycle import FINAL, STATE_NAMES, TRANSITIONS, Step
from tenants.disclosures.models import Disclosure, DisclosureState, Package, PackageState
from tenants.footage.models import QuarantinedObject, Segment, SegmentState, StrayState
from tenants.retention.models import Destruction, DestructionState

STATES: list[tuple[type[Base], type[StrEnum]]] = [
    (Disclosure, DisclosureState),
    (Package, PackageState),
    (Segment, SegmentState),
    (QuarantinedObject, StrayState),
    (Destruction, DestructionState),
    (Closing, ClosingState),
]
# States of smaller machines, by the event that says they began.
BEGINS = {
    PackageState.PENDING: Event.DISCLOSURE_DECIDED,
    PackageState.READY: Event.PACKAGE_BUILT,
    PackageState.LACKING: Event.PACKAGE_BUILT,
    ClosingState.CARRIED_OUT: Event.TENANT_CLOSED,
    ClosingState.SCHEDULED: Event.TENANT_CLOSING_SCHEDULED,
    ClosingState.WITHDRAWN: Event.TENANT_CLOSING_WITHDRAWN,
    SegmentState.CONFIRMED: Event.FOOTAGE_CONFIRMED,
    SegmentState.STORED: Event.FOOTAGE_STORED,
    SegmentState.MISMATCHED: Event.FOOTAGE_MISMATCHED,
    SegmentState.MISSING: Event.FOOTAGE_MISSING,
    StrayState.APPROVED: Event.STRAY_APPROVED,
    StrayState.CLAIMED: Event.STRAYS_SETTLED,
    StrayState.DESTROYED: Event.STRAY_DESTROYED,
    StrayState.GONE: Event.STRAYS_SETTLED,
    StrayState.PROPOSED: Event.STRAY_PROPOSED,
    StrayState.QUARANTINED: Event.STRAYS_QUARANTINED,
    DestructionState.BEGUN: Event.DESTRUCTION_BEGUN,
    DestructionState.CERTIFIED: Event.DESTRUCTION_CERTIFIED,
}


def test_every_step_has_one_transition() -> None:
    assert TRANSITIONS.keys() == set(Step), "add the step to tenants.disclosures.lifecycle.TRANSITIONS"


@pytest.mark.parametrize("state", DisclosureState)
def test_every_state_is_reached_named_and_left(state: DisclosureState) -> None:
    assert state in _reachable(), f"no step leads to {state}"
    assert STATE_NAMES[state], f"{state} needs a name that people read"
    leads_on = {t.target for t in TRANSITIONS.values() if state in t.sources and t.target not in {None, state}}
    assert bool(leads_on) is (state not in FINAL), f"{state} is a dead end, or is final and can still be left"


@pytest.mark.parametrize("step", Step)
def test_every_step_names_who_may_what_is_recorded_and_who_is_told(step: Step) -> None:
    transition = TRANSITIONS[step]
    assert transition.event.key.startswith("disclosure:")
    # Who plays footage at a viewing is who may operate the player (KH-4-2).
    assert transition.permission.key.startswith(("disclosure:", "footage:watch"))
    assert transition.notice in lifecycle.Notice


def test_every_step_that_is_told_has_words_and_no_other() -> None:
    told = {step for step, transition in TRANSITIONS.items() if transition.notice is not lifecycle.Notice.NOBODY}
    assert notices.WORDS.keys() == told, "write what the other side is told in tenants/disclosures/notices.py"


def test_a_final_state_is_told_to_somebody() -> None:
    ends = [transition for transition in TRANSITIONS.values() if transition.target in FINAL]
    assert ends
    assert not [transition for transition in ends if transition.notice is lifecycle.Notice.NOBODY]


@pytest.mark.parametrize(("model", "states"), STATES, ids=lambda value: str(getattr(value, "__name__", value)))
def test_the_database_accepts_exactly_the_states_there_are(model: type[Base], states: type[StrEnum]) -> None:
    checks = [str(c.sqltext) for c in model.__table__.constraints if isinstance(c, CheckConstraint)]  # type: ignore[attr-defined]
    wanted = f"state in ({', '.join(repr(state.value) for state in states)})"
    assert wanted in checks, f"CheckConstraint({wanted!r}, name='state') on {model.__tablename__}"


@pytest.mark.parametrize("states", [states for _, states in STATES[1:]], ids=lambda states: str(states.__name__))
def test_every_state_of_the_smaller_machines_begins_with_an_event(states: type[StrEnum]) -> None:
    assert {state for state in BEGINS if isinstance(state, states)} == set(states)


def _reachable() -> set[DisclosureState]:
    """The states that a walk from filing finds."""
    start = TRANSITIONS[Step.FILE].target
    assert start is not None
    found, waiting = {start}, deque([start])
    while waiting:
        state = waiting.popleft()
        for transition in TRANSITIONS.values():
            if state in transition.sources and transition.target and transition.target not in found:
                found.add(transition.target)
                waiting.append(transition.target)
    return found


def test_the_guard_sees_a_state_that_nothing_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {step: t for step, t in TRANSITIONS.items() if step is not Step.WITHDRAW}
    monkeypatch.setattr("tests.architecture.test_lifecycles.TRANSITIONS", kept)
    assert DisclosureState.WITHDRAWN not in _reachable()
    with pytest.raises(AssertionError, match="add the step"):
        test_every_step_has_one_transition()
