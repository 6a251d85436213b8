"""Reads about deputies: who acts for whom on a day. The session is bound to the institution."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from infra.db import db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.people import queries
from tenants.people.models import Deputy, Membership, User
from tenants.permissions import Acting, Role


@dataclass(frozen=True, kw_only=True)
class Named:
    """A deputyship with the names of both."""

    deputy: Deputy
    principal: str
    name: str


def acting_for(*, tenant_id: UUID, user_id: UUID, today: date) -> dict[Role, Acting]:
    """In which offices a person acts on this day, and how; not for a holder who left, nor once they left themselves."""
    found = db.session.scalars(*_acting_for(tenant_id=tenant_id, user_id=user_id, today=today))
    return _by_person(found).get(user_id, {})


@asked_together
def any_deputy(tenant_id: Place) -> ColumnElement[bool]:
    """Whether anybody was ever named one who still is."""
    return exists().where(Deputy.tenant_id == tenant_id, Deputy.revoked_at.is_(None))


def acting(*, tenant_id: UUID, today: date) -> dict[UUID, dict[Role, Acting]]:
    """The same of everybody who acts for anybody on this day."""
    if not any_deputy(tenant_id=tenant_id):
        return {}
    return _by_person(db.session.scalars(*_acting(tenant_id=tenant_id, today=today)))


def acting_users(*, tenant_id: UUID, roles: Collection[Role], today: date) -> list[User]:
    """Everybody with a usable account who acts in one of these offices on this day."""
    acting = _in_force(tenant_id, today).where(Deputy.role.in_(roles)).with_only_columns(Deputy.user_id)
    return list(db.session.scalars(select(User).where(User.id.in_(acting), User.deactivated_at.is_(None))))


def addresses(*, tenant_id: UUID, roles: Collection[Role], today: date) -> set[str]:
    """The e-mail addresses of everybody with a usable account who holds one of these roles, or acts in it today."""
    holders = [user for held, user in queries.staff(tenant_id=tenant_id) if held.role in roles]
    found = [*holders, *acting_users(tenant_id=tenant_id, roles=roles, today=today)]
    return {user.email for user in found if user.email and user.deactivated_at is None}


def living(*, tenant_id: UUID, user_id: UUID, today: date) -> list[Deputy]:
    """A person's deputyships that are not over, begun or not."""
    query = select(Deputy).where(
        Deputy.tenant_id == tenant_id,
        Deputy.user_id == user_id,
        Deputy.revoked_at.is_(None),
        Deputy.ends_on >= today,
    )
    return list(db.session.scalars(query))


def locked(*, tenant_id: UUID, deputy_id: UUID) -> Deputy | None:
    """One, taken for this transaction."""
    query = select(Deputy).where(Deputy.tenant_id == tenant_id, Deputy.id == deputy_id).with_for_update()
    return db.session.scalar(query, execution_options={"populate_existing": True})


def listed(*, tenant_id: UUID) -> list[Named]:
    """All that there ever were, the latest first."""
    principal, deputy = aliased(User), aliased(User)
    query = (
        select(Deputy, principal.name, deputy.name)
        .join(principal, principal.id == Deputy.principal_id)
        .join(deputy, deputy.id == Deputy.user_id)
        .where(Deputy.tenant_id == tenant_id)
        .order_by(Deputy.starts_on.desc(), Deputy.made_at.desc())
    )
    return [Named(deputy=found, principal=of, name=name) for found, of, name in db.session.execute(query)]


def _by_person(found: Iterable[Deputy]) -> dict[UUID, dict[Role, Acting]]:
    people: dict[UUID, dict[Role, Acting]] = {}
    for each in found:
        theirs = people.setdefault(each.user_id, {})
        # Who stands in for all of an office prints 代, also where part of it was delegated before.
        if theirs.get(Role(each.role)) is not Acting.DEPUTY:
            theirs[Role(each.role)] = Acting(each.acting)
    return people


@made_once
def _acting_for(*, tenant_id: UUID, user_id: UUID, today: date) -> Select[Deputy]:
    return _in_force(tenant_id, today).where(Deputy.user_id == user_id)


@made_once
def _acting(*, tenant_id: UUID, today: date) -> Select[Deputy]:
    return _in_force(tenant_id, today)


def _in_force(tenant_id: UUID, today: date) -> Select[Deputy]:
    here = select(Membership.id).where(Membership.tenant_id == Deputy.tenant_id, queries.holds_on(today))
    holds = here.where(Membership.user_id == Deputy.principal_id, Membership.role == Deputy.role)
    works = here.where(Membership.user_id == Deputy.user_id)
    return select(Deputy).where(
        Deputy.tenant_id == tenant_id,
        Deputy.starts_on <= today,
        Deputy.ends_on >= today,
        Deputy.revoked_at.is_(None),
        holds.exists(),
        works.exists(),
    )
