"""Bytes that are made one portion after the other, for whoever wants a file to read from."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TYPE_CHECKING

from infra.object_store import Sink

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer


def as_file(portions: Iterator[bytes]) -> io.BufferedReader:
    """A file to be read once, from front to end, such as for an upload. Empty portions are passed over."""
    return io.BufferedReader(_Portions(portions))


class _Portions(io.RawIOBase):
    def __init__(self, portions: Iterator[bytes]) -> None:
        self._portions, self._rest = filter(None, portions), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        self._rest = self._rest or memoryview(next(self._portions, b""))
        into = memoryview(buffer).cast("B")
        count = min(len(into), len(self._rest))
        into[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def within(file: IO[bytes], begins: int, length: int) -> io.BufferedReader:
    """A part of a file as a file of its own, read where it lies: nobody else may move in the file meanwhile."""
    return io.BufferedReader(_Within(file, begins, length))


class _Within(io.RawIOBase):
    def __init__(self, file: IO[bytes], begins: int, length: int) -> None:
        self._file, self._begins, self._length, self._at = file, begins, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        return self._at

    def readinto(self, buffer: "Buffer") -> int:
        into = memoryview(buffer).cast("B")[: max(self._length - self._at, 0)]
        self._file.seek(self._begins + self._at)
        data = self._file.read(len(into))
        into[: len(data)] = data
        self._at += len(data)
        return len(data)


class Hashed:
    """What takes bytes, such as a file that is written once, and whose SHA-256 is known without reading it again."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._hash = sink, hashlib.sha256()

    def write(self, data: bytes) -> None:
        """The next bytes."""
        self._hash.update(data)
        self._sink.write(data)

    @property
    def sha256(self) -> str:
        """Of what was written so far, in hex."""
        return self._hash.hexdigest()


class Measured:
    """Portions that pass, and how many bytes they were and their SHA-256 afterwards."""

    def __init__(self, portions: Iterable[bytes]) -> None:
        self._portions, self._hash, self.bytes = portions, hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        """Each portion; it is hashed on the other core while it is used."""
        with ThreadPoolExecutor(1) as beside:
            for portion in self._portions:
                hashing = beside.submit(self._hash.update, portion)
                self.bytes += len(portion)
                yield portion
                hashing.result()

    @property
    def sha256(self) -> str:
        """Of what has passed, in hex."""
        return self._hash.hexdigest()
