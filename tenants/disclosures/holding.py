"""The hold of a case: a new one over what it asks for, or the urgent one that kept it before the letter came."""

from collections.abc import Sequence
from uuid import UUID

from tenants.actor import Actor
from tenants.disclosures.asking import AskedWindow
from tenants.retention.actions import hold_for_request, take_over
from tenants.retention.models import Hold
from tenants.retention.urgent import queries as urgent


def hold_for_case(
    *, actor: Actor, tenant_id: UUID, serial: str, necessity: str, windows: Sequence[AskedWindow]
) -> Hold:
    """Preserve what a case asks for from its filing on (DR-01).

    An urgent hold over any of it goes on as the case's, with what it copied while the footage itself may be gone
    (DR-02). Raises as `place_hold`.
    """
    waiting = urgent.keeping(tenant_id=tenant_id, windows=windows)
    if waiting is not None:
        taken = take_over(
            actor=actor,
            tenant_id=tenant_id,
            hold_id=waiting,
            reference=serial,
            necessity=necessity,
            windows=windows,
        )
        if taken is not None:
            return taken
    return hold_for_request(actor=actor, tenant_id=tenant_id, serial=serial, necessity=necessity, windows=windows)
