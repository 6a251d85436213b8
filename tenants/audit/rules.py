"""How one link of the chain is hashed, and how a chain is checked. Pure: a verifier elsewhere can repeat it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

GENESIS = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a hash covers: every column of the event except the hash itself."""

    tenant_id: UUID
    seq: int
    at: datetime
    event: str
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    actor_roles: str
    agency_id: UUID | None
    subject_id: UUID | None
    address: str
    client: str
    fields: dict[str, Any]
    previous: str

    def hash(self) -> str:
        """SHA-256 in hex over canonical JSON: sorted keys, no spaces, UTF-8, instants as microseconds since 1970."""
        document = {name: _plain(value) for name, value in vars(self).items()}
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON values
    match value:
        case UUID():
            return str(value)
        case datetime():
            return round(value.timestamp() * 1_000_000)
        case _:
            return value


@dataclass(frozen=True)
class Break:
    """The first link that does not hold, and why."""

    seq: int
    reason: str


def first_break(links: Iterable[tuple[Link, str]], *, head_seq: int, head_hash: str) -> Break | None:
    """Check a chain in order against its head. None when it is whole (DR-06).

    `links` are (link, stored hash) by ascending sequence. Found are: a changed row, a missing row, a reordered row, and
    a cut tail.
    """
    expected, previous = 1, GENESIS
    for link, stored in links:
        if link.seq != expected:
            return Break(expected, f"第 {expected} 筆不見了（下一筆是第 {link.seq} 筆）")
        if link.previous != previous:
            return Break(link.seq, f"第 {link.seq} 筆沒有接上前一筆")
        if link.hash() != stored:
            return Break(link.seq, f"第 {link.seq} 筆的內容與其雜湊不符")
        expected, previous = expected + 1, stored
    if expected - 1 != head_seq or previous != head_hash:
        return Break(expected, f"鏈尾與記載不符：應有 {head_seq} 筆，實有 {expected - 1} 筆")
    return None
