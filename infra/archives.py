"""A ZIP whose entries are stored as they are, written in one pass, with the hash of each entry.

The same entries always make the same bytes: no clock and no file system gets into it.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Self

CHUNK_BYTES = 1 << 20
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry's name, size and SHA-256, and that of each mebibyte, so that a changed byte can be located."""

    name: str
    bytes: int
    sha256: str
    chunks: tuple[str, ...]


class Archive:
    """Writes a ZIP to a binary file. Use it in a `with`; the archive is whole only afterwards."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)

    def __enter__(self) -> Self:
        """The archive itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write the directory."""
        self._zip.close()

    def add(self, name: str, content: IO[bytes] | bytes) -> Entry:
        """Copy a file, or bytes, in constant memory."""
        info = zipfile.ZipInfo(name, date_time=_NO_TIME)
        info.external_attr = _READABLE
        whole, chunks, size = hashlib.sha256(), [], 0
        with self._zip.open(info, "w", force_zip64=True) as target, ThreadPoolExecutor(1) as beside:
            for chunk in _chunks(content):
                hashing = beside.submit(whole.update, chunk)  # on the other core: hashes let go of the interpreter
                target.write(chunk)
                chunks.append(hashlib.sha256(chunk).hexdigest())
                size += len(chunk)
                hashing.result()
        return Entry(name=name, bytes=size, sha256=whole.hexdigest(), chunks=tuple(chunks))


class Hashed:
    """A file that is read once, and whose SHA-256 is known afterwards without reading it again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The file's next bytes."""
        data = self._file.read(size)
        self._hash.update(data)
        return data

    @property
    def sha256(self) -> str:
        """Of what was read so far, in hex."""
        return self._hash.hexdigest()


def sha256_of(file: IO[bytes]) -> str:
    """The SHA-256 of a file from its first byte, in constant memory. Leaves the file at its first byte again."""
    whole = hashlib.sha256()
    file.seek(0)
    for chunk in _chunks(file):
        whole.update(chunk)
    file.seek(0)
    return whole.hexdigest()


def _chunks(content: IO[bytes] | bytes) -> Iterator[bytes]:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
