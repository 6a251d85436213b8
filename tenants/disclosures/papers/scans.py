"""The scan of a paper that was entered later, with it or afterwards: until then it is 待補掃描 (KH-6-2d, DR-20)."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, exists, func, select

from infra import age, clock, object_keys
from infra.db import db
from infra.objects import ObjectStore
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import check_not_involved
from tenants.disclosures.official import letters
from tenants.disclosures.official.letters import CheckedScan, Scan
from tenants.disclosures.papers.models import PaperScan
from tenants.disclosures.records import records_recipient
from tenants.disclosures.register.models import RegisterEntry
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission

FIELD = letters.FIELD


def scan_application(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, scan: Scan | None, store: ObjectStore
) -> PaperScan:
    """Add the scan of an application that was filled in on paper. Raises `Invalid`, `NotFound` where none was."""
    actor.require(Permission.PAPER_ENTER)
    query = select(InsiderRequest).where(InsiderRequest.tenant_id == tenant_id, InsiderRequest.id == disclosure_id)
    found = db.session.scalar(query)
    if found is None or not found.paper_number:
        raise NotFound
    check_not_involved(actor.id, found.excluded)
    return keep(_given(scan), actor=actor, tenant_id=tenant_id, disclosure_id=found.id, entry_id=None, store=store)


def scan_entry(*, actor: Actor, tenant_id: UUID, entry_id: UUID, scan: Scan | None, store: ObjectStore) -> PaperScan:
    """Add the scan of a line of the register that was on paper first. Raises as `scan_application`."""
    actor.require(Permission.PAPER_ENTER)
    query = select(RegisterEntry).where(RegisterEntry.tenant_id == tenant_id, RegisterEntry.id == entry_id)
    entry = db.session.scalar(query)
    if entry is None or not entry.paper_number:
        raise NotFound
    refuse_involved(actor=actor, tenant_id=tenant_id, disclosure_id=entry.disclosure_id)
    checked, of = _given(scan), entry.disclosure_id
    return keep(checked, actor=actor, tenant_id=tenant_id, disclosure_id=of, entry_id=entry.id, store=store)


def keep(
    scan: CheckedScan, *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, entry_id: UUID | None, store: ObjectStore
) -> PaperScan:
    """Store a checked scan sealed to the institution, and add its row.

    Put before the commit, as a letter is: an orphan that nobody can read is better than a row without its scan.
    """
    scan_id = uuid4()
    recipient = records_recipient(tenant_id=tenant_id, field=FIELD)
    store.put(object_keys.letter(tenant_id=tenant_id, letter_id=scan_id), age.encrypt(scan.file.data, recipient))
    made = PaperScan(
        id=scan_id,
        tenant_id=tenant_id,
        disclosure_id=disclosure_id,
        entry_id=entry_id,
        file_name=scan.file_name,
        size=len(scan.file.data),
        pages=scan.file.pages,
        sha256=scan.file.sha256,
        uploaded_at=clock.now(),
        uploaded_by=person(actor),
    )
    db.session.add(made)
    audit.record(
        Event.PAPER_SCANNED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=disclosure_id,
        disclosure_id=str(disclosure_id),
        scan_id=str(scan_id),
        sha256=made.sha256,
        bytes=made.size,
    )
    return made


def opened_by(*, actor: Actor, tenant_id: UUID, scan_id: UUID) -> PaperScan:
    """A scan, for somebody whom its case does not concern, once the chain says that it was opened (DR-22, DR-27).

    A form bears the whole identity number, so whoever may print it may open it, and nobody else.
    """
    actor.require(Permission.APPLICATION_PRINT)
    found = db.session.scalar(select(PaperScan).where(PaperScan.tenant_id == tenant_id, PaperScan.id == scan_id))
    if found is None:
        raise NotFound
    refuse_involved(actor=actor, tenant_id=tenant_id, disclosure_id=found.disclosure_id)
    audit.record(
        Event.PAPER_READ,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.disclosure_id,
        disclosure_id=str(found.disclosure_id),
        scan_id=str(scan_id),
    )
    return found


def of_application(*, tenant_id: UUID, disclosure_id: UUID) -> list[PaperScan]:
    """The scans of a case's own form, the latest first."""
    query = select(PaperScan).where(
        PaperScan.tenant_id == tenant_id, PaperScan.disclosure_id == disclosure_id, PaperScan.entry_id.is_(None)
    )
    return list(db.session.scalars(query.order_by(PaperScan.uploaded_at.desc())))


def of_entries(*, tenant_id: UUID, entry_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The latest scan of each of these lines; a line without one is 待補掃描."""
    query = select(PaperScan.entry_id, PaperScan.id).where(
        PaperScan.tenant_id == tenant_id, PaperScan.entry_id.in_(list(entry_ids))
    )
    rows = db.session.execute(query.order_by(PaperScan.uploaded_at))
    return {entry_id: scan_id for entry_id, scan_id in rows if entry_id is not None}


@asked_together
def lines_waiting(tenant_id: Place) -> ColumnElement[int]:
    """How many lines of the register that were on paper are 待補掃描."""
    scanned = exists().where(PaperScan.tenant_id == tenant_id, PaperScan.entry_id == RegisterEntry.id)
    on_paper = RegisterEntry.paper_number != ""
    return select(func.count()).where(RegisterEntry.tenant_id == tenant_id, on_paper, ~scanned).scalar_subquery()


@asked_together
def _any_application_waits(tenant_id: Place) -> ColumnElement[bool]:
    return _without_scan(tenant_id).exists()


def applications_waiting(*, tenant_id: UUID, actor: Actor) -> list[tuple[UUID, str]]:
    """The applications that were on paper and are 待補掃描, as id and number; none that concerns the actor."""
    if not _any_application_waits(tenant_id=tenant_id):
        return []
    rows = db.session.execute(*_applications_waiting(tenant_id=tenant_id))
    return [(row.id, row.serial) for row in rows if str(actor.id) not in row.excluded]


def refuse_involved(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> None:
    """Raise `NotFound` for somebody whom the case concerns: of it there is nothing for them (DR-27)."""
    query = select(InsiderRequest.excluded).where(
        InsiderRequest.tenant_id == tenant_id, InsiderRequest.id == disclosure_id
    )
    if str(actor.id) in (db.session.scalar(query) or ()):
        raise NotFound


@made_once
def _applications_waiting(*, tenant_id: UUID) -> Select[UUID, str, list[str]]:
    return _without_scan(tenant_id).order_by(InsiderRequest.filed_at)


def _without_scan(tenant_id: UUID | Place) -> Select[UUID, str, list[str]]:
    scanned = exists().where(
        PaperScan.tenant_id == tenant_id, PaperScan.disclosure_id == InsiderRequest.id, PaperScan.entry_id.is_(None)
    )
    return select(InsiderRequest.id, InsiderRequest.serial, InsiderRequest.excluded).where(
        InsiderRequest.tenant_id == tenant_id, InsiderRequest.paper_number != "", ~scanned
    )


def _given(scan: Scan | None) -> CheckedScan:
    if scan is None:
        raise Invalid("請選擇紙本的掃描檔（PDF）。", field=FIELD)
    return letters.read(scan)
