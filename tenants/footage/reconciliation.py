"""Comparing the store with the database, both ways, an area at a time. It marks and reports, and removes nothing.

Whatever is not known is kept: an object without a row is quarantined, which is a row and a line in the chain; a row
without an object becomes `missing`, which a later sweep takes back. A lost database therefore destroys nothing, and a
store that does not answer, or does not show this institution's anchors, leads to no conclusion at all (ADR 0013).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from infra import object_keys
from infra.comparison import Expected, Pair, compare
from infra.db import db
from infra.objects import Form, Leftover, NoSuchObject, ObjectFacts, ObjectStore
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.audit.models import AuditTreeHead
from tenants.footage.areas import day_of
from tenants.footage.inventory import IndexRow
from tenants.footage.marking import Marks
from tenants.footage.models import DayKey, SweptArea
from tenants.footage.strays import Net, Stray

# An upload is confirmed at once, or when its box is online again; a copy for a hold is committed within its job.
ON_ITS_WAY = timedelta(days=1)
# The store's own rule takes old versions and unfinished uploads of footage after a day, rounded up, and at its leisure.
LEFT_TO_THE_STORE = timedelta(days=3)


@dataclass(frozen=True)
class Contents:
    """What is to be compared: what the store lists, in key order, what else it keeps there, and what it should hold."""

    found: Iterable[ObjectFacts]
    leftovers: Iterable[Leftover]
    expected: Iterable[Expected[IndexRow | None]]


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a sweep of one area found. None of it was removed."""

    objects: int
    strays: int
    missing: int
    differing: int


@dataclass
class _Walk:
    """The counters of one sweep."""

    store: ObjectStore
    now: datetime
    net: Net
    marks: Marks
    closed: bool
    objects: int = 0
    size: int = 0
    missing: int = 0
    differing: int = 0

    def take(self, pair: Pair[IndexRow | None]) -> None:
        """Look at one key."""
        if pair.found is not None:
            self.objects += 1
            self.size += pair.found.bytes
        if pair.expected is None:
            self._unknown(pair.found)
        elif pair.found is not None and pair.expected.is_met_by(pair.found):
            self.net.claim(pair.expected.key)
            self.marks.kept(pair.expected)
        elif pair.expected.required and not self._is_on_its_way(pair.expected.row):
            self._recheck(pair.expected)

    def _unknown(self, found: ObjectFacts | None) -> None:
        if found is not None and (self.closed or found.modified <= self.now - ON_ITS_WAY):
            self.net.catch(Stray(found.key, Form.OBJECT, found.bytes, found.md5, found.modified))

    def leftover(self, one: Leftover) -> None:
        """Look at an old version, a delete marker or an unfinished upload."""
        if self.closed or one.modified <= self.now - LEFT_TO_THE_STORE:
            self.net.catch(Stray(one.key, one.form, one.bytes, "", one.modified))

    def _is_on_its_way(self, row: IndexRow | None) -> bool:
        return row is not None and row.confirmed_at > self.now - ON_ITS_WAY

    def _recheck(self, expected: Expected[IndexRow | None]) -> None:
        """Ask for this one object: a listing may be older than its last change."""
        try:
            facts = self.store.facts(expected.key)
        except NoSuchObject:
            self.missing += 1
            self.marks.missing(expected)
            return
        if expected.is_met_by(facts):
            self.marks.kept(expected)
        else:
            self.differing += 1
            self.marks.differing(expected)


def reconcile(
    *, actor: Actor, tenant_id: UUID, area: str, contents: Contents, store: ObjectStore, now: datetime
) -> Swept | None:
    """Sweep one area; None when nothing could be concluded. Repeatable, and takes back what no longer holds.

    Raises `StoreUnavailable` and `OutOfOrder`, and then nothing was marked.
    """
    key = _key_of(tenant_id, area)
    if key is not None and key.destroyed_at is not None and key.destroyed_at > now - ON_ITS_WAY:
        return None  # its objects are being destroyed
    if not _is_our_store(tenant_id, store):
        audit.record(Event.STORE_UNRECOGNISED, tenant_id=tenant_id, actor=actor, area=area)
        return None
    closed = key is not None and key.destroyed_at is not None
    net, marks = Net(tenant_id=tenant_id, area=area, now=now), Marks(tenant_id=tenant_id, area=area, now=now)
    walk = _Walk(store=store, now=now, net=net, marks=marks, closed=closed)
    for pair in compare(contents.found, () if closed else contents.expected):
        walk.take(pair)
    for one in contents.leftovers:
        walk.leftover(one)
    net.settle(actor=actor)
    marks.settle(actor=actor)
    swept = Swept(objects=walk.objects, strays=net.count, missing=walk.missing, differing=walk.differing)
    _keep(tenant_id, area, swept, size=walk.size, now=now)
    return swept


def listing(store: ObjectStore, entries: Iterable[str]) -> Iterator[ObjectFacts]:
    """The objects under folders, and the objects that are named by their whole key; in the order of the entries."""
    for entry in entries:
        yield from (one for one in store.listing(entry) if entry.endswith("/") or one.key == entry)


def leftovers(store: ObjectStore, entries: Iterable[str]) -> Iterator[Leftover]:
    """What lies under folders and keys besides objects."""
    for entry in entries:
        yield from (one for one in store.leftovers(entry) if entry.endswith("/") or one.key == entry)


def _key_of(tenant_id: UUID, area: str) -> DayKey | None:
    day = day_of(area)
    return db.session.get(DayKey, (tenant_id, day.day, day.retention_days)) if day is not None else None


def _is_our_store(tenant_id: UUID, store: ObjectStore) -> bool:
    """Whether the store shows an anchor of the institution's chain, if there is any.

    Another bucket, an emptied one or a gateway without its disk shows none; what it lacks says nothing about footage.
    """
    anchored = db.session.scalar(select(AuditTreeHead.day).where(AuditTreeHead.tenant_id == tenant_id).limit(1))
    prefix = object_keys.ledger_prefix(tenant_id=tenant_id)
    return anchored is None or next(iter(store.listing(prefix)), None) is not None


def _keep(tenant_id: UUID, area: str, swept: Swept, *, size: int, now: datetime) -> None:
    facts = {**vars(swept), "size": size, "swept_at": now}
    statement = insert(SweptArea).values(tenant_id=tenant_id, area=area, **facts)
    db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "area"], set_=facts))
