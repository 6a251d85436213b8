"""What an institution mostly has none of: holds, stops, days that are not empty yet, segments that the store lost.

One statement tells of all of it, in place of one for each; the session is bound to the institution.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, or_, select

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.footage.models import SweptArea
from tenants.retention.models import Destruction, DestructionState, DestructionStop, Hold


@dataclass(frozen=True, kw_only=True)
class AtHand:
    """Whether there is any of each.

    `holds` that there ever were; `kept`: one of them is open, or its copies are still there. `begun`: a destruction
    whose emptiness is not proven. `stopped`: a stop waits for somebody. `missing`: a sweep found segments to be lost.
    """

    holds: bool
    kept: bool
    begun: bool
    stopped: bool
    missing: bool


@read_once
def at_hand(*, tenant_id: UUID) -> AtHand:
    """What there is now."""
    holds, kept, begun, stopped, missing = db.session.execute(*_at_hand(tenant_id=tenant_id)).one()
    return AtHand(holds=holds, kept=kept, begun=begun, stopped=stopped, missing=missing)


@made_once
def _at_hand(*, tenant_id: UUID) -> Select[bool, bool, bool, bool, bool]:
    is_kept = or_(Hold.released_at.is_(None), Hold.destroyed_at.is_(None))
    return select(
        exists().where(Hold.tenant_id == tenant_id),
        exists().where(Hold.tenant_id == tenant_id, is_kept),
        exists().where(Destruction.tenant_id == tenant_id, Destruction.state == DestructionState.BEGUN),
        exists().where(DestructionStop.tenant_id == tenant_id, DestructionStop.over_at.is_(None)),
        exists().where(SweptArea.tenant_id == tenant_id, SweptArea.missing > 0),
    )
