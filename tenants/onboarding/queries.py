"""Reads about rosters. The session is bound to the bureau."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from infra.db import db
from tenants.errors import NotFound
from tenants.onboarding.models import Roster, RosterState

_MOST_LISTED = 50


def roster(*, tenant_id: UUID, roster_id: UUID) -> Roster:
    """One roster. Raises `NotFound`."""
    found = db.session.scalar(select(Roster).where(Roster.tenant_id == tenant_id, Roster.id == roster_id))
    if found is None:
        raise NotFound
    return found


def locked(*, tenant_id: UUID, roster_id: UUID) -> Roster:
    """The same, with its row locked until the transaction ends."""
    found = roster(tenant_id=tenant_id, roster_id=roster_id)
    db.session.refresh(found, with_for_update=True)
    return found


def latest(*, tenant_id: UUID) -> Sequence[Roster]:
    """The last fifty, the newest first."""
    query = select(Roster).where(Roster.tenant_id == tenant_id).order_by(Roster.checked_at.desc())
    return list(db.session.scalars(query.limit(_MOST_LISTED)))


def waiting(*, tenant_id: UUID, now: datetime) -> Sequence[UUID]:
    """Those that were confirmed and not carried out, and those whose hour is past."""
    expired = and_(Roster.state == RosterState.CHECKED, Roster.expires_at <= now)
    query = select(Roster.id).where(Roster.tenant_id == tenant_id, or_(Roster.state == RosterState.CONFIRMED, expired))
    return list(db.session.scalars(query))
