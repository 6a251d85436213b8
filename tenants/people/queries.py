"""Reads about people."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from infra import clock
from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.people.models import Membership, User
from tenants.permissions import Role


def holds_on(day: date) -> ColumnElement[bool]:
    """Memberships that are held on this civil day, as far as is known now."""
    return and_(
        Membership.ended_at.is_(None),
        or_(Membership.begins_on.is_(None), Membership.begins_on <= day),
        or_(Membership.ends_on.is_(None), Membership.ends_on > day),
    )


def user(*, user_id: UUID) -> User | None:
    """The account with this id, active or not, as the database has it now."""
    return db.session.scalars(*_user(user_id=user_id), execution_options={"populate_existing": True}).first()


@made_once
def _user(*, user_id: UUID) -> Select[User]:
    return select(User).where(User.id == user_id)


def user_locked(*, user_id: UUID) -> User | None:
    """The same, with its row locked until the transaction ends."""
    return db.session.get(User, user_id, populate_existing=True, with_for_update=True)


def user_by_login(*, login: str) -> User | None:
    """The account with this sign-in name, active or not."""
    return db.session.scalar(select(User).where(User.login == login))


def user_by_login_locked(*, login: str) -> User | None:
    """The same, with its row locked until the transaction ends, so that parallel guesses are counted one by one."""
    return db.session.scalar(select(User).where(User.login == login).with_for_update())


def memberships_of(*, user_id: UUID) -> list[Membership]:
    """The roles a person holds now, everywhere. The session must be bound to the person."""
    return list(db.session.scalars(*_memberships_of(user_id=user_id, day=clock.today())))


@made_once
def _memberships_of(*, user_id: UUID, day: date) -> Select[Membership]:
    return select(Membership).where(Membership.user_id == user_id, holds_on(day))


def memberships_ever(*, tenant_id: UUID, user_ids: Collection[UUID]) -> list[Membership]:
    """Every role that these people hold, held or will hold at the institution, as it was granted."""
    query = select(Membership).where(Membership.tenant_id == tenant_id, Membership.user_id.in_(user_ids))
    return list(db.session.scalars(query.order_by(Membership.granted_at, Membership.role)))


def not_over(*, user_id: UUID) -> list[Membership]:
    """The roles that a person holds or will hold, everywhere. The session must be bound to the person."""
    query = select(Membership).where(
        Membership.user_id == user_id,
        Membership.ended_at.is_(None),
        or_(Membership.ends_on.is_(None), Membership.ends_on > clock.today()),
    )
    return list(db.session.scalars(query))


def ahead(*, tenant_id: UUID, user_id: UUID) -> list[Membership]:
    """The roles that a person will hold at the institution from a day ahead."""
    query = select(Membership).where(
        Membership.tenant_id == tenant_id,
        Membership.user_id == user_id,
        Membership.ended_at.is_(None),
        Membership.begins_on > clock.today(),
    )
    return list(db.session.scalars(query))


def current(*, tenant_id: UUID, user_id: UUID, role: Role) -> Membership | None:
    """The person's present holding of this role at the institution."""
    return db.session.scalar(
        select(Membership).where(
            Membership.tenant_id == tenant_id,
            Membership.user_id == user_id,
            Membership.role == role,
            holds_on(clock.today()),
        )
    )


def current_at_agency(*, agency_id: UUID, user_id: UUID) -> Membership | None:
    """The person's present holding of the officer's role in the agency. The session must be bound to the agency."""
    return db.session.scalar(
        select(Membership).where(
            Membership.agency_id == agency_id, Membership.user_id == user_id, holds_on(clock.today())
        )
    )


def officers(*, agency_id: UUID) -> list[tuple[Membership, User]]:
    """Who acts for the agency now, with their accounts, by name. The session must be bound to the agency."""
    query = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.agency_id == agency_id, holds_on(clock.today()))
        .order_by(User.name, User.login)
    )
    return [(held, user) for held, user in db.session.execute(query)]


def count_others(*, tenant_id: UUID, role: Role, user_id: UUID, day: date | None = None) -> int:
    """How many people besides this one, with a usable account, hold the role at the institution on a day, or now."""
    query = (
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.role == role,
            Membership.user_id != user_id,
            holds_on(day or clock.today()),
            User.deactivated_at.is_(None),
        )
    )
    return db.session.scalar(query) or 0


def heads(*, tenant_id: UUID) -> set[UUID]:
    """The accounts of everybody who heads the institution: 園長 and 負責人 may be two."""
    return {user.id for held, user in staff(tenant_id=tenant_id) if held.role == Role.HEAD}


def ever(*, tenant_id: UUID, roles: Collection[Role]) -> list[User]:
    """Everybody who holds, held or will hold one of these roles at the institution, by name."""
    held = select(Membership.user_id).where(Membership.tenant_id == tenant_id, Membership.role.in_(roles))
    return list(db.session.scalars(select(User).where(User.id.in_(held)).order_by(User.name, User.login)))


def staff(*, tenant_id: UUID) -> list[tuple[Membership, User]]:
    """Everybody who holds a role at the institution now, with the account, by name."""
    return _staff_on(tenant_id=tenant_id, day=clock.today())


@read_once
def _staff_on(*, tenant_id: UUID, day: date) -> list[tuple[Membership, User]]:
    found = db.session.execute(*_staff(tenant_id=tenant_id, day=day))
    return [(membership, user) for membership, user in found]


@made_once
def _staff(*, tenant_id: UUID, day: date) -> Select[Membership, User]:
    return (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.tenant_id == tenant_id, holds_on(day))
        .order_by(User.name, Membership.role)
    )
