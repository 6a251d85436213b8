"""Writing a step of a roster down in the bureau's chain, in the same transaction."""

from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.onboarding.lifecycle import TRANSITIONS, Step
from tenants.onboarding.models import Roster


def record_roster(found: Roster, step: Step, *, actor: Actor) -> None:
    """Record a step with the file's hash and the number of its lines."""
    audit.record(
        TRANSITIONS[step].event,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        sha256=found.sha256,
        lines=len(found.outcomes),
    )
