"""The life of an emergency access as a table: which step leads where, who may take it, and which event records it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.emergency.models import EmergencyState, Ending
from tenants.errors import InvalidTransition
from tenants.permissions import Permission


class Step(StrEnum):
    """Everything that can happen to an access. What time does, the service carries out."""

    REQUEST = "request"
    APPROVE = "approve"
    REFUSE = "refuse"
    LAPSE = "lapse"
    END = "end"
    RUN_OUT = "run_out"
    REVIEW = "review"


@dataclass(frozen=True)
class Transition:
    """From which state a step is possible (None: from none), where it leads, who may (None: nobody, time does it)."""

    source: EmergencyState | None
    target: EmergencyState
    permission: Permission | None
    event: Event


_S, _P = EmergencyState, Permission
TRANSITIONS: Mapping[Step, Transition] = {
    Step.REQUEST: Transition(None, _S.REQUESTED, _P.EMERGENCY_REQUEST, Event.EMERGENCY_REQUESTED),
    Step.APPROVE: Transition(_S.REQUESTED, _S.OPEN, _P.EMERGENCY_APPROVE, Event.EMERGENCY_OPENED),
    Step.REFUSE: Transition(_S.REQUESTED, _S.REFUSED, _P.EMERGENCY_APPROVE, Event.EMERGENCY_REFUSED),
    Step.LAPSE: Transition(_S.REQUESTED, _S.LAPSED, None, Event.EMERGENCY_LAPSED),
    Step.END: Transition(_S.OPEN, _S.ENDED, _P.EMERGENCY_END, Event.EMERGENCY_ENDED),
    Step.RUN_OUT: Transition(_S.OPEN, _S.ENDED, None, Event.EMERGENCY_ENDED),
    Step.REVIEW: Transition(_S.ENDED, _S.REVIEWED, _P.EMERGENCY_REVIEW, Event.EMERGENCY_REVIEWED),
}
STATE_NAMES: Mapping[EmergencyState, str] = {
    _S.REQUESTED: "待第二人核可",
    _S.OPEN: "開放中",
    _S.REFUSED: "未核可",
    _S.LAPSED: "逾時未核可",
    _S.ENDED: "已結束，待檢討",
    _S.REVIEWED: "已檢討",
}
ENDING_NAMES: Mapping[Ending, str] = {
    Ending.TIME: "時間屆滿",
    Ending.REQUESTER: "請求人結束",
    Ending.APPROVER: "核可人結束",
    Ending.INSTITUTION: "機構結束",
}


def needed_for(step: Step) -> Permission:
    """What somebody needs for a step that people take."""
    needed = TRANSITIONS[step].permission
    assert needed is not None  # noqa: S101 - nobody takes the steps of time
    return needed


def next_state(state: EmergencyState | None, step: Step) -> EmergencyState:
    """Where a step leads. Raises `InvalidTransition` with the state's name."""
    row = TRANSITIONS[step]
    if state is not row.source:
        named = STATE_NAMES[state] if state is not None else "尚未請求"
        raise InvalidTransition(f"這件緊急存取目前為「{named}」，不能進行這個步驟。請重新整理頁面查看最新狀態。")
    return row.target
