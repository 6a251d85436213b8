"""An age file opened while it arrives: whoever fetches it writes it here, and each chunk is given on once it is proven.

`pyrage` wants a file to read from, and is several times slower than OpenSSL at the same cipher. In constant memory: one
chunk at most is held back, since only the file's end tells which one is the last.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyrage
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.age_format import (
    CHUNK_BYTES,
    FILE_KEY_BYTES,
    MAC_MARK,
    NO_NONCE,
    SALT_BYTES,
    TAG_BYTES,
    VERSION,
    X25519,
    bech32_bytes,
    from_unpadded,
    header_key,
    nonce,
    payload_key,
    x25519_wrap_key,
)

_SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
_FULL_LINE = 64
# Ours have one stanza; other programs add some. What has no end by then is no age file.
_MOST_HEADER = 1 << 14


class CannotDecrypt(Exception):
    """The bytes are not an age file for this identity, or were changed."""


@dataclass(frozen=True)
class FileKey:
    """What opens one age file and no other, whoever else could open it."""

    secret: bytes = field(repr=False)


def file_key(head: bytes, secret: str) -> FileKey:
    """The key of the file that begins so, for an identity that opens it. Raises `CannotDecrypt`."""
    opening = Opening(secret, lambda _plain: None)
    opening.write(head)
    if opening.file_key is None:
        raise CannotDecrypt("the header is cut off")
    return opening.file_key


class Opening:
    """Takes the bytes of an age file in any portions. Nothing is proven to be whole before `finish`."""

    def __init__(self, secret: str | FileKey, give: Callable[[bytes], object]) -> None:
        """`secret` is an X25519 identity, in age's own spelling, or the key of this very file.

        `give` gets the plain bytes of each chunk in turn.
        """
        self.file_key: FileKey | None = None
        self._secret = secret if isinstance(secret, FileKey) else _identity(secret)
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
        known = self._secret
        opens = known if isinstance(known, FileKey) else FileKey(_file_key(arrived[:mark], known))
        begins = end + 1 + SALT_BYTES
        mac = hmac.HMAC(header_key(opens.secret), hashes.SHA256())
        mac.update(signed)
        try:
            mac.verify(from_unpadded(arrived[len(signed) + 1 : end]))
        except (InvalidSignature, ValueError) as error:
            raise CannotDecrypt("the header was changed") from error
        self._cipher = ChaCha20Poly1305(payload_key(opens.secret, arrived[end + 1 : begins]))
        self.file_key = opens
        return begins


def _identity(secret: str) -> X25519PrivateKey:
    checked = str(pyrage.x25519.Identity.from_str(secret))
    return X25519PrivateKey.from_private_bytes(bech32_bytes(checked))


def _file_key(header: bytes, identity: X25519PrivateKey) -> bytes:
    try:
        for kind, arguments, body in _stanzas(header):
            if kind == X25519.encode() and len(arguments) == 1:
                found = _unwrapped(from_unpadded(arguments[0]), body, identity)
                if found is not None:
                    return found
    except ValueError as error:
        raise CannotDecrypt("the header cannot be read") from error
    raise CannotDecrypt("it is for another identity")


def _unwrapped(share: bytes, body: bytes, identity: X25519PrivateKey) -> bytes | None:
    """The file's key, if it is wrapped for this identity. Raises `ValueError` for a share that is no key."""
    if len(body) != FILE_KEY_BYTES + TAG_BYTES:
        raise ValueError("no file key has this length")
    shared = identity.exchange(X25519PublicKey.from_public_bytes(share))
    public = identity.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    try:
        return ChaCha20Poly1305(x25519_wrap_key(shared, share, public)).decrypt(NO_NONCE, body, None)
    except InvalidTag:
        return None


def _stanzas(header: bytes) -> Iterator[tuple[bytes, Sequence[bytes], bytes]]:
    """Kind, arguments and body of each recipient; a body's last line is the one that is not full. Or `ValueError`."""
    first, *lines = header.split(b"\n")
    if first != VERSION:
        raise ValueError("another version, or no age file")
    waiting = iter(lines)
    for line in waiting:
        arrow, kind, *arguments = line.split(b" ")
        if arrow != b"->":
            raise ValueError("no stanza")
        body = b""
        for part in waiting:
            body += part
            if len(part) < _FULL_LINE:
                break
        yield kind, arguments, from_unpadded(body)
