"""The head of each chain's tree, once a day, signed by the bureau and locked in the store (DR-06).

A chain shows that a row was changed, unless somebody rewrites every row after it. A head that the bureau signed, and
that nobody can change in the store, shows that too: the tree of today must begin with the tree of every day before.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select

from infra import clock, object_keys
from infra.cosigning import Cosigner
from infra.db import db
from infra.objects import ObjectStore
from infra.turns import queue_up
from tenants.actor import Actor
from tenants.audit import actions, chain, ledger, losses
from tenants.audit.events import Event
from tenants.audit.heads import Anchor, Loss, Statement
from tenants.audit.losses import Recorded
from tenants.audit.merkle import Frontier
from tenants.audit.models import AuditHead, AuditTreeHead
from tenants.audit.rules import Break, Walk
from tenants.errors import Tampered


def anchor_chain(
    *,
    actor: Actor,
    tenant_id: UUID,
    day: date,
    store: ObjectStore,
    lock_until: datetime | None,
    cosigner: Cosigner | None,
) -> AuditTreeHead | None:
    """Anchor the present tree as that of `day`, and return the newest head. Repeatable: a day is anchored once.

    Reads the events since the last head only, and anchors none that does not follow: raises `Tampered`, and the day
    stays waiting. `lock_until` is None for a store that cannot lock, `cosigner` where the bureau's key is not at hand.

    The object is put before the row is committed. A run that died in between left an object that perhaps nobody can
    change, so the next one takes exactly that as the day's head. Writers of the chain do not wait for the store: the
    head row is locked by `record` only, at the end. After a restored backup nothing is anchored until it is written
    down what was lost (`losses.record_loss`), and no day of which the store has a head from before; then this may be
    None.
    """
    queue_up("anchor", tenant_id)
    last, known = chain.newest_head(tenant_id=tenant_id), losses.recorded(tenant_id=tenant_id)
    if (last is not None and last.day >= day) or any(each.loss.day >= day for each in known):
        return last  # the store has a head of that day already, though a restored database may not
    found = losses.without_head(
        tenant_id=tenant_id,
        store=store,
        after=last.day if last else None,
        known=losses.keys(tenant_id=tenant_id),
        until=day,
    )
    for left, _ in found:
        last = _enter(left, _checked(left.statement, last, known), actor=actor)
    if last is None or last.day < day:
        anchor, frontier = _made(tenant_id, day, last, known, cosigner)
        _put(anchor, store, lock_until)
        last = _enter(anchor, frontier, actor=actor)
    return last


def is_anchored(*, tenant_id: UUID, day: date) -> bool:
    """Whether there is a head of this day or a later one, or was before a backup was restored; for the sweep."""
    found = exists().where(AuditTreeHead.tenant_id == tenant_id, AuditTreeHead.day >= day)
    if db.session.scalar(select(found)):
        return True
    return any(each.loss.day >= day for each in losses.recorded(tenant_id=tenant_id))


def anchor_of(row: AuditTreeHead) -> Anchor:
    """What lies under `ledger/` for a head."""
    statement = Statement(
        tenant_id=row.tenant_id,
        day=row.day,
        size=row.size,
        root=row.root,
        chain_hash=row.chain_hash,
        anchored_at=row.anchored_at,
        lost=Loss.of(row.lost) if row.lost else None,
    )
    return Anchor(statement=statement, key_id=row.key_id, signature=row.signature)


def _grown(last: AuditTreeHead | None, tenant_id: UUID, size: int) -> tuple[Frontier, str]:
    """The tree's edge at this size and the chain's hash there. Raises `Tampered` unless every event since follows."""
    if last is None:
        frontier, walk = Frontier(), Walk()
    else:
        frontier = Frontier.unpacked(last.size, last.frontier)
        walk = Walk(seq=last.size, chain_hash=last.chain_hash)

    def leaves() -> Iterator[bytes]:
        for link, stored in chain.links(tenant_id=tenant_id, after=walk.seq, until=size):
            broken = walk.step(link, stored)
            if broken is not None:
                raise _tampered(broken)
            yield bytes.fromhex(stored)

    grown = frontier.extended(leaves())
    if grown.size != size:
        raise _tampered(Break(grown.size + 1, f"第 {grown.size + 1} 筆不見了"))
    return grown, walk.hash


def _made(
    tenant_id: UUID, day: date, last: AuditTreeHead | None, known: list[Recorded], cosigner: Cosigner | None
) -> tuple[Anchor, Frontier]:
    """The present tree as the head of a day."""
    head = db.session.get_one(AuditHead, tenant_id, populate_existing=True)
    frontier, chain_hash = _grown(last, tenant_id, head.seq)
    if chain_hash != head.hash:
        raise _tampered(Break(head.seq, f"第 {head.seq} 筆的雜湊與鏈尾的記載不符"))
    statement = Statement(
        tenant_id=tenant_id,
        day=day,
        size=head.seq,
        root=frontier.root().hex(),
        chain_hash=chain_hash,
        anchored_at=clock.now(),
        lost=losses.within(known, after=last.size if last else 0, until=head.seq),
    )
    return _signed(statement, cosigner), frontier


def _checked(said: Statement, last: AuditTreeHead | None, known: list[Recorded]) -> Frontier:
    """The tree of an anchor that a run put and did not enter, made anew. Raises `Tampered` unless it is the same."""
    frontier, chain_hash = _grown(last, said.tenant_id, said.size)
    lost = losses.within(known, after=last.size if last else 0, until=said.size)
    if said != replace(said, root=frontier.root().hex(), chain_hash=chain_hash, lost=lost):
        raise _tampered(Break(said.size, f"儲存區已有{said.day.isoformat()}的錨定物件，與軌跡不符"))
    return frontier


def _signed(statement: Statement, cosigner: Cosigner | None) -> Anchor:
    if cosigner is None:
        return Anchor(statement=statement, key_id=None, signature=None)
    signature = cosigner.sign(statement.text().encode())
    return Anchor(statement=statement, key_id=cosigner.key_id, signature=signature)


def _put(anchor: Anchor, store: ObjectStore, lock_until: datetime | None) -> None:
    key = object_keys.ledger_head(tenant_id=anchor.statement.tenant_id, day=anchor.statement.day)
    ledger.keep(store, key, anchor.text(), until=lock_until)


def _enter(anchor: Anchor, frontier: Frontier, *, actor: Actor) -> AuditTreeHead:
    said = anchor.statement
    row = AuditTreeHead(**vars(said), frontier=frontier.packed(), key_id=anchor.key_id, signature=anchor.signature)
    row.lost = said.lost.plain() if said.lost else None
    db.session.add(row)
    actions.record(
        Event.CHAIN_ANCHORED,
        tenant_id=said.tenant_id,
        actor=actor,
        day=said.day.isoformat(),
        seq=said.size,
        hash=said.chain_hash,
        root=said.root,
        key_id=anchor.key_id,
    )
    return row


def _tampered(broken: Break) -> Tampered:
    return Tampered(
        f"稽核軌跡未錨定：{broken.reason}。請立即通知平台維運人員；資料庫若由備份還原，請先執行 keys after-restore。"
    )
