"""The tokens of one chain's heads, each held against its head, what the chain says of it, and its object.

Whether to trust whoever signed one is for the reader: the names are given, and `openssl ts -verify` takes the rest.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from uuid import UUID

from infra import timestamps
from infra.db import db
from infra.timestamps import NoTimestamp
from tenants.audit.heads import Anchor
from tenants.audit.ledger import Ledger
from tenants.audit.models import AuditTreeStamp
from tenants.audit.rules import Link
from tenants.audit.stamping import announced


class Stamps:
    """Looked at head by head. `by` counts the tokens that hold by whose they are."""

    def __init__(self, rows: Iterable[AuditTreeStamp], ledger: Ledger | None) -> None:
        self.by: Counter[str] = Counter()
        self._rows = {row.day.isoformat(): row for row in rows}
        self._announced: set[str] = set()
        self._ledger = ledger

    def fault(self, anchor: Anchor) -> str | None:
        """What is wrong with the token of this head; nothing is, where it has none."""
        row = self._rows.get(anchor.statement.day.isoformat())
        if row is not None:
            fault = fault_of(row, anchor)
            if fault is not None:
                return fault
            self.by[row.authority] += 1
        return self._ledger.stamp_fault(anchor, row.token if row is not None else None) if self._ledger else None

    def is_as_announced(self, link: Link) -> bool:
        """Whether the row that this event tells of is there and says the same."""
        day = str(link.fields.get("day"))
        row = self._rows.get(day) or _entered_meanwhile(link.tenant_id, day)
        self._announced.add(day)
        return row is not None and link.fields == announced(row)

    def unannounced(self) -> str | None:
        """A day whose token no event tells of."""
        return next((day for day in self._rows if day not in self._announced), None)


def fault_of(row: AuditTreeStamp, anchor: Anchor) -> str | None:
    """Whether a row's token is one over exactly this anchor, of the time and by whom the row says."""
    day = row.day.isoformat()
    try:
        found = timestamps.read(row.token, anchor.text())
    except NoTimestamp as fault:
        return f"{day}樹頭的時戳不屬於這個樹頭（{fault.code}）"
    if (found.at, found.authority) != (row.stamped_at, row.authority):
        return f"{day}樹頭的時戳與所記的時間或簽發者不符"
    return None


def _entered_meanwhile(tenant_id: UUID, day: str) -> AuditTreeStamp | None:
    """The token of a day, if a run kept it after the walk began."""
    with suppress(ValueError):
        return db.session.get(AuditTreeStamp, (tenant_id, date.fromisoformat(day)))
    return None
