"""Improvement items: an institution's own, and all of them for the bureau, on its own connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from infra.db import bureau_session, db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.errors import NotFound
from tenants.improvements.lifecycle import OWED, ItemState
from tenants.improvements.models import Improvement
from tenants.registry.models import Tenant

# Whose turn it is at the bureau, the auditor's own first.
_ORDER: Sequence[str] = (ItemState.ANSWERED, ItemState.ASKED, ItemState.RETURNED, ItemState.ACCEPTED)


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """One item in the bureau's list, with its institution."""

    item: Improvement
    institution: str
    district: str


def is_late(item: Improvement, *, today: date) -> bool:
    """Whether its day is over and the institution still owes an answer; on the day itself it is in time."""
    return item.state in OWED and item.due_on < today


def items(*, tenant_id: UUID) -> list[Improvement]:
    """An institution's items, what it owes first, and of that what is due first."""
    if not _any(tenant_id=tenant_id):
        return []
    found = db.session.scalars(*_of_institution(tenant_id=tenant_id))
    return sorted(found, key=lambda each: (each.state not in OWED, each.due_on, each.serial))


def owed(*, tenant_id: UUID) -> list[Improvement]:
    """Those of them that wait for the institution's answer, what is due first before the others."""
    return [each for each in items(tenant_id=tenant_id) if each.state in OWED]


def item(*, tenant_id: UUID, improvement_id: UUID) -> Improvement:
    """One of them. Raises `NotFound`."""
    query = select(Improvement).where(Improvement.tenant_id == tenant_id, Improvement.id == improvement_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def city(*, today: date, sample_serial: str = "") -> Sequence[ItemLine]:
    """Every institution's items, those that are late first, then those to be looked at; of one sample if given."""
    query = select(Improvement, Tenant).join(Tenant, Tenant.id == Improvement.tenant_id)
    if sample_serial:
        query = query.where(Improvement.sample_serial == sample_serial)
    with bureau_session() as session:
        found = _lines(session, query)
    return sorted(
        found,
        key=lambda each: (not is_late(each.item, today=today), _ORDER.index(each.item.state), each.item.due_on),
    )


def city_item(*, tenant_id: UUID, improvement_id: UUID) -> ItemLine:
    """One item as the bureau reads it. Raises `NotFound`."""
    query = (
        select(Improvement, Tenant)
        .join(Tenant, Tenant.id == Improvement.tenant_id)
        .where(Improvement.tenant_id == tenant_id, Improvement.id == improvement_id)
    )
    with bureau_session() as session:
        found = _lines(session, query)
    if not found:
        raise NotFound
    return found[0]


@asked_together
def _any(tenant_id: Place) -> ColumnElement[bool]:
    return exists().where(Improvement.tenant_id == tenant_id)


@made_once
def _of_institution(*, tenant_id: UUID) -> Select[Improvement]:
    return select(Improvement).where(Improvement.tenant_id == tenant_id)


def _lines(session: Session, query: Select[Improvement, Tenant]) -> list[ItemLine]:
    """The rows as they outlive the session."""
    found = [
        ItemLine(item=item, institution=tenant.name, district=tenant.district)
        for item, tenant in session.execute(query)
    ]
    session.expunge_all()
    return found
