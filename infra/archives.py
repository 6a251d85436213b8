"""A ZIP whose entries are stored as they are, written in one pass, with the hash of each entry.

The same entries always make the same bytes: no clock and no file system gets into it.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator
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
        with self._zip.open(info, "w", force_zip64=True) as target:
            for chunk in _chunks(content):
                target.write(chunk)
                whole.update(chunk)
                chunks.append(hashlib.sha256(chunk).hexdigest())
                size += len(chunk)
        return Entry(name=name, bytes=size, sha256=whole.hexdigest(), chunks=tuple(chunks))


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
