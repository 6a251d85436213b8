"""What a custodian opens is in the closed institution's chain: nobody there could tell any more who looked (DR-06)."""

from uuid import UUID

from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.permissions import Permission


def note_reading(*, tenant_id: UUID, record: str, subject_id: UUID | None, actor: Actor) -> None:
    """Record that a custodian opened a register, case, certificate or list of a closed institution."""
    actor.require(Permission.REGISTER_READ)
    audit.record(Event.CUSTODY_READ, tenant_id=tenant_id, actor=actor, subject_id=subject_id, record=record)
