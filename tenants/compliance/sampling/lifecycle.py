"""The life of a drawn case as a table: it is opened, and judged once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.errors import InvalidTransition
from tenants.permissions import Permission


class CaseState(StrEnum):
    """How far the auditor is with a case that was drawn."""

    DRAWN = "drawn"
    OPENED = "opened"
    JUDGED = "judged"


class CaseStep(StrEnum):
    """Everything that an auditor can do with one."""

    OPEN = "open"
    JUDGE = "judge"


@dataclass(frozen=True)
class CaseTransition:
    """From which state a step is possible, where it leads, who may, and its event."""

    source: CaseState
    target: CaseState
    permission: Permission
    event: Event


TRANSITIONS: Mapping[CaseStep, CaseTransition] = {
    CaseStep.OPEN: CaseTransition(CaseState.DRAWN, CaseState.OPENED, Permission.SAMPLE_DRAW, Event.SAMPLE_CASE_OPENED),
    CaseStep.JUDGE: CaseTransition(
        CaseState.OPENED, CaseState.JUDGED, Permission.SAMPLE_DRAW, Event.SAMPLE_CASE_JUDGED
    ),
}
STATE_NAMES: Mapping[CaseState, str] = {
    CaseState.DRAWN: "待開啟",
    CaseState.OPENED: "查核中",
    CaseState.JUDGED: "已查核",
}


def next_state(state: str, step: CaseStep) -> CaseState:
    """Where the step leads. Raises `InvalidTransition` with the state's name."""
    row = TRANSITIONS[step]
    if state != row.source:
        raise InvalidTransition(
            f"這件抽查案件目前為「{STATE_NAMES[CaseState(state)]}」，不能進行這個步驟。請重新整理頁面。"
        )
    return row.target
