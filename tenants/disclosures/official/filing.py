"""What an agency's officer does: file and complete."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.objects import ObjectStore
from tenants.actor import Actor, person
from tenants.disclosures import asking, closed
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.holding import hold_for_case
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.numbering import next_serial
from tenants.disclosures.official import documents, letters, rules
from tenants.disclosures.official.documents import (
    BY_SCAN,
    NOTHING_ADDED,
    RETURNABLE_NAMES,
    SCAN_ALLOWED,
    Classification,
    Element,
    OfficialDocument,
)
from tenants.disclosures.official.letters import CheckedScan, Scan
from tenants.disclosures.official.lifecycle import TRANSITIONS
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.outlook import Outlook, outlook
from tenants.disclosures.progress import finish, record, start
from tenants.disclosures.steps import Step
from tenants.disclosures.windows import plain, rows_of
from tenants.errors import Invalid, NeedsConfirmation, NotAllowed
from tenants.registry import queries as registry
from tenants.registry.models import Agency, Site
from tenants.registry.regulations import profile, profile_version

_REQUIRED = {
    "officer_name": "承辦人姓名",
    "officer_title": "承辦人職稱",
    "officer_phone": "承辦人電話",
}


@dataclass(frozen=True, kw_only=True)
class Filing:
    """A request as typed: the officer in charge, the letter, and the windows of one institution's one site."""

    officer_name: str
    officer_title: str
    officer_phone: str
    document: OfficialDocument
    windows: tuple[AskedWindow, ...]
    scan: Scan | None = None
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What a second letter added after 退請補正. None keeps what was there."""

    duty: str | None = None
    legal_basis: str | None = None
    purpose: str | None = None
    scope: str | None = None
    intended_use: str | None = None
    copy_necessity: str | None = None
    scan: Scan | None = None

    def is_empty(self) -> bool:
        """Whether it adds nothing at all."""
        typed = (self.duty, self.legal_basis, self.purpose, self.scope, self.intended_use, self.copy_necessity)
        return self.scan is None and not any((text or "").strip() for text in typed)


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The new case, and this agency's other cases under the same 字號: parts of one letter, or duplicates."""

    disclosure: OfficialRequest
    linked: tuple[OfficialRequest, ...]


@dataclass(frozen=True, kw_only=True)
class PartOf:
    """That a case is one part of a letter to several places: the agency's number for all, and how many others."""

    parent_number: str
    also_sent_to: int


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A filing that one institution can take: nothing is written yet. `ahead.cautions` are a person's to confirm."""

    filing: Filing
    agency_id: UUID
    site: Site
    ahead: Outlook


def file_request(*, actor: Actor, tenant_id: UUID, filing: Filing, store: ObjectStore) -> Filed:
    """File a request and preserve its windows at once, in one transaction (KH-6-1, DR-01).

    The hold does not wait for a complete letter: what is missing can be sent later, what is destroyed cannot.
    Raises `Invalid` with the form's field, `Destroyed`, and `NeedsConfirmation` unless `filing.confirmed`.
    """
    sound = check_filing(actor=actor, tenant_id=tenant_id, filing=filing)
    scan = scan_of(filing)
    if sound.ahead.cautions and not filing.confirmed:
        raise NeedsConfirmation(sound.ahead.cautions)
    disclosure = enter(sound, scan, actor=actor, store=store)
    return Filed(disclosure=disclosure, linked=sound.ahead.linked)


def check_filing(*, actor: Actor, tenant_id: UUID, filing: Filing) -> Sound:
    """Whether this institution can take the filing. Raises as `file_request`, and changes nothing."""
    agency = _agency(actor)
    _check_stated(filing)
    rules.check_document_date(filing.document.dated, today=clock.today())
    rules.check_return_by(filing.document.return_by, today=clock.today())
    site_of = {camera.id: camera.site_id for camera in registry.cameras(tenant_id=tenant_id)}
    site = db.session.get_one(Site, asking.check_windows(filing.windows, site_of=site_of, now=clock.now()))
    closed.check_filing(tenant_id=tenant_id, windows=filing.windows)
    return Sound(
        filing=filing,
        agency_id=agency.id,
        site=site,
        ahead=outlook(
            tenant_id=tenant_id,
            agency_id=agency.id,
            number=filing.document.number,
            scope=filing.document.scope,
            windows=filing.windows,
        ),
    )


def scan_of(filing: Filing) -> CheckedScan | None:
    """The letter's scan, read once however many places it goes to. Raises `Invalid`, field `scan`."""
    return letters.checked(filing.scan, classification=filing.document.classification, required=True)


def enter(
    sound: Sound, scan: CheckedScan | None, *, actor: Actor, store: ObjectStore, part: PartOf | None = None
) -> OfficialRequest:
    """The case of a filing that was checked: row, hold, windows, scan and event. The session is bound to its place."""
    filing, site = sound.filing, sound.site
    held = [asking.with_margin(window) for window in filing.windows if window not in sound.ahead.destroyed]
    disclosure = _opened(actor=actor, site=site, filing=filing, agency_id=sound.agency_id, held=held)
    if part is not None:
        disclosure.parent_number, disclosure.also_sent_to = part.parent_number, part.also_sent_to
    cameras = {camera.id: camera for camera in registry.cameras(tenant_id=site.tenant_id)}
    db.session.add_all(rows_of(disclosure, filing.windows, cameras, agency_id=sound.agency_id))
    if scan is not None:
        letters.keep(scan, actor=actor, disclosure=disclosure, store=store)
    record(
        Step.FILE,
        actor=actor,
        disclosure=disclosure,
        agency_id=str(sound.agency_id),
        document_number=disclosure.folded_number,
        windows=[plain(window) for window in filing.windows],
    )
    return disclosure


def complete(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, completion: Completion, store: ObjectStore
) -> OfficialRequest:
    """補正: add what was missing; the request is under review again. Nothing that was stated can be taken back."""
    disclosure = start(OfficialRequest, Step.COMPLETE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    classification = Classification(disclosure.classification)
    scan = letters.checked(completion.scan, classification=classification, required=False)
    for name in (*(element.value for element in Element), "copy_necessity"):
        value = getattr(completion, name)
        if value is not None and value.strip():
            setattr(disclosure, name, value.strip())
    rule = profile_version(disclosure.profile, disclosure.profile_version)
    owed = documents.owed(disclosure, copy_needs_necessity=rule.agency.copy_needs_necessity)
    still_missing = [item for item in owed if not (item in BY_SCAN and scan is not None)]
    if still_missing:
        names, first = "、".join(RETURNABLE_NAMES[item] for item in still_missing), still_missing[0]
        field = letters.FIELD if first in BY_SCAN else first.value
        raise Invalid(f"仍缺{names}。請依補正公文填寫後再送出。", field=field)
    # Of a letter that may not lie here nothing can be uploaded: the institution has it by another way.
    if completion.is_empty() and classification in SCAN_ALLOWED:
        raise Invalid(NOTHING_ADDED, field="scan")
    if scan is not None:
        letters.keep(scan, actor=actor, disclosure=disclosure, store=store)
    disclosure.returned_for = []  # answered; what is sent back next is asked anew
    return finish(Step.COMPLETE, actor=actor, disclosure=disclosure)


def _agency(actor: Actor) -> Agency:
    actor.require(TRANSITIONS[Step.FILE].permission)
    person(actor)
    agency = db.session.get(Agency, actor.agency_id) if actor.agency_id else None
    if agency is None or agency.verified_at is None:
        raise NotAllowed("貴機關尚未經平台核定，不能提出申請。非公務機關請先向警察機關報案或循司法程序。")
    return agency


def _check_stated(filing: Filing) -> None:
    for name, label in _REQUIRED.items():
        if not getattr(filing, name).strip():
            raise Invalid(f"請填寫{label}。", field=name)
    document = filing.document
    if not document.number.strip():
        raise Invalid("請填寫發文字號。", field="document_number")
    if not document.subject.strip():
        raise Invalid("請填寫公文主旨。", field="subject")
    if not document.duty.strip():
        raise Invalid("請敘明執行職務之事由，例如「偵辦竊盜案」。", field="duty")


def _opened(*, actor: Actor, site: Site, filing: Filing, agency_id: UUID, held: list[AskedWindow]) -> OfficialRequest:
    document = filing.document
    serial = next_serial(tenant_id=site.tenant_id)
    rule = profile(site.profile, clock.today())
    hold = hold_for_case(
        actor=actor, tenant_id=site.tenant_id, serial=serial, necessity=document.duty.strip(), windows=held
    )
    disclosure = OfficialRequest(
        id=uuid4(),
        tenant_id=site.tenant_id,
        agency_id=agency_id,
        site_id=site.id,
        serial=serial,
        state=DisclosureState.SUBMITTED,
        profile=rule.code,
        profile_version=rule.version,
        filed_at=clock.now(),
        filed_by=person(actor),
        hold_id=hold.id,
        wants_copy=document.wants_copy,
        return_by=document.return_by,
        urgency=document.urgency,
        classification=document.classification,
        document_number=document.number.strip(),
        folded_number=documents.number(document.number).folded,
        document_date=document.dated,
        **{name: getattr(filing, name).strip() for name in _REQUIRED},
        **{name: (getattr(document, name) or "").strip() for name in _PLAIN_COLUMNS},
        **{name: (getattr(document, name) or "").strip() or None for name in _ELEMENT_COLUMNS},
    )
    db.session.add(disclosure)
    db.session.flush()
    return disclosure


_PLAIN_COLUMNS = ("subject", "explanation", "duty", "copy_necessity")
_ELEMENT_COLUMNS = tuple(element.value for element in Element if element is not Element.DUTY)
