"""The copies of a case's hold as clips: opened with the key of the hold, and only if they are what was signed."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from uuid import UUID

from infra import age, object_keys
from infra.chunked import Hashed, beside
from infra.joining import Clip
from infra.kms import Kms
from infra.manifest import parse
from infra.objects import NoSuchObject, ObjectStore, Sink
from tenants.errors import Tampered
from tenants.retention.hold_keys import open_hold_key
from tenants.retention.models import PreservedSegment

# A header of ours has some two hundred bytes, of a hybrid key 1,643.
_HEAD_BYTES = 4096
_AT_ONCE = 8


class Signed(Protocol):
    """What says which bytes a copy must have, encrypted and plain, as hexadecimal SHA-256."""

    @property
    def cipher_sha256(self) -> str:
        """Of the copy as it lies in the store."""

    @property
    def plain_sha256(self) -> str:
        """Of the samples, as the device signed them."""


@dataclass(frozen=True)
class Sums:
    """The same, apart from the row: a film that is being sent reads on when its request's session is over."""

    cipher_sha256: str
    plain_sha256: str


def clips_of(copies: Sequence[PreservedSegment], *, store: ObjectStore, kms: Kms) -> Iterator[Clip]:
    """A clip for each copy of one hold, in their order. Reading one raises `Tampered` for other bytes (DR-07).

    Raises as `open_hold_key` does.
    """
    if not copies:
        return
    secret = open_hold_key(tenant_id=copies[0].tenant_id, hold_id=copies[0].hold_id, kms=kms, store=store)
    for copy in copies:
        yield _clip(copy, partial(samples, _object_key(copy), _sums(copy), store=store, secret=secret))


def clips_with(
    key_of: Callable[[UUID], age.FileKey], copies: Sequence[PreservedSegment], *, store: ObjectStore
) -> Iterator[Clip]:
    """The same, each opened with a key of its own that is asked for by the segment's id as it is read."""

    def read(key: str, sums: Sums, segment_id: UUID) -> bytes:
        return samples(key, sums, store=store, secret=key_of(segment_id))

    for copy in copies:
        yield _clip(copy, partial(read, _object_key(copy), _sums(copy), copy.segment_id))


def file_keys(copies: Sequence[PreservedSegment], *, store: ObjectStore, kms: Kms) -> Mapping[UUID, age.FileKey]:
    """The key of each copy of one hold, which opens that copy alone. Raises as `open_hold_key` does.

    One that is not there or has another head gets none, and keeps no other from being shown.
    """
    if not copies:
        return {}
    secret = open_hold_key(tenant_id=copies[0].tenant_id, hold_id=copies[0].hold_id, kms=kms, store=store)
    with ThreadPoolExecutor(_AT_ONCE) as together:
        found = together.map(lambda key: _file_key(key, secret, store), [_object_key(copy) for copy in copies])
        return {copy.segment_id: key for copy, key in zip(copies, found, strict=True) if key is not None}


def _file_key(key: str, secret: str, store: ObjectStore) -> age.FileKey | None:
    try:
        return age.file_key(store.beginning(key, _HEAD_BYTES), secret)
    except (NoSuchObject, age.CannotDecrypt):
        return None


def _object_key(copy: PreservedSegment) -> str:
    return object_keys.preserved_segment(tenant_id=copy.tenant_id, hold_id=copy.hold_id, segment_id=copy.segment_id)


def _sums(copy: PreservedSegment) -> Sums:
    return Sums(copy.cipher_sha256, copy.plain_sha256)


def _clip(copy: PreservedSegment, read: Callable[[], bytes]) -> Clip:
    line = parse(copy.line)
    return Clip(started_us=line.started_us, ended_us=line.ended_us, media_ms=line.media_ms, read=read)


def laid_out(copies: Sequence[PreservedSegment]) -> list[Clip]:
    """The copies as clips that are only laid out in time and never read."""
    return [_clip(copy, bytes) for copy in copies]


def samples(key: str, copy: Signed, *, store: ObjectStore, secret: str | age.FileKey) -> bytes:
    """The samples of a copy, if they are the ones that its device signed (DR-07). Raises `Tampered`."""
    held = io.BytesIO()
    read_samples(key, copy, held, store=store, secret=secret)
    return held.getvalue()


def read_samples(key: str, copy: Signed, into: Sink, *, store: ObjectStore, secret: str | age.FileKey) -> None:
    """Write them out as they arrive, hashed and opened on the way. What was written is good once this returns.

    Raises `Tampered`.
    """
    plain = Hashed(into)
    try:
        with age.opening(secret, plain.write) as arriving, beside(arriving) as opened:
            cipher = Hashed(opened)
            store.read_into(key, cipher)
    except age.CannotDecrypt as error:
        raise Tampered("保全的副本與複製時的雜湊不符或無法開啟，不能使用。請洽平台維運人員。") from error
    if cipher.sha256 != copy.cipher_sha256:
        raise Tampered("保全的副本與複製時的雜湊不符，不能使用。請洽平台維運人員。")
    if plain.sha256 != copy.plain_sha256:
        raise Tampered("保全的影像與錄影主機簽署的雜湊不符，不能使用。請洽平台維運人員。")
