"""The head of each chain, once a day, where the service itself cannot change it afterwards (DR-06).

A chain shows that a row was changed, unless somebody rewrites every row after it. An anchor that was locked in the
store shows that too: the chain of today must still pass through the head of every day before.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from infra import clock, object_keys
from infra.db import db
from infra.objects import NoSuchObject, ObjectStore
from tenants.actor import Actor
from tenants.audit import actions
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent, AuditHead
from tenants.audit.rules import Break


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The head of one chain at the end of one day, as it lies under `ledger/`."""

    tenant_id: UUID
    day: date
    seq: int
    hash: str

    def text(self) -> bytes:
        """Canonical JSON."""
        document = {
            "tenant_id": str(self.tenant_id),
            "day": self.day.isoformat(),
            "seq": self.seq,
            "hash": self.hash,
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def parse(cls, text: bytes) -> "Anchor":
        """The anchor of a text. Raises `ValueError`."""
        raw = json.loads(text)
        return cls(
            tenant_id=UUID(raw["tenant_id"]),
            day=date.fromisoformat(raw["day"]),
            seq=int(raw["seq"]),
            hash=str(raw["hash"]),
        )


def anchor_chain(
    *, actor: Actor, tenant_id: UUID, day: date, store: ObjectStore, lock_until: datetime | None
) -> Anchor:
    """Put the present head of the chain under `ledger/` as that of `day`. Repeatable: a day is anchored once.

    `lock_until` is None for a store that cannot lock; then the anchor only shows changes made by who cannot reach the
    store.
    """
    head = db.session.scalars(
        select(AuditHead).where(AuditHead.tenant_id == tenant_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    anchor = _put_once(Anchor(tenant_id=tenant_id, day=day, seq=head.seq, hash=head.hash), store, lock_until)
    if head.anchored_at is not None and head.anchored_seq >= anchor.seq:
        return anchor
    head.anchored_seq, head.anchored_at = anchor.seq, clock.now()
    actions.record(
        Event.CHAIN_ANCHORED,
        tenant_id=tenant_id,
        actor=actor,
        day=day.isoformat(),
        seq=anchor.seq,
        hash=anchor.hash,
    )
    return anchor


def _put_once(anchor: Anchor, store: ObjectStore, lock_until: datetime | None) -> Anchor:
    """The anchor of that day: the one that lies there, if a run before put it and did not commit."""
    key = object_keys.ledger_head(tenant_id=anchor.tenant_id, day=anchor.day)
    try:
        return Anchor.parse(store.get(key))
    except NoSuchObject:
        pass
    if lock_until is None:
        store.put(key, anchor.text())
    else:
        store.put_locked(key, anchor.text(), until=lock_until)
    return anchor


def anchored_before(*, tenant_id: UUID, instant: datetime) -> bool:
    """Whether the chain has no anchor since `instant`, for the sweep."""
    head = db.session.get_one(AuditHead, tenant_id, populate_existing=True)
    return head.anchored_at is None or head.anchored_at < instant


def first_departure(*, tenant_id: UUID, store: ObjectStore) -> Break | None:
    """The first anchor through which the chain of today no longer passes; None when it passes through all of them."""
    for facts in store.listing(object_keys.ledger_prefix(tenant_id=tenant_id)):
        anchor = Anchor.parse(store.get(facts.key))
        found = db.session.scalar(
            select(AuditEvent.hash).where(AuditEvent.tenant_id == tenant_id, AuditEvent.seq == anchor.seq)
        )
        if found != anchor.hash:
            return Break(anchor.seq, f"第 {anchor.seq} 筆與{anchor.day.isoformat()}錨定的雜湊不符")
    return None
