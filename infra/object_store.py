"""What the system asks of an object store, and what a store answers. `infra.objects` speaks S3.

Everybody takes these names from `infra.objects`; the interface stands here for itself, so that it is read without S3.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Protocol


class NoSuchObject(Exception):
    """There is nothing under this key."""


class StoreRefused(Exception):
    """The store answered, and did not do what was asked."""


class StoreUnavailable(Exception):
    """The store did not answer, or says that it cannot now. The same call may go through later."""


@dataclass(frozen=True)
class ObjectFacts:
    """What the store says of an object without reading it. `md5` is its ETag in hex, exact for single-part uploads.

    `beside` is what was put with it, for whoever asks about this one object; a listing does not say it.
    """

    key: str
    bytes: int
    md5: str
    modified: datetime
    beside: Mapping[str, str] = field(default_factory=dict)


class Form(StrEnum):
    """As what a key can be in the store."""

    OBJECT = "object"
    VERSION = "version"
    MARKER = "marker"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Leftover:
    """What is under a key besides its object: an old version, a delete marker, an unfinished upload."""

    key: str
    form: Form
    bytes: int
    modified: datetime


@dataclass(frozen=True)
class StoreAbilities:
    """What this store can do, probed at start. What it cannot is covered by the worker, and said loudly."""

    lifecycle: bool
    object_lock: bool
    versioning: bool


class Sink(Protocol):
    """What takes the bytes of an object as they arrive, such as a file."""

    def write(self, data: bytes, /) -> object:
        """The next bytes."""


class ObjectStore(Protocol):
    """Everything the system asks of a store. Keys come from `infra.object_keys` only, and none ends with a slash.

    Whatever talks to the store raises `StoreRefused` or `StoreUnavailable` when it was not done.
    """

    def presign_put(
        self, key: str, *, md5_hex: str, seconds: int, beside: Mapping[str, str] | None = None
    ) -> tuple[str, Mapping[str, str]]:
        """A URL and the headers with which exactly these bytes may be put under this key for so many seconds.

        `beside` is put with them and cannot be changed or left out; ASCII, and less than 2 KB with its names.
        """

    def put(self, key: str, data: bytes | IO[bytes], *, beside: Mapping[str, str] | None = None) -> None:
        """Store bytes, or a file that is read once, under a key, with what belongs beside them."""

    def put_locked(self, key: str, data: bytes, *, until: datetime) -> None:
        """Store bytes that nobody, its owner included, can change or remove before `until`. Needs object lock."""

    def get(self, key: str) -> bytes:
        """The whole object. Raises `NoSuchObject`."""

    def beginning(self, key: str, count: int) -> bytes:
        """The first bytes of an object that is not empty, fewer where it has no more. Raises `NoSuchObject`."""

    def read_into(self, key: str, sink: Sink) -> None:
        """Write an object to a file, or whatever takes it, in constant memory. Raises `NoSuchObject`."""

    def facts(self, key: str) -> ObjectFacts:
        """Size and digest. Raises `NoSuchObject`."""

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        """Every current object under a prefix, in key order."""

    def destroy(self, keys: Iterable[str]) -> int:
        """Remove every form of these keys: object, old versions, delete markers, unfinished uploads.

        How many keys were removed, absent ones included. Raises `StoreRefused` when the store kept any of them.
        """

    def remnants(self, prefix: str) -> Iterator[str]:
        """Each key that is left under a prefix in any form: object, old version, delete marker, unfinished upload."""

    def leftovers(self, prefix: str) -> Iterator[Leftover]:
        """Everything under a prefix that is not a current object, in no order."""

    def within(self, prefix: str) -> Iterator[str]:
        """What lies directly under a prefix in any form, in order: folders, which end with a slash, and keys."""

    def destroy_leftovers(self, key: str) -> None:
        """Remove old versions, delete markers and unfinished uploads of a key, and leave its object alone."""

    def abilities(self) -> StoreAbilities:
        """What this store does with this bucket. Asks, and changes nothing."""
