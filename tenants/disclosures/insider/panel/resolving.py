"""At the meeting: who attended, what was resolved, and how a wrong note of it is put right afterwards (KH-6-Pc)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit.events import Event
from tenants.disclosures import asking, availability
from tenants.disclosures.asking import Grant
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import queries, rules
from tenants.disclosures.insider.panel.coding import check_coded
from tenants.disclosures.insider.panel.models import (
    Attendance,
    Capacity,
    PanelCorrection,
    PanelMeeting,
    PanelMember,
    PanelResolution,
    Verdict,
    VotingRule,
)
from tenants.disclosures.insider.panel.notices import Notice
from tenants.disclosures.insider.panel.rules import Sitting
from tenants.disclosures.insider.panel.steps import begin_meeting, record
from tenants.disclosures.insider.rules import Incident, check_not_involved
from tenants.disclosures.progress import finish, locked
from tenants.disclosures.steps import Step
from tenants.disclosures.windows import windows_of
from tenants.errors import Invalid, InvalidTransition, NotFound, refusals, refuse
from tenants.permissions import Permission
from tenants.registry.regulations import profile_version


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the meeting resolved. `grants` lie inside the windows asked for; `votes` are by member."""

    decision: Verdict
    votes: Mapping[UUID, Verdict]
    minutes: str
    grants: tuple[Grant, ...] = field(default_factory=tuple)
    reasons: str = ""
    beyond_reason: str = ""


def note_attendance(
    *, actor: Actor, tenant_id: UUID, meeting_id: UUID, attendance: Mapping[UUID, Attendance]
) -> PanelMeeting:
    """Note who came, in the room or by video, and who did not. May be noted anew until the meeting resolves.

    Raises `Invalid` before the meeting's time, or unless it is said of every member.
    """
    found, met = begin_meeting(actor=actor, tenant_id=tenant_id, meeting_id=meeting_id)
    rules.check_begun(met.meets_at, now=clock.now(), field="attendance")
    seats = queries.seated(tenant_id=tenant_id, meeting_id=met.id)
    if set(attendance) != {each.id for each in seats} or Attendance.UNKNOWN in attendance.values():
        raise Invalid("請登記每位成員到場、視訊或未到。", field="attendance")
    for each in seats:
        each.attendance = attendance[each.id].value
    record(
        Event.PANEL_ATTENDANCE_NOTED,
        found,
        actor=actor,
        meeting_id=str(met.id),
        attendance=[{"id": str(each.id), "said": each.attendance} for each in seats],
    )
    return met


def resolve(*, actor: Actor, tenant_id: UUID, meeting_id: UUID, outcome: Outcome) -> PanelResolution:
    """Record what the panel resolved (KH-6-2h); the case becomes 已議決 and its members are told.

    Raises `Invalid` before the meeting's time (code `not_begun`), and unless both kinds of representative attended
    (code `rep_absent`), more than half did, each who did declared and signed, and decision, votes, windows and reasons
    go together; `Destroyed` for a window that is gone, which the head could not grant either (KH-6-3b).
    """
    found, met = begin_meeting(actor=actor, tenant_id=tenant_id, meeting_id=meeting_id)
    seats = queries.seated(tenant_id=tenant_id, meeting_id=met.id)
    sitting = _checked_seats(found, met, seats)
    refuse(_outcome_faults(found, met, sitting, outcome))
    made = PanelResolution(
        id=uuid4(),
        tenant_id=tenant_id,
        disclosure_id=found.id,
        meeting_id=met.id,
        number=len(queries.resolutions(tenant_id=tenant_id, disclosure_id=found.id)) + 1,
        decision=outcome.decision.value,
        windows=asking.plain_grants(outcome.grants),
        attendance=_noted(seats, outcome.votes),
        reasons=outcome.reasons.strip(),
        beyond_seconds=int(rules.beyond_incident(outcome.grants, _incident(found)).total_seconds()),
        beyond_reason=outcome.beyond_reason.strip(),
        minutes=outcome.minutes.strip(),
        resolved_at=clock.now(),
        resolved_by=person(actor),
    )
    db.session.add(made)
    db.session.flush()
    record(
        Event.PANEL_MINUTED,
        found,
        actor=actor,
        tell=(Notice.RESOLVED, seats),
        resolution_id=str(made.id),
        number=made.number,
        sha256=digest_of(made),
    )
    finish(Step.RESOLVE, actor=actor, disclosure=found, decision=made.decision, windows=made.windows)
    return made


def correct_attendance(
    *, actor: Actor, tenant_id: UUID, resolution_id: UUID, member_id: UUID, said: Attendance, reason: str
) -> PanelCorrection:
    """更正紀錄: what was noted of somebody's attendance was wrong. The resolution itself stays as it was written.

    A resolution that lacks a representative after it counts no more, and the panel has to meet again (KH-6-Pc).
    Raises `Invalid`, and `InvalidTransition` once the case was decided.
    """
    actor.require(Permission.PANEL_MANAGE)
    made_before = queries.one_resolution(tenant_id=tenant_id, resolution_id=resolution_id)
    found = locked(InsiderRequest, tenant_id=tenant_id, disclosure_id=made_before.disclosure_id)
    check_not_involved(actor.id, found.excluded)
    was = queries.attendance_of(made_before).get(member_id)
    if was is None:
        raise NotFound
    rules.check_correction(was, said, reason)
    made = PanelCorrection(
        id=uuid4(),
        tenant_id=tenant_id,
        resolution_id=made_before.id,
        member_id=member_id,
        was=was.value,
        said=said.value,
        reason=reason.strip(),
        corrected_at=clock.now(),
        corrected_by=person(actor),
    )
    db.session.add(made)
    record(
        Event.PANEL_CORRECTED,
        found,
        actor=actor,
        member_id=str(member_id),
        was=was.value,
        said=said.value,
    )
    return made


def check_head(found: InsiderRequest, grants: Sequence[Grant]) -> None:
    """Raise unless the panel resolved it and these windows lie within its latest resolution (KH-6-2h, KH-A1-15).

    `InvalidTransition` without a resolution that counts, `Invalid` for anything wider: the head narrows, never widens.
    """
    latest = queries.resolution(tenant_id=found.tenant_id, disclosure_id=found.id)
    if latest is None:
        raise InvalidTransition("依規定需先經專案小組同意，才能核准。請先召集專案小組。")
    if queries.open_meeting(tenant_id=found.tenant_id, disclosure_id=found.id) is not None:
        raise InvalidTransition("專案小組已再次召集，尚未作成決議。請待決議後再核定。")
    _check_nobody_found_involved(found, latest)
    lacking = queries.lacks(latest)
    if lacking:
        raise InvalidTransition(f"出席紀錄更正後，專案小組的決議不成立：{lacking}")
    if latest.decision == Verdict.REFUSE:
        raise Invalid("專案小組決議不同意，不能核准調閱。請選擇「不同意」，或再次召集專案小組。", field="grants")
    rules.check_within(grants, queries.granted(latest))


def _check_nobody_found_involved(found: InsiderRequest, latest: PanelResolution) -> None:
    """Raise where somebody who resolved was found afterwards to be one whom the case concerns (DR-27)."""
    seats = queries.seated(tenant_id=found.tenant_id, meeting_id=latest.meeting_id)
    if any(str(each.user_id) in found.excluded for each in seats):
        raise InvalidTransition("與會成員經查與本案有利害關係，決議不成立。請再次召集專案小組。")


def digest_of(made: PanelResolution) -> str:
    """SHA-256 of what was resolved, which the chain keeps: whoever changed the row could not change that (DR-06)."""
    said = [made.decision, made.windows, made.attendance, made.reasons, made.beyond_reason, made.minutes]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def check_head_may_refuse(found: InsiderRequest) -> None:
    """Raise `InvalidTransition` while a panel is convened. Else the head may: it is narrower than any resolution."""
    if queries.open_meeting(tenant_id=found.tenant_id, disclosure_id=found.id) is not None:
        raise InvalidTransition("專案小組已召集，尚未作成決議。請待決議後再核定。")


def fault_of(seats: Sequence[PanelMember]) -> Invalid | None:
    """Why those who hold these seats cannot resolve yet, by who came and who declared; None when they can (KH-6-Pc)."""
    sitting = [_sitting(each) for each in seats]
    try:
        rules.check_attendance(sitting)
        rules.check_declared(sitting)
    except Invalid as refused:
        return refused
    return None


def _checked_seats(found: InsiderRequest, met: PanelMeeting, seats: Sequence[PanelMember]) -> list[Sitting]:
    rules.check_begun(met.meets_at, now=clock.now())
    if (fault := fault_of(seats)) is not None:
        raise fault
    sitting = [_sitting(each) for each in seats]
    for each in seats:
        check_not_involved(each.user_id, found.excluded)
    return sitting


def outcome_faults(found: InsiderRequest, met: PanelMeeting, outcome: Outcome) -> list[Invalid]:
    """What of an outcome does not go together, all of it; nothing while the meeting cannot resolve at all.

    Raises `Destroyed` for a window that is gone.
    """
    sitting = [_sitting(each) for each in queries.seated(tenant_id=met.tenant_id, meeting_id=met.id)]
    return _outcome_faults(found, met, sitting, outcome)


def _outcome_faults(
    found: InsiderRequest, met: PanelMeeting, sitting: Sequence[Sitting], outcome: Outcome
) -> list[Invalid]:
    windows = windows_of(found)
    asked = {key: availability.asked_of(window) for key, window in windows.items()}
    gone = availability.out_of_reach(found, windows) if outcome.grants else None
    whole = {
        key: Grant(window_id=key, started_at=each.started_at, ended_at=each.ended_at) for key, each in asked.items()
    }
    over = rules.beyond_incident(outcome.grants, _incident(found))

    def check_windows() -> None:
        if gone is not None:
            asking.check_grants(outcome.grants, asked, destroyed=gone.destroyed, absent=gone.absent)
        elif outcome.decision is not Verdict.REFUSE:
            raise Invalid("同意調閱時，請至少核准一個時段。", field="grants")

    def check_minutes() -> None:
        if not outcome.minutes.strip():
            raise Invalid("請記錄會議的討論與決議內容。", field="minutes")
        check_coded(outcome.minutes, found)

    return refusals(
        lambda: rules.check_votes(outcome.decision, outcome.votes, sitting, VotingRule(met.voting_rule)),
        check_windows,
        lambda: rules.check_decision(outcome.decision, outcome.grants, whole, reasons=outcome.reasons),
        lambda: rules.check_beyond(over, outcome.beyond_reason),
        check_minutes,
    )


def _incident(found: InsiderRequest) -> Incident | None:
    """The incident, where the regulation limits the windows to it."""
    limit = profile_version(found.profile, found.profile_version).insider.window_limit
    if limit != "incident_period" or found.incident_from is None or found.incident_until is None:
        return None
    return Incident(started_at=found.incident_from, ended_at=found.incident_until)


def _sitting(member: PanelMember) -> Sitting:
    return Sitting(
        member_id=member.id,
        capacity=Capacity(member.capacity),
        attendance=Attendance(member.attendance),
        declared=member.declared_at is not None,
        signed=bool(member.secrecy_version),
    )


def _noted(seats: Sequence[PanelMember], votes: Mapping[UUID, Verdict]) -> list[dict[str, str]]:
    return [
        {
            "member": str(each.id),
            "capacity": each.capacity,
            "attendance": each.attendance,
            "vote": votes[each.id].value if each.id in votes else "",
        }
        for each in seats
    ]
