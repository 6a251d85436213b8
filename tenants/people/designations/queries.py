"""Reads about designations. The session is bound to the institution."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.statements import made_once
from tenants.people.designations import rules
from tenants.people.designations.models import Designation
from tenants.people.models import User


@dataclass(frozen=True, kw_only=True)
class Named:
    """A designation with the name of whom one asks for."""

    designation: Designation
    contact: str


def designations(*, tenant_id: UUID) -> list[Designation]:
    """All that there ever were, the oldest first."""
    return list(db.session.scalars(*_designations(tenant_id=tenant_id)))


@made_once
def _designations(*, tenant_id: UUID) -> Select[Designation]:
    ever = select(Designation).where(Designation.tenant_id == tenant_id)
    return ever.order_by(Designation.from_on, Designation.made_at)


def on_day(*, tenant_id: UUID, day: date) -> Designation | None:
    """The one in force on a civil day, past or to come."""
    return next((each for each in designations(tenant_id=tenant_id) if rules.covers(each, day)), None)


def open_locked(*, tenant_id: UUID) -> Designation | None:
    """The one without an end, begun or not, taken for this transaction."""
    query = select(Designation).where(Designation.tenant_id == tenant_id, Designation.until_on.is_(None))
    return db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})


def named(*, tenant_id: UUID) -> list[Named]:
    """All with the contact's name, the newest first."""
    query = (
        select(Designation, User.name)
        .join(User, User.id == Designation.contact_id)
        .where(Designation.tenant_id == tenant_id)
        .order_by(Designation.from_on.desc(), Designation.made_at.desc())
    )
    return [Named(designation=found, contact=name) for found, name in db.session.execute(query)]
