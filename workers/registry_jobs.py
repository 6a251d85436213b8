"""What a day brings to an institution itself: another name, other people, or its end."""

from datetime import date
from uuid import UUID

from infra import clock
from tenants.actor import Actor
from tenants.closing import actions, queries
from tenants.closing.rules import devices_end_on
from tenants.leaving import actions as leaving
from tenants.leaving import queries as leaving_queries
from tenants.people import transfers
from tenants.registry import names, renaming
from tenants.registry import queries as registry
from workers.job import tenant_job


@tenant_job
def carry_out_changes(tenant_id: UUID, actor: Actor) -> None:
    """Names that begin, a closing whose day has come, boxes that have nothing more to send, and transfers (DR-33).

    And the accounts of who left (KH-5-2).
    """
    today = clock.today()
    renaming.begin_names(tenant_id=tenant_id, today=today, actor=actor)
    actions.carry_out(tenant_id=tenant_id, today=today, actor=actor)
    actions.end_devices(tenant_id=tenant_id, today=today, actor=actor)
    transfers.carry_out(tenant_id=tenant_id, today=today, actor=actor)
    leaving.carry_out(tenant_id=tenant_id, actor=actor)


def is_waiting(*, tenant_id: UUID, today: date) -> bool:
    """Whether any of it is to be done, for the sweep; the session is bound to the institution."""
    if names.due(tenant_id=tenant_id, today=today) or queries.is_due(tenant_id=tenant_id, today=today):
        return True
    if transfers.is_due(tenant_id=tenant_id, today=today) or leaving_queries.is_due(tenant_id=tenant_id):
        return True
    until = registry.tenant(tenant_id=tenant_id).filmed_until
    return until is not None and today >= devices_end_on(until) and bool(queries.boxes_left(tenant_id=tenant_id))
