"""People, the roles they hold, and agencies. Every made-up person has the same password, hashed once."""

from functools import lru_cache
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.people.models import Membership, User
from tenants.people.passwords import hashed
from tenants.permissions import Role
from tenants.registry.models import Agency

PASSWORD = "向陽的風 morning light 115"


@lru_cache(maxsize=1)
def _hash() -> str:
    return hashed(PASSWORD)


def person(login: str = "", *, name: str = "林怡君", title: str = "組長") -> UUID:
    """Make and commit an account without any role."""
    user = User(id=uuid4(), login=login or f"person-{uuid4().hex[:12]}", name=name, title=title, password_hash=_hash())
    db.session.add(user)
    db.session.commit()
    return user.id


def membership(user_id: UUID, role: Role, *, tenant_id: UUID | None = None, agency_id: UUID | None = None) -> UUID:
    """Give a person a role at one institution or in one agency, from now on."""
    held = binding_of(db.session)
    bind(db.session, Binding(tenant_id=tenant_id, agency_id=agency_id))
    membership_id = uuid4()
    granted = Membership(
        id=membership_id,
        user_id=user_id,
        tenant_id=tenant_id,
        agency_id=agency_id,
        role=role,
        unit="",
        granted_at=clock.now(),
    )
    db.session.add(granted)
    db.session.commit()
    bind(db.session, held)
    return membership_id


def agency(name: str = "守園市政府警察局向陽分局", *, kind: str = "police", verified: bool = True) -> UUID:
    """Make and commit an agency; a verified one may file."""
    by = person() if verified else None
    made = Agency(
        id=uuid4(),
        name=name,
        folded_name=name.replace("臺", "台"),
        code="A00000000X",
        kind=kind,
        contact="07-0000000",
        verified_at=clock.now() if by else None,
        verified_by=by,
    )
    db.session.add(made)
    db.session.commit()
    return made.id
