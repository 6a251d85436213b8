"""Convening: when and where a panel meets, and who sits on it. Somebody whom the case concerns never does (DR-27)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit.events import Event
from tenants.disclosures.insider.eligibility import check_may_go_on
from tenants.disclosures.insider.models import InsiderRequest, applicant_id
from tenants.disclosures.insider.panel import queries, rules
from tenants.disclosures.insider.panel.models import Attendance, Capacity, PanelMeeting, PanelMember, VotingRule
from tenants.disclosures.insider.panel.notices import Notice
from tenants.disclosures.insider.panel.resolving import note_attendance
from tenants.disclosures.insider.panel.rules import Candidate, Involved
from tenants.disclosures.insider.panel.steps import begin, begin_meeting, locked_member, record
from tenants.errors import Invalid, InvalidTransition, NotFound, refusals, refuse
from tenants.people import queries as people
from tenants.people.models import User
from tenants.permissions import Role


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Who shall sit as what: an account of the institution, or somebody without one, by name and e-mail address."""

    capacity: Capacity
    user_id: UUID | None = None
    name: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A meeting to be convened; `meets_at` is an aware instant."""

    meets_at: datetime
    place: str
    seats: tuple[Seat, ...]
    voting_rule: VotingRule = VotingRule.MAJORITY


def convene(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, plan: Plan) -> PanelMeeting:
    """Convene the panel of a case and invite its members (KH-6-2h). A resolved case may be given a second meeting.

    Raises `Invalid` with the form's field, and `InvalidTransition` for a case without a panel, decided, or with a
    meeting that has not resolved yet.
    """
    found = begin(actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    check_may_go_on(found)
    if queries.open_meeting(tenant_id=tenant_id, disclosure_id=disclosure_id) is not None:
        raise InvalidTransition("本案已召集專案小組，尚未作成決議。要改時間或成員，請在原會議上變更。")
    refuse([*when_faults(plan.meets_at, plan.place), *seat_faults(found, plan.seats)])
    candidates = _candidates(tenant_id, plan.seats)
    made = PanelMeeting(
        id=uuid4(),
        tenant_id=tenant_id,
        disclosure_id=found.id,
        meets_at=plan.meets_at,
        place=plan.place.strip(),
        voting_rule=plan.voting_rule.value,
        convened_at=clock.now(),
        convened_by=person(actor),
    )
    db.session.add(made)
    db.session.flush()
    record(
        Event.PANEL_CONVENED,
        found,
        actor=actor,
        tell=(Notice.INVITED, [_seat(made, candidate) for candidate in candidates]),
        meeting_id=str(made.id),
        meets_at=made.meets_at.isoformat(),
        members=[candidate.capacity.value for candidate in candidates],
    )
    return made


def reschedule(*, actor: Actor, tenant_id: UUID, meeting_id: UUID, meets_at: datetime, place: str) -> PanelMeeting:
    """Move a meeting that has not resolved; its members are told. What they declared and signed stays."""
    found, met = begin_meeting(actor=actor, tenant_id=tenant_id, meeting_id=meeting_id)
    refuse(when_faults(meets_at, place))
    met.meets_at, met.place, met.moves = meets_at, place.strip(), met.moves + 1
    seats = queries.seated(tenant_id=tenant_id, meeting_id=met.id)
    for member in seats:
        member.attendance = ""  # another day is another attendance
    record(
        Event.PANEL_MOVED,
        found,
        actor=actor,
        tell=(Notice.MOVED, seats),
        meeting_id=str(met.id),
        meets_at=met.meets_at.isoformat(),
    )
    return met


def start_now(
    *, actor: Actor, tenant_id: UUID, meeting_id: UUID, attendance: Mapping[UUID, Attendance]
) -> PanelMeeting:
    """Begin a meeting before its time, since everybody is there, and note who came: its time is now (KH-6-Pc).

    Raises `Invalid` where somebody is not there, `InvalidTransition` once its time has come.
    """
    found, met = begin_meeting(actor=actor, tenant_id=tenant_id, meeting_id=meeting_id)
    now, was = clock.now(), met.meets_at
    if was <= now:
        raise InvalidTransition("會議時間已到，請直接登記出席情形。")
    rules.check_all_there(attendance.values())
    met.meets_at, met.moves = now.replace(second=0, microsecond=0), met.moves + 1
    record(
        Event.PANEL_STARTED_EARLY,
        found,
        actor=actor,
        meeting_id=str(met.id),
        planned_at=was.isoformat(),
        meets_at=met.meets_at.isoformat(),
    )
    return note_attendance(actor=actor, tenant_id=tenant_id, meeting_id=meeting_id, attendance=attendance)


def replace(*, actor: Actor, tenant_id: UUID, member_id: UUID, seat: Seat, because: str) -> PanelMember:
    """Give a seat to somebody else, such as after a declared conflict; the first holder's row stays (DR-27).

    The case's hold is not touched. Raises `Invalid` for who cannot sit, `InvalidTransition` after the resolution.
    """
    old = queries.member(tenant_id=tenant_id, member_id=member_id)
    found, met = begin_meeting(actor=actor, tenant_id=tenant_id, meeting_id=old.meeting_id)
    old = locked_member(tenant_id=tenant_id, member_id=member_id)
    refuse(replacement_faults(found, old, seat, because=because))
    if old.replaced_at is None:
        old.stand_down(because=because.strip(), at=clock.now())
    candidate = _candidates(tenant_id, [seat])[0]
    db.session.flush()  # the first holder's seat is free before the next one takes it
    made = _seat(met, candidate)
    record(
        Event.PANEL_MEMBER_REPLACED,
        found,
        actor=actor,
        tell=(Notice.INVITED, [made]),
        meeting_id=str(met.id),
        member_id=str(old.id),
        by_member_id=str(made.id),
        capacity=candidate.capacity.value,
    )
    return made


def invite_again(*, actor: Actor, tenant_id: UUID, member_id: UUID) -> None:
    """Send a member's invitation once more; somebody without an account gets a new link and the old one is dead."""
    old = queries.member(tenant_id=tenant_id, member_id=member_id)
    found, _met = begin_meeting(actor=actor, tenant_id=tenant_id, meeting_id=old.meeting_id)
    member = locked_member(tenant_id=tenant_id, member_id=member_id)
    if member.replaced_at is not None:
        raise NotFound
    record(
        Event.PANEL_INVITED_AGAIN,
        found,
        actor=actor,
        tell=(Notice.INVITED, [member]),
        member_id=str(member.id),
    )


def when_faults(meets_at: datetime | None, place: str) -> Iterator[Invalid]:
    """What is wrong with a time and a place; nothing of a time that is not known yet."""
    if meets_at is not None and meets_at <= clock.now():
        yield Invalid("開會時間必須晚於現在。", field="meets_at")
    if not place.strip():
        yield Invalid("請填寫開會地點；以視訊開會時，請填「視訊會議」。", field="place")


def seat_faults(found: InsiderRequest, seats: Sequence[Seat]) -> list[Invalid]:
    """Why these people cannot be the panel of a case, all of it (KH-6-Pa, KH-6-Pb, DR-27)."""
    return refusals(lambda: rules.check_panel(_candidates(found.tenant_id, seats), _involved(found)))


def replacement_faults(found: InsiderRequest, old: PanelMember, seat: Seat, *, because: str) -> list[Invalid]:
    """Why a seat cannot go from its holder to somebody else: no reason, or who it is."""
    unsaid = old.replaced_at is None and not because.strip()
    lacking = [Invalid("請說明更換成員的原因。", field="because")] if unsaid else []
    return [*lacking, *refusals(lambda: _check_successor(found, old, seat))]


def _check_successor(found: InsiderRequest, old: PanelMember, seat: Seat) -> None:
    [candidate] = _candidates(found.tenant_id, [seat])
    others = [each for each in queries.seated(tenant_id=old.tenant_id, meeting_id=old.meeting_id) if each.id != old.id]
    refuse(
        [
            *rules.candidate_faults(candidate, _involved(found)),
            *refusals(lambda: rules.check_each_once([*map(_as_candidate, others), candidate])),
        ]
    )


def _involved(found: InsiderRequest) -> Involved:
    return Involved(
        excluded=frozenset(found.excluded),
        applicant_id=applicant_id(found),
        applicant_name=found.applicant_name,
        applicant_email=found.email,
    )


def _candidates(tenant_id: UUID, seats: Sequence[Seat]) -> list[Candidate]:
    """The seats with what the institution's list of people says of those who are on it."""
    roles, users = _staff(tenant_id)
    made = []
    for seat in seats:
        if seat.user_id is None:
            made.append(Candidate(capacity=seat.capacity, name=seat.name.strip(), email=seat.email.strip().lower()))
            continue
        if seat.user_id not in users:
            raise Invalid("成員應從本機構人員名單中選取，或填寫外部人員的姓名與電子郵件。", field="members")
        user = users[seat.user_id]
        made.append(
            Candidate(
                capacity=seat.capacity,
                name=user.name,
                email=user.email.strip().lower(),
                user_id=user.id,
                roles=frozenset(roles[user.id]),
            )
        )
    return made


def _as_candidate(member: PanelMember) -> Candidate:
    return Candidate(capacity=Capacity(member.capacity), name=member.name, email=member.email, user_id=member.user_id)


def _staff(tenant_id: UUID) -> tuple[dict[UUID, set[Role]], dict[UUID, User]]:
    roles: dict[UUID, set[Role]] = {}
    users: dict[UUID, User] = {}
    for held, user in people.staff(tenant_id=tenant_id):
        if user.deactivated_at is None:
            roles.setdefault(user.id, set()).add(Role(held.role))
            users[user.id] = user
    return roles, users


def _seat(met: PanelMeeting, candidate: Candidate) -> PanelMember:
    made = PanelMember(
        id=uuid4(),
        tenant_id=met.tenant_id,
        meeting_id=met.id,
        capacity=candidate.capacity.value,
        user_id=candidate.user_id,
        name=candidate.name,
        email=candidate.email,
        seated_at=clock.now(),
        untold=[],
    )
    db.session.add(made)
    db.session.flush()
    return made
