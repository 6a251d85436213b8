"""What the store must hold for holds, as the database knows it: their copies, and the shares of their keys.

Each list is in key order. The session is bound to the institution.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from infra import object_keys
from infra.comparison import Expected
from infra.db import db
from tenants.retention.hold_keys import hold_lock
from tenants.retention.models import Hold, PreservedSegment

_AT_ONCE = 2000


def copies(*, tenant_id: UUID) -> Iterator[Expected[None]]:
    """Every copy of every hold whose copies are not destroyed."""
    query = (
        select(
            PreservedSegment.hold_id,
            PreservedSegment.segment_id,
            PreservedSegment.cipher_bytes,
            Hold.released_at.is_(None),
        )
        .join(Hold, (Hold.tenant_id == PreservedSegment.tenant_id) & (Hold.id == PreservedSegment.hold_id))
        .where(PreservedSegment.tenant_id == tenant_id, Hold.destroyed_at.is_(None))
        .order_by(PreservedSegment.hold_id, PreservedSegment.segment_id)
    )
    rows = db.session.execute(query, execution_options={"yield_per": _AT_ONCE})
    for hold_id, segment_id, size, is_open in rows:
        key = object_keys.preserved_segment(tenant_id=tenant_id, hold_id=hold_id, segment_id=segment_id)
        yield Expected(key, None, size, required=is_open)


def shares(*, tenant_id: UUID) -> list[Expected[None]]:
    """The share of each hold key that still opens."""
    query = select(Hold).where(Hold.tenant_id == tenant_id, Hold.wrapped_secret.is_not(None))
    found = {
        hold_lock(tenant_id=tenant_id, hold_id=hold.id, recipient=hold.recipient or "").share: hold.released_at is None
        for hold in db.session.scalars(query)
    }
    return [Expected(key, None, required=found[key]) for key in sorted(found)]
