"""A seat on a panel as its member sees it: when and where, what to declare, the brief, and what was resolved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import adopting, queries, rules, statements
from tenants.disclosures.insider.panel.brief import brief_of
from tenants.disclosures.insider.panel.models import (
    Attendance,
    Capacity,
    PanelMember,
    PanelResolution,
    Verdict,
    VotingRule,
)
from tenants.disclosures.insider.panel.statements import Question
from tenants.disclosures.windows import windows_of
from tenants.profiles import Clause, RuleProfile
from tenants.profiles.model import OUR_DEFAULT
from tenants.registry.regulations import profile_version
from webapp.panel_forms import DeclarationForm, OpinionForm

# Which article each of the four questions rests on.
_CLAUSES: Mapping[Question, Clause] = {
    Question.ELIGIBLE: Clause.INSIDER_ACCESS,
    Question.GROUND: Clause.INSIDER_ACCESS,
    Question.PERIOD: Clause.WINDOW_LIMIT,
}


@dataclass(frozen=True, kw_only=True)
class Attended:
    """One line of the record: the seat, whether it was taken, and the vote."""

    capacity: str
    attendance: str
    vote: str


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A resolution for reading. `lacks` says why it does not count any more after a correction."""

    number: int
    at: datetime
    decision: str
    windows: Sequence[tuple[str, tuple[datetime, datetime]]]
    attendance: Sequence[Attended]
    reasons: str
    beyond_reason: str
    minutes: str
    lacks: str


def rules_of(found: InsiderRequest) -> RuleProfile:
    """The regulation under which the case was filed (DR-10)."""
    return profile_version(found.profile, found.profile_version)


def resolved_of(made: PanelResolution, found: InsiderRequest) -> Resolved:
    """A resolution with its windows by camera, and its attendance as corrected."""
    cameras = {key: window.camera_name for key, window in windows_of(found).items()}
    now = queries.attendance_of(made)
    by_member = {str(key): value for key, value in now.items()}
    return Resolved(
        number=made.number,
        at=made.resolved_at,
        decision=rules.VERDICT_NAMES[Verdict(made.decision)],
        windows=[(cameras[key], span) for key, span in queries.granted(made).items()],
        attendance=[
            Attended(
                capacity=rules.CAPACITY_NAMES[Capacity(each["capacity"])],
                attendance=rules.ATTENDANCE_NAMES[by_member.get(each["member"], Attendance(each["attendance"]))],
                vote=rules.VERDICT_NAMES[Verdict(each["vote"])] if each["vote"] else "未表決",
            )
            for each in made.attendance
        ],
        reasons=made.reasons,
        beyond_reason=made.beyond_reason,
        minutes=made.minutes,
        lacks=queries.lacks(made),
    )


def seat_page(
    member: PanelMember,
    found: InsiderRequest,
    *,
    addresses: Mapping[str, str],
    declaration: DeclarationForm | None = None,
    opinion: OpinionForm | None = None,
) -> dict[str, Any]:
    """What the page of a seat needs; the brief only once conflict and secrecy are dealt with (DR-37)."""
    meeting = queries.meeting(tenant_id=member.tenant_id, meeting_id=member.meeting_id)
    made = queries.resolution_of(tenant_id=member.tenant_id, meeting_id=meeting.id)
    rule, signed = rules_of(found), bool(member.secrecy_version)
    return {
        "serial": found.serial,
        "member": member,
        "meeting": meeting,
        "capacity": rules.CAPACITY_NAMES[Capacity(member.capacity)],
        "voting": rules.VOTING_NAMES[VotingRule(meeting.voting_rule)],
        "signed": signed,
        "brief": brief_of(found) if signed else None,
        "resolved": resolved_of(made, found) if made is not None and signed else None,
        "over": made is not None,
        "conflict_text": statements.CONFLICT,
        "secrecy_text": statements.SECRECY[member.secrecy_version or statements.NEWEST_SECRECY],
        "article": adopting.article(rule),
        "words": rule.text(Clause.PANEL),
        "sources": {each.value: _source(rule, each) for each in Question},
        "declaration": declaration or DeclarationForm(formdata=None),
        "opinion": opinion or OpinionForm.of(member),
        "to": addresses,
    }


def _source(rule: RuleProfile, question: Question) -> str:
    return rule.article(_CLAUSES[question]) if question in _CLAUSES else OUR_DEFAULT
