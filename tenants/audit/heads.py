"""What is said of a chain's tree once a day, as text that is signed and as the object under `ledger/`. Pure.

Both texts are canonical JSON (sorted keys, no spaces, ASCII, whole numbers only), so a reader elsewhere can make them
again from their values and compare bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from infra.manifest import instant, microseconds

KIND = "shouyuan-tree-head/1"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The newest head that a restored backup lost: it was anchored, and the chain goes on without its events."""

    day: date
    size: int
    root: str

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {"day": self.day.isoformat(), "size": self.size, "root": self.root}

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Loss":
        """The loss of what `plain` makes."""
        return cls(day=date.fromisoformat(raw["day"]), size=int(raw["size"]), root=str(raw["root"]))


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One head: the tree over the first `size` events has this root, and the chain at that event this hash.

    `lost` is named by the first head after a restore alone: its tree does not begin with that one's.
    """

    tenant_id: UUID
    day: date
    size: int
    root: str
    chain_hash: str
    anchored_at: datetime
    lost: Loss | None = None

    def text(self) -> str:
        """The exact text that the bureau signs. `kind` keeps the signature from standing for anything else."""
        document = {
            "kind": KIND,
            "tenant_id": str(self.tenant_id),
            "day": self.day.isoformat(),
            "size": self.size,
            "root": self.root,
            "chain_hash": self.chain_hash,
            "anchored_us": microseconds(self.anchored_at),
        }
        return _canonical(document | ({"lost": self.lost.plain()} if self.lost else {}))

    @classmethod
    def parse(cls, text: str) -> "Statement":
        """The statement of a text. Raises `ValueError` unless the text is exactly what `text` makes."""
        raw = _object(text)
        try:
            made = cls(
                tenant_id=UUID(raw["tenant_id"]),
                day=date.fromisoformat(raw["day"]),
                size=int(raw["size"]),
                root=str(raw["root"]),
                chain_hash=str(raw["chain_hash"]),
                anchored_at=instant(int(raw["anchored_us"])),
                lost=Loss.of(raw["lost"]) if "lost" in raw else None,
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError("not the statement of a tree head") from error
        if made.text() != text:
            raise ValueError("not the canonical statement of a tree head")
        return made


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A statement with the bureau's signature; both None where no key was at hand. `key_id` is the public key."""

    statement: Statement
    key_id: str | None
    signature: str | None

    def text(self) -> bytes:
        """The object under `ledger/`."""
        document = {"statement": self.statement.text(), "key_id": self.key_id, "signature": self.signature}
        return _canonical(document).encode()

    @classmethod
    def parse(cls, text: bytes) -> "Anchor":
        """The anchor of an object. Raises `ValueError` unless the object is exactly what `text` makes."""
        raw = _object(text)
        try:
            made = cls(statement=Statement.parse(raw["statement"]), key_id=raw["key_id"], signature=raw["signature"])
        except (KeyError, TypeError) as error:
            raise ValueError("not an anchor") from error
        if made.text() != text:
            raise ValueError("not a canonical anchor")
        return made


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _object(text: str | bytes) -> dict[str, Any]:
    if not isinstance(text, str | bytes):
        raise ValueError("not a text")  # noqa: TRY004 - whatever is wrong with a text is a ValueError here
    raw = json.loads(text)
    if not isinstance(raw, dict):
        raise ValueError("not an object of JSON")  # noqa: TRY004 - as above
    return raw
