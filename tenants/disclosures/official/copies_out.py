"""Copies that are outside: until when an agency may keep one, what became of it, and whom to remind (KH-6-5, row 61).

A day that is over ends nothing by itself: the agency is told again every week, and the institution has it on a list.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from infra import clock
from infra.db import db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants import periods
from tenants.actor import Actor, person
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official import rules
from tenants.disclosures.official.finished_copies import ITS_PACKAGE, copy_of
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.disclosures.progress import record, start
from tenants.disclosures.steps import Step
from tenants.errors import Invalid
from tenants.registry.models import Agency

# Where neither the letter nor the head names a day.
DEFAULT_MONTHS = 6
CHASED_EVERY = timedelta(days=7)


class CopyEnd(StrEnum):
    """What an agency did with a copy that it no longer needs."""

    RETURNED = "returned"
    DESTROYED = "destroyed"


COPY_END_NAMES = {CopyEnd.RETURNED: "已返還", CopyEnd.DESTROYED: "已銷毀"}


@dataclass(frozen=True, kw_only=True)
class CopyOut:
    """A copy that an agency has: since when, until when, and when it was last reminded."""

    disclosure_id: UUID
    serial: str
    agency: str
    handed_at: datetime
    return_by: date
    chased_at: datetime | None


def return_by(disclosure: OfficialRequest, *, decided: date | None) -> date:
    """The day that holds from the decision on: the head's, else the letter's, else six months. Raises `Invalid`."""
    today = clock.today()
    rules.check_return_by(decided, today=today)
    asked = disclosure.return_by if disclosure.return_by is not None and disclosure.return_by > today else None
    return decided or asked or periods.add_months(today, DEFAULT_MONTHS)


def report_end(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, how: CopyEnd, ended_on: date, document: str
) -> OfficialRequest:
    """已返還 or 已銷毀, by an officer of the agency that has the copy; once, with date and document."""
    disclosure = start(OfficialRequest, Step.REPORT_END, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    package = _handed_over(disclosure)
    if disclosure.copy_ended:
        raise Invalid("這份影像已回報返還或銷毀，不必再次回報。", code="ended_already")
    assert package.collected_at is not None  # noqa: S101 - `_handed_over` looked
    rules.check_end_report(
        ended_on=ended_on,
        handed_on=clock.civil_day(package.collected_at),
        document=document,
        today=clock.today(),
    )
    disclosure.copy_ended, disclosure.copy_ended_on = how.value, ended_on
    disclosure.copy_ended_document, disclosure.copy_ended_by = document.strip(), person(actor)
    record(
        Step.REPORT_END,
        actor=actor,
        disclosure=disclosure,
        package_id=str(package.id),
        how=how.value,
        ended_on=ended_on.isoformat(),
        document=disclosure.copy_ended_document,
    )
    return disclosure


def chase(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> bool:
    """Tell the agency that its day is over; whether it was told. It is not told again within a week."""
    disclosure = start(OfficialRequest, Step.CHASE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    query = _overdue(tenant_id).where(OfficialRequest.id == disclosure_id)
    if db.session.scalar(query) is None:
        return False
    disclosure.chased_at = clock.now()
    record(Step.CHASE, actor=actor, disclosure=disclosure, return_by=str(disclosure.return_by))
    return True


def to_chase(*, tenant_id: UUID) -> list[UUID]:
    """The cases whose agency has to be told now."""
    return list(db.session.scalars(_overdue(tenant_id)))


@asked_together
def _any_out(tenant_id: Place) -> ColumnElement[bool]:
    return select(OfficialRequest.id).join(Package, ITS_PACKAGE).where(*_outside(tenant_id)).exists()


def copies_out(*, tenant_id: UUID) -> list[CopyOut]:
    """Every copy that an agency still has, the earliest day first."""
    if not _any_out(tenant_id=tenant_id):
        return []
    return [
        CopyOut(
            disclosure_id=row.id,
            serial=row.serial,
            agency=agency,
            handed_at=handed_at,
            return_by=row.return_by,
            chased_at=row.chased_at,
        )
        for row, agency, handed_at in db.session.execute(*_out(tenant_id=tenant_id))
        if row.return_by is not None and handed_at is not None
    ]


@made_once
def _out(*, tenant_id: UUID) -> Select[OfficialRequest, str, datetime | None]:
    return (
        select(OfficialRequest, Agency.name, Package.collected_at)
        .join(Agency, Agency.id == OfficialRequest.agency_id)
        .join(Package, ITS_PACKAGE)
        .where(*_outside(tenant_id))
        .order_by(OfficialRequest.return_by, OfficialRequest.filed_at)
    )


def _outside(tenant_id: UUID | Place) -> tuple[ColumnElement[bool], ...]:
    return (
        OfficialRequest.tenant_id == tenant_id,
        OfficialRequest.state.in_((DisclosureState.EXPORTED, DisclosureState.CLOSED)),
        OfficialRequest.copy_ended == "",
        OfficialRequest.return_by.is_not(None),
        Package.collected_at.is_not(None),
    )


def _overdue(tenant_id: UUID) -> Select[UUID]:
    return (
        select(OfficialRequest.id)
        .join(Package, ITS_PACKAGE)
        .where(
            *_outside(tenant_id),
            OfficialRequest.return_by < clock.today(),
            or_(OfficialRequest.chased_at.is_(None), OfficialRequest.chased_at <= clock.now() - CHASED_EVERY),
        )
        .order_by(OfficialRequest.return_by)
    )


def _handed_over(disclosure: OfficialRequest) -> Package:
    package = copy_of(disclosure)
    if package.collected_at is None:
        raise Invalid("貴機關沒有領取這件影像，不必回報。", code="not_collected")
    return package
