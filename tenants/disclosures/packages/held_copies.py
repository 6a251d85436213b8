"""Reading the copies of a hold for a package: each is the one that its device signed, or the build stops (DR-07).

Who joins does not wait for the store: the next copy is fetched meanwhile.
"""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import cycle

from infra.manifest import parse
from infra.objects import ObjectStore
from tenants.disclosures.held_clips import Room, read_samples
from tenants.retention.models import PreservedSegment


@dataclass(frozen=True)
class HeldCopy:
    """What a thread needs of a copy's row, which is the session's own."""

    key: str
    plain_sha256: str
    plain_bytes: int

    @classmethod
    def of(cls, copy: PreservedSegment, key: str) -> "HeldCopy":
        """For one that lies under this key."""
        return cls(key, copy.plain_sha256, parse(copy.line).plain_bytes)


class ReadAhead:
    """Reads copies; while one is joined, the one after it is fetched, opened and compared. Two are held at a time."""

    def __init__(self, copies: Sequence[HeldCopy], store: ObjectStore, secret: str, beside: Executor) -> None:
        """`secret` opens the hold's copies; `beside` is where this is done."""
        self._copies, self._store, self._secret, self._beside = copies, store, secret, beside
        self._coming: dict[int, Future[memoryview]] = {}
        largest = max((copy.plain_bytes for copy in copies), default=0)
        self._rooms = cycle([Room(largest), Room(largest)])

    def read(self, number: int) -> memoryview:
        """The samples of a copy, if they are the ones that its device signed (DR-07). Good until the next is read.

        Raises `Tampered`.
        """
        found = (self._coming.pop(number, None) or self._ask(number)).result()
        self._coming.clear()
        if number + 1 < len(self._copies):
            self._coming[number + 1] = self._ask(number + 1)
        return found

    def _ask(self, number: int) -> Future[memoryview]:
        return self._beside.submit(self._fetched, self._copies[number], next(self._rooms))

    def _fetched(self, copy: HeldCopy, room: Room) -> memoryview:
        return read_samples(copy.key, copy.plain_sha256, room, store=self._store, secret=self._secret)
