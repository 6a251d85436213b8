"""An age file (https://age-encryption.org/v1) made while it is being sent: to a public key, or under a passphrase.

`pyrage` wants a file to write to, and for a passphrase all of it in memory. Here the sender asks for the next bytes, in
constant memory and with the length known before the first. Any age program opens what comes out.
"""

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import pyrage
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.age_format import (
    CHUNK_BYTES,
    FILE_KEY_BYTES,
    KEY_BYTES,
    MAC_MARK,
    NO_NONCE,
    SALT_BYTES,
    TAG_BYTES,
    VERSION,
    X25519,
    bech32_bytes,
    header_key,
    nonce,
    payload_key,
    unpadded,
    x25519_wrap_key,
)
from infra.chunked import as_file, fill

_SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
_TOGETHER = 16
# 64 MB and a fifth of a second for whoever knows the passphrase. One that a person thought up would need more.
_SCRYPT_LOG_N = 16
_SCRYPT_BLOCK = 8


class NoRecipient(ValueError):
    """The text is no public key of age's X25519 kind (`age1…`)."""


@dataclass(frozen=True)
class Stanza:
    """One way to a file's key: the words of its line, and what the key is wrapped under."""

    words: tuple[str, ...]
    wrap_key: bytes


class Envelope:
    """One file to be sent, with a key of its own: what is made of it once must not be made of another."""

    def __init__(self, *stanzas: Stanza) -> None:
        """Use `to_recipient`, `to_any_of` and `under_passphrase`."""
        self._file_key, self._nonce = os.urandom(FILE_KEY_BYTES), os.urandom(SALT_BYTES)
        self.header = self._header(stanzas)

    def header_for(self, recipient: str) -> bytes:
        """Another header before the same content, which opens it to this one only. Raises `NoRecipient`."""
        return self._header([_stanza(recipient)])

    def _header(self, stanzas: Sequence[Stanza]) -> bytes:
        lines = [VERSION]
        for one in stanzas:
            wrapped = ChaCha20Poly1305(one.wrap_key).encrypt(NO_NONCE, self._file_key, None)
            lines += [f"-> {' '.join(one.words)}".encode(), unpadded(wrapped)]
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
    """For whoever holds the key of `age1…`. Raises `NoRecipient`."""
    return Envelope(_stanza(recipient))


def to_any_of(recipients: Sequence[str]) -> Envelope:
    """For whoever holds the key of any of these. Raises `NoRecipient`."""
    return Envelope(*map(_stanza, recipients))


def _stanza(recipient: str) -> Stanza:
    check_recipient(recipient)
    public = bech32_bytes(recipient)
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    wrap_key = x25519_wrap_key(shared, share, public)
    return Stanza((X25519, unpadded(share).decode()), wrap_key)


def under_passphrase(passphrase: str) -> Envelope:
    """For whoever knows the passphrase, which must be one that nobody guesses: drawn, and not thought up."""
    salt = os.urandom(SALT_BYTES)
    kdf = Scrypt(salt=VERSION + b"/scrypt" + salt, length=KEY_BYTES, n=1 << _SCRYPT_LOG_N, r=_SCRYPT_BLOCK, p=1)
    return Envelope(Stanza(("scrypt", unpadded(salt).decode(), str(_SCRYPT_LOG_N)), kdf.derive(passphrase.encode())))


def check_recipient(text: str) -> None:
    """Raise `NoRecipient` unless the text is an X25519 public key, in the spelling of age itself."""
    try:
        read = pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise NoRecipient(text) from error
    if str(read) != text:
        raise NoRecipient(text)
