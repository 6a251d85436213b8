"""The life of a fault as a table: which step leads where, who may, what records it (KH-8-1d)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.errors import InvalidTransition
from tenants.permissions import Permission
from tenants.upkeep.faults.kinds import FaultState, LineCode


class FaultStep(StrEnum):
    """Everything that a person can do to a fault."""

    OPEN = "open"
    REPORT = "report"
    ASSIGN = "assign"
    BEGIN = "begin"
    NOTE = "note"
    REPAIR = "repair"
    PASS = "pass"  # noqa: S105 - of the second look
    FAIL = "fail"
    SETTLE = "settle"
    CLOSE = "close"
    CANCEL = "cancel"


@dataclass(frozen=True)
class FaultTransition:
    """From which states a step is possible, where it leads (None: stays), who may, its event and its line."""

    sources: frozenset[FaultState]
    target: FaultState | None
    permission: Permission
    event: Event
    line: LineCode


_S, _L = FaultState, LineCode
_REPORT, _HANDLE, _RECHECK = Permission.FAULT_REPORT, Permission.FAULT_HANDLE, Permission.FAULT_RECHECK
FINAL = frozenset({_S.CLOSED, _S.CANCELLED})
OPEN = frozenset(_S) - FINAL
_UNREPAIRED = frozenset({_S.FOUND, _S.REPORTED, _S.IN_WORK})
_LOOKED_AT = frozenset({_S.REPAIRED, _S.RECHECKED})
TRANSITIONS: Mapping[FaultStep, FaultTransition] = {
    FaultStep.OPEN: FaultTransition(frozenset(), _S.FOUND, _REPORT, Event.FAULT_OPENED, _L.FOUND),
    FaultStep.REPORT: FaultTransition(frozenset({_S.FOUND}), _S.REPORTED, _HANDLE, Event.FAULT_REPORTED, _L.REPORTED),
    FaultStep.ASSIGN: FaultTransition(OPEN, None, _HANDLE, Event.FAULT_ASSIGNED, _L.ASSIGNED),
    FaultStep.BEGIN: FaultTransition(frozenset({_S.REPORTED}), _S.IN_WORK, _HANDLE, Event.FAULT_BEGUN, _L.BEGUN),
    FaultStep.NOTE: FaultTransition(OPEN, None, _REPORT, Event.FAULT_NOTED, _L.NOTED),
    FaultStep.REPAIR: FaultTransition(
        frozenset({_S.REPORTED, _S.IN_WORK}), _S.REPAIRED, _HANDLE, Event.FAULT_REPAIRED, _L.REPAIRED
    ),
    FaultStep.PASS: FaultTransition(
        frozenset({_S.REPAIRED}), _S.RECHECKED, _RECHECK, Event.FAULT_RECHECKED, _L.RECHECKED
    ),
    # Also after the second look was passed: what broke again before the end is the same fault.
    FaultStep.FAIL: FaultTransition(_LOOKED_AT, _S.IN_WORK, _RECHECK, Event.FAULT_NOT_REPAIRED, _L.NOT_REPAIRED),
    FaultStep.SETTLE: FaultTransition(OPEN, None, _HANDLE, Event.GAP_SETTLED, _L.SETTLED),
    FaultStep.CLOSE: FaultTransition(frozenset({_S.RECHECKED}), _S.CLOSED, _HANDLE, Event.FAULT_CLOSED, _L.CLOSED),
    # What telemetry still sees is opened again by the next look, so that nothing is hidden by it.
    FaultStep.CANCEL: FaultTransition(_UNREPAIRED, _S.CANCELLED, _HANDLE, Event.FAULT_CANCELLED, _L.CANCELLED),
}
STATE_NAMES: Mapping[FaultState, str] = {
    _S.FOUND: "已發現，待受理",
    _S.REPORTED: "已通報／報修",
    _S.IN_WORK: "處理中",
    _S.REPAIRED: "已修復，待複查",
    _S.RECHECKED: "已複查，待結案",
    _S.CLOSED: "已結案",
    _S.CANCELLED: "已取消",
}


def possible(state: FaultState) -> frozenset[FaultStep]:
    """The steps that a fault in this state can take."""
    return frozenset(step for step, row in TRANSITIONS.items() if state in row.sources)


def next_state(state: FaultState, step: FaultStep) -> FaultState:
    """Where the step leads. Raises `InvalidTransition` with the state's name."""
    row = TRANSITIONS[step]
    if state not in row.sources:
        raise InvalidTransition(f"這件報修目前為「{STATE_NAMES[state]}」，不能進行這個步驟。請重新整理頁面。")
    return row.target or state
