"""Reading the copies of a hold for a package: each is the one that its device signed, or the build stops (DR-07).

Who joins does not wait for the store: the next copy is fetched meanwhile.
"""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from infra.objects import ObjectStore
from tenants.disclosures.held_clips import samples
from tenants.retention.models import PreservedSegment


@dataclass(frozen=True)
class HeldCopy:
    """What a thread needs of a copy's row, which is the session's own."""

    key: str
    plain_sha256: str
    cipher_sha256: str

    @classmethod
    def of(cls, copy: PreservedSegment, key: str) -> "HeldCopy":
        """For one that lies under this key."""
        return cls(key, copy.plain_sha256, copy.cipher_sha256)


class ReadAhead:
    """Reads copies; while one is joined, the one after it is fetched, opened and compared. Two are held at a time."""

    def __init__(self, copies: Sequence[HeldCopy], store: ObjectStore, secret: str, beside: Executor) -> None:
        """`secret` opens the hold's copies; `beside` is where this is done."""
        self._copies, self._store, self._secret, self._beside = copies, store, secret, beside
        self._coming: dict[int, Future[bytes]] = {}

    def read(self, number: int) -> bytes:
        """The samples of a copy, if they are the ones that its device signed (DR-07). Raises `Tampered`."""
        found = (self._coming.pop(number, None) or self._ask(number)).result()
        self._coming.clear()
        if number + 1 < len(self._copies):
            self._coming[number + 1] = self._ask(number + 1)
        return found

    def _ask(self, number: int) -> Future[bytes]:
        copy = self._copies[number]
        return self._beside.submit(samples, copy.key, copy, store=self._store, secret=self._secret)
