"""What a life of a case is made of: steps, who is told, and one row of a table. The tables lie with their doors."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenants.audit.events import Event
from tenants.disclosures.models import DisclosureState
from tenants.permissions import Permission


class Step(StrEnum):
    """Everything that can be done to a case. Each door's table has those that it knows."""

    FILE = "file"
    RETURN = "return"
    COMPLETE = "complete"
    SIGN = "sign"
    RESOLVE = "resolve"
    APPROVE = "approve"
    APPROVE_PART = "approve_part"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REPLY = "reply"
    ISSUE_LINK = "issue_link"
    COLLECT = "collect"
    ASK_REOPENING = "ask_reopening"
    REOPEN = "reopen"
    REVOKE = "revoke"
    HALT = "halt"
    PAUSE = "pause"
    GO_ON = "go_on"
    TAKE_BACK = "take_back"
    SHOW_PASSPHRASE = "show_passphrase"  # noqa: S105 - the name of a step
    APPOINT = "appoint"
    CALL_OFF = "call_off"
    RECORD_VIEWING = "record_viewing"
    PREPARE_MEDIUM = "prepare_medium"
    TAKE_OUT = "take_out"
    HAND_OVER = "hand_over"
    REPORT_END = "report_end"
    CHASE = "chase"
    CLOSE = "close"


class Notice(StrEnum):
    """Who is told of a step. `NOBODY` is a decision too, and said so."""

    INSTITUTION = "institution"
    AGENCY = "agency"
    APPLICANT = "applicant"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Transition:
    """From which states a step is possible, where it leads (None: stays), and what goes with it."""

    sources: frozenset[DisclosureState]
    target: DisclosureState | None
    permission: Permission
    event: Event
    notice: Notice


Table = Mapping[Step, Transition]
