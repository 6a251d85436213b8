"""A copy handed over in person on a medium: written by the handler, read back, signed for by both (anchors row 70).

The handler downloads the same package that an officer would fetch, for one named medium and a few times at most. What
is on the medium is proven by its hash, read back from it and typed; nothing else ends in the register as handed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.disclosures.official.finished_copies import finished_copy
from tenants.disclosures.official.handover import DUTY_NOTICE_VERSION, reason_of
from tenants.disclosures.official.leaving import Leaving, check_recipient
from tenants.disclosures.official.models import MediumHandover, MediumKind, OfficialRequest
from tenants.disclosures.official.passphrases import forget_passphrase, kept
from tenants.disclosures.official.rules import check_read_back, is_open
from tenants.disclosures.packages.models import Package
from tenants.disclosures.progress import finish, record, start
from tenants.disclosures.register import actions as register
from tenants.disclosures.register.actions import Line
from tenants.disclosures.register.rules import check_accessor
from tenants.disclosures.steps import Step
from tenants.errors import Invalid, NotFound, refusals, refuse
from tenants.registry.models import Agency

# Writing a disc fails now and then; more than this is another medium, and registered as one.
MOST_TAKEN = 3


@dataclass(frozen=True, kw_only=True)
class Medium:
    """What the copy is written on: its kind, and the number printed on it or given to it."""

    kind: MediumKind
    serial: str


@dataclass(frozen=True, kw_only=True)
class InPerson:
    """Who takes the medium, what was read back from it, and how it was signed for.

    `receipt_number` is the paper receipt's; empty when the officer signed on the handler's screen.
    """

    name: str
    title: str
    acknowledged: bool
    read_back: str
    receipt_number: str


def prepare_medium(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, medium: Medium) -> MediumHandover:
    """Name the medium on which the approved copy will leave; one that was named before and not handed over is void."""
    disclosure = start(
        OfficialRequest, Step.PREPARE_MEDIUM, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id
    )
    if not medium.serial.strip():
        raise Invalid("請填寫媒體的序號；沒有印製序號的，請自行編號並寫在媒體上。", field="serial")
    package = _ready(disclosure)
    before = waiting_medium(disclosure)
    if before is not None:
        before.replaced_at = clock.now()
        db.session.flush()  # of two that are open the database takes none
    made = MediumHandover(
        tenant_id=tenant_id,
        disclosure_id=disclosure_id,
        medium_kind=medium.kind,
        medium_serial=medium.serial.strip(),
        prepared_at=clock.now(),
        prepared_by=person(actor),
    )
    db.session.add(made)
    db.session.flush()  # the event names the id
    record(
        Step.PREPARE_MEDIUM,
        actor=actor,
        disclosure=disclosure,
        package_id=str(package.id),
        handover_id=str(made.id),
        medium=made.medium_kind,
        medium_serial=made.medium_serial,
    )
    return made


def waiting_medium(disclosure: OfficialRequest) -> MediumHandover | None:
    """The medium that was named and not handed over, locked; there is at most one."""
    return db.session.scalar(_open_ones(disclosure.tenant_id).where(MediumHandover.disclosure_id == disclosure.id))


def check_taking(*, actor: Actor, tenant_id: UUID, handover_id: UUID) -> Package:
    """The package that may be written to this medium now, changing nothing. Raises as `take_out`."""
    held, disclosure = _open_one(Step.TAKE_OUT, actor=actor, tenant_id=tenant_id, handover_id=handover_id)
    package = _ready(disclosure)
    if held.taken >= MOST_TAKEN:
        raise Invalid(f"已為這個媒體下載{MOST_TAKEN}次。仍無法寫入時，請登記另一個媒體。", code="taken_too_often")
    return package


def take_out(*, actor: Actor, tenant_id: UUID, handover_id: UUID, leaving: Leaving, sha256: str) -> Package:
    """Count and record one download for the medium; the bytes leave after its commit, sealed as `leaving` says.

    `sha256` is of the file as it leaves, which is what is read back from the medium. Raises `Invalid` once it was
    downloaded often enough, was replaced or handed over, and `NotFound`.
    """
    package = check_taking(actor=actor, tenant_id=tenant_id, handover_id=handover_id)
    held, disclosure = _open_one(Step.TAKE_OUT, actor=actor, tenant_id=tenant_id, handover_id=handover_id)
    check_recipient(leaving, agency_id=disclosure.agency_id)
    held.taken, held.taken_at = held.taken + 1, clock.now()
    held.sha256, held.sealed_to, held.sealed_bytes = sha256, leaving.sealed_to, leaving.size
    forget_passphrase(actor=actor, disclosure=disclosure, package_id=package.id)
    if leaving.passphrase is not None:
        db.session.flush()  # one waits at a time
        db.session.add(kept(leaving.passphrase, disclosure))
    record(
        Step.TAKE_OUT,
        actor=actor,
        disclosure=disclosure,
        package_id=str(package.id),
        handover_id=str(held.id),
        count=held.taken,
    )
    return package


def given_faults(held: MediumHandover, given: InPerson) -> Iterator[Invalid]:
    """All that `hand_over` refuses of what was typed: what was read back, who takes it, and whether they agreed."""
    if held.taken == 0:
        yield Invalid("尚未下載影像到這個媒體。請先下載寫入，再從媒體讀回雜湊。", field="read_back")
    else:
        yield from refusals(lambda: check_read_back(given.read_back, sha256=held.sha256))
    if not given.acknowledged:
        yield Invalid("請承辦人先閱讀並同意個人資料保護義務，再簽收。", field="acknowledged")
    yield from refusals(lambda: check_accessor(name=given.name, title=given.title))


def hand_over(*, actor: Actor, tenant_id: UUID, handover_id: UUID, given: InPerson) -> MediumHandover:
    """當面交付: the officer took the medium. Receipt, register line and event in one transaction, or nothing."""
    held, disclosure = _open_one(Step.HAND_OVER, actor=actor, tenant_id=tenant_id, handover_id=handover_id)
    package = _ready(disclosure)
    refuse(given_faults(held, given))
    now, paper = clock.now(), given.receipt_number.strip()
    held.handed_at, held.handed_by = now, person(actor)
    held.officer_name, held.officer_title = given.name.strip(), given.title.strip()
    held.signed, held.receipt_number = ("paper" if paper else "screen"), paper
    held.receipt_version = DUTY_NOTICE_VERSION
    reason = reason_of(disclosure, package)
    package.leave_with(
        person(actor), at=now, address=actor.address, sealed_to=held.sealed_to, sealed_bytes=held.sealed_bytes
    )
    package.receipt_version = DUTY_NOTICE_VERSION
    package.end_link()
    disclosure.copy_is_outside_again()
    _enter(actor, disclosure, given, reason)
    finish(
        Step.HAND_OVER,
        actor=actor,
        disclosure=disclosure,
        package_id=str(package.id),
        handover_id=str(held.id),
        sha256=held.sha256,
    )
    return held


def mediums_of(disclosure: OfficialRequest) -> list[MediumHandover]:
    """Every medium that was named for a case, the latest first."""
    query = select(MediumHandover).where(
        MediumHandover.tenant_id == disclosure.tenant_id, MediumHandover.disclosure_id == disclosure.id
    )
    return list(db.session.scalars(query.order_by(MediumHandover.prepared_at.desc())))


def medium(*, tenant_id: UUID, handover_id: UUID) -> MediumHandover:
    """One medium of the institution's, handed over or not. Raises `NotFound`."""
    query = select(MediumHandover).where(MediumHandover.tenant_id == tenant_id, MediumHandover.id == handover_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _enter(actor: Actor, disclosure: OfficialRequest, given: InPerson, reason: str) -> None:
    now = clock.now()
    register.enter(
        actor=actor,
        disclosure=disclosure,
        line=Line(
            name=given.name,
            unit=db.session.get_one(Agency, disclosure.agency_id).name,
            title=given.title,
            started_at=now,
            ended_at=now,
            summary=f"{disclosure.serial} 當面交付：{reason}",
            operator=actor.name,
            copied=True,
            in_person=True,
        ),
    )


def _ready(disclosure: OfficialRequest) -> Package:
    """The case's finished copy, locked, while nobody has fetched it yet."""
    package = finished_copy(disclosure)
    if not is_open(package):
        raise Invalid("影像已經領取或交付，不能重複交付。下載中斷或媒體毀損時，請先重新開放領取。", code="collected")
    return package


def _open_ones(tenant_id: UUID) -> Select[MediumHandover]:
    return (
        select(MediumHandover)
        .where(
            MediumHandover.tenant_id == tenant_id,
            MediumHandover.handed_at.is_(None),
            MediumHandover.replaced_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _open_one(
    step: Step, *, actor: Actor, tenant_id: UUID, handover_id: UUID
) -> tuple[MediumHandover, OfficialRequest]:
    """The medium while it waits, with its case, both locked: the case first, as whoever names or voids one does.

    Raises as `start`, `NotFound` for none, and `Invalid` for one that is over.
    """
    held = medium(tenant_id=tenant_id, handover_id=handover_id)
    disclosure = start(OfficialRequest, step, actor=actor, tenant_id=tenant_id, disclosure_id=held.disclosure_id)
    found = db.session.scalar(_open_ones(tenant_id).where(MediumHandover.id == handover_id))
    if found is None:
        over = "已經交付" if held.handed_at is not None else "已改用另一個媒體"
        raise Invalid(f"這個媒體{over}。請重新整理案件頁面。", code="medium_over")
    return found, disclosure
