"""What writing and reading an age file have in common (https://age-encryption.org/v1): sizes, keys, letters. Pure."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"age-encryption.org/v1"
KEY_BYTES, FILE_KEY_BYTES, SALT_BYTES, TAG_BYTES = 32, 16, 16, 16
CHUNK_BYTES = 1 << 16
X25519 = "X25519"
MAC_MARK = b"---"
NO_NONCE = bytes(12)
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_CHECKSUM = 6


def nonce(number: int, *, last: bool) -> bytes:
    """Of a chunk, counted from zero. The last one says so, by which a cut file is known."""
    return number.to_bytes(11, "big") + bytes([last])


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    """Another key of a key."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(key)


def header_key(file_key: bytes) -> bytes:
    """What proves that the header is whole."""
    return _derived(file_key, b"", b"header")


def payload_key(file_key: bytes, salt: bytes) -> bytes:
    """What encrypts the chunks."""
    return _derived(file_key, salt, b"payload")


def x25519_wrap_key(shared: bytes, share: bytes, public: bytes) -> bytes:
    """What wraps the file's key for one recipient."""
    return _derived(shared, share + public, VERSION + b"/X25519")


def unpadded(data: bytes) -> bytes:
    """Base64 as a header has it."""
    return base64.b64encode(data).rstrip(b"=")


def from_unpadded(text: bytes) -> bytes:
    """What `unpadded` made. Raises `ValueError` for any other spelling."""
    data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    if unpadded(data) != text:
        raise ValueError("not the one spelling of these bytes")
    return data


def bech32_bytes(text: str) -> bytes:
    """What a checked bech32 text holds (BIP 173): five bits a letter after the last 1, six letters of checksum."""
    bits = 0
    letters = text.lower().rpartition("1")[2][:-_BECH32_CHECKSUM]
    for letter in letters:
        bits = bits << 5 | _BECH32.index(letter)
    return (bits >> len(letters) * 5 % 8).to_bytes(KEY_BYTES, "big")
