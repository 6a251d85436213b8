"""The copies of a case's hold as clips: opened with the key of the hold, and only if they are what was signed."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

from infra import age, object_keys
from infra.chunked import beside
from infra.joining import Clip
from infra.kms import Kms
from infra.manifest import parse
from infra.objects import NoSuchObject, ObjectStore
from tenants.errors import Tampered
from tenants.retention.hold_keys import open_hold_key
from tenants.retention.models import PreservedSegment

# A header of ours has some two hundred bytes, of a hybrid key 1,643.
_HEAD_BYTES = 4096
_AT_ONCE = 8


class Room:
    """Memory that is filled again and again, and never cleared in between: the system would do so page by page."""

    def __init__(self, size: int = 0) -> None:
        """For so many bytes; it grows if there are more."""
        self._held, self._bytes = bytearray(size), 0

    def write(self, data: bytes) -> None:
        """The next bytes."""
        end = self._bytes + len(data)
        self._held[self._bytes : end] = data
        self._bytes = end

    def empty(self) -> None:
        """Begin anew."""
        self._bytes = 0

    def content(self) -> memoryview:
        """What was written. Good until it is filled again."""
        return memoryview(self._held)[: self._bytes]


def clips_of(copies: Sequence[PreservedSegment], *, store: ObjectStore, kms: Kms) -> Iterator[Clip]:
    """A clip for each copy of one hold, in their order. Reading one raises `Tampered` for other bytes (DR-07).

    Raises as `open_hold_key` does.
    """
    if not copies:
        return
    secret = open_hold_key(tenant_id=copies[0].tenant_id, hold_id=copies[0].hold_id, kms=kms, store=store)
    for copy in copies:
        yield _clip(copy, partial(samples, _object_key(copy), copy.plain_sha256, store=store, secret=secret))


def clips_with(
    key_of: Callable[[UUID], age.FileKey], copies: Sequence[PreservedSegment], *, store: ObjectStore
) -> Iterator[Clip]:
    """The same, each opened with a key of its own that is asked for by the segment's id as it is read."""

    def read(key: str, sha256: str, segment_id: UUID) -> memoryview:
        return samples(key, sha256, store=store, secret=key_of(segment_id))

    for copy in copies:
        yield _clip(copy, partial(read, _object_key(copy), copy.plain_sha256, copy.segment_id))


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


def _clip(copy: PreservedSegment, read: Callable[[], bytes | memoryview]) -> Clip:
    line = parse(copy.line)
    return Clip(started_us=line.started_us, ended_us=line.ended_us, media_ms=line.media_ms, read=read)


def laid_out(copies: Sequence[PreservedSegment]) -> list[Clip]:
    """The copies as clips that are only laid out in time and never read."""
    return [_clip(copy, bytes) for copy in copies]


def samples(key: str, sha256: str, *, store: ObjectStore, secret: str | age.FileKey) -> memoryview:
    """The samples of a copy, if they are the ones that its device signed (DR-07). Raises `Tampered`."""
    return read_samples(key, sha256, Room(), store=store, secret=secret)


def read_samples(key: str, sha256: str, room: Room, *, store: ObjectStore, secret: str | age.FileKey) -> memoryview:
    """The same in a room, opened there as they arrive. Raises `Tampered`.

    Hashed at once: chunk by chunk the threads would wait for one another. The copy's own bytes are not hashed: whatever
    of them was changed, it does not open.
    """
    room.empty()
    try:
        with age.opening(secret, room.write) as arriving, beside(arriving) as opened:
            store.read_into(key, opened)
    except age.CannotDecrypt as error:
        raise Tampered("保全的副本已不是複製時的內容，無法開啟，不能使用。請洽平台維運人員。") from error
    if hashlib.sha256(room.content()).hexdigest() != sha256:
        raise Tampered("保全的影像與錄影主機簽署的雜湊不符，不能使用。請洽平台維運人員。")
    return room.content()
