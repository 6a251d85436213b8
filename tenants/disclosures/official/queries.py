"""Cases by official document as both sides read them: the institution's inbox and case, the agency's own."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select

from infra.clock import civil_day
from infra.db import db
from infra.statements import made_once
from tenants.disclosures import asking, at_hand, halts
from tenants.disclosures import queries as disclosures
from tenants.disclosures.availability import asked_of
from tenants.disclosures.lifecycle import FINAL, Course, possible
from tenants.disclosures.models import Disclosure, DisclosureState, Door
from tenants.disclosures.official import documents, passphrases, rules
from tenants.disclosures.official.case_lines import CaseLine, Lines, lines, read, reference_of
from tenants.disclosures.official.documents import Element
from tenants.disclosures.official.finished_copies import taken_in_person
from tenants.disclosures.official.in_person import mediums_of
from tenants.disclosures.official.lifecycle import TRANSITIONS
from tenants.disclosures.official.models import Letter, MediumHandover, OfficialRequest
from tenants.disclosures.packages.models import HandoverPassphrase, Package, PackageState
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.steps import Step
from tenants.disclosures.window_views import WindowView, views
from tenants.disclosures.windows import windows_of
from tenants.errors import Caution, NotAllowed, NotFound
from tenants.people import queries as people
from tenants.people.models import User
from tenants.registry import names
from tenants.registry.models import Agency, Site, Tenant
from tenants.retention import queries as retention
from tenants.retention.urgent import queries as urgent

# What waits for the institution comes first; what is over comes last.
_ORDER = (
    DisclosureState.SUBMITTED,
    DisclosureState.APPROVED,
    DisclosureState.PARTIALLY_APPROVED,
    DisclosureState.REFUSED,
    DisclosureState.EXPORTED,
    DisclosureState.RETURNED,
    DisclosureState.CLOSED,
    DisclosureState.WITHDRAWN,
)

# What came back to the agency, or is over, waits for nobody at the institution.
_UNANSWERED = frozenset(_ORDER) - FINAL - {DisclosureState.RETURNED}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone of the institution who can be named."""

    id: UUID
    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything a case page shows. `letters` is newest first; `steps` are the verbs possible in this state.

    `in_person`: what was signed for last is a medium.
    `linked` are other letters under the same 字號, `siblings` other parts of this one, as far as the reader sees them.
    """

    disclosure: OfficialRequest
    reference: str
    urgent_number: str
    state: DisclosureState
    institution: str
    phone: str
    site: str
    profile: str
    agency: str
    windows: tuple[WindowView, ...]
    letters: tuple[Letter, ...]
    package: Package | None
    missing: tuple[Element, ...]
    cautions: tuple[Caution, ...]
    linked: tuple[CaseLine, ...]
    siblings: tuple[CaseLine, ...]
    register: tuple[RegisterEntry, ...]
    mediums: tuple[MediumHandover, ...]
    escort: Person | None
    escort_candidates: tuple[Person, ...]
    hold_copied: bool
    hold_ends_on: date | None
    hold_released_at: datetime | None
    hold_review_on: date
    passphrase_waits: bool
    in_person: bool
    steps: frozenset[str]

    @property
    def copy_is_open(self) -> bool:
        """Whether a finished copy waits for its officer, for the first time or again, and nothing holds it back."""
        if self.package is None or self.package.state != PackageState.READY or self.state is DisclosureState.WITHDRAWN:
            return False
        if halts.holds_back(self.disclosure, Step.COLLECT):
            return False
        return self.disclosure.copy_approved and rules.is_open(self.package)

    @property
    def is_revoked(self) -> bool:
        """Whether the institution took the copy back and has not opened it again."""
        return self.package is not None and rules.is_revoked(self.package)

    @property
    def reopening_asked(self) -> bool:
        """Whether the officer who signed asks to have the copy opened again, and the institution still may."""
        if self.package is None or self.withheld:
            return False
        return rules.is_asked_again(asked_at=self.package.reopening_asked_at, reopened_at=self.package.reopened_at)

    @property
    def taken_back(self) -> bool:
        """Whether the head took back what was granted, after a breach."""
        return halts.taken_back(self.disclosure)

    @property
    def withheld(self) -> bool:
        """Whether nothing of the copy is handed over now: it was taken back, or waits for the head after a breach."""
        return self.is_revoked or halts.holds_back(self.disclosure, Step.COLLECT)


def inbox(*, tenant_id: UUID, include_closed: bool = False) -> list[CaseLine]:
    """The institution's cases, those that wait for it first, of them what is due first."""
    if not (at_hand.any_case if include_closed else at_hand.open_cases)(tenant_id=tenant_id):
        return []
    found = read(*(_of_institution if include_closed else _open_cases)(tenant_id=tenant_id))
    return sorted(found, key=lambda line: (_ORDER.index(line.state), line.due))  # stable: then newest first


def agency_cases(*, agency_id: UUID) -> list[CaseLine]:
    """The agency's own cases at every institution, newest first."""
    return read(*_of_agency(agency_id=agency_id))


def case(*, tenant_id: UUID, disclosure_id: UUID) -> Case:
    """One case for the institution that decides it. Raises `NotFound`."""
    return _case(_found(tenant_id=tenant_id, disclosure_id=disclosure_id), own=True)


def case_to_hand_over(*, tenant_id: UUID, disclosure_id: UUID) -> Case:
    """The same for who wants its copy out. Raises `NotAllowed` for an insider's, who only looks (KH-6-2j)."""
    door = select(Disclosure.door).where(Disclosure.tenant_id == tenant_id, Disclosure.id == disclosure_id)
    if db.session.scalar(door) == Door.INSIDER:
        raise NotAllowed("家長與教職員工的申請只能到場調閱，不能複製或交付影像。請由申請案件頁面約定調閱。")
    return case(tenant_id=tenant_id, disclosure_id=disclosure_id)


def agency_case(*, agency_id: UUID, tenant_id: UUID, disclosure_id: UUID) -> Case:
    """One case for the agency that asks: no escort candidates, no register. Raises `NotFound`."""
    disclosure = _found(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if disclosure.agency_id != agency_id:
        raise NotFound
    return _case(disclosure, own=False)


def late_count(*, tenant_id: UUID, today: date) -> int:
    """How many cases wait for the institution's decision or reply though the day to answer is past."""
    if not at_hand.open_cases(tenant_id=tenant_id):
        return 0
    found = db.session.execute(*_unanswered(tenant_id=tenant_id))
    return sum(rules.answer_by(civil_day(filed), urgency) < today for filed, urgency in found)


def untold_passphrases(*, tenant_id: UUID) -> list[CaseLine]:
    """Open cases whose copy left under a passphrase that nobody has told yet.

    It can still be told after the case was closed, from its page; nobody is reminded of it any more.
    """
    if not at_hand.open_cases(tenant_id=tenant_id):
        return []
    return [line for line in read(*_untold(tenant_id=tenant_id)) if line.copy_outside]


def letter(*, tenant_id: UUID, letter_id: UUID) -> Letter:
    """One scan of the institution's. Raises `NotFound`."""
    found = db.session.scalar(select(Letter).where(Letter.tenant_id == tenant_id, Letter.id == letter_id))
    if found is None:
        raise NotFound
    return found


@made_once
def _of_institution(*, tenant_id: UUID) -> Lines:
    return lines().where(OfficialRequest.tenant_id == tenant_id)


@made_once
def _open_cases(*, tenant_id: UUID) -> Lines:
    return lines().where(OfficialRequest.tenant_id == tenant_id, OfficialRequest.state.not_in(FINAL))


@made_once
def _of_agency(*, agency_id: UUID) -> Lines:
    return lines().where(OfficialRequest.agency_id == agency_id)


@made_once
def _unanswered(*, tenant_id: UUID) -> Select[datetime, str]:
    return select(OfficialRequest.filed_at, OfficialRequest.urgency).where(
        OfficialRequest.tenant_id == tenant_id,
        OfficialRequest.state.in_(_UNANSWERED),
        OfficialRequest.replied_at.is_(None),
    )


@made_once
def _untold(*, tenant_id: UUID) -> Lines:
    waits = select(HandoverPassphrase.disclosure_id).where(
        HandoverPassphrase.tenant_id == tenant_id, HandoverPassphrase.wrapped_secret.is_not(None)
    )
    return lines().where(
        OfficialRequest.tenant_id == tenant_id,
        OfficialRequest.id.in_(waits),
        OfficialRequest.state.in_(TRANSITIONS[Step.SHOW_PASSPHRASE].sources - FINAL),
    )


def _found(*, tenant_id: UUID, disclosure_id: UUID) -> OfficialRequest:
    query = select(OfficialRequest).where(OfficialRequest.tenant_id == tenant_id, OfficialRequest.id == disclosure_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _case(disclosure: OfficialRequest, *, own: bool) -> Case:
    tenant_id, mine = disclosure.tenant_id, disclosure.id
    windows = tuple(windows_of(disclosure).values())
    letters = select(Letter).where(Letter.tenant_id == tenant_id, Letter.disclosure_id == mine)
    entries = select(RegisterEntry).where(RegisterEntry.tenant_id == tenant_id, RegisterEntry.disclosure_id == mine)
    hold = retention.hold(tenant_id=tenant_id, hold_id=disclosure.held_as)
    same_number, siblings = _linked(disclosure)
    package = db.session.scalar(select(Package).where(Package.tenant_id == tenant_id, Package.disclosure_id == mine))
    return Case(
        disclosure=disclosure,
        reference=reference_of(disclosure),
        urgent_number=urgent.number_of(tenant_id=tenant_id, hold_id=hold.id),
        state=DisclosureState(disclosure.state),
        institution=names.name_on(tenant_id=tenant_id, day=civil_day(disclosure.filed_at)),
        phone=db.session.get_one(Tenant, tenant_id).phone,
        site=db.session.get_one(Site, disclosure.site_id).name,
        profile=disclosure.profile,
        agency=db.session.get_one(Agency, disclosure.agency_id).name,
        windows=views(disclosure, windows),
        letters=tuple(db.session.scalars(letters.order_by(Letter.uploaded_at.desc()))),
        package=package,
        missing=documents.missing(disclosure),
        cautions=asking.window_cautions([asked_of(window) for window in windows], disclosure.scope),
        linked=same_number,
        siblings=siblings,
        register=tuple(db.session.scalars(entries.order_by(RegisterEntry.entered_at))) if own else (),
        mediums=tuple(mediums_of(disclosure)) if own else (),
        escort=_escort(disclosure),
        escort_candidates=_candidates(disclosure) if own else (),
        hold_copied=disclosures.hold_is_copied(tenant_id=tenant_id, hold_id=hold.id),
        hold_ends_on=hold.ends_on,
        hold_released_at=hold.released_at,
        hold_review_on=hold.review_on,
        passphrase_waits=own and passphrases.waiting(tenant_id=tenant_id, disclosure_id=mine) is not None,
        in_person=package is not None and taken_in_person(package),
        steps=frozenset(step.value for step in possible(Course.OFFICIAL, DisclosureState(disclosure.state))),
    )


def _linked(disclosure: OfficialRequest) -> tuple[tuple[CaseLine, ...], tuple[CaseLine, ...]]:
    """The agency's other cases with the same number, and those of the same letter to other places."""
    others = lines().where(OfficialRequest.agency_id == disclosure.agency_id, OfficialRequest.id != disclosure.id)
    parent = disclosure.parent_number
    same_number = others.where(
        OfficialRequest.folded_number == disclosure.folded_number,
        (OfficialRequest.parent_number == "") | (OfficialRequest.parent_number != parent),
    )
    siblings = tuple(read(others.where(OfficialRequest.parent_number == parent))) if parent else ()
    return tuple(read(same_number)), siblings


def _escort(disclosure: OfficialRequest) -> Person | None:
    user = db.session.get(User, disclosure.escort_id) if disclosure.escort_id else None
    return Person(id=user.id, name=user.name, title=user.title) if user else None


def _candidates(disclosure: OfficialRequest) -> tuple[Person, ...]:
    """Everybody of the institution who may be named to accompany: at work now, and not who asked (KH-7-1)."""
    found = {
        user.id: Person(id=user.id, name=user.name, title=user.title)
        for _membership, user in people.staff(tenant_id=disclosure.tenant_id)
        if user.deactivated_at is None and user.id != disclosure.filed_by
    }
    return tuple(found.values())
