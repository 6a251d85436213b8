"""The panel of a case as who convenes sees it: the forms that are possible now, the members, what was resolved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template

from infra import clock
from tenants.disclosures.insider.models import InsiderRequest, apart
from tenants.disclosures.insider.panel import adopting, queries, resolving, rules
from tenants.disclosures.insider.panel.brief import brief_of
from tenants.disclosures.insider.panel.models import Attendance, Capacity, PanelMeeting, PanelMember, VotingRule
from tenants.disclosures.insider.panel.statements import ANSWERS, QUESTIONS, Answer, Question
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.windows import windows_of
from tenants.people import queries as people
from tenants.permissions import Role
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from webapp.form_fields import faults
from webapp.forms import Form
from webapp.panel_view import resolved_of, rules_of
from webapp.school.panel.forms import (
    AttendanceForm,
    ConveneForm,
    CorrectionForm,
    PaperStatementForm,
    People,
    ReplaceForm,
    WhenForm,
)
from webapp.school.panel.resolution_form import ResolutionForm


@dataclass(frozen=True, kw_only=True)
class SeatLine:
    """One seat of a meeting, and how far its holder is."""

    member_id: UUID
    capacity: str
    name: str
    state: str
    badge: str
    attendance: str
    opinion: str
    answers: Sequence[tuple[str, str]]
    stood_down: bool
    signed: bool
    paper: str


def educators_and_heads(found: InsiderRequest) -> tuple[People, People]:
    """Whom a form offers for the institution's seats; nobody whom the case concerns (DR-27)."""
    roles: dict[UUID, set[Role]] = {}
    names: dict[UUID, str] = {}
    for held, user in people.staff(tenant_id=found.tenant_id):
        if user.deactivated_at is None and str(user.id) not in apart(found):
            roles.setdefault(user.id, set()).add(Role(held.role))
            names[user.id] = f"{user.name}（{user.title}）" if user.title else user.name
    educators = [(str(key), names[key]) for key, held in roles.items() if held & rules.EDUCATORS]
    heads = [(str(key), names[key]) for key, held in roles.items() if Role.HEAD in held]
    return educators, heads


def render_case(found: InsiderRequest, *, convening: ConveneForm | None = None) -> str:
    """The panels of a case, and the form for the next one."""
    met = queries.meetings(tenant_id=found.tenant_id, disclosure_id=found.id)
    made = queries.resolutions(tenant_id=found.tenant_id, disclosure_id=found.id)
    form = convening or ConveneForm.of(found, *educators_and_heads(found), fresh=True)
    return render_template(
        "school/panel/case.html",
        **_common(found),
        meetings=met,
        open=next((each for each in met if each.id not in {one.meeting_id for one in made}), None),
        resolutions=[resolved_of(each, found) for each in made],
        convening=form,
        brief=brief_of(found),
        faults=faults(form),
    )


def render_meeting(
    found: InsiderRequest,
    met: PanelMeeting,
    *,
    when: WhenForm | None = None,
    attendance: AttendanceForm | None = None,
    resolution: ResolutionForm | None = None,
    replacing: tuple[UUID, ReplaceForm] | None = None,
    correction: CorrectionForm | None = None,
    statement: PaperStatementForm | None = None,
) -> str:
    """One meeting; with the form that came back with faults, else with fresh ones."""
    seats = queries.members(tenant_id=met.tenant_id, meeting_id=met.id)
    seated = [each for each in seats if each.replaced_at is None]
    replace_id, replace_form = replacing or (None, None)
    sent: Sequence[Form | None] = (when, attendance, resolution, replace_form, correction, statement)
    educators, heads = educators_and_heads(found)
    windows = list(windows_of(found).values())
    return render_template(
        "school/panel/meeting.html",
        **_common(found),
        meeting=met,
        voting=rules.VOTING_NAMES[VotingRule(met.voting_rule)],
        lines=[_line(each) for each in seats],
        capacities={str(each.id): rules.CAPACITY_NAMES[Capacity(each.capacity)] for each in seats},
        **_made(found, met),
        attendance_names={each.value: words for each, words in rules.ATTENDANCE_NAMES.items()},
        when=when or WhenForm(formdata=None, data=_when(met)),
        attendance=attendance or AttendanceForm.of(seated),
        resolution=resolution or ResolutionForm.of(_attended(seated), windows),
        replacing=replace_form or ReplaceForm.offering([*educators, *heads], fresh=True),
        replace_id=replace_id,
        statement=statement or PaperStatementForm(formdata=None),
        statement_id=statement.member.id if statement is not None else None,
        correction=correction or correction_form(seated, fresh=True),
        windows=brief_of(found).windows,
        **_not_yet(met, seated),
        faults=[fault for form in sent if form is not None for fault in faults(form, named=_named(resolution, seats))],
    )


def _made(found: InsiderRequest, met: PanelMeeting) -> dict[str, Any]:
    """What the meeting resolved, and the corrections of it."""
    made = queries.resolution_of(tenant_id=met.tenant_id, meeting_id=met.id)
    if made is None:
        return {"resolved": None, "resolution_id": None, "corrections": []}
    corrections = queries.corrections(tenant_id=met.tenant_id, resolution_id=made.id)
    return {"resolved": resolved_of(made, found), "resolution_id": made.id, "corrections": corrections}


def _named(resolution: ResolutionForm | None, seats: Sequence[PanelMember]) -> dict[str, str]:
    """Whose vote a fault of the resolution is about, and which of its windows."""
    if resolution is None:
        return {}
    called = {str(each.id): f"{rules.CAPACITY_NAMES[Capacity(each.capacity)]}的" for each in seats}
    votes = {entry.id: called.get(str(entry.form.member_id.data), "") for entry in resolution.votes}
    return votes | {entry.id: f"時段 {turn} " for turn, entry in enumerate(resolution.grants, start=1)}


def correction_form(seated: Sequence[PanelMember], *, fresh: bool = False) -> CorrectionForm:
    """The form for a correction about these members."""
    people_of = [(str(each.id), f"{rules.CAPACITY_NAMES[Capacity(each.capacity)]}　{each.name}") for each in seated]
    return CorrectionForm.of(people_of, fresh=fresh)


def windows_by_id(found: InsiderRequest) -> dict[str, DisclosureWindow]:
    """The windows of a case as a form names them."""
    return {str(key): window for key, window in windows_of(found).items()}


def _common(found: InsiderRequest) -> dict[str, Any]:
    rule = rules_of(found)
    return {
        "serial": found.serial,
        "disclosure_id": found.id,
        "article": adopting.article(rule),
        "words": rule.text(Clause.PANEL),
        "members_article": adopting.article(rule, Clause.PANEL_MEMBERS),
        "incident": (found.incident_from, found.incident_until) if found.incident_from else None,
    }


def _attended(seated: Sequence[PanelMember]) -> list[PanelMember]:
    return [each for each in seated if Attendance(each.attendance) in rules.ATTENDING]


def _not_yet(met: PanelMeeting, seated: Sequence[PanelMember]) -> dict[str, Any]:
    """What of the meeting cannot be entered yet, and why: before its time nobody came, and not everybody may vote."""
    fault = resolving.fault_of(seated) if any(each.attendance for each in seated) else None
    return {
        "before_time": clock.now() < met.meets_at,
        "in_the_way": str(fault) if fault is not None else "",
        "undeclared": [each for each in _attended(seated) if not each.secrecy_version],
    }


def _when(met: PanelMeeting) -> dict[str, object]:
    return {"day": met.meets_at.astimezone(clock.TAIPEI).date(), "time": met.meets_at, "place": met.place}


def _line(member: PanelMember) -> SeatLine:
    if member.replaced_at is not None:
        state, badge = member.replaced_because, "info"
    elif member.secrecy_version:
        state, badge = "已聲明並簽署保密切結", "good"
    else:
        state, badge = "尚未聲明與切結", "warn"
    return SeatLine(
        member_id=member.id,
        capacity=rules.CAPACITY_NAMES[Capacity(member.capacity)],
        name=member.name,
        state=state,
        badge=badge,
        attendance=rules.ATTENDANCE_NAMES[Attendance(member.attendance)],
        opinion=member.opinion,
        answers=[(QUESTIONS[Question(key)], ANSWERS[Answer(value)]) for key, value in sorted(member.answers.items())],
        stood_down=member.replaced_at is not None,
        signed=bool(member.secrecy_version),
        paper=_on_paper(member),
    )


def _on_paper(member: PanelMember) -> str:
    """Which paper was signed with ink, and when; empty for who signed on their page."""
    if member.statement_signed_on is None:
        return ""
    return f"{format_date(member.statement_signed_on)}以紙本簽署，編號{member.statement_paper}"
