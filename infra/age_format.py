"""What writing and reading an age file have in common (https://age-encryption.org/v1): sizes, keys, stanzas. Pure."""

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"age-encryption.org/v1"
KEY_BYTES, FILE_KEY_BYTES, SALT_BYTES, TAG_BYTES = 32, 16, 16, 16
CHUNK_BYTES = 1 << 16
MAC_MARK = b"---"
NO_NONCE = bytes(12)


class NoRecipient(ValueError):
    """The text is no public key of a kind that this version knows (`age1…`, `age1pq1…`)."""


@dataclass(frozen=True)
class Stanza:
    """One way to a file's key, as it stands in the header: its kind, the words after it, and the wrapped key."""

    kind: str
    words: tuple[str, ...]
    body: bytes


def nonce(number: int, *, last: bool) -> bytes:
    """Of a chunk, counted from zero. The last one says so, by which a cut file is known."""
    return number.to_bytes(11, "big") + bytes([last])


def derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    """Another key of a key."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(key)


def header_key(file_key: bytes) -> bytes:
    """What proves that the header is whole."""
    return derived(file_key, b"", b"header")


def payload_key(file_key: bytes, salt: bytes) -> bytes:
    """What encrypts the chunks."""
    return derived(file_key, salt, b"payload")


def unpadded(data: bytes) -> bytes:
    """Base64 as a header has it."""
    return base64.b64encode(data).rstrip(b"=")


def from_unpadded(text: bytes) -> bytes:
    """What `unpadded` made. Raises `ValueError` for any other spelling."""
    data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    if unpadded(data) != text:
        raise ValueError("not the one spelling of these bytes")
    return data
