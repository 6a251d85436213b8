"""Showing others that an event was in the chain on a day, and that a later tree begins with an earlier one.

A proof is made against the first head whose tree holds the event. Everything before the head of the day before is known
by that head's edge, so it costs one day's events however long the chain is. ADR 0012 says how to check one with nothing
but Python.
"""

import base64
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.audit import chain
from tenants.audit.anchoring import anchor_of
from tenants.audit.events import Event
from tenants.audit.merkle import Frontier, Growth
from tenants.audit.models import AuditEvent, AuditTreeHead
from tenants.errors import NotFound, Tampered

FORMAT = "shouyuan-inclusion-proof/1"
GROWTH_FORMAT = "shouyuan-consistency-proof/1"


@dataclass(frozen=True, kw_only=True)
class Stamped:
    """When an authority stamped a head, and whose token it is (RFC 3161)."""

    at: datetime
    authority: str


@dataclass(frozen=True, kw_only=True)
class Token(Stamped):
    """The same with the authority's answer in base64, and the exact text that it is over: the day's anchor."""

    anchor: str
    answer: str

    def document(self) -> dict[str, str]:
        """For JSON."""
        return {"at": self.at.isoformat(), "authority": self.authority, "anchor": self.anchor, "token": self.answer}


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One event, its path to the root of a day's tree, what the bureau signed of that tree, and an authority's time.

    `event` is the exact text whose SHA-256 is `leaf`; it names who acted and from where, so it is for those who may
    know that. `path` goes from the leaf up. `timestamp` is None where no authority stamped the head.
    """

    tenant_id: UUID
    seq: int
    event: str
    leaf: str
    index: int
    size: int
    root: str
    path: tuple[str, ...]
    day: date
    statement: str
    key_id: str | None
    signature: str | None
    timestamp: Token | None

    def document(self, *, with_event: bool = True) -> dict[str, Any]:
        """For JSON; without the event it shows only that something with this hash was there."""
        values = asdict(self) | {"tenant_id": str(self.tenant_id), "day": self.day.isoformat(), "path": list(self.path)}
        values["timestamp"] = self.timestamp.document() if self.timestamp else None
        if not with_event:
            del values["event"]
        return {"format": FORMAT, **values}


@dataclass(frozen=True, kw_only=True)
class GrowthProof:
    """That the tree of one head begins with the tree of an earlier one: nothing before was changed or taken out."""

    earlier: str
    later: str
    path: tuple[str, ...]
    key_id: str | None
    signature: str | None

    def document(self) -> dict[str, Any]:
        """For JSON. The earlier statement is the one that the reader kept; the later one comes with its signature."""
        return {"format": GROWTH_FORMAT, **asdict(self), "path": list(self.path)}


@dataclass(frozen=True, kw_only=True)
class Anchored:
    """An event (`event` is its key), where it stands in the chain, and the first head over it; None until the next.

    `stamped` is the authority's time of that head, where it has one.
    """

    seq: int
    hash: str
    event: str
    at: datetime
    head: AuditTreeHead | None
    stamped: Stamped | None


def proof(*, tenant_id: UUID, seq: int) -> Proof | None:
    """The proof of one event; None until a head covers it.

    Raises `NotFound` when there is no such event, `Tampered` when chain and head no longer fit.
    """
    found = next(chain.links(tenant_id=tenant_id, after=seq - 1, until=seq), None)
    if found is None:
        raise NotFound
    head = chain.head_over(tenant_id=tenant_id, seq=seq)
    if head is None:
        return None
    link, stored = found
    tree = _tree(tenant_id, chain.head_before(tenant_id=tenant_id, size=head.size), head)
    if link.hash() != stored:
        raise Tampered(f"稽核軌跡第 {seq} 筆的內容與其雜湊不符，無法出具證明。請立即通知平台維運人員。")
    said = anchor_of(head)
    return Proof(
        tenant_id=tenant_id,
        seq=seq,
        event=link.text(),
        leaf=stored,
        index=seq - 1,
        size=head.size,
        root=head.root,
        path=tuple(node.hex() for node in tree.path(seq - 1)),
        day=head.day,
        statement=said.statement.text(),
        key_id=said.key_id,
        signature=said.signature,
        timestamp=_token(head),
    )


def growth(*, tenant_id: UUID, earlier: date, later: date) -> GrowthProof:
    """The proof that the tree of one day's head begins with that of an earlier day's. Raises `NotFound`, `Tampered`."""
    first = db.session.get(AuditTreeHead, (tenant_id, earlier))
    second = db.session.get(AuditTreeHead, (tenant_id, later))
    if first is None or second is None or first.size > second.size:
        raise NotFound("找不到這兩天的錨定，或日期先後顛倒。請先以 audit verify 確認有哪些錨定。")
    said = anchor_of(second)
    return GrowthProof(
        earlier=anchor_of(first).statement.text(),
        later=said.statement.text(),
        path=tuple(node.hex() for node in _tree(tenant_id, first, second).consistency()),
        key_id=said.key_id,
        signature=said.signature,
    )


def anchored(*, tenant_id: UUID, event: Event, subject_id: UUID) -> Anchored | None:
    """The newest event of this kind about a subject, such as the certifying of a destruction, and its head."""
    query = (
        select(AuditEvent.seq, AuditEvent.hash, AuditEvent.event, AuditEvent.at)
        .where(AuditEvent.tenant_id == tenant_id, AuditEvent.subject_id == subject_id, AuditEvent.event == event.key)
        .order_by(AuditEvent.seq.desc())
    )
    row = db.session.execute(query.limit(1)).first()
    if row is None:
        return None
    return _anchored(tenant_id, row.seq, row.hash, row.event, row.at)


def anchored_all(*, tenant_id: UUID, events: Collection[Event], subject_ids: Collection[UUID]) -> list[Anchored]:
    """Every event of these kinds about these subjects, in the order of the chain, each with its head."""
    query = (
        select(AuditEvent.seq, AuditEvent.hash, AuditEvent.event, AuditEvent.at)
        .where(
            AuditEvent.tenant_id == tenant_id,
            AuditEvent.subject_id.in_(subject_ids),
            AuditEvent.event.in_([event.key for event in events]),
        )
        .order_by(AuditEvent.seq)
    )
    return [_anchored(tenant_id, *row) for row in db.session.execute(query).all()]


def newest_proven(found: Sequence[Anchored]) -> Anchored | None:
    """The last of them that a head covers, else the last: what a paper about all of them shows."""
    return next((each for each in reversed(found) if each.head is not None), found[-1] if found else None)


def proof_of_subject(*, tenant_id: UUID, event: Event, subject_id: UUID) -> Proof | None:
    """The proof of the newest event of this kind about a subject; None until a head covers it, or without an event."""
    found = anchored(tenant_id=tenant_id, event=event, subject_id=subject_id)
    return proof(tenant_id=tenant_id, seq=found.seq) if found else None


def _anchored(tenant_id: UUID, seq: int, stored: str, event: str, at: datetime) -> Anchored:
    head = chain.head_over(tenant_id=tenant_id, seq=seq)
    stamp = chain.stamp_of(head) if head is not None else None
    stamped = Stamped(at=stamp.stamped_at, authority=stamp.authority) if stamp is not None else None
    return Anchored(seq=seq, hash=stored, event=event, at=at, head=head, stamped=stamped)


def _token(head: AuditTreeHead) -> Token | None:
    stamp = chain.stamp_of(head)
    if stamp is None:
        return None
    answer, text = base64.b64encode(stamp.token).decode(), anchor_of(head).text().decode()
    return Token(at=stamp.stamped_at, authority=stamp.authority, anchor=text, answer=answer)


def _tree(tenant_id: UUID, base: AuditTreeHead | None, head: AuditTreeHead) -> Growth:
    """The tree of a head, known by an earlier one's edge and every leaf since. Raises `Tampered`."""
    try:
        edge = Frontier.unpacked(base.size, base.frontier) if base else Frontier()
        tree = Growth(edge, chain.hashes(tenant_id=tenant_id, after=edge.size, until=head.size))
    except ValueError as error:
        raise _departed(head) from error
    if (tree.size, tree.root().hex()) != (head.size, head.root):
        raise _departed(head)
    return tree


def _departed(head: AuditTreeHead) -> Tampered:
    return Tampered(f"稽核軌跡與{head.day.isoformat()}的錨定不符，無法出具證明。請立即通知平台維運人員。")
