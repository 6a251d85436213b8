"""What the tables of a case's life grant, and what they never do."""

import pytest

from tenants.audit.events import Event
from tenants.disclosures.lifecycle import COURSES, STATE_NAMES, Course, next_state
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.steps import Notice, Step, Transition
from tenants.errors import InvalidTransition
from tenants.permissions import BUREAU_ROLES, GRANTS, Permission

ROWS = [(course, step, row) for course, table in COURSES.items() for step, row in table.items()]
ASKING = {Permission.DISCLOSURE_FILE, Permission.DISCLOSURE_COLLECT, Permission.APPLICATION_FILE}
OTHER_SIDE = {Course.OFFICIAL: Notice.AGENCY, Course.PANEL: Notice.APPLICANT, Course.SIGNATURES: Notice.APPLICANT}


def test_every_step_records_an_event_that_carries_the_serial() -> None:
    for _course, _step, row in ROWS:
        assert isinstance(row.event, Event)
        assert "serial" in row.event.fields


@pytest.mark.parametrize(("course", "step", "row"), ROWS, ids=[f"{course}-{step}" for course, step, _ in ROWS])
def test_who_asked_is_told_of_every_change_that_is_not_their_own(course: Course, step: Step, row: Transition) -> None:
    # Who watched was there; what the panel resolved is told as the decision that follows from it.
    if row.target is None or step in {Step.RECORD_VIEWING, Step.RESOLVE}:
        return
    assert row.notice is (Notice.INSTITUTION if row.permission in ASKING else OTHER_SIDE[course])


@pytest.mark.req("KH-6-1c", "KH-1-3")
def test_nobody_at_the_bureau_may_take_any_step() -> None:
    for _course, _step, row in ROWS:
        assert not GRANTS[row.permission] & BUREAU_ROLES


@pytest.mark.req("KH-6-1g")
@pytest.mark.parametrize(
    "step",
    [
        Step.COLLECT,
        Step.ISSUE_LINK,
        Step.RECORD_VIEWING,
        Step.PREPARE_MEDIUM,
        Step.TAKE_OUT,
        Step.HAND_OVER,
        Step.REPLY,
        Step.CLOSE,
    ],
)
def test_nothing_leaves_before_the_decision(step: Step) -> None:
    for state in (DisclosureState.SUBMITTED, DisclosureState.RETURNED, DisclosureState.WITHDRAWN):
        with pytest.raises(InvalidTransition, match=STATE_NAMES[state]):
            next_state(Course.OFFICIAL, state, step)


@pytest.mark.req("KH-6-2h", "KH-6-2j", "TY-5-1f")
@pytest.mark.parametrize("course", [Course.PANEL, Course.SIGNATURES])
def test_an_insider_has_no_step_that_lets_a_copy_leave(course: Course) -> None:
    assert not {Step.ISSUE_LINK, Step.COLLECT, Step.REOPEN, Step.TAKE_OUT, Step.HAND_OVER} & COURSES[course].keys()
    for state in (DisclosureState.SUBMITTED, DisclosureState.RESOLVED, DisclosureState.REFUSED):
        with pytest.raises(InvalidTransition, match=STATE_NAMES[state]):
            next_state(course, state, Step.RECORD_VIEWING)


@pytest.mark.req("KH-6-2h", "TY-X-1")
def test_the_panel_resolves_before_the_head_decides_and_only_where_there_is_one() -> None:
    with pytest.raises(InvalidTransition):
        next_state(Course.PANEL, DisclosureState.SUBMITTED, Step.APPROVE)
    assert next_state(Course.PANEL, DisclosureState.RESOLVED, Step.APPROVE) is DisclosureState.APPROVED
    assert next_state(Course.SIGNATURES, DisclosureState.SUBMITTED, Step.APPROVE) is DisclosureState.APPROVED
    with pytest.raises(InvalidTransition, match="沒有這個步驟"):
        next_state(Course.SIGNATURES, DisclosureState.SUBMITTED, Step.RESOLVE)
