"""A ZIP whose entries are stored as they are, read like a file and never written anywhere; with the hash of each entry.

The same entries always make the same bytes: no clock and no file system gets into it. Sizes and checksums stand before
the content, so that every program can read it from the front too (APPNOTE.TXT 6.3.10, 4.3).
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from infra.chunked import portions, within
from infra.sums import CHUNK_BYTES, Summing, Sums

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
_UNIX, _ZIP64_VERSION, _UTF8 = 3, 45, 0x800
_LOCAL_HEADER, _LOCAL_LENGTHS = 30, 26
# What does not fit into four or two bytes is marked so, and stands in a field of eight.
_MARK, _MARK_COUNT = (1 << 32) - 1, (1 << 16) - 1
_LARGE = _MARK


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry's name, size and SHA-256, and that of each mebibyte, so that a changed byte can be located."""

    name: str
    bytes: int
    sha256: str
    chunks: tuple[str, ...]


class Archive:
    """Takes entries, and is then read once. Files are read when they are added, unless that was done before."""

    def __init__(self) -> None:
        self._entries: list[tuple[zipfile.ZipInfo, bytes, IO[bytes] | bytes]] = []
        self._bytes = 0

    def add(self, name: str, content: IO[bytes] | bytes, *, sums: Sums | None = None) -> Entry:
        """A file, or bytes, in constant memory. A file must stay open, and as it is, until the archive was read.

        `sums` of it, where whoever wrote it made them meanwhile.
        """
        info = zipfile.ZipInfo(name, date_time=_NO_TIME)
        info.external_attr, info.create_system, info.header_offset = _READABLE, _UNIX, self._bytes
        sums = sums or _summed(content)
        size = sums.bytes
        info.CRC, info.file_size, info.compress_size = sums.crc, size, size
        header = info.FileHeader(zip64=size >= _LARGE)
        self._entries.append((info, header, content))
        self._bytes += len(header) + size
        return Entry(name=name, bytes=size, sha256=sums.sha256, chunks=sums.chunks)

    def read(self) -> Iterator[bytes | memoryview]:
        """The archive's bytes, about a mebibyte at a time; what is given is good until the next is asked for."""
        for _info, header, content in self._entries:
            yield header
            yield from _chunks(content)
        yield self._directory()

    def _directory(self) -> bytes:
        listed = b"".join(_listed(info) for info, _, _ in self._entries)
        count, begins = len(self._entries), self._bytes
        if count < _MARK_COUNT and max(begins, len(listed)) < _LARGE:
            return listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), begins, 0)
        sizes = (44, _ZIP64_VERSION, _ZIP64_VERSION, 0, 0, count, count, len(listed), begins)
        end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", *sizes)
        end += struct.pack("<4sLQL", b"PK\6\7", 0, begins + len(listed), 1)
        end += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, _MARK_COUNT, _MARK_COUNT, _MARK, _MARK, 0)
        return listed + end


def stored(archive: IO[bytes], name: str) -> IO[bytes]:
    """The content of an entry as a file of its own, read where it lies. Only of what `Archive` made: as it is.

    `name` may be the end of the entry's. Raises `KeyError` unless there is exactly one.
    """
    with zipfile.ZipFile(archive) as opened:
        found = [info for info in opened.infolist() if info.filename.endswith(name)]
    if len(found) != 1:
        raise KeyError(name)
    archive.seek(found[0].header_offset + _LOCAL_LENGTHS)
    lengths = struct.unpack("<2H", archive.read(_LOCAL_HEADER - _LOCAL_LENGTHS))
    begins = found[0].header_offset + _LOCAL_HEADER + sum(lengths)
    return within(archive, begins, found[0].file_size)


def _listed(info: zipfile.ZipInfo) -> bytes:
    """An entry as the directory names it (4.3.12); its size and place in eight bytes each where one needs them."""
    name = info.filename.encode()
    large = max(info.file_size, info.header_offset) >= _LARGE
    extra = struct.pack("<2H3Q", 1, 24, info.file_size, info.file_size, info.header_offset) if large else b""
    size, place = (_MARK, _MARK) if large else (info.file_size, info.header_offset)
    version = _ZIP64_VERSION if large else info.extract_version
    flags = 0 if info.filename.isascii() else _UTF8
    fields = (version, _UNIX, version, 0, flags, info.compress_type, 0, 0x21, info.CRC, size, size)
    tail = (len(name), len(extra), 0, 0, 0, info.external_attr, place)
    return struct.pack("<4s4B4H3L5H2L", b"PK\1\2", *fields, *tail) + name + extra


def _summed(content: IO[bytes] | bytes) -> Sums:
    with closing(Summing()) as summing:
        for chunk in _chunks(content):
            summing.take([chunk])
            summing.settle()
        return summing.sums()


def _chunks(content: IO[bytes] | bytes) -> Iterator[memoryview]:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    file.seek(0)
    return portions(file, CHUNK_BYTES)
