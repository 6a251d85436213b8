"""The head of each chain's tree, once a day, signed by the bureau and locked in the store (DR-06).

A chain shows that a row was changed, unless somebody rewrites every row after it. A head that the bureau signed, and
that nobody can change in the store, shows that too: the tree of today must begin with the tree of every day before.
"""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select, text

from infra import clock, object_keys
from infra.cosigning import Cosigner
from infra.db import db
from infra.objects import NoSuchObject, ObjectStore
from tenants.actor import Actor
from tenants.audit import actions, chain
from tenants.audit.events import Event
from tenants.audit.heads import Anchor, Statement
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
) -> AuditTreeHead:
    """Anchor the present tree as that of `day`, and return the newest head. Repeatable: a day is anchored once.

    Reads the events since the last head only, and anchors none that does not follow: raises `Tampered`, and the day
    stays waiting. `lock_until` is None for a store that cannot lock, `cosigner` where the bureau's key is not at hand.

    The object is put before the row is committed. A run that died in between left an object that perhaps nobody can
    change, so the next one takes exactly that as the day's head. Writers of the chain do not wait for the store: the
    head row is locked by `record` only, at the end.
    """
    _take_turns(tenant_id)
    last = chain.newest_head(tenant_id=tenant_id)
    if last is not None and last.day >= day:
        return last
    head = db.session.get_one(AuditHead, tenant_id, populate_existing=True)
    left = _left_behind(tenant_id, day, store)
    size = left.statement.size if left else head.seq
    frontier, chain_hash = _grown(last, tenant_id, size)
    now = left.statement.anchored_at if left else clock.now()
    root = frontier.root().hex()
    statement = Statement(tenant_id=tenant_id, day=day, size=size, root=root, chain_hash=chain_hash, anchored_at=now)
    if left is None and chain_hash != head.hash:
        raise _tampered(Break(size, f"第 {size} 筆的雜湊與鏈尾的記載不符"))
    if left is not None and left.statement != statement:
        raise _tampered(Break(size, f"儲存區已有{day.isoformat()}的錨定物件，與軌跡不符"))
    anchor = left or _signed(statement, cosigner)
    if left is None:
        _put(anchor, store, lock_until)
    return _enter(anchor, frontier, actor=actor)


def is_anchored(*, tenant_id: UUID, day: date) -> bool:
    """Whether there is a head of this day or a later one, for the sweep."""
    found = exists().where(AuditTreeHead.tenant_id == tenant_id, AuditTreeHead.day >= day)
    return bool(db.session.scalar(select(found)))


def anchor_of(row: AuditTreeHead) -> Anchor:
    """What lies under `ledger/` for a head."""
    statement = Statement(
        tenant_id=row.tenant_id,
        day=row.day,
        size=row.size,
        root=row.root,
        chain_hash=row.chain_hash,
        anchored_at=row.anchored_at,
    )
    return Anchor(statement=statement, key_id=row.key_id, signature=row.signature)


def _take_turns(tenant_id: UUID) -> None:
    """Two runs for one institution follow each other, until the transaction ends."""
    db.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"anchor:{tenant_id}"}
    )


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


def _left_behind(tenant_id: UUID, day: date, store: ObjectStore) -> Anchor | None:
    """The anchor of that day which a run put that did not commit."""
    try:
        return Anchor.parse(store.get(object_keys.ledger_head(tenant_id=tenant_id, day=day)))
    except NoSuchObject:
        return None
    except ValueError as error:
        raise Tampered(f"儲存區中{day.isoformat()}的錨定物件無法讀取，請立即通知平台維運人員。") from error


def _signed(statement: Statement, cosigner: Cosigner | None) -> Anchor:
    if cosigner is None:
        return Anchor(statement=statement, key_id=None, signature=None)
    signature = cosigner.sign(statement.text().encode())
    return Anchor(statement=statement, key_id=cosigner.key_id, signature=signature)


def _put(anchor: Anchor, store: ObjectStore, lock_until: datetime | None) -> None:
    key = object_keys.ledger_head(tenant_id=anchor.statement.tenant_id, day=anchor.statement.day)
    if lock_until is None:
        store.put(key, anchor.text())
    else:
        store.put_locked(key, anchor.text(), until=lock_until)


def _enter(anchor: Anchor, frontier: Frontier, *, actor: Actor) -> AuditTreeHead:
    said = anchor.statement
    row = AuditTreeHead(**vars(said), frontier=frontier.packed(), key_id=anchor.key_id, signature=anchor.signature)
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
    return Tampered(f"稽核軌跡未錨定：{broken.reason}。請立即通知平台維運人員。")
