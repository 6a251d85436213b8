"""The life of a request as tables: which step leads where, who may take it, which event records it, who is told.

The rules that look at a case's content are in `rules`; here is only what depends on its state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.disclosures.models import DisclosureState
from tenants.errors import InvalidTransition
from tenants.permissions import Permission


class Step(StrEnum):
    """Everything that can be done to a request."""

    FILE = "file"
    RETURN = "return"
    COMPLETE = "complete"
    APPROVE = "approve"
    APPROVE_PART = "approve_part"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REPLY = "reply"
    ISSUE_LINK = "issue_link"
    COLLECT = "collect"
    ASK_REOPENING = "ask_reopening"
    REOPEN = "reopen"
    RECORD_VIEWING = "record_viewing"
    CLOSE = "close"


class Notice(StrEnum):
    """Who is told of a step. `NOBODY` is a decision too, and said so."""

    INSTITUTION = "institution"
    AGENCY = "agency"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Transition:
    """From which states a step is possible, where it leads (None: stays), and what goes with it."""

    sources: frozenset[DisclosureState]
    target: DisclosureState | None
    permission: Permission
    event: Event
    notice: Notice


_S = DisclosureState
_OPEN = frozenset({_S.SUBMITTED})
_BEFORE_DECISION = frozenset({_S.SUBMITTED, _S.RETURNED})
_GRANTED = frozenset({_S.APPROVED, _S.PARTIALLY_APPROVED})
_COLLECTED = frozenset({_S.EXPORTED})
_GIVEN = _GRANTED | {_S.EXPORTED}
_DECIDED = _GRANTED | {_S.REFUSED, _S.EXPORTED}
_DECIDE, _REPLY = Permission.DISCLOSURE_DECIDE, Permission.DISCLOSURE_REPLY
_FILE, _COLLECT = Permission.DISCLOSURE_FILE, Permission.DISCLOSURE_COLLECT
_SCHOOL, _AGENCY, _NOBODY = Notice.INSTITUTION, Notice.AGENCY, Notice.NOBODY

TRANSITIONS: Mapping[Step, Transition] = {
    Step.FILE: Transition(frozenset(), _S.SUBMITTED, _FILE, Event.DISCLOSURE_FILED, _SCHOOL),
    Step.RETURN: Transition(_OPEN, _S.RETURNED, _REPLY, Event.DISCLOSURE_RETURNED, _AGENCY),
    Step.COMPLETE: Transition(frozenset({_S.RETURNED}), _S.SUBMITTED, _FILE, Event.DISCLOSURE_COMPLETED, _SCHOOL),
    Step.APPROVE: Transition(_OPEN, _S.APPROVED, _DECIDE, Event.DISCLOSURE_DECIDED, _AGENCY),
    Step.APPROVE_PART: Transition(_OPEN, _S.PARTIALLY_APPROVED, _DECIDE, Event.DISCLOSURE_DECIDED, _AGENCY),
    Step.REFUSE: Transition(_BEFORE_DECISION, _S.REFUSED, _DECIDE, Event.DISCLOSURE_DECIDED, _AGENCY),
    Step.WITHDRAW: Transition(_BEFORE_DECISION, _S.WITHDRAWN, _FILE, Event.DISCLOSURE_WITHDRAWN, _SCHOOL),
    Step.REPLY: Transition(_DECIDED, None, _REPLY, Event.DISCLOSURE_REPLIED, _AGENCY),
    Step.ISSUE_LINK: Transition(_GIVEN, None, _COLLECT, Event.DISCLOSURE_LINK_ISSUED, _NOBODY),
    Step.COLLECT: Transition(_GIVEN, _S.EXPORTED, _COLLECT, Event.DISCLOSURE_COLLECTED, _SCHOOL),
    Step.ASK_REOPENING: Transition(_COLLECTED, None, _COLLECT, Event.DISCLOSURE_REOPENING_ASKED, _SCHOOL),
    Step.REOPEN: Transition(_COLLECTED, None, _REPLY, Event.DISCLOSURE_REOPENED, _AGENCY),
    Step.RECORD_VIEWING: Transition(_GIVEN, None, Permission.FOOTAGE_WATCH, Event.DISCLOSURE_VIEWED, _NOBODY),
    Step.CLOSE: Transition(_DECIDED, _S.CLOSED, _REPLY, Event.DISCLOSURE_CLOSED, _AGENCY),
}

STATE_NAMES: Mapping[DisclosureState, str] = {
    _S.SUBMITTED: "待審核",
    _S.RETURNED: "退請補正",
    _S.APPROVED: "同意",
    _S.PARTIALLY_APPROVED: "部分同意",
    _S.REFUSED: "不同意",
    _S.EXPORTED: "已交付",
    _S.CLOSED: "已結案",
    _S.WITHDRAWN: "已撤回",
}
# A request needs somebody to act until it is here.
FINAL = frozenset({_S.CLOSED, _S.WITHDRAWN})


def possible(state: DisclosureState) -> frozenset[Step]:
    """The steps that a case in this state can take."""
    return frozenset(step for step, transition in TRANSITIONS.items() if state in transition.sources)


def next_state(state: DisclosureState, step: Step) -> DisclosureState:
    """Where the step leads. Raises `InvalidTransition` with the state's name."""
    transition = TRANSITIONS[step]
    if state not in transition.sources:
        raise InvalidTransition(f"案件目前為「{STATE_NAMES[state]}」，不能進行這個步驟。請重新整理頁面查看最新進度。")
    return transition.target or state
