"""How one link of the chain is hashed, and how a chain is checked. Pure: a verifier elsewhere can repeat it."""

import hashlib
import json
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

    def text(self) -> str:
        """Canonical JSON: sorted keys, no spaces, instants as microseconds since 1970."""
        document = {name: _plain(value) for name, value in vars(self).items()}
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def hash(self) -> str:
        """SHA-256 in hex over the canonical text in UTF-8."""
        return hashlib.sha256(self.text().encode()).hexdigest()


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


class Walk:
    """A chain as far as it was found whole: from its beginning, or from an event that is known to be right."""

    def __init__(self, *, seq: int = 0, chain_hash: str = GENESIS) -> None:
        self.seq = seq
        self.hash = chain_hash

    def step(self, link: Link, stored: str) -> Break | None:
        """Go on by one event and its stored hash. Found are a changed, a missing and a reordered row."""
        expected = self.seq + 1
        if link.seq != expected:
            return Break(expected, f"第 {expected} 筆不見了（下一筆是第 {link.seq} 筆）")
        if link.previous != self.hash:
            return Break(link.seq, f"第 {link.seq} 筆沒有接上前一筆")
        if link.hash() != stored:
            return Break(link.seq, f"第 {link.seq} 筆的內容與其雜湊不符")
        self.seq, self.hash = expected, stored
        return None

    def end(self, *, seq: int, chain_hash: str) -> Break | None:
        """Whether the chain ends where it should. Found is a cut tail."""
        if (self.seq, self.hash) != (seq, chain_hash):
            return Break(self.seq + 1, f"鏈尾與記載不符：應有 {seq} 筆，實有 {self.seq} 筆")
        return None
