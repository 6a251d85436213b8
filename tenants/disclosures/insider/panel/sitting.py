"""What a member does: declare, sign secrecy, say what they think. Whoever declares a conflict stands down at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from infra import clock
from tenants.actor import Actor, ActorKind, person
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import queries, statements
from tenants.disclosures.insider.panel.models import PanelMember
from tenants.disclosures.insider.panel.notices import Notice
from tenants.disclosures.insider.panel.statements import Answer, Question
from tenants.disclosures.insider.panel.steps import begin_meeting, check_open, locked_member, record
from tenants.disclosures.insider.rules import check_not_involved
from tenants.disclosures.lifecycle import FINAL
from tenants.errors import Invalid, InvalidTransition, NotFound, refuse
from tenants.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """利害關係聲明 and 保密切結. `secrecy` is the version of the text that was accepted; empty for none."""

    conflict: bool
    note: str = ""
    secrecy: str = ""


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What a member thinks before the meeting; it binds nobody, the vote is taken there."""

    words: str
    answers: Mapping[Question, Answer] = field(default_factory=dict)


def own_seat(*, actor: Actor, tenant_id: UUID, member_id: UUID) -> tuple[PanelMember, InsiderRequest]:
    """A member's own seat and its case, while the seat is theirs and the case is not over. Raises `NotFound`."""
    actor.require(Permission.PANEL_SIT)
    member = queries.member(tenant_id=tenant_id, member_id=member_id)
    own = actor.id == (member.id if actor.kind is ActorKind.PANEL_MEMBER else member.user_id)
    found = queries.case_of(queries.meeting(tenant_id=tenant_id, meeting_id=member.meeting_id))
    if actor.id is None or not own or member.replaced_at is not None or found.state in FINAL:
        raise NotFound
    return member, found


def declare(*, actor: Actor, tenant_id: UUID, member_id: UUID, declaration: Declaration) -> PanelMember:
    """Declare whether the case concerns this member, and sign secrecy where it does not (DR-27).

    A conflict may be declared until the meeting resolves, also by who said before that there was none: the member
    stands down, those who convene are told, and whatever is held for the case stays held. Raises `Invalid`.
    """
    member, found = _before_resolution(actor=actor, tenant_id=tenant_id, member_id=member_id)
    refuse(declaration_faults(**vars(declaration)))
    if declaration.conflict:
        member.declared_at, member.conflict_note = clock.now(), declaration.note.strip()
        member.stand_down(because="利害關係迴避", at=clock.now())
    else:
        check_not_involved(member.user_id, found.excluded)
        member.declared_at, member.secrecy_version = clock.now(), declaration.secrecy
    record(
        Event.PANEL_MEMBER_DECLARED,
        found,
        actor=actor,
        tell=(Notice.VACATED, [member]) if declaration.conflict else None,
        member_id=str(member.id),
        conflict=declaration.conflict,
        secrecy=declaration.secrecy,
    )
    return member


def declaration_faults(*, conflict: bool | None, note: str, secrecy: str) -> Iterator[Invalid]:
    """What a declaration lacks; `conflict` is None where neither was chosen, and then what most will have to do too."""
    if conflict is None:
        yield Invalid("請選擇您與本案有沒有利害關係。", field="conflict")
    if conflict and not note.strip():
        yield Invalid("請簡述您與本案的關係，例如「我是涉案幼兒的姑姑」。", field="note")
    if not conflict and secrecy != statements.NEWEST_SECRECY:
        unless = "" if conflict is False else "沒有利害關係時，"
        yield Invalid(f"{unless}請閱讀並同意保密切結，才能查看案件摘要。", field="secrecy")


@dataclass(frozen=True, kw_only=True)
class PaperStatement:
    """A statement that was signed with ink: its number, and the day. `version` is the text that was printed on it."""

    paper_number: str
    signed_on: date | None
    version: str = statements.NEWEST_SECRECY


def record_paper_statement(*, actor: Actor, tenant_id: UUID, member_id: UUID, statement: PaperStatement) -> PanelMember:
    """Note that a member signed declaration and secrecy on paper: who convenes says so, and the paper is kept.

    Raises `Invalid` without number or day, for a day to come, and for who has signed already; as `begin_meeting`.
    """
    old = queries.member(tenant_id=tenant_id, member_id=member_id)
    found, _met = begin_meeting(actor=actor, tenant_id=tenant_id, meeting_id=old.meeting_id)
    member = locked_member(tenant_id=tenant_id, member_id=member_id)
    if member.replaced_at is not None:
        raise NotFound
    refuse(paper_faults(member, statement))
    check_not_involved(member.user_id, found.excluded)
    member.declared_at, member.secrecy_version = clock.now(), statement.version
    member.statement_paper, member.statement_signed_on = statement.paper_number.strip(), statement.signed_on
    member.statement_recorded_by = person(actor)
    record(
        Event.PANEL_STATEMENT_RECORDED,
        found,
        actor=actor,
        member_id=str(member.id),
        secrecy=member.secrecy_version,
        number=member.statement_paper,
    )
    return member


def paper_faults(member: PanelMember, statement: PaperStatement) -> Iterator[Invalid]:
    """Why a statement on paper cannot be noted of a member, all of it."""
    if member.secrecy_version:
        yield Invalid("這位成員已完成聲明與切結，不必再登記紙本。", field="paper_number")
    if not statement.paper_number.strip():
        yield Invalid("請填寫紙本編號，例如「切結115-3」。", field="paper_number")
    if statement.signed_on is None:
        yield Invalid("請填寫簽署日期，例如 115/11/20。", field="signed_on")
    if statement.signed_on is not None and statement.signed_on > clock.today():
        yield Invalid("簽署日期不能晚於今天。", field="signed_on")
    if statement.version not in statements.SECRECY:
        yield Invalid("請以本系統列印的切結書簽署。", field="paper_number")


def give_opinion(*, actor: Actor, tenant_id: UUID, member_id: UUID, opinion: Opinion) -> PanelMember:
    """Keep what a member thinks of the four questions. The latest counts until the meeting resolves."""
    member, found = _before_resolution(actor=actor, tenant_id=tenant_id, member_id=member_id)
    if not member.secrecy_version:
        raise InvalidTransition("請先完成利害關係聲明與保密切結。")
    if len(opinion.words.strip()) > statements.LONGEST_OPINION:
        raise Invalid(f"意見至多{statements.LONGEST_OPINION}字，其餘請於會議中說明。", field="words")
    if not opinion.words.strip() and not opinion.answers:
        raise Invalid("請回答問題，或寫下您的意見。", field="words")
    member.answers = {question.value: answer.value for question, answer in opinion.answers.items()}
    member.opinion, member.opinion_at = opinion.words.strip(), clock.now()
    record(Event.PANEL_OPINION_GIVEN, found, actor=actor, member_id=str(member.id))
    return member


def _before_resolution(*, actor: Actor, tenant_id: UUID, member_id: UUID) -> tuple[PanelMember, InsiderRequest]:
    _seen, found = own_seat(actor=actor, tenant_id=tenant_id, member_id=member_id)
    member = locked_member(tenant_id=tenant_id, member_id=member_id)
    if member.replaced_at is not None:
        raise NotFound
    check_open(queries.meeting(tenant_id=tenant_id, meeting_id=member.meeting_id))
    return member, found
