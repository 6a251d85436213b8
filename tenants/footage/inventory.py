"""What the store must hold of footage, as the database knows it: segments, shares of day keys, anchors of the chain.

Each list is in key order, to be compared with a listing in one pass. The session is bound to the institution.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from infra import object_keys
from infra.comparison import Expected
from infra.db import db
from tenants.audit import losses
from tenants.audit.models import AuditTreeHead, AuditTreeStamp
from tenants.footage.keys import day_lock
from tenants.footage.models import DayKey, Segment, SegmentState

_AT_ONCE = 2000


@dataclass(frozen=True)
class IndexRow:
    """What a sweep needs of a segment's row."""

    id: UUID
    camera_id: UUID
    started_at: datetime
    ended_at: datetime
    state: SegmentState
    confirmed_at: datetime


def segments(*, tenant_id: UUID, day: date, retention_days: int) -> Iterator[Expected[IndexRow | None]]:
    """Every segment of a day and class, whatever its state."""
    columns = (Segment.id, Segment.camera_id, Segment.started_at, Segment.ended_at, Segment.state, Segment.confirmed_at)
    query = (
        select(*columns, Segment.cipher_bytes, Segment.cipher_md5)
        .where(Segment.civil_day == day, Segment.retention_days == retention_days, Segment.tenant_id == tenant_id)
        # As bytes, which is how their keys sort.
        .order_by(Segment.camera_id, Segment.id)
    )
    rows = db.session.execute(query, execution_options={"yield_per": _AT_ONCE})
    for segment_id, camera_id, started_at, ended_at, state, confirmed_at, size, md5 in rows:
        row = IndexRow(segment_id, camera_id, started_at, ended_at, SegmentState(state), confirmed_at)
        key = object_keys.segment(
            retention_days=retention_days, tenant_id=tenant_id, day=day, camera_id=row.camera_id, segment_id=row.id
        )
        yield Expected(key, row, size, md5.hex())


def day_shares(*, tenant_id: UUID) -> list[Expected[None]]:
    """The share of each day key that still opens: a few hundred at most."""
    living = select(DayKey).where(DayKey.tenant_id == tenant_id, DayKey.destroyed_at.is_(None))
    locks = (
        day_lock(tenant_id=tenant_id, day=key.civil_day, retention_days=key.retention_days, recipient=key.recipient)
        for key in db.session.scalars(living)
    )
    return [Expected(key, None) for key in sorted(lock.share for lock in locks)]


def anchors(*, tenant_id: UUID) -> list[Expected[None]]:
    """The anchored head of each day of the chain and its token, those that a restored backup lost included."""
    days = db.session.scalars(select(AuditTreeHead.day).where(AuditTreeHead.tenant_id == tenant_id))
    stamped = db.session.scalars(select(AuditTreeStamp.day).where(AuditTreeStamp.tenant_id == tenant_id))
    of_heads = {object_keys.ledger_head(tenant_id=tenant_id, day=day) for day in days}
    of_heads |= {object_keys.ledger_stamp(tenant_id=tenant_id, day=day) for day in stamped}
    return [Expected(key, None) for key in sorted(of_heads | set(losses.keys(tenant_id=tenant_id)))]
