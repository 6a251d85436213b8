"""The life of a case as tables, one for each course: which step leads where, who may, what records it, who is told.

A course is a door, and for insiders also whether their regulation or their school has a panel decide (KH-6-2h, TY-X-1).
"""

from collections.abc import Mapping
from enum import StrEnum

from tenants.disclosures.insider import lifecycle as insider
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.official import lifecycle as official
from tenants.disclosures.steps import Step, Table, Transition
from tenants.errors import InvalidTransition


class Course(StrEnum):
    """Which table a case follows, from its filing to its end."""

    OFFICIAL = "official"
    PANEL = "panel"
    SIGNATURES = "signatures"


COURSES: Mapping[Course, Table] = {
    Course.OFFICIAL: official.TRANSITIONS,
    Course.PANEL: insider.WITH_PANEL,
    Course.SIGNATURES: insider.BY_SIGNATURES,
}
_S = DisclosureState
STATE_NAMES: Mapping[DisclosureState, str] = {
    _S.SUBMITTED: "待審核",
    _S.RETURNED: "退請補正",
    _S.RESOLVED: "專案小組已議決",
    _S.APPROVED: "同意",
    _S.PARTIALLY_APPROVED: "部分同意",
    _S.REFUSED: "不同意",
    _S.EXPORTED: "已交付",
    _S.VIEWED: "已調閱",
    _S.CLOSED: "已結案",
    _S.WITHDRAWN: "已撤回",
}
# What somebody can do in the place of a step that has become impossible.
_INSTEAD: Mapping[tuple[Step, DisclosureState], str] = {
    (Step.WITHDRAW, _S.EXPORTED): (
        "影像已經領取或交付，案件不能撤回。不再需要影像時，請返還或銷毀，並在案件頁面回報日期與文號；其餘請洽機構結案。"
    ),
    (Step.WITHDRAW, _S.VIEWED): "影像已經調閱，申請不能撤回。不需要再看時，請通知機構結案。",
}
# A case needs somebody to act until it is here.
FINAL = frozenset({_S.CLOSED, _S.WITHDRAWN})


def course_of(disclosure: Disclosure) -> Course:
    """The course that a case took when it was filed: a later version of a text changes nothing (DR-10)."""
    if isinstance(disclosure, InsiderRequest):
        return Course.PANEL if disclosure.panel_required else Course.SIGNATURES
    return Course.OFFICIAL


def transition(course: Course, step: Step) -> Transition:
    """The row of a step. Raises `InvalidTransition` for a step that this course does not have."""
    found = COURSES[course].get(step)
    if found is None:
        raise InvalidTransition("這類案件沒有這個步驟。請重新整理頁面查看最新進度。")
    return found


def possible(course: Course, state: DisclosureState) -> frozenset[Step]:
    """The steps that a case in this state can take."""
    return frozenset(step for step, row in COURSES[course].items() if state in row.sources)


def next_state(course: Course, state: DisclosureState, step: Step) -> DisclosureState:
    """Where the step leads. Raises `InvalidTransition` with the state's name, or with what can be done instead."""
    row = transition(course, step)
    if state not in row.sources:
        generic = f"案件目前為「{STATE_NAMES[state]}」，不能進行這個步驟。請重新整理頁面查看最新進度。"
        raise InvalidTransition(_INSTEAD.get((step, state), generic))
    return row.target or state
