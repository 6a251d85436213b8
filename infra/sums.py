"""What is known of a file once it was read: size, SHA-256, that of each mebibyte, and the checksum that a ZIP wants."""

import hashlib
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

CHUNK_BYTES = 1 << 20
# What follows one another, without being copied together.
Pieces = Sequence[bytes | memoryview]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Of one file. `chunks` are the SHA-256 of each mebibyte, so that a changed byte can be located."""

    bytes: int
    sha256: str
    chunks: tuple[str, ...]
    crc: int


class Summing:
    """Sums up what passes, on other cores, while the next is made."""

    def __init__(self, *, write: Callable[[Pieces], object] | None = None) -> None:
        """`write` gets it too, in its order and on a thread of its own: a file takes as long as the sums."""
        self._stack = ExitStack()
        self._also = [write] if write else []
        self._lanes = [self._stack.enter_context(ThreadPoolExecutor(1)) for _lane in range(2 + len(self._also))]
        self._waiting: list[Future[object]] = []
        self._bytes = self._crc = 0
        self._whole, self._chunk, self._chunks = hashlib.sha256(), hashlib.sha256(), list[str]()
        self._in_chunk = 0

    def close(self) -> None:
        """Let go of the threads."""
        self._stack.close()

    def take(self, pieces: Pieces) -> None:
        """The next bytes, which must stay as they are until `settle`: better many at once than one by one."""
        works: list[Callable[[Pieces], object]] = [self._take_whole, self._take_chunks, *self._also]
        for lane, work in zip(self._lanes, works, strict=True):
            self._waiting.append(lane.submit(work, pieces))
        self._bytes += sum(map(len, pieces))

    def settle(self) -> None:
        """Wait until whatever was taken is in. Raises what writing it raised."""
        while self._waiting:
            self._waiting.pop().result()

    def sums(self) -> Sums:
        """Of all that was taken."""
        self.settle()
        last = [self._chunk.hexdigest()] if self._in_chunk else []
        return Sums(bytes=self._bytes, sha256=self._whole.hexdigest(), chunks=(*self._chunks, *last), crc=self._crc)

    def _take_whole(self, pieces: Pieces) -> None:
        for piece in pieces:
            self._whole.update(piece)
            self._crc = zlib.crc32(piece, self._crc)

    def _take_chunks(self, pieces: Pieces) -> None:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                part = view[: CHUNK_BYTES - self._in_chunk]
                self._chunk.update(part)
                self._in_chunk += len(part)
                view = view[len(part) :]
                if self._in_chunk == CHUNK_BYTES:
                    self._chunks.append(self._chunk.hexdigest())
                    self._chunk, self._in_chunk = hashlib.sha256(), 0
