"""An event of a viewing session: always in its case's chain, always with the case's serial and the session's id."""

from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.audit.rules import Link
from tenants.disclosures.viewing import queries
from tenants.disclosures.viewing.models import ViewingSession


def record(event: Event, viewing: ViewingSession, *, actor: Actor, **fields: object) -> Link:
    """Record it; the new link of the chain."""
    return audit.record(
        event,
        tenant_id=viewing.tenant_id,
        actor=actor,
        subject_id=viewing.disclosure_id,
        serial=queries.case_of(viewing).serial,
        viewing_id=str(viewing.id),
        **fields,
    )
