"""An age file opened while it arrives: whoever fetches it writes it here, and each chunk is given on once it is proven.

`pyrage` wants a file to read from, and is several times slower than OpenSSL at the same cipher. In constant memory: one
chunk at most is held back, since only the file's end tells which one is the last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from infra.age_format import (
    CHUNK_BYTES,
    MAC_MARK,
    SALT_BYTES,
    TAG_BYTES,
    VERSION,
    Stanza,
    from_unpadded,
    header_key,
    nonce,
    payload_key,
)
from infra.age_keys import Unwraps

_SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
_FULL_LINE = 64
# Ours have one stanza, and those of a box that knew no day one for each that it has a key of: some two dozen, of 1,557
# bytes each where the keys are hybrid. Other programs add some. What has no end by then is no age file.
_MOST_HEADER = 1 << 17


class CannotDecrypt(Exception):
    """The bytes are not an age file for this identity, or were changed."""


@dataclass(frozen=True)
class FileKey:
    """What opens one age file and no other, whoever else could open it."""

    secret: bytes = field(repr=False)

    def unwrapped(self, _stanza: Stanza) -> bytes:
        """Itself, whomever the file was made for; that it is of another file shows at the header's own proof."""
        return self.secret


class Opening:
    """Takes the bytes of an age file in any portions. Nothing is proven to be whole before `finish`."""

    def __init__(self, opens: Unwraps, give: Callable[[bytes], object]) -> None:
        """`opens` knows the file's key; `give` gets the plain bytes of each chunk in turn."""
        self.file_key: FileKey | None = None
        self._opens = opens
        self._give = give
        self._cipher: ChaCha20Poly1305 | None = None
        self._number = 0
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """The file's next bytes. Raises `CannotDecrypt`; what was given on by then must be thrown away."""
        if self._cipher is not None:
            self._take(memoryview(data))
            return len(data)
        arrived = bytes(self._held) + data if self._held else data
        begins = self._take_header(arrived)
        self._held.clear()
        if begins:
            self._take(memoryview(arrived)[begins:])
        else:
            self._held += arrived
        return len(data)

    def finish(self) -> None:
        """There are no more bytes. Raises `CannotDecrypt` unless they were the whole file."""
        if self._cipher is None:
            raise CannotDecrypt("the header is cut off")
        if self._number and len(self._held) <= TAG_BYTES:
            raise CannotDecrypt("the last chunk is empty or cut off")
        self._open(self._held, last=True)

    def _take(self, view: memoryview) -> None:
        """Open chunks where they lie; only what comes of one in two portions is copied."""
        if self._held and len(self._held) + len(view) > _SEALED_CHUNK:
            wanted = _SEALED_CHUNK - len(self._held)
            self._held += view[:wanted]
            self._open(self._held, last=False)
            self._held.clear()
            view = view[wanted:]
        while len(view) > _SEALED_CHUNK:
            self._open(view[:_SEALED_CHUNK], last=False)
            view = view[_SEALED_CHUNK:]
        self._held += view

    def _open(self, sealed: bytearray | memoryview, *, last: bool) -> None:
        assert self._cipher is not None  # noqa: S101 - only after the header
        try:
            plain = self._cipher.decrypt(nonce(self._number, last=last), sealed, None)
        except InvalidTag as error:
            raise CannotDecrypt(f"chunk {self._number} was changed") from error
        self._number += 1
        self._give(plain)

    def _take_header(self, arrived: bytes) -> int:
        """Where the first chunk begins; 0 while the header is not there as a whole."""
        mark = arrived.find(b"\n" + MAC_MARK + b" ", 0, _MOST_HEADER)
        end = arrived.find(b"\n", mark + 1) if mark >= 0 else -1
        if end < 0 or len(arrived) < end + 1 + SALT_BYTES:
            if len(arrived) > _MOST_HEADER + SALT_BYTES:
                raise CannotDecrypt("there is no header")
            return 0
        signed = arrived[: mark + 1 + len(MAC_MARK)]
        found = self._file_key(arrived[:mark])
        begins = end + 1 + SALT_BYTES
        mac = hmac.HMAC(header_key(found), hashes.SHA256())
        mac.update(signed)
        try:
            mac.verify(from_unpadded(arrived[len(signed) + 1 : end]))
        except (InvalidSignature, ValueError) as error:
            raise CannotDecrypt("the header was changed") from error
        self._cipher = ChaCha20Poly1305(payload_key(found, arrived[end + 1 : begins]))
        self.file_key = FileKey(found)
        return begins

    def _file_key(self, header: bytes) -> bytes:
        try:
            for stanza in _stanzas(header):
                found = self._opens.unwrapped(stanza)
                if found is not None:
                    return found
        except ValueError as error:
            raise CannotDecrypt("the header cannot be read") from error
        raise CannotDecrypt("it is for another identity")


def _stanzas(header: bytes) -> Iterator[Stanza]:
    """Each way to the file's key; a body's last line is the one that is not full. Or `ValueError`."""
    first, *lines = header.split(b"\n")
    if first != VERSION:
        raise ValueError("another version, or no age file")
    waiting = iter(lines)
    for line in waiting:
        arrow, kind, *words = line.decode("ascii").split(" ")
        if arrow != "->":
            raise ValueError("no stanza")
        body = b""
        for part in waiting:
            body += part
            if len(part) < _FULL_LINE:
                break
        yield Stanza(kind, tuple(words), from_unpadded(body))
