"""Events that a restored backup lost: what of them the store still shows, written into the chain that goes on.

A dump from before yesterday's anchor brings back a chain that is shorter than what the bureau signed. Nothing brings
those events back; what can be kept is that they were there, how many and under which root, so that it is said at every
check and never taken for something that somebody removed (infra/decisions/0012).
"""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from infra import object_keys
from infra.db import db
from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.audit import actions, chain
from tenants.audit.events import Event
from tenants.audit.heads import Anchor, Loss
from tenants.audit.models import AuditEvent, AuditHead
from tenants.audit.rules import Link
from tenants.errors import Tampered


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One `chain:restored`: the newest head that was lost, and every anchor in the store that no row knows any more.

    `confirmed` events are those under the last head that database and store both have; the chain had `kept` when this
    was written, some of which may be younger than the restore. `stamps` are the tokens of those anchors, by day and
    SHA-256 as they are.
    """

    seq: int
    at: datetime
    confirmed: int
    kept: int
    loss: Loss
    anchors: tuple[tuple[date, str], ...]
    stamps: tuple[tuple[date, str], ...] = ()


def recorded(*, tenant_id: UUID) -> list[Recorded]:
    """What was written down after each restore, the oldest first."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.tenant_id == tenant_id, AuditEvent.event == Event.CHAIN_RESTORED.key)
        .order_by(AuditEvent.seq)
    )
    return [_recorded(row) for row in db.session.scalars(query)]


def keys(*, tenant_id: UUID) -> list[str]:
    """The anchors in the store, and their tokens, that belong to no head and are known to."""
    found = recorded(tenant_id=tenant_id)
    heads = [object_keys.ledger_head(tenant_id=tenant_id, day=day) for each in found for day, _ in each.anchors]
    return heads + [object_keys.ledger_stamp(tenant_id=tenant_id, day=day) for each in found for day, _ in each.stamps]


def record_loss(*, actor: Actor, tenant_id: UUID, store: ObjectStore) -> Recorded | None:
    """Write down which anchored heads the database lost; None where it lacks none that the chain does not have.

    Repeatable. Raises `Tampered` for an anchor that nobody can read.
    """
    head = db.session.execute(
        select(AuditHead).where(AuditHead.tenant_id == tenant_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).scalar_one()
    last = chain.newest_head(tenant_id=tenant_id)
    lost = [
        (anchor, sha256)
        for anchor, sha256 in without_head(
            tenant_id=tenant_id, store=store, after=last.day if last else None, known=keys(tenant_id=tenant_id)
        )
        if not _is_of_chain(anchor)
    ]
    if not lost:
        return None
    newest = lost[-1][0].statement
    link = actions.record(
        Event.CHAIN_RESTORED,
        tenant_id=tenant_id,
        actor=actor,
        confirmed=last.size if last else 0,
        kept=head.seq,
        lost=Loss(day=newest.day, size=newest.size, root=newest.root).plain(),
        anchors=[[anchor.statement.day.isoformat(), sha256] for anchor, sha256 in lost],
        stamps=_stamps(store, tenant_id, [anchor.statement.day for anchor, _ in lost]),
    )
    return _recorded(link)


def without_head(
    *, tenant_id: UUID, store: ObjectStore, after: date | None, known: Collection[str], until: date = date.max
) -> Iterator[tuple[Anchor, str]]:
    """Anchors of days after the last head that are not `known`, in order, with their objects' SHA-256.

    Raises `Tampered` for one that cannot be read, or is another institution's.
    """
    prefix = object_keys.ledger_prefix(tenant_id=tenant_id)
    for facts in store.listing(prefix):
        day = _day_of(facts.key, prefix)
        if day is None or facts.key in known or day > until or (after is not None and day <= after):
            continue
        text = store.get(facts.key)
        try:
            anchor = Anchor.parse(text)
        except ValueError as error:
            raise Tampered(f"儲存區中{day.isoformat()}的錨定物件無法讀取，請立即通知平台維運人員。") from error
        if (anchor.statement.tenant_id, anchor.statement.day) != (tenant_id, day):
            raise Tampered(f"儲存區中{day.isoformat()}的錨定物件不是這個機構當日的，請立即通知平台維運人員。")
        yield anchor, hashlib.sha256(text).hexdigest()


def within(found: list[Recorded], *, after: int, until: int) -> Loss | None:
    """What a head over `until` events must refer to, when the head before was over `after`."""
    return next((each.loss for each in reversed(found) if after < each.seq <= until), None)


def _is_of_chain(anchor: Anchor) -> bool:
    """Whether the chain still has the event that the anchor ends with: then a run died before it entered its head."""
    said = anchor.statement
    event = db.session.get(AuditEvent, (said.tenant_id, said.size))
    return event is not None and event.hash == said.chain_hash


def _stamps(store: ObjectStore, tenant_id: UUID, days: Collection[date]) -> list[list[str]]:
    """The tokens that lie beside the anchors of these days."""
    keys = {object_keys.ledger_stamp(tenant_id=tenant_id, day=day): day.isoformat() for day in days}
    found = [facts.key for facts in store.listing(object_keys.ledger_prefix(tenant_id=tenant_id)) if facts.key in keys]
    return [[keys[key], hashlib.sha256(store.get(key)).hexdigest()] for key in found]


def _day_of(key: str, prefix: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(key.removeprefix(prefix).removesuffix(".json"))
    return None


def _recorded(row: AuditEvent | Link) -> Recorded:
    fields: dict[str, Any] = row.fields
    return Recorded(
        seq=row.seq,
        at=row.at,
        confirmed=fields["confirmed"],
        kept=fields["kept"],
        loss=Loss.of(fields["lost"]),
        anchors=tuple((date.fromisoformat(day), sha256) for day, sha256 in fields["anchors"]),
        # Events from before heads had tokens say nothing of them.
        stamps=tuple((date.fromisoformat(day), sha256) for day, sha256 in fields.get("stamps", ())),
    )
