"""An age file (https://age-encryption.org/v1) made while it is being sent: to public keys, or under a passphrase.

`pyrage` wants a file to write to, and for a passphrase all of it in memory. Here the sender asks for the next bytes, in
constant memory and with the length known before the first. Any age program opens what comes out.
"""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import IO

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from infra.age_format import (
    CHUNK_BYTES,
    FILE_KEY_BYTES,
    KEY_BYTES,
    MAC_MARK,
    NO_NONCE,
    SALT_BYTES,
    TAG_BYTES,
    VERSION,
    Stanza,
    header_key,
    nonce,
    payload_key,
    unpadded,
)
from infra.age_keys import Kind, MixedRecipients, check_unmixed, kind_of, wrapped
from infra.age_opening import FileKey, Opening
from infra.chunked import as_file, fill

_SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
_TOGETHER = 16
# 64 MB and a fifth of a second for whoever knows the passphrase. One that a person thought up would need more.
_SCRYPT_LOG_N = 16
_SCRYPT_BLOCK = 8


class Envelope:
    """One file to be sent, with a key of its own: what is made of it once must not be made of another."""

    def __init__(self, *ways: Callable[[bytes], Stanza], kind: Kind | None = None) -> None:
        """Use `to_recipient`, `to_any_of` and `under_passphrase`; each way wraps the file's key.

        `kind` is that of the public keys, None under a passphrase.
        """
        self._file_key, self._nonce = os.urandom(FILE_KEY_BYTES), os.urandom(SALT_BYTES)
        self.kind = kind
        self.header = self._header([way(self._file_key) for way in ways])

    def header_for(self, recipient: str) -> bytes:
        """Another header before the same content, which opens it to this one only.

        Raises `NoRecipient`, and `MixedRecipients` for a key of the other kind than the header has: whoever kept that
        one could open the content all the same. Such a file is made anew (`opening`).
        """
        if kind_of(recipient) is not self.kind:
            raise MixedRecipients("a header of one kind before what was sealed for the other")
        return self._header([wrapped(self._file_key, recipient)])

    def header_of_other_kind(self, recipients: Sequence[str]) -> bytes:
        """A header for keys of the other kind only, for whoever does not know yet with which of the two it will leave.

        Until one of them is destroyed the content is no safer than the classic one. Raises `NoRecipient`, and
        `MixedRecipients` for keys that are not all of that kind.
        """
        check_unmixed(recipients)
        if kind_of(recipients[0]) is self.kind:
            raise MixedRecipients("no header for the other kind")
        return self._header([wrapped(self._file_key, recipient) for recipient in recipients])

    def opening(self, give: Callable[[bytes], object]) -> Opening:
        """What opens the file while its key is still here; `finish` it."""
        return Opening(FileKey(self._file_key), give)

    def _header(self, stanzas: Sequence[Stanza]) -> bytes:
        lines = [VERSION]
        for one in stanzas:
            lines += [f"-> {' '.join((one.kind, *one.words))}".encode(), unpadded(one.body)]
        header = b"\n".join([*lines, MAC_MARK])
        mac = hmac.HMAC(header_key(self._file_key), hashes.SHA256())
        mac.update(header)
        return header + b" " + unpadded(mac.finalize()) + b"\n" + self._nonce

    def size(self, plain_bytes: int) -> int:
        """How many bytes come out of so many."""
        chunks = max(-(-plain_bytes // CHUNK_BYTES), 1)
        return len(self.header) + plain_bytes + chunks * TAG_BYTES

    def of(self, plain: IO[bytes]) -> Iterator[bytes]:
        """The file's bytes, about a mebibyte at a time, from where `plain` stands to its end."""
        return map(bytes, self.portions(plain))

    def portions(self, plain: IO[bytes]) -> Iterator[bytes | memoryview]:
        """The same without a copy: what is given is good until the next is asked for."""
        yield self.header
        chunks, room, made = self.chunks(), memoryview(bytearray(_TOGETHER * _SEALED_CHUNK)), 0
        chunk, after = memoryview(bytearray(CHUNK_BYTES)), memoryview(bytearray(CHUNK_BYTES))
        count, number, done = fill(plain, chunk), 0, False
        while not done:
            coming = fill(plain, after)
            done = not coming
            made += chunks.seal_into(number, chunk[:count], room[made:], ends=done)
            if done or made == len(room):
                yield room[:made]
                made = 0
            chunk, after, count, number = after, chunk, coming, number + 1

    def chunks(self) -> "Chunks":
        """What seals the file's content, chunk by chunk, for who makes the file otherwise than `of`."""
        return Chunks(payload_key(self._file_key, self._nonce))


class Chunks:
    """Seals the content of one age file: chunks of `CHUNK_BYTES`, of which only the one that ends it may be shorter.

    No two contents may ever be sealed as the same chunk; that one ends the file makes it another one.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    def sealed(self, number: int, chunk: bytes, *, ends: bool) -> bytes:
        """The chunk with its tag."""
        return self._cipher.encrypt(nonce(number, last=ends), chunk, None)

    def seal_into(self, number: int, chunk: memoryview, room: memoryview, *, ends: bool) -> int:
        """Put the chunk with its tag at the front of `room`; how many bytes that are."""
        length = len(chunk) + TAG_BYTES
        return self._cipher.encrypt_into(nonce(number, last=ends), chunk, None, room[:length])


def sealed(envelope: Envelope, plain: IO[bytes]) -> io.BufferedReader:
    """The same as a file to be read once, such as for an upload."""
    return as_file(envelope.portions(plain))


def to_recipient(recipient: str) -> Envelope:
    """For whoever holds the key of `age1…`, of either kind. Raises `NoRecipient`."""
    return to_any_of([recipient])


def to_any_of(recipients: Sequence[str]) -> Envelope:
    """For whoever holds the key of any of these. Raises `NoRecipient`, and `MixedRecipients` for both kinds."""
    check_unmixed(recipients)
    ways = [partial(wrapped, recipient=recipient) for recipient in recipients]
    return Envelope(*ways, kind=kind_of(recipients[0]))


def under_passphrase(passphrase: str) -> Envelope:
    """For whoever knows the passphrase, which must be one that nobody guesses: drawn, and not thought up."""
    salt = os.urandom(SALT_BYTES)
    kdf = Scrypt(salt=VERSION + b"/scrypt" + salt, length=KEY_BYTES, n=1 << _SCRYPT_LOG_N, r=_SCRYPT_BLOCK, p=1)
    wrap_key = kdf.derive(passphrase.encode())

    def way(file_key: bytes) -> Stanza:
        body = ChaCha20Poly1305(wrap_key).encrypt(NO_NONCE, file_key, None)
        return Stanza("scrypt", (unpadded(salt).decode(), str(_SCRYPT_LOG_N)), body)

    return Envelope(way)
