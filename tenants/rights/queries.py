"""Reads of requests under the Personal Data Protection Act. The session is bound to the institution."""

from uuid import UUID

from sqlalchemy import func, select

from infra.db import db
from tenants.disclosures.models import Disclosure
from tenants.errors import NotFound
from tenants.rights.lifecycle import FINAL
from tenants.rights.models import RightsRequest


def requests(*, tenant_id: UUID, ended: bool = False) -> list[RightsRequest]:
    """Those that are open, by their last day; with `ended` all, newest first."""
    query = select(RightsRequest).where(RightsRequest.tenant_id == tenant_id)
    if ended:
        return list(db.session.scalars(query.order_by(RightsRequest.entered_at.desc())))
    return list(db.session.scalars(query.where(RightsRequest.state.not_in(FINAL)).order_by(RightsRequest.due_on)))


def request(*, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """One request. Raises `NotFound`."""
    query = select(RightsRequest).where(RightsRequest.tenant_id == tenant_id, RightsRequest.id == rights_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def serial_of(*, tenant_id: UUID, disclosure_id: UUID | None) -> str:
    """The number of the application that a request was taken over from; empty for none."""
    if disclosure_id is None:
        return ""
    query = select(Disclosure.serial).where(Disclosure.tenant_id == tenant_id, Disclosure.id == disclosure_id)
    return db.session.scalar(query) or ""


def open_count(*, tenant_id: UUID) -> int:
    """How many are not ended."""
    query = select(func.count()).where(RightsRequest.tenant_id == tenant_id, RightsRequest.state.not_in(FINAL))
    return db.session.scalar(query) or 0
