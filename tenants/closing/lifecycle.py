"""The life of a closing as a table: which step leads where, who may take it, and which event records it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.closing.models import ClosingKind, ClosingState
from tenants.errors import InvalidTransition
from tenants.permissions import Permission


class Step(StrEnum):
    """Everything that can be done about a closing."""

    SCHEDULE = "schedule"
    WITHDRAW = "withdraw"
    CARRY_OUT = "carry_out"


@dataclass(frozen=True)
class Transition:
    """From which state a step is possible (None: from none), where it leads, and what goes with it."""

    source: ClosingState | None
    target: ClosingState
    permission: Permission
    event: Event


_S = ClosingState
TRANSITIONS: Mapping[Step, Transition] = {
    Step.SCHEDULE: Transition(None, _S.SCHEDULED, Permission.TENANT_MANAGE, Event.TENANT_CLOSING_SCHEDULED),
    Step.WITHDRAW: Transition(_S.SCHEDULED, _S.WITHDRAWN, Permission.TENANT_MANAGE, Event.TENANT_CLOSING_WITHDRAWN),
    Step.CARRY_OUT: Transition(_S.SCHEDULED, _S.CARRIED_OUT, Permission.TENANT_MANAGE, Event.TENANT_CLOSED),
}
KIND_NAMES: Mapping[ClosingKind, str] = {
    ClosingKind.CLOSED: "停辦",
    ClosingKind.ABOLISHED: "裁撤",
    ClosingKind.MERGED: "併校（園）",
}
STATE_NAMES: Mapping[ClosingState, str] = {
    _S.SCHEDULED: "已排定",
    _S.CARRIED_OUT: "已停辦",
    _S.WITHDRAWN: "已撤回",
}


def next_state(state: ClosingState | None, step: Step) -> ClosingState:
    """Where a step leads. Raises `InvalidTransition` with the state's name."""
    transition = TRANSITIONS[step]
    if state is not transition.source:
        named = STATE_NAMES[state] if state is not None else "尚未登記"
        raise InvalidTransition(f"停辦登記目前為「{named}」，不能進行這個步驟。請重新整理頁面查看最新狀態。")
    return transition.target
