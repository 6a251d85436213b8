"""An authority's time (RFC 3161) for the head of each day: a token over the very bytes of its anchor (DR-06, DR-07).

When a head was made, only our own clock says, and the bureau's signature repeats it. The token is the word of somebody
who has no part in the matter. It is asked for once the anchor is committed, in a transaction of its own, so that an
authority that is silent holds up neither the anchor nor whoever writes in the chain. It has an object of its own beside
the anchor and a row of its own beside the head, since nobody may change either of these.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from infra import object_keys, timestamps
from infra.db import db
from infra.objects import ObjectStore
from infra.timestamps import NoTimestamp, Timestamp, TimestampAuthority
from infra.turns import queue_up
from tenants.actor import Actor
from tenants.audit import actions, ledger
from tenants.audit.anchoring import anchor_of
from tenants.audit.events import Event
from tenants.audit.models import AuditTreeHead, AuditTreeStamp
from tenants.errors import Tampered

# A late token shows that the head was there by then, and so does the token of any later day. So many nights may an
# authority be away before nobody asks it about the first of them any more.
_NIGHTS = 7


def stamp_next(
    *,
    actor: Actor,
    tenant_id: UUID,
    store: ObjectStore,
    lock_until: datetime | None,
    authority: TimestampAuthority,
) -> AuditTreeStamp | None:
    """Give the newest head that lacks a token its own; None where none of the last nights lacks one. Repeatable.

    The object is put before the row is committed. What a run that died, or a restored backup, left under its key is
    taken and nobody is asked, since perhaps nobody can change it. `lock_until` is None for a store that cannot lock.
    Raises `NoTimestamp`, and `Tampered` where that object is no token of its head.
    """
    queue_up("stamp", tenant_id)
    there = {facts.key for facts in store.listing(object_keys.ledger_prefix(tenant_id=tenant_id))}
    recent = _last_days(tenant_id)
    for head in _lacking(tenant_id):
        key = object_keys.ledger_stamp(tenant_id=tenant_id, day=head.day)
        if key in there:
            return _enter(head, _left(head, store.get(key)), actor=actor)
        if head.day in recent:
            stamp = authority.stamp(anchor_of(head).text())
            ledger.keep(store, key, stamp.answer, until=lock_until)
            return _enter(head, stamp, actor=actor)
    return None


def _lacking(tenant_id: UUID) -> Sequence[AuditTreeHead]:
    """Heads without a token, the newest first."""
    stamped = exists().where(AuditTreeStamp.tenant_id == tenant_id, AuditTreeStamp.day == AuditTreeHead.day)
    query = select(AuditTreeHead).where(AuditTreeHead.tenant_id == tenant_id, ~stamped)
    return db.session.scalars(query.order_by(AuditTreeHead.day.desc())).all()


def _last_days(tenant_id: UUID) -> Collection[date]:
    query = select(AuditTreeHead.day).where(AuditTreeHead.tenant_id == tenant_id)
    return set(db.session.scalars(query.order_by(AuditTreeHead.day.desc()).limit(_NIGHTS)))


def _left(head: AuditTreeHead, answer: bytes) -> Timestamp:
    try:
        return timestamps.read(answer, anchor_of(head).text())
    except NoTimestamp as fault:
        day = head.day.isoformat()
        raise Tampered(f"儲存區已有的{day}時戳不屬於當日的錨定（{fault.code}）。請立即通知平台維運人員。") from fault


def _enter(head: AuditTreeHead, stamp: Timestamp, *, actor: Actor) -> AuditTreeStamp:
    row = AuditTreeStamp(
        tenant_id=head.tenant_id,
        day=head.day,
        stamped_at=stamp.at,
        authority=stamp.authority,
        token=stamp.answer,
    )
    db.session.add(row)
    actions.record(Event.CHAIN_STAMPED, tenant_id=head.tenant_id, actor=actor, **announced(row))
    return row


def announced(row: AuditTreeStamp) -> dict[str, Any]:
    """What the chain says of a token, for comparing."""
    return {
        "day": row.day.isoformat(),
        "stamped_at": row.stamped_at.astimezone(UTC).isoformat(),
        "authority": row.authority,
        "sha256": hashlib.sha256(row.token).hexdigest(),
    }
