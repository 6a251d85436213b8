"""What an institution mostly has none of: holds, stops, days that are not empty yet, segments that the store lost.

The session is bound to the institution.
"""

from sqlalchemy import ColumnElement, exists, or_

from infra.together import Place, asked_together
from tenants.footage.models import SweptArea
from tenants.retention.models import Destruction, DestructionState, DestructionStop, Hold


@asked_together
def any_hold(tenant_id: Place) -> ColumnElement[bool]:
    """Whether there ever was one."""
    return exists().where(Hold.tenant_id == tenant_id)


@asked_together
def any_kept(tenant_id: Place) -> ColumnElement[bool]:
    """Whether a hold is open, or its copies are still there."""
    return exists().where(Hold.tenant_id == tenant_id, or_(Hold.released_at.is_(None), Hold.destroyed_at.is_(None)))


@asked_together
def any_begun(tenant_id: Place) -> ColumnElement[bool]:
    """Whether the emptiness of a destruction is not proven."""
    return exists().where(Destruction.tenant_id == tenant_id, Destruction.state == DestructionState.BEGUN)


@asked_together
def any_stop(tenant_id: Place) -> ColumnElement[bool]:
    """Whether one waits for somebody."""
    return exists().where(DestructionStop.tenant_id == tenant_id, DestructionStop.over_at.is_(None))


@asked_together
def any_missing(tenant_id: Place) -> ColumnElement[bool]:
    """Whether a sweep found segments to be lost."""
    return exists().where(SweptArea.tenant_id == tenant_id, SweptArea.missing > 0)
