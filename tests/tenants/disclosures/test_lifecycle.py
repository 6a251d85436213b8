"""The tables of a request's life are complete."""

import pytest

from tenants.audit.events import Event
from tenants.disclosures.lifecycle import FINAL, STATE_NAMES, Course, next_state, possible
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official.lifecycle import TRANSITIONS
from tenants.disclosures.steps import Notice, Step
from tenants.errors import InvalidTransition
from tenants.permissions import BUREAU_ROLES, GRANTS, Permission


def test_every_step_has_its_row_and_every_state_a_name() -> None:
    assert set(TRANSITIONS) == set(Step)
    assert set(STATE_NAMES) == set(DisclosureState)


def test_every_state_is_reached_and_only_final_ones_are_ends() -> None:
    reached = {transition.target for transition in TRANSITIONS.values()} - {None}

    assert reached == set(DisclosureState)
    assert {state for state in DisclosureState if not possible(Course.OFFICIAL, state)} == FINAL


def test_every_step_records_an_event_that_carries_the_serial() -> None:
    for transition in TRANSITIONS.values():
        assert isinstance(transition.event, Event)
        assert "serial" in transition.event.fields


def test_the_side_that_did_not_act_is_told_of_every_change_of_state() -> None:
    agency_side = {Permission.DISCLOSURE_FILE, Permission.DISCLOSURE_COLLECT}
    for step, transition in TRANSITIONS.items():
        if transition.target is not None:
            expected = Notice.INSTITUTION if transition.permission in agency_side else Notice.AGENCY
            assert transition.notice is expected, step


@pytest.mark.req("KH-6-1c", "KH-1-3")
def test_nobody_at_the_bureau_may_take_any_step() -> None:
    for transition in TRANSITIONS.values():
        assert not GRANTS[transition.permission] & BUREAU_ROLES


@pytest.mark.req("KH-6-1g")
@pytest.mark.parametrize("step", [Step.COLLECT, Step.ISSUE_LINK, Step.RECORD_VIEWING, Step.REPLY, Step.CLOSE])
def test_nothing_leaves_before_the_decision(step: Step) -> None:
    for state in (DisclosureState.SUBMITTED, DisclosureState.RETURNED, DisclosureState.WITHDRAWN):
        with pytest.raises(InvalidTransition, match=STATE_NAMES[state]):
            next_state(Course.OFFICIAL, state, step)
