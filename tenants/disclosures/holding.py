"""The hold of a case: a new one over what it asks for, or the urgent one that kept it before the letter came."""

from collections.abc import Sequence
from uuid import UUID

from infra import clock
from tenants import periods
from tenants.actor import Actor
from tenants.disclosures.asking import AskedWindow
from tenants.retention.actions import place_hold, take_over
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.rules import REVIEW_MONTHS
from tenants.retention.urgent import queries as urgent


def hold_for_case(
    *, actor: Actor, tenant_id: UUID, serial: str, necessity: str, windows: Sequence[AskedWindow]
) -> Hold:
    """Preserve what a case asks for from its filing on (DR-01).

    An urgent hold over any of it goes on as the case's, with what it copied while the footage itself may be gone
    (DR-02). Raises as `place_hold`.
    """
    review_on = periods.add_months(clock.today(), REVIEW_MONTHS)
    waiting = urgent.keeping(tenant_id=tenant_id, windows=windows)
    if waiting is not None:
        taken = take_over(
            actor=actor,
            tenant_id=tenant_id,
            hold_id=waiting,
            reference=serial,
            necessity=necessity,
            windows=windows,
            review_on=review_on,
        )
        if taken is not None:
            return taken
    return place_hold(
        actor=actor,
        tenant_id=tenant_id,
        basis=HoldBasis.REQUEST,
        reference=serial,
        necessity=necessity,
        windows=windows,
        review_on=review_on,
    )
