"""Heads of a chain's tree, anchored as the worker does it, in a store that is only a drawer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra import clock, signing
from infra.db import db
from infra.objects import NoSuchObject, ObjectFacts, ObjectStore, S3Objects, md5_hex
from infra.timestamps import TimestampAuthority
from tenants.actor import system
from tenants.audit import anchoring, stamping
from tenants.audit.models import AuditTreeHead, AuditTreeStamp
from tests.factories.registry import Institution
from tests.time_authority import MemoryAuthority


@dataclass
class Drawer:
    """What was put, by key. Real stores are behind the tests that look at them."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes) -> None:
        self.objects[key] = data

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise NoSuchObject(key)
        return self.objects[key]

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        for key, data in sorted(self.objects.items()):
            if key.startswith(prefix):
                yield ObjectFacts(key, len(data), md5_hex(data), clock.now())


class Bureau:
    """The bureau's key, in memory. Each has another."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.key_id = signing.public_key_text(self._key)

    def sign(self, statement: bytes) -> str:
        return signing.sign(self._key, statement)


def anchored(
    of: Institution,
    *,
    day: date | None = None,
    store: Drawer | S3Objects | None = None,
    bureau: Bureau | None = None,
    lock_until: datetime | None = None,
) -> AuditTreeHead:
    """The present tree as the head of a day, yesterday unless told; unsigned unless told by whom."""
    made = anchoring.anchor_chain(
        actor=system("anchor_chain"),
        tenant_id=of.tenant_id,
        day=day or clock.today() - timedelta(days=1),
        store=cast("ObjectStore", store or Drawer()),
        lock_until=lock_until,
        cosigner=bureau,
    )
    db.session.commit()
    assert made is not None
    return made


def stamped(
    of: Institution, url: str = "", *, store: Drawer | S3Objects | None = None, lock_until: datetime | None = None
) -> AuditTreeStamp:
    """The token that the authority at this address gives the newest head without one; without an address, a made-up."""
    made = stamping.stamp_next(
        actor=system("stamp_heads"),
        tenant_id=of.tenant_id,
        store=cast("ObjectStore", store or Drawer()),
        lock_until=lock_until,
        authority=TimestampAuthority(url) if url else cast("TimestampAuthority", MemoryAuthority()),
    )
    db.session.commit()
    assert made is not None
    return made
