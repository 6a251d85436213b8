"""The life of a request as a table: which step leads where, who may, and what records it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.errors import InvalidTransition
from tenants.permissions import Permission
from tenants.rights.models import RightsState


class RightsStep(StrEnum):
    """Everything that can be done to a request."""

    ENTER = "enter"
    EXTEND = "extend"
    ASK_LOOK = "ask_look"
    ALLOW_LOOK = "allow_look"
    BEGIN_LOOK = "begin_look"
    STOP_LOOK = "stop_look"
    REVIEW = "review"
    ANSWER = "answer"
    MASK = "mask"
    CONFIRM_MASKS = "confirm_masks"
    WATCH = "watch"
    PREPARE_COPY = "prepare_copy"
    TAKE_COPY = "take_copy"
    NOTE_COPY = "note_copy"
    READ_BACK = "read_back"
    CARRY_OUT = "carry_out"
    CLOSE = "close"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class RightsTransition:
    """From which states a step is possible, where it leads (None: stays), who may, and its event."""

    sources: frozenset[RightsState]
    target: RightsState | None
    permission: Permission
    event: Event


_S = RightsState
_HANDLE, _ANSWER = Permission.RIGHTS_HANDLE, Permission.RIGHTS_ANSWER
_WATCH = Permission.FOOTAGE_WATCH
_UNANSWERED, _ANSWERED = frozenset({_S.RECEIVED, _S.REVIEWED}), frozenset({_S.ANSWERED})
TRANSITIONS: Mapping[RightsStep, RightsTransition] = {
    RightsStep.ENTER: RightsTransition(frozenset(), _S.RECEIVED, _HANDLE, Event.RIGHTS_ENTERED),
    RightsStep.EXTEND: RightsTransition(_UNANSWERED, None, _HANDLE, Event.RIGHTS_EXTENDED),
    RightsStep.ASK_LOOK: RightsTransition(_UNANSWERED, None, _WATCH, Event.RIGHTS_LOOK_ASKED),
    RightsStep.ALLOW_LOOK: RightsTransition(_UNANSWERED, None, _ANSWER, Event.RIGHTS_LOOK_ALLOWED),
    RightsStep.BEGIN_LOOK: RightsTransition(_UNANSWERED | _ANSWERED, None, _WATCH, Event.RIGHTS_LOOK_BEGUN),
    RightsStep.STOP_LOOK: RightsTransition(_UNANSWERED | _ANSWERED, None, _WATCH, Event.RIGHTS_LOOK_STOPPED),
    RightsStep.REVIEW: RightsTransition(_UNANSWERED, _S.REVIEWED, _HANDLE, Event.RIGHTS_REVIEWED),
    RightsStep.ANSWER: RightsTransition(frozenset({_S.REVIEWED}), _S.ANSWERED, _ANSWER, Event.RIGHTS_ANSWERED),
    RightsStep.MASK: RightsTransition(_ANSWERED, None, _WATCH, Event.RIGHTS_MASKED),
    RightsStep.CONFIRM_MASKS: RightsTransition(_ANSWERED, None, _WATCH, Event.RIGHTS_MASKS_CONFIRMED),
    # `looking` asks who is there, and before the decision, for the legal review, also who allowed it.
    RightsStep.WATCH: RightsTransition(_UNANSWERED | _ANSWERED, None, _WATCH, Event.RIGHTS_WATCHED),
    RightsStep.PREPARE_COPY: RightsTransition(_ANSWERED, None, _WATCH, Event.RIGHTS_COPY_PREPARED),
    RightsStep.TAKE_COPY: RightsTransition(_ANSWERED, None, _WATCH, Event.RIGHTS_COPY_TAKEN),
    # Also after the case was closed while it was on its way: what left is noted in any case.
    RightsStep.NOTE_COPY: RightsTransition(_ANSWERED | {_S.CLOSED}, None, _WATCH, Event.RIGHTS_COPY_SENT),
    RightsStep.READ_BACK: RightsTransition(_ANSWERED, None, _WATCH, Event.RIGHTS_COPY_READ_BACK),
    RightsStep.CARRY_OUT: RightsTransition(_ANSWERED, None, _HANDLE, Event.RIGHTS_CARRIED_OUT),
    RightsStep.CLOSE: RightsTransition(_ANSWERED, _S.CLOSED, _HANDLE, Event.RIGHTS_CLOSED),
    RightsStep.WITHDRAW: RightsTransition(_UNANSWERED, _S.WITHDRAWN, _HANDLE, Event.RIGHTS_WITHDRAWN),
}
STATE_NAMES: Mapping[RightsState, str] = {
    _S.RECEIVED: "待法律審查",
    _S.REVIEWED: "待首長決定",
    _S.ANSWERED: "已決定，待辦理",
    _S.CLOSED: "已結案",
    _S.WITHDRAWN: "已撤回",
}
FINAL = frozenset({_S.CLOSED, _S.WITHDRAWN})


def possible(state: RightsState) -> frozenset[RightsStep]:
    """The steps that a request in this state can take."""
    return frozenset(step for step, row in TRANSITIONS.items() if state in row.sources)


def next_state(state: RightsState, step: RightsStep) -> RightsState:
    """Where the step leads. Raises `InvalidTransition` with the state's name."""
    row = TRANSITIONS[step]
    if state not in row.sources:
        raise InvalidTransition(f"案件目前為「{STATE_NAMES[state]}」，不能進行這個步驟。請重新整理頁面查看最新進度。")
    return row.target or state
