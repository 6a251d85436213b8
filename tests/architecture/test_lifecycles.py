"""A request's life is a table without holes: every state is reached, left, named, recorded and told."""

from collections import deque
from enum import StrEnum

import pytest
from sqlalchemy import CheckConstraint

from infra.db import Base
from tenants.audit.events import Event
from tenants.closing.models import Closing, ClosingState
from tenants.compliance.sampling.lifecycle import CaseState
from tenants.compliance.sampling.models import SampledCase
from tenants.disclosures import notices
from tenants.disclosures.lifecycle import COURSES, FINAL, STATE_NAMES, Course
from tenants.disclosures.models import Disclosure, DisclosureState, Door
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.steps import Notice, Step, Transition
from tenants.disclosures.viewing.models import ViewingSession, ViewingState
from tenants.emergency.models import EmergencyAccess, EmergencyState
from tenants.footage.models import QuarantinedObject, Segment, SegmentState, StrayState
from tenants.improvements.lifecycle import ItemState
from tenants.improvements.models import Improvement
from tenants.misuse.models import MisuseCase, MisuseState
from tenants.onboarding.models import Roster, RosterState
from tenants.retention.models import Destruction, DestructionState
from tenants.rights.models import RightsRequest, RightsState
from tenants.upkeep.faults.kinds import FaultState
from tenants.upkeep.faults.models import Fault
from tests.lifecycle_diagrams import DRAWN_TO, drawn

STATES: list[tuple[type[Base], type[StrEnum]]] = [
    (Disclosure, DisclosureState),
    (Package, PackageState),
    (Segment, SegmentState),
    (QuarantinedObject, StrayState),
    (Destruction, DestructionState),
    (Closing, ClosingState),
    (RightsRequest, RightsState),
    (MisuseCase, MisuseState),
    (ViewingSession, ViewingState),
    (Fault, FaultState),
    (EmergencyAccess, EmergencyState),
    (Roster, RosterState),
    (SampledCase, CaseState),
    (Improvement, ItemState),
]
# States of smaller machines, by the event that says they began. One machine by itself: states of two may be one word.
BEGINS: dict[type[StrEnum], dict[StrEnum, Event]] = {
    CaseState: {
        CaseState.DRAWN: Event.SAMPLE_DRAWN,
        CaseState.OPENED: Event.SAMPLE_CASE_OPENED,
        CaseState.JUDGED: Event.SAMPLE_CASE_JUDGED,
    },
    ClosingState: {
        ClosingState.CARRIED_OUT: Event.TENANT_CLOSED,
        ClosingState.SCHEDULED: Event.TENANT_CLOSING_SCHEDULED,
        ClosingState.WITHDRAWN: Event.TENANT_CLOSING_WITHDRAWN,
    },
    DestructionState: {
        DestructionState.BEGUN: Event.DESTRUCTION_BEGUN,
        DestructionState.CERTIFIED: Event.DESTRUCTION_CERTIFIED,
    },
    EmergencyState: {
        EmergencyState.REQUESTED: Event.EMERGENCY_REQUESTED,
        EmergencyState.OPEN: Event.EMERGENCY_OPENED,
        EmergencyState.REFUSED: Event.EMERGENCY_REFUSED,
        EmergencyState.LAPSED: Event.EMERGENCY_LAPSED,
        EmergencyState.ENDED: Event.EMERGENCY_ENDED,
        EmergencyState.REVIEWED: Event.EMERGENCY_REVIEWED,
    },
    FaultState: {
        FaultState.FOUND: Event.FAULT_OPENED,
        FaultState.REPORTED: Event.FAULT_REPORTED,
        FaultState.IN_WORK: Event.FAULT_BEGUN,
        FaultState.REPAIRED: Event.FAULT_REPAIRED,
        FaultState.RECHECKED: Event.FAULT_RECHECKED,
        FaultState.CLOSED: Event.FAULT_CLOSED,
        FaultState.CANCELLED: Event.FAULT_CANCELLED,
    },
    ItemState: {
        ItemState.ASKED: Event.IMPROVEMENT_ASKED,
        ItemState.ANSWERED: Event.IMPROVEMENT_ANSWERED,
        ItemState.RETURNED: Event.IMPROVEMENT_RETURNED,
        ItemState.ACCEPTED: Event.IMPROVEMENT_ACCEPTED,
    },
    MisuseState: {
        MisuseState.OPEN: Event.MISUSE_REPORTED,
        MisuseState.CLOSED: Event.MISUSE_CLOSED,
    },
    PackageState: {
        PackageState.PENDING: Event.DISCLOSURE_DECIDED,
        PackageState.READY: Event.PACKAGE_BUILT,
        PackageState.LACKING: Event.PACKAGE_BUILT,
    },
    RightsState: {
        RightsState.RECEIVED: Event.RIGHTS_ENTERED,
        RightsState.REVIEWED: Event.RIGHTS_REVIEWED,
        RightsState.ANSWERED: Event.RIGHTS_ANSWERED,
        RightsState.CLOSED: Event.RIGHTS_CLOSED,
        RightsState.WITHDRAWN: Event.RIGHTS_WITHDRAWN,
    },
    RosterState: {
        RosterState.CHECKED: Event.ROSTER_CHECKED,
        RosterState.CONFIRMED: Event.ROSTER_CONFIRMED,
        RosterState.DONE: Event.ROSTER_CARRIED_OUT,
        RosterState.INCOMPLETE: Event.ROSTER_CARRIED_OUT_IN_PART,
        RosterState.STALE: Event.ROSTER_GIVEN_UP,
        RosterState.EXPIRED: Event.ROSTER_EXPIRED,
    },
    SegmentState: {
        SegmentState.CONFIRMED: Event.FOOTAGE_CONFIRMED,
        SegmentState.STORED: Event.FOOTAGE_STORED,
        SegmentState.MISMATCHED: Event.FOOTAGE_MISMATCHED,
        SegmentState.MISSING: Event.FOOTAGE_MISSING,
    },
    StrayState: {
        StrayState.APPROVED: Event.STRAY_APPROVED,
        StrayState.CLAIMED: Event.STRAYS_SETTLED,
        StrayState.DESTROYED: Event.STRAY_DESTROYED,
        StrayState.GONE: Event.STRAYS_SETTLED,
        StrayState.PROPOSED: Event.STRAY_PROPOSED,
        StrayState.QUARANTINED: Event.STRAYS_QUARANTINED,
    },
    ViewingState: {
        ViewingState.RUNNING: Event.VIEWING_BEGUN,
        ViewingState.PAUSED: Event.VIEWING_PAUSED,
        ViewingState.ENDED: Event.VIEWING_ENDED,
    },
}


ROWS = [(course, step, row) for course, table in COURSES.items() for step, row in table.items()]
DOORS = {course: Door.OFFICIAL if course is Course.OFFICIAL else Door.INSIDER for course in Course}


def test_every_course_has_a_table_and_every_step_a_row_in_one() -> None:
    assert COURSES.keys() == set(Course)
    assert {step for _, step, _ in ROWS} == set(Step), "add the step to the table of its door"


@pytest.mark.parametrize("course", Course)
def test_every_state_of_a_course_is_named_and_left(course: Course) -> None:
    for state in _reachable(course):
        assert STATE_NAMES[state], f"{state} needs a name that people read"
        rows = COURSES[course].values()
        leads_on = {row.target for row in rows if state in row.sources and row.target not in {None, state}}
        assert bool(leads_on) is (state not in FINAL), f"{state} is a dead end, or is final and can still be left"


def test_every_state_is_reached_on_some_course() -> None:
    assert {state for course in Course for state in _reachable(course)} == set(DisclosureState)


@pytest.mark.parametrize("course", Course)
def test_a_step_begins_only_where_its_course_can_be(course: Course) -> None:
    reachable = _reachable(course)
    assert [step for step, row in COURSES[course].items() if not row.sources <= reachable] == []


@pytest.mark.parametrize(
    ("course", "step", "row"), ROWS, ids=lambda value: str(value) if isinstance(value, str) else ""
)
def test_every_step_names_who_may_what_is_recorded_and_who_is_told(course: Course, step: Step, row: Transition) -> None:
    assert row.event.key.startswith(("disclosure:", "application:", "panel:", "viewing:")), (course, step)
    # Who plays footage at a viewing is who may operate the player (KH-4-2).
    assert row.permission.key.startswith(("disclosure:", "application:", "panel:", "footage:watch"))
    assert row.notice in Notice


def test_the_drawing_is_of_the_tables() -> None:
    assert DRAWN_TO.read_text(encoding="utf-8") == drawn(), "draw it again: make lifecycles"


@pytest.mark.parametrize("door", Door)
def test_every_step_that_is_told_has_words_and_no_other(door: Door) -> None:
    told = {step for course, step, row in ROWS if DOORS[course] is door and row.notice is not Notice.NOBODY}
    assert notices.WORDS[door].keys() == told, "write what the other side is told in tenants/disclosures/notices.py"


def test_a_final_state_is_told_to_somebody() -> None:
    ends = [row for _, _, row in ROWS if row.target in FINAL]
    assert ends
    assert not [row for row in ends if row.notice is Notice.NOBODY]


@pytest.mark.parametrize(("model", "states"), STATES, ids=lambda value: str(getattr(value, "__name__", value)))
def test_the_database_accepts_exactly_the_states_there_are(model: type[Base], states: type[StrEnum]) -> None:
    checks = [str(c.sqltext) for c in model.__table__.constraints if isinstance(c, CheckConstraint)]  # type: ignore[attr-defined]
    wanted = f"state in ({', '.join(repr(state.value) for state in states)})"
    assert wanted in checks, f"CheckConstraint({wanted!r}, name='state') on {model.__tablename__}"


@pytest.mark.parametrize("states", [states for _, states in STATES[1:]], ids=lambda states: str(states.__name__))
def test_every_state_of_the_smaller_machines_begins_with_an_event(states: type[StrEnum]) -> None:
    assert BEGINS[states].keys() == set(states)


def _reachable(course: Course) -> set[DisclosureState]:
    """The states that a walk from filing finds."""
    start = COURSES[course][Step.FILE].target
    assert start is not None
    found, waiting = {start}, deque([start])
    while waiting:
        state = waiting.popleft()
        for row in COURSES[course].values():
            if state in row.sources and row.target and row.target not in found:
                found.add(row.target)
                waiting.append(row.target)
    return found


def test_the_guard_sees_a_state_that_nothing_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {step: row for step, row in COURSES[Course.OFFICIAL].items() if step is not Step.WITHDRAW}
    monkeypatch.setattr("tests.architecture.test_lifecycles.COURSES", {**COURSES, Course.OFFICIAL: kept})
    assert DisclosureState.WITHDRAWN not in _reachable(Course.OFFICIAL)
