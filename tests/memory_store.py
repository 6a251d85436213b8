"""An object store in memory, which takes as long as a distant one would. `tests/contracts` holds it to its word."""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import IO

from infra import clock
from infra.objects import Leftover, NoSuchObject, ObjectFacts, Sink, StoreAbilities, StoreRefused, md5_hex


class MemoryObjects:
    """`ObjectStore` without versions, uploads in parts, locks and signed addresses: what would need those is refused.

    Every request that `S3Objects` would send waits `latency` seconds; `waited` is how long that was in all.
    """

    def __init__(self, *, latency: float = 0.0) -> None:
        """An empty store."""
        self.waited = 0.0
        self._latency = latency
        self._objects: dict[str, tuple[bytes, ObjectFacts]] = {}

    def presign_put(
        self, key: str, *, md5_hex: str, seconds: int, beside: Mapping[str, str] | None = None
    ) -> tuple[str, Mapping[str, str]]:
        """Nobody can put anything from outside."""
        raise StoreRefused(f"{key}: no address can be signed for {seconds} s, {md5_hex}, {beside}")

    def put(self, key: str, data: bytes | IO[bytes], *, beside: Mapping[str, str] | None = None) -> None:
        """See `ObjectStore`."""
        self._ask()
        content = data if isinstance(data, bytes) else data.read()
        facts = ObjectFacts(key, len(content), md5_hex(content), clock.now(), dict(beside or {}))
        self._objects[key] = (content, facts)

    def put_locked(self, key: str, data: bytes, *, until: datetime) -> None:
        """Nothing is locked here."""
        raise StoreRefused(f"{key}: {len(data)} bytes cannot be locked until {until}")

    def get(self, key: str) -> bytes:
        """See `ObjectStore`."""
        self._ask()
        return self._held(key)[0]

    def beginning(self, key: str, count: int) -> bytes:
        """See `ObjectStore`."""
        return self.get(key)[:count]

    def read_into(self, key: str, sink: Sink) -> None:
        """See `ObjectStore`."""
        sink.write(self.get(key))

    def facts(self, key: str) -> ObjectFacts:
        """See `ObjectStore`."""
        self._ask()
        return self._held(key)[1]

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        """See `ObjectStore`."""
        self._ask()
        for key in sorted(self._under(prefix)):
            _, facts = self._objects[key]
            yield ObjectFacts(key, facts.bytes, facts.md5, facts.modified)

    def destroy(self, keys: Iterable[str]) -> int:
        """See `ObjectStore`. Asks whether there are versions, then removes and looks for uploads folder by folder."""
        self._ask()
        removed = 0
        for _, folder in groupby(keys, key=lambda key: key.rpartition("/")[0]):
            self._ask(2)
            for key in folder:
                self._objects.pop(key, None)
                removed += 1
        return removed

    def remnants(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`. Three listings: objects, versions, uploads."""
        self._ask(3)
        yield from sorted(self._under(prefix))

    def leftovers(self, prefix: str) -> Iterator[Leftover]:  # noqa: ARG002
        """See `ObjectStore`. There never are any."""
        self._ask(2)
        yield from ()

    def within(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`."""
        self._ask()
        rest = (key.removeprefix(prefix) for key in self._under(prefix))
        yield from sorted({prefix + name.split("/", 1)[0] + ("/" if "/" in name else "") for name in rest})

    def destroy_leftovers(self, key: str) -> None:  # noqa: ARG002
        """See `ObjectStore`. There are none of any key."""
        self._ask(2)

    def abilities(self) -> StoreAbilities:
        """See `ObjectStore`."""
        return StoreAbilities(lifecycle=False, object_lock=False, versioning=False)

    def _under(self, prefix: str) -> list[str]:
        return [key for key in self._objects if key.startswith(prefix)]

    def _held(self, key: str) -> tuple[bytes, ObjectFacts]:
        if key not in self._objects:
            raise NoSuchObject(key)
        return self._objects[key]

    def _ask(self, requests: int = 1) -> None:
        if self._latency:
            time.sleep(requests * self._latency)
        self.waited += requests * self._latency
