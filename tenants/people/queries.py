"""Reads about people."""

from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.people.models import Membership, User


def user_by_login(*, login: str) -> User | None:
    """The account with this sign-in name, active or not."""
    return db.session.scalar(select(User).where(User.login == login))


def memberships_of(*, user_id: UUID) -> list[Membership]:
    """The roles a person holds now, everywhere. The session must be bound to the person."""
    return list(
        db.session.scalars(select(Membership).where(Membership.user_id == user_id, Membership.ended_at.is_(None)))
    )
