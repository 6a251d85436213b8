"""Applications as the institution reads them; whom a case concerns reads nothing of it (DR-27, DR-37)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select

from infra import clock
from infra.clock import civil_day
from infra.db import db
from infra.statements import made_once
from tenants import working_days
from tenants.actor import Actor
from tenants.disclosures import at_hand, halts
from tenants.disclosures import queries as disclosures
from tenants.disclosures.insider import duties, purpose, rules, same_event
from tenants.disclosures.insider.deciding import possible_refusals
from tenants.disclosures.insider.duties import Duty
from tenants.disclosures.insider.models import Box, InsiderRequest, Signature, apart
from tenants.disclosures.insider.rules import Refusal
from tenants.disclosures.insider.same_event import Related
from tenants.disclosures.insider.signing import signatures
from tenants.disclosures.lifecycle import FINAL, course_of, possible
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official.rules import ORDINARY_DAYS
from tenants.disclosures.packages.models import Package
from tenants.disclosures.steps import Step
from tenants.disclosures.window_views import WindowView, views
from tenants.disclosures.windows import windows_of
from tenants.errors import NotFound
from tenants.people import deputy_queries as deputies
from tenants.people import queries as people
from tenants.people.models import User
from tenants.permissions import Role
from tenants.registry.models import Site
from tenants.registry.regulations import profile_version
from tenants.retention import queries as retention
from tenants.retention.urgent import queries as urgent


@dataclass(frozen=True, kw_only=True)
class ApplicationLine:
    """One line of the list. `name` and `ground` are empty for a sealed case: a list shows its number only (DR-37).

    `decidable`: the head's signature is next, and the case can be decided. `by_panel`: a panel resolves first.
    `nothing_kept`: there was nothing left to hold when it was filed. `report_due`: by when the law wants a report of
    which no number is entered yet, by the law of `report_source`; None where there is none to make.
    """

    id: UUID
    serial: str
    state: DisclosureState
    ground: str
    name: str
    filed_at: datetime
    due: date
    next_box: Box | None
    profile: str
    profile_version: str
    decidable: bool
    by_panel: bool
    nothing_kept: bool
    report_due: datetime | None
    report_source: str
    halted: bool
    taken_back: bool


@dataclass(frozen=True, kw_only=True)
class ApplicationCase:
    """Everything that the page of one application shows.

    `outside` are words by which the reason does not fit the purpose (KH-1-1), `advised` what is advised to be answered.
    `linked` are the applications of the same event, `proposed` those that look like it (KH-6-2b); `named_there` are
    involved by what a linked one says.
    """

    disclosure: InsiderRequest
    state: DisclosureState
    site: str
    ground: str
    windows: tuple[WindowView, ...]
    signatures: tuple[Signature, ...]
    next_box: Box | None
    package: Package | None
    hold_ends_on: date | None
    hold_released_at: datetime | None
    hold_review_on: date | None
    hold_copied: bool
    urgent_number: str
    refusals: frozenset[Refusal]
    members: tuple[User, ...]
    excluded: tuple[str, ...]
    outside: tuple[str, ...]
    advised: str
    linked: Sequence[Related]
    proposed: Sequence[Related]
    named_there: tuple[str, ...]
    duty: Duty | None
    report_due: datetime | None
    head_excluded: bool
    others_decide: tuple[str, ...]
    due: date
    steps: frozenset[Step]


def inbox(*, tenant_id: UUID, actor: Actor, include_closed: bool = False) -> list[ApplicationLine]:
    """The institution's applications, newest first, without those that concern the actor."""
    if not (at_hand.any_case if include_closed else at_hand.open_cases)(tenant_id=tenant_id):
        return []
    found = db.session.scalars(*(_filed if include_closed else _open_cases)(tenant_id=tenant_id))
    return [_line(each) for each in found if not _concerns(each, actor)]


def case(*, tenant_id: UUID, disclosure_id: UUID, actor: Actor) -> ApplicationCase:
    """One application. Raises `NotFound`, also for somebody whom it concerns."""
    query = select(InsiderRequest).where(InsiderRequest.tenant_id == tenant_id, InsiderRequest.id == disclosure_id)
    if (found := db.session.scalar(query)) is None or _concerns(found, actor):
        raise NotFound
    state, members = DisclosureState(found.state), _members(tenant_id)
    linked, duty = same_event.linked(found, actor=actor), duties.DUTIES.get(rules.Ground(found.ground))
    there = {each for other in linked for each in other.excluded if each not in found.excluded}
    hold = retention.hold(tenant_id=tenant_id, hold_id=found.hold_id) if found.hold_id else None
    return ApplicationCase(
        disclosure=found,
        state=state,
        site=db.session.get_one(Site, found.site_id).name,
        ground=rules.GROUND_NAMES[rules.Ground(found.ground)],
        windows=views(found, tuple(windows_of(found).values())),
        signatures=tuple(signatures(tenant_id=tenant_id, disclosure_id=found.id)),
        next_box=_next_box(found),
        package=db.session.scalar(
            select(Package).where(Package.tenant_id == tenant_id, Package.disclosure_id == found.id)
        ),
        hold_ends_on=hold.ends_on if hold else None,
        hold_released_at=hold.released_at if hold else None,
        hold_review_on=hold.review_on if hold else None,
        hold_copied=hold is None or disclosures.hold_is_copied(tenant_id=tenant_id, hold_id=hold.id),
        urgent_number=urgent.number_of(tenant_id=tenant_id, hold_id=found.hold_id),
        refusals=possible_refusals(found),
        members=members,
        excluded=tuple(user.name for user in members if str(user.id) in found.excluded),
        outside=purpose.outside_purpose(found.reason),
        advised=purpose.advice(rules.Ground(found.ground), found.concerned_right),
        linked=linked,
        proposed=same_event.proposed(found, actor=actor),
        named_there=tuple(user.name for user in members if str(user.id) in there),
        duty=duty,
        report_due=duties.due(duty, found.known_at, found.filed_at) if duty is not None else None,
        head_excluded=any(str(each) in found.excluded for each in people.heads(tenant_id=tenant_id)),
        others_decide=_others_who_decide(found),
        due=_due(found),
        steps=possible(course_of(found), state),
    )


@made_once
def _filed(*, tenant_id: UUID) -> Select[InsiderRequest]:
    return select(InsiderRequest).where(InsiderRequest.tenant_id == tenant_id).order_by(InsiderRequest.filed_at.desc())


@made_once
def _open_cases(*, tenant_id: UUID) -> Select[InsiderRequest]:
    return (
        select(InsiderRequest)
        .where(InsiderRequest.tenant_id == tenant_id, InsiderRequest.state.not_in(FINAL))
        .order_by(InsiderRequest.filed_at.desc())
    )


def _others_who_decide(found: InsiderRequest) -> tuple[str, ...]:
    """Whom the case does not concern, and who could sign the head's box today: 負責人, or a deputy (DR-27)."""
    tenant_id, today = found.tenant_id, clock.today()
    heads = [user for held, user in people.staff(tenant_id=tenant_id) if held.role == Role.HEAD]
    acting = deputies.acting_users(tenant_id=tenant_id, roles={Role.HEAD}, today=today)
    named = {user.id: user.name for user in (*heads, *acting) if user.deactivated_at is None}
    return tuple(name for user_id, name in named.items() if str(user_id) not in apart(found))


def _concerns(found: InsiderRequest, actor: Actor) -> bool:
    return actor.id is not None and str(actor.id) in found.excluded


def _line(found: InsiderRequest) -> ApplicationLine:
    next_box, duty = _next_box(found), duties.DUTIES.get(rules.Ground(found.ground))
    owed = duty is not None and found.reported_at is None
    return ApplicationLine(
        id=found.id,
        serial=found.serial,
        state=DisclosureState(found.state),
        ground="" if found.sealed else rules.GROUND_NAMES[rules.Ground(found.ground)],
        name="" if found.sealed else found.applicant_name,
        filed_at=found.filed_at,
        due=_due(found),
        next_box=next_box,
        profile=found.profile,
        profile_version=found.profile_version,
        decidable=next_box is Box.HEAD and Step.APPROVE in possible(course_of(found), DisclosureState(found.state)),
        by_panel=found.panel_required,
        nothing_kept=found.hold_id is None,
        report_due=duties.due(duty, found.known_at, found.filed_at) if duty is not None and owed else None,
        report_source=duty.source if duty is not None else "",
        halted=halts.waits(found),
        taken_back=halts.taken_back(found),
    )


def _next_box(found: InsiderRequest) -> Box | None:
    signed = {Box(each.box) for each in signatures(tenant_id=found.tenant_id, disclosure_id=found.id)}
    rule = profile_version(found.profile, found.profile_version)
    return rules.next_box(signed, rule.request_form.sign_order)


def _due(found: InsiderRequest) -> date:
    """As for an ordinary letter (8.4): the regulation names no day for an insider."""
    return working_days.working_days_after(civil_day(found.filed_at), ORDINARY_DAYS)


def _members(tenant_id: UUID) -> tuple[User, ...]:
    """Everybody at work here, once each, by name."""
    found = {user.id: user for _role, user in people.staff(tenant_id=tenant_id) if user.deactivated_at is None}
    return tuple(found.values())
