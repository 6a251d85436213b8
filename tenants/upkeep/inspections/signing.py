"""Who signs an inspection: a person of the institution, by being signed in or by their own PIN on another's screen."""

from collections.abc import Mapping
from uuid import UUID

from tenants.actor import Actor
from tenants.errors import Invalid
from tenants.people import pins
from tenants.people import queries as people
from tenants.people.models import User

_FIELD = "inspector"


def staff(*, tenant_id: UUID) -> Mapping[UUID, User]:
    """Everybody who works at the institution now, once each, by name."""
    return {user.id: user for _held, user in people.staff(tenant_id=tenant_id) if user.deactivated_at is None}


def signed(*, actor: Actor, tenant_id: UUID, user_id: UUID | None, pin: str) -> User:
    """The person who signs. Raises `Invalid` for somebody who does not work here, as a firm's people do not.

    Whoever is signed in signs by that; of anybody else the PIN is asked. Raises `WrongPin` for another.
    """
    found = staff(tenant_id=tenant_id).get(user_id) if user_id is not None else None
    if found is None:
        raise Invalid("請從清單中選取本校（園）的現職人員。", field=_FIELD, code="not_staff")
    return found if found.id == actor.id else pins.prove(user_id=found.id, pin=pin, actor=actor)
