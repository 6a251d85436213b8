"""The boxes that MP4 and QuickTime files are made of (ISO/IEC 14496-12, 4.2): read where they lie, and made."""

from collections.abc import Iterator

_HEADER, _LONG_HEADER = 8, 16


class Broken(ValueError):
    """A box says of itself what cannot be."""


def boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and content of each box that lies in these bytes; one that is cut off ends with them. Raises `Broken`."""
    while len(data) >= _HEADER:
        size, header = int.from_bytes(data[:4], "big"), _HEADER
        if size == 1:
            size, header = int.from_bytes(data[_HEADER:_LONG_HEADER], "big"), _LONG_HEADER
        size = size or len(data)  # the last one may say that it has no end but the file's
        if size < header:
            raise Broken(bytes(data[4:_HEADER]))
        yield bytes(data[4:_HEADER]), data[header:size]
        data = data[size:]


def box(kind: bytes, *content: bytes | memoryview) -> bytes:
    """A box of less than 4 GB."""
    return (_HEADER + sum(map(len, content))).to_bytes(4, "big") + kind + b"".join(content)


def full_box(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box that begins with a version and flags."""
    return box(kind, bytes([version]), flags.to_bytes(3, "big"), *content)
