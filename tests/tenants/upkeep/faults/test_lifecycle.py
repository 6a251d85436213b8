"""The table of a fault's life has no holes: every state is reached, left, named, and each step asks who may."""

from collections import deque

import pytest

from tenants.errors import InvalidTransition
from tenants.permissions import GRANTS, Role
from tenants.upkeep.faults.kinds import FaultState, LineCode
from tenants.upkeep.faults.lifecycle import FINAL, STATE_NAMES, TRANSITIONS, FaultStep, next_state, possible

pytestmark = pytest.mark.req("KH-8-1d")


def _reachable() -> set[FaultState]:
    found, waiting = {FaultState.FOUND}, deque([FaultState.FOUND])
    while waiting:
        state = waiting.popleft()
        for row in TRANSITIONS.values():
            if state in row.sources and row.target is not None and row.target not in found:
                found.add(row.target)
                waiting.append(row.target)
    return found


def test_every_step_has_a_row_and_every_state_a_name_and_a_way_to_it() -> None:
    assert TRANSITIONS.keys() == set(FaultStep)
    assert STATE_NAMES.keys() == set(FaultState)
    assert _reachable() == set(FaultState)


@pytest.mark.parametrize("state", FaultState)
def test_only_what_ended_is_never_left(state: FaultState) -> None:
    assert bool(possible(state)) is (state not in FINAL)


@pytest.mark.parametrize("step", FaultStep)
def test_every_step_names_who_may_what_is_recorded_and_its_line(step: FaultStep) -> None:
    held = TRANSITIONS[step]
    assert GRANTS[held.permission]
    assert held.event.key.startswith(("fault:", "gap:"))
    assert held.line in LineCode


@pytest.mark.parametrize("step", FaultStep)
@pytest.mark.parametrize("state", FaultState)
def test_a_step_is_refused_from_every_other_state(step: FaultStep, state: FaultState) -> None:
    row = TRANSITIONS[step]
    if state in row.sources:
        assert next_state(state, step) == (row.target or state)
    else:
        with pytest.raises(InvalidTransition, match=STATE_NAMES[state]):
            next_state(state, step)


@pytest.mark.req("TY-3-3a")
def test_anybody_of_the_school_reports_and_only_the_offices_end_it() -> None:
    school = {Role.HEAD, Role.HANDLER, Role.OFFICE_HEAD, Role.GUARD, Role.STAFF, Role.PLAYBACK, Role.TECHNICIAN}
    assert GRANTS[TRANSITIONS[FaultStep.OPEN].permission] == school
    offices = {Role.HEAD, Role.HANDLER, Role.OFFICE_HEAD, Role.TECHNICIAN}
    assert GRANTS[TRANSITIONS[FaultStep.CLOSE].permission] == offices
