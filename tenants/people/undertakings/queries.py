"""Reads about signatures of secrecy. The session is bound to the institution."""

from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.statements import made_once
from tenants.people.models import User
from tenants.people.undertakings.models import Undertaking


def undertakings(*, tenant_id: UUID) -> list[Undertaking]:
    """All that were ever signed, the oldest first."""
    return list(db.session.scalars(*_undertakings(tenant_id=tenant_id)))


@made_once
def _undertakings(*, tenant_id: UUID) -> Select[Undertaking]:
    ever = select(Undertaking).where(Undertaking.tenant_id == tenant_id)
    return ever.order_by(Undertaking.signed_on, Undertaking.noted_at)


def named(*, tenant_id: UUID) -> list[tuple[Undertaking, str]]:
    """All with the name of who signed, the newest first."""
    query = (
        select(Undertaking, User.name)
        .join(User, User.id == Undertaking.user_id)
        .where(Undertaking.tenant_id == tenant_id)
        .order_by(Undertaking.signed_on.desc(), Undertaking.noted_at.desc())
    )
    return [(signed, name) for signed, name in db.session.execute(query)]
