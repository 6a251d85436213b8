"""What lies under `ledger/` for one institution, held against the heads of its chain and their tokens.

It is listed once. Where size and MD5 are those of the head's own text the object is the head's, since nobody makes
another text of the same MD5; what differs, and what no row knows, is read.
"""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from infra import object_keys, timestamps
from infra.objects import NoSuchObject, ObjectFacts, ObjectStore, md5_hex
from infra.timestamps import NoTimestamp
from tenants.audit.heads import Anchor
from tenants.audit.models import AuditTreeHead

# As many as a client keeps connections for; more would only wait.
_AT_ONCE = 8


def keep(store: ObjectStore, key: str, data: bytes, *, until: datetime | None) -> None:
    """Put an object there, locked until then; None is for a store that cannot lock."""
    if until is None:
        store.put(key, data)
    else:
        store.put_locked(key, data, until=until)


class Ledger:
    """The anchors of one institution. Asked for after the rows, so that no row lacks its own."""

    def __init__(self, tenant_id: UUID, store: ObjectStore, *, read_all: bool = False) -> None:
        self._tenant_id = tenant_id
        self._store = store
        prefix = object_keys.ledger_prefix(tenant_id=tenant_id)
        self._objects = {facts.key: facts for facts in store.listing(prefix)}
        self._lost: dict[str, ObjectFacts] = {}
        self._read: dict[str, bytes] = {}
        if read_all:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                self._read = dict(zip(self._objects, pool.map(store.get, self._objects), strict=True))

    def set_aside(self, days: Iterable[date]) -> None:
        """Anchors of these days and their tokens belong to no head, and the chain says so."""
        for day in days:
            for key in (self._key(day), self._stamp_key(day)):
                facts = self._objects.pop(key, None)
                if facts is not None:
                    self._lost[key] = facts

    def fault(self, anchor: Anchor) -> str | None:
        """Whether the object of this head is there and says the same, to the byte."""
        day, text = anchor.statement.day, anchor.text()
        found = self._objects.pop(self._key(day), None)
        if found is None:
            return f"{day.isoformat()}的錨定物件不見了"
        return None if self._holds(found, text) else f"{day.isoformat()}的錨定物件與紀錄不符"

    def stamp_fault(self, anchor: Anchor, token: bytes | None) -> str | None:
        """Whether the object of this head's token is there and the same; without a row, whether it may be there.

        Then a run died after it put it, and the next one enters what is a token of this head.
        """
        day = anchor.statement.day
        found = self._objects.pop(self._stamp_key(day), None)
        if token is None:
            fits = found is None or _is_token(self._text(found.key), anchor)
            return None if fits else f"儲存區的{day.isoformat()}時戳物件不屬於當日的錨定"
        if found is None:
            return f"{day.isoformat()}的時戳物件不見了"
        return None if self._holds(found, token) else f"{day.isoformat()}的時戳物件與紀錄不符"

    def ahead(self, last: AuditTreeHead | None) -> Iterator[Anchor]:
        """Anchors of days after the last head: those of a run that died, which the next one enters."""
        known = self._key(last.day) if last is not None else ""
        for key in (key for key in self._objects if key > known and key.endswith(".json")):
            with suppress(ValueError, NoSuchObject):
                anchor = Anchor.parse(self._text(key))
                if last is None or anchor.statement.day > last.day:
                    yield anchor

    def lost(self, day: date, sha256: str) -> Anchor | None:
        """The anchor of a day that was set aside; None where it is not the one of this hash any more."""
        key = self._key(day)
        if key not in self._lost:
            return None
        text = self._text(key)
        return Anchor.parse(text) if hashlib.sha256(text).hexdigest() == sha256 else None

    def has_lost_stamp(self, day: date, sha256: str) -> bool:
        """Whether the token of a day that was set aside is still the one of this hash."""
        key = self._stamp_key(day)
        return key in self._lost and hashlib.sha256(self._text(key)).hexdigest() == sha256

    def unknown(self) -> str | None:
        """An object that belongs to no head."""
        return next(iter(self._objects), None)

    def _holds(self, found: ObjectFacts, text: bytes) -> bool:
        """Whether an object is this text, as the store lists it; where it lists another, or all is read, as it is."""
        listed = (found.bytes, found.md5) == (len(text), md5_hex(text)) and found.key not in self._read
        return listed or self._text(found.key) == text

    def _text(self, key: str) -> bytes:
        return self._read[key] if key in self._read else self._store.get(key)

    def _key(self, day: date) -> str:
        return object_keys.ledger_head(tenant_id=self._tenant_id, day=day)

    def _stamp_key(self, day: date) -> str:
        return object_keys.ledger_stamp(tenant_id=self._tenant_id, day=day)


def _is_token(text: bytes, anchor: Anchor) -> bool:
    try:
        timestamps.read(text, anchor.text())
    except NoTimestamp:
        return False
    return True
