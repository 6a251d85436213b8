"""Encryption of footage in the age format (https://age-encryption.org/v1): chunked, authenticated, truncation detected.

age has no associated data, so a file is bound to its tenant, camera and time by the device's signed manifest line,
which carries the hash of these very bytes.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyrage

from infra.age_envelopes import to_recipient
from infra.age_opening import CannotDecrypt, FileKey, Opening, file_key

__all__ = [
    "CannotDecrypt",
    "FileKey",
    "Identity",
    "Opening",
    "decrypt",
    "encrypt",
    "file_key",
    "new_identity",
    "opening",
]


@dataclass(frozen=True)
class Identity:
    """A new X25519 key pair: `secret` opens what is encrypted to `recipient`."""

    secret: str
    recipient: str

    def __repr__(self) -> str:
        """Never the secret, so that a logged object gives nothing away."""
        return f"Identity(recipient={self.recipient})"


def new_identity() -> Identity:
    """A fresh key pair from the operating system's randomness."""
    identity = pyrage.x25519.Identity.generate()
    return Identity(secret=str(identity), recipient=str(identity.to_public()))


def encrypt(plain: bytes, recipient: str) -> bytes:
    """An age file that only the recipient's identity opens. Raises `NoRecipient`."""
    return b"".join(to_recipient(recipient).of(io.BytesIO(plain)))


def decrypt(cipher: bytes, secret: str) -> bytes:
    """The plain bytes. Raises `CannotDecrypt` for a wrong identity or any changed byte."""
    plain = io.BytesIO()
    with opening(secret, plain.write) as arriving:
        arriving.write(cipher)
    return plain.getvalue()


@contextmanager
def opening(secret: str | FileKey, give: Callable[[bytes], object]) -> Iterator[Opening]:
    """Write an age file to what this gives, as it arrives; `give` gets the plain bytes, in constant memory.

    Raises `CannotDecrypt`, at the latest at the end of the block; what was given by then must be thrown away.
    """
    arriving = Opening(secret, give)
    yield arriving
    arriving.finish()
