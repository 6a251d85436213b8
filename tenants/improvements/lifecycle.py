"""The life of an improvement item as a table: asked for, answered, then accepted or returned for another answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.errors import InvalidTransition
from tenants.permissions import Permission


class ItemState(StrEnum):
    """Whose turn it is: the institution's, the auditor's, or nobody's any more."""

    ASKED = "asked"
    ANSWERED = "answered"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class ItemStep(StrEnum):
    """Everything that somebody can do with one."""

    ASK = "ask"
    ANSWER = "answer"
    RETURN = "return"
    ACCEPT = "accept"


@dataclass(frozen=True)
class ItemTransition:
    """From which states a step is possible, where it leads, who may, and its event."""

    sources: frozenset[ItemState]
    target: ItemState
    permission: Permission
    event: Event


_S = ItemState
# The institution's turn, in which the day it is due runs.
OWED = frozenset({_S.ASKED, _S.RETURNED})
FINAL = frozenset({_S.ACCEPTED})
TRANSITIONS: Mapping[ItemStep, ItemTransition] = {
    ItemStep.ASK: ItemTransition(frozenset(), _S.ASKED, Permission.SAMPLE_DRAW, Event.IMPROVEMENT_ASKED),
    ItemStep.ANSWER: ItemTransition(OWED, _S.ANSWERED, Permission.IMPROVEMENT_ANSWER, Event.IMPROVEMENT_ANSWERED),
    ItemStep.RETURN: ItemTransition(
        frozenset({_S.ANSWERED}), _S.RETURNED, Permission.SAMPLE_DRAW, Event.IMPROVEMENT_RETURNED
    ),
    ItemStep.ACCEPT: ItemTransition(
        frozenset({_S.ANSWERED}), _S.ACCEPTED, Permission.SAMPLE_DRAW, Event.IMPROVEMENT_ACCEPTED
    ),
}
STATE_NAMES: Mapping[ItemState, str] = {
    _S.ASKED: "待改善",
    _S.ANSWERED: "已回復，待審視",
    _S.RETURNED: "退回，待再改善",
    _S.ACCEPTED: "已解除列管",
}


def next_state(state: str, step: ItemStep) -> ItemState:
    """Where the step leads. Raises `InvalidTransition` with the state's name."""
    row = TRANSITIONS[step]
    if state not in row.sources:
        raise InvalidTransition(
            f"這件改善事項目前為「{STATE_NAMES[ItemState(state)]}」，不能進行這個步驟。請重新整理頁面。"
        )
    return row.target
