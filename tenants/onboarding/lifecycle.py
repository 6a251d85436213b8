"""The life of a roster as a table: which step leads where, and which event records it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.errors import InvalidTransition
from tenants.onboarding.models import LineState, RosterState


class Step(StrEnum):
    """Everything that can happen to a roster; all after the confirmation is the service's."""

    CHECK = "check"
    CONFIRM = "confirm"
    CARRY_OUT = "carry_out"
    CARRY_OUT_IN_PART = "carry_out_in_part"
    GIVE_UP = "give_up"
    EXPIRE = "expire"


@dataclass(frozen=True)
class Transition:
    """From which state a step is possible (None: from none), where it leads, and its event."""

    source: RosterState | None
    target: RosterState
    event: Event


_S = RosterState
TRANSITIONS: Mapping[Step, Transition] = {
    Step.CHECK: Transition(None, _S.CHECKED, Event.ROSTER_CHECKED),
    Step.CONFIRM: Transition(_S.CHECKED, _S.CONFIRMED, Event.ROSTER_CONFIRMED),
    Step.CARRY_OUT: Transition(_S.CONFIRMED, _S.DONE, Event.ROSTER_CARRIED_OUT),
    Step.CARRY_OUT_IN_PART: Transition(_S.CONFIRMED, _S.INCOMPLETE, Event.ROSTER_CARRIED_OUT_IN_PART),
    Step.GIVE_UP: Transition(_S.CONFIRMED, _S.STALE, Event.ROSTER_GIVEN_UP),
    Step.EXPIRE: Transition(_S.CHECKED, _S.EXPIRED, Event.ROSTER_EXPIRED),
}
STATE_NAMES: Mapping[RosterState, str] = {
    _S.CHECKED: "已試算，待確認",
    _S.CONFIRMED: "辦理中",
    _S.DONE: "已完成",
    _S.INCOMPLETE: "已結束，部分未辦理",
    _S.STALE: "已結束，全部未辦理",
    _S.EXPIRED: "未確認，已失效",
}
LINE_NAMES: Mapping[LineState, str] = {
    LineState.WAITING: "辦理中",
    LineState.DONE: "已辦理",
    LineState.STOPPED: "未辦理",
}


def next_state(state: RosterState | None, step: Step) -> RosterState:
    """Where a step leads. Raises `InvalidTransition` with the state's name."""
    row = TRANSITIONS[step]
    if state is not row.source:
        named = STATE_NAMES[state] if state is not None else "尚未上傳"
        raise InvalidTransition(f"這份名冊目前為「{named}」，不能進行這個步驟。請重新上傳名冊。")
    return row.target
