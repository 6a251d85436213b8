"""The same person registers an application and decides it: told while it can be changed, and kept (KH-6-1g).

Head and handler are never one person (KH-4-2), but a head may key in a paper form or check an applicant. It stops
nothing: where nobody else is there, it is right.
"""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest, apart
from tenants.people import queries as people
from tenants.permissions import GRANTS, Permission, Role


class Registering(StrEnum):
    """What was done of an application's registration."""

    KEYED = "keyed"
    CHECKED = "checked"


REGISTERING_NAMES = {Registering.KEYED: "補登紙本申請單", Registering.CHECKED: "查核申請人資格"}


def registering(found: InsiderRequest, user_id: UUID | None) -> tuple[Registering, ...]:
    """What this person did of its registration; nothing, where that is nobody with an account."""
    if user_id is None:
        return ()
    keyed = Registering.KEYED if found.paper_number and found.filed_by == user_id else None
    checked = Registering.CHECKED if found.checked_by == user_id else None
    return tuple(each for each in (keyed, checked) if each is not None)


def told(found: InsiderRequest, user_id: UUID | None) -> tuple[Registering, ...]:
    """The same, if somebody else at work there could have done it. The session is bound to the institution."""
    did = registering(found, user_id)
    return did if did and _others(found, but=user_id) else ()


def note(found: InsiderRequest, *, actor: Actor) -> None:
    """Note in the chain that who decides was told; nothing where nothing was to be told."""
    did = told(found, actor.id)
    if did:
        audit.record(
            Event.APPLICATION_ONE_PERSON,
            tenant_id=found.tenant_id,
            actor=actor,
            subject_id=found.id,
            serial=found.serial,
            registered=[each.value for each in did],
        )


def _others(found: InsiderRequest, *, but: UUID | None) -> Collection[UUID]:
    """Who may register an application, is at work, and is not whom it concerns."""
    may = GRANTS[Permission.APPLICATION_SIGN]
    return {
        user.id
        for held, user in people.staff(tenant_id=found.tenant_id)
        if Role(held.role) in may
        and user.deactivated_at is None
        and user.id != but
        and str(user.id) not in apart(found)
    }
