"""Reads of agencies' keys. The session is bound to the agency or to the bureau; to all others there is none."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.errors import NotFound
from tenants.registry.agency_keys.models import AgencyKey


def keys_of(*, agency_id: UUID) -> Sequence[AgencyKey]:
    """Every key of an agency, the newest first. The session is bound to the agency, or to the bureau."""
    query = select(AgencyKey).where(AgencyKey.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(AgencyKey.registered_at.desc(), AgencyKey.id)))


def key(*, agency_id: UUID, agency_key_id: UUID) -> AgencyKey:
    """One key of an agency. Raises `NotFound`."""
    query = select(AgencyKey).where(AgencyKey.agency_id == agency_id, AgencyKey.id == agency_key_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def key_in_use(*, agency_id: UUID) -> AgencyKey | None:
    """The key to which a copy for this agency is encrypted now: the one that was confirmed last and not revoked."""
    used = (AgencyKey.agency_id == agency_id, AgencyKey.confirmed_at.is_not(None), AgencyKey.revoked_at.is_(None))
    query = select(AgencyKey).where(*used).order_by(AgencyKey.confirmed_at.desc(), AgencyKey.id).limit(1)
    return db.session.scalar(query)


def all_keys() -> Sequence[AgencyKey]:
    """The keys of all agencies that are not revoked, those that wait for the operator first."""
    query = select(AgencyKey).where(AgencyKey.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(AgencyKey.confirmed_at.nulls_first(), AgencyKey.registered_at)))
