"""Reads about closings. Bound to the institution, but for what its public row says."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from tenants.closing.models import Closing, ClosingState
from tenants.people import queries as people
from tenants.people.models import Membership, User
from tenants.permissions import Role
from tenants.registry.models import EdgeDevice, Tenant


def closings(*, tenant_id: UUID) -> list[Closing]:
    """Every closing that was entered, withdrawn ones too, the newest first."""
    query = select(Closing).where(Closing.tenant_id == tenant_id)
    return list(db.session.scalars(query.order_by(Closing.created_at.desc())))


def living(*, tenant_id: UUID) -> Closing | None:
    """The closing that lies ahead or was carried out."""
    return db.session.scalar(
        select(Closing).where(Closing.tenant_id == tenant_id, Closing.state != ClosingState.WITHDRAWN)
    )


def is_due(*, tenant_id: UUID, today: date) -> bool:
    """Whether a closing's day has come that is not carried out, for the sweep: it locks nothing."""
    return db.session.scalar(_due(tenant_id, today)) is not None


def due(*, tenant_id: UUID, today: date) -> Closing | None:
    """The closing whose day has come and that is not carried out, locked."""
    query = _due(tenant_id, today).with_for_update()
    return db.session.scalar(query, execution_options={"populate_existing": True})


def _due(tenant_id: UUID, today: date) -> Select[Closing]:
    return select(Closing).where(
        Closing.tenant_id == tenant_id,
        Closing.state == ClosingState.SCHEDULED,
        Closing.effective_from <= today,
    )


def custodian(*, tenant_id: UUID) -> tuple[Membership, User] | None:
    """Who is custodian of the closed institution now."""
    return next((pair for pair in people.staff(tenant_id=tenant_id) if pair[0].role == Role.CUSTODIAN), None)


def arriving(*, tenant_id: UUID, today: date) -> list[Tenant]:
    """The institutions that are to go into this one on a day that has not come."""
    return list(db.session.scalars(_into(tenant_id).where(Tenant.closed_from > today)))


def kept_here(*, tenant_id: UUID) -> list[Tenant]:
    """The institutions that went or will go into this one, by name."""
    return list(db.session.scalars(_into(tenant_id).order_by(Tenant.name)))


def boxes_left(*, tenant_id: UUID) -> list[EdgeDevice]:
    """The institution's boxes that may still speak to us."""
    query = select(EdgeDevice).where(EdgeDevice.tenant_id == tenant_id, EdgeDevice.revoked_at.is_(None))
    return list(db.session.scalars(query))


def _into(tenant_id: UUID) -> Select[Tenant]:
    return select(Tenant).where(Tenant.successor_id == tenant_id)
