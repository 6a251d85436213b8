"""The hold of a case: a new one over what it is about, or the urgent one that kept it before the letter came."""

from collections.abc import Sequence
from uuid import UUID

from tenants.actor import Actor
from tenants.retention import actions
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.rules import CameraSpan, Grounds
from tenants.retention.urgent import queries as urgent


def hold_for_case(*, actor: Actor, tenant_id: UUID, serial: str, necessity: str, windows: Sequence[CameraSpan]) -> Hold:
    """Preserve what a case asks for from its filing on (DR-01).

    An urgent hold over any of it goes on as the case's, with what it copied while the footage itself may be gone
    (DR-02). Raises as `place_hold`.
    """
    grounds = Grounds(basis=HoldBasis.REQUEST, reference=serial, document="", necessity=necessity)
    return keep(actor=actor, tenant_id=tenant_id, grounds=grounds, windows=windows)


def keep(*, actor: Actor, tenant_id: UUID, grounds: Grounds, windows: Sequence[CameraSpan]) -> Hold:
    """The same on other grounds, such as 調查其他違法行為 (KH-5-4c)."""
    waiting = urgent.keeping(tenant_id=tenant_id, windows=windows)
    return actions.hold_for_case(actor=actor, tenant_id=tenant_id, grounds=grounds, windows=windows, over=waiting)
