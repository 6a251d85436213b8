"""Checking a chain from its first event: every link, each head of its tree, each signature, token and object (DR-06).

All roots are computed anew from one walk over one chain, so each head's tree begins with the one before it.
"""

from collections import deque
from dataclasses import dataclass
from datetime import date
from itertools import islice
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.objects import ObjectStore
from infra.signing import BadSignature, check
from tenants.audit import chain, losses
from tenants.audit.anchoring import anchor_of
from tenants.audit.events import Event
from tenants.audit.heads import Anchor, Loss
from tenants.audit.ledger import Ledger
from tenants.audit.losses import Recorded
from tenants.audit.merkle import Frontier
from tenants.audit.models import AuditTreeHead, AuditTreeStamp
from tenants.audit.rules import Break, Link, Walk
from tenants.audit.stamps import Stamps


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found. `key_ids` are the public keys whose signatures were accepted; no key, nothing was signed.

    `lost` is what restored backups lost and what was written down of it: no fault of the chain, and never left out.
    `stamps` are whose tokens the heads have, and how many; a head without one is no fault either.
    """

    broken: Break | None
    heads: int
    unsigned: int
    key_ids: frozenset[str]
    lost: tuple[Recorded, ...] = ()
    stamps: tuple[tuple[str, int], ...] = ()

    @property
    def unstamped(self) -> int:
        """How many heads have no token."""
        return self.heads - sum(count for _, count in self.stamps)


@dataclass(frozen=True)
class _Head:
    """A head to look at when the walk has come to its size. What only the store holds has no edge in any row."""

    anchor: Anchor
    frontier: bytes | None = None


def verify(
    *,
    tenant_id: UUID,
    store: ObjectStore | None = None,
    trusted: frozenset[str] = frozenset(),
    read_all: bool = False,
) -> Report:
    """Walk the whole chain in constant memory and name the first thing that does not hold.

    With a store, the objects under `ledger/` are held against the heads: by size and MD5 as the store lists them, and
    with `read_all` by reading every one. Only signatures by `trusted` keys count; without any, the key of the
    institution's first signed head is the one that must have signed all.
    """
    rows = list(db.session.scalars(_heads(tenant_id), execution_options={"populate_existing": True}))
    tokens = list(db.session.scalars(_tokens(tenant_id), execution_options={"populate_existing": True}))
    lost = losses.recorded(tenant_id=tenant_id)
    ledger = Ledger(tenant_id, store, read_all=read_all) if store else None
    stamps = Stamps(tokens, ledger)
    heads = _Heads(rows, lost, ledger, stamps, trusted)
    broken = _walked(tenant_id, heads)
    return Report(
        broken=broken,
        heads=len(rows),
        unsigned=heads.unsigned,
        key_ids=heads.accepted,
        lost=tuple(lost),
        stamps=tuple(sorted(stamps.by.items())),
    )


def _walked(tenant_id: UUID, heads: "_Heads") -> Break | None:
    walk, end = Walk(), None
    for head_seq, head_hash, each in chain.whole(tenant_id=tenant_id):
        end = (head_seq, head_hash)
        if each is not None:
            broken = walk.step(*each) or heads.passed(*each)
            if broken is not None:
                return broken
    if end is None:
        return Break(1, "鏈尾的紀錄不見了")
    return walk.end(seq=end[0], chain_hash=end[1]) or heads.left_over()


def _heads(tenant_id: UUID) -> Select[AuditTreeHead]:
    return select(AuditTreeHead).where(AuditTreeHead.tenant_id == tenant_id).order_by(AuditTreeHead.size)


def _tokens(tenant_id: UUID) -> Select[AuditTreeStamp]:
    return select(AuditTreeStamp).where(AuditTreeStamp.tenant_id == tenant_id).order_by(AuditTreeStamp.day)


class _Heads:
    """The heads of one chain, each looked at when the walk comes to its size."""

    def __init__(
        self,
        rows: list[AuditTreeHead],
        lost: list[Recorded],
        ledger: Ledger | None,
        stamps: Stamps,
        trusted: frozenset[str],
    ) -> None:
        signers = (row.key_id for row in rows if row.key_id is not None)
        self.accepted = trusted or frozenset(islice(signers, 1))
        self.unsigned = sum(row.signature is None for row in rows)
        self._rows = {row.day.isoformat(): row for row in rows}
        self._announced: set[str] = set()
        self._ledger, self._stamps = ledger, stamps
        self._lost = {each.seq: each for each in lost}
        self._unmentioned: Loss | None = None
        if ledger is not None:
            ledger.set_aside(day for each in lost for day, _ in each.anchors)
        waiting = [_Head(anchor_of(row), row.frontier) for row in rows]
        waiting += [_Head(anchor) for anchor in (ledger.ahead(rows[-1] if rows else None) if ledger else ())]
        self._waiting = deque(sorted(waiting, key=lambda head: head.anchor.statement.size))
        self._grown = Frontier()
        self._fresh: list[bytes] = []

    def passed(self, link: Link, stored: str) -> Break | None:
        """The walk came by this event: whether what was said of the tree here is so, and what the event itself says."""
        if link.event == Event.CHAIN_ANCHORED.key and not self._is_as_announced(link):
            return Break(link.seq, f"第 {link.seq} 筆所記的錨定，樹頭紀錄不見了或與其不符")
        if link.event == Event.CHAIN_STAMPED.key and not self._stamps.is_as_announced(link):
            return Break(link.seq, f"第 {link.seq} 筆所記的時戳，紀錄不見了或與其不符")
        if link.event == Event.CHAIN_RESTORED.key:
            fault = self._loss_fault(link.seq)
            if fault is not None:
                return Break(link.seq, fault)
        if self._waiting:
            self._fresh.append(bytes.fromhex(stored))
        while self._waiting and self._waiting[0].anchor.statement.size <= link.seq:
            fault = self._fault(self._waiting.popleft(), stored)
            if fault is not None:
                return Break(link.seq, fault)
        return None

    def left_over(self) -> Break | None:
        """The walk is over: what is said of events that it did not come by, and what nobody announced."""
        if self._waiting:
            said = self._waiting[0].anchor.statement
            return Break(said.size, f"{said.day.isoformat()}錨定的第 {said.size} 筆已不在軌跡中")
        for day, row in self._rows.items():
            if day not in self._announced:
                return Break(row.size, f"軌跡中沒有{day}樹頭的錨定紀錄")
        unannounced = self._stamps.unannounced()
        if unannounced is not None:
            return Break(self._grown.size, f"軌跡中沒有{unannounced}樹頭時戳的紀錄")
        unknown = self._ledger.unknown() if self._ledger else None
        if unknown is not None:
            return Break(self._grown.size, f"儲存區的 {unknown} 沒有對應的樹頭紀錄")
        return None

    def _fault(self, head: _Head, stored: str) -> str | None:
        said, day = head.anchor.statement, head.anchor.statement.day.isoformat()
        self._grown, self._fresh = self._grown.extended(self._fresh), []
        if said.chain_hash != stored:
            return f"第 {said.size} 筆與{day}錨定的雜湊不符"
        if said.root != self._grown.root().hex():
            return f"{day}錨定的樹根與重新計算的不符"
        if head.frontier is not None and head.frontier != self._grown.packed():
            return f"{day}樹頭的右緣與重新計算的不符"
        mentioned, self._unmentioned = self._unmentioned, None
        if said.lost != mentioned:
            return f"{day}的樹頭所提的還原遺失與軌跡所記不符"
        unlike = self._ledger.fault(head.anchor) if self._ledger else None
        return self._signature_fault(head.anchor) or unlike or self._stamps.fault(head.anchor)

    def _loss_fault(self, seq: int) -> str | None:
        """Whether the anchors that this event calls lost lie in the store as it says; the next head must name it."""
        found = self._lost.get(seq)
        if found is None:
            return f"第 {seq} 筆所記的還原遺失無法讀取"
        self._unmentioned = found.loss
        for day, sha256 in found.anchors if self._ledger else ():
            anchor = self._ledger.lost(day, sha256) if self._ledger else None
            if anchor is None:
                return f"第 {seq} 筆所記、還原時遺失的{day.isoformat()}錨定物件不見了或與其不符"
            fault = self._signature_fault(anchor)
            if fault is not None:
                return fault
        for day, sha256 in found.stamps if self._ledger else ():
            if self._ledger is not None and not self._ledger.has_lost_stamp(day, sha256):
                return f"第 {seq} 筆所記、還原時遺失的{day.isoformat()}時戳物件不見了或與其不符"
        return None

    def _signature_fault(self, anchor: Anchor) -> str | None:
        day = anchor.statement.day.isoformat()
        if anchor.key_id is None or anchor.signature is None:
            return None
        if anchor.key_id not in self.accepted:
            return f"{day}的樹頭由另一把金鑰會簽（{anchor.key_id}）"
        try:
            check(anchor.key_id, anchor.statement.text().encode(), anchor.signature)
        except BadSignature:
            return f"{day}樹頭的會簽與內容不符"
        return None

    def _is_as_announced(self, link: Link) -> bool:
        day = str(link.fields.get("day"))
        row = self._rows.get(day) or self._entered_meanwhile(link.tenant_id, day)
        self._announced.add(day)
        return row is not None and link.fields == {
            "day": day,
            "seq": row.size,
            "hash": row.chain_hash,
            "root": row.root,
            "key_id": row.key_id,
        }

    @staticmethod
    def _entered_meanwhile(tenant_id: UUID, day: str) -> AuditTreeHead | None:
        """The head of a day, if a run anchored it after this walk began."""
        try:
            return db.session.get(AuditTreeHead, (tenant_id, date.fromisoformat(day)))
        except ValueError:
            return None
