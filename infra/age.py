"""Encryption of footage in the age format (https://age-encryption.org/v1): chunked, authenticated, truncation detected.

age has no associated data, so a file is bound to its tenant, camera and time by the device's signed manifest line,
which carries the hash of these very bytes.
"""

from dataclasses import dataclass
from typing import IO

import pyrage


class CannotDecrypt(Exception):
    """The bytes are not an age file for this identity, or were changed."""


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
    """An age file that only the recipient's identity opens."""
    cipher: bytes = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(recipient)])
    return cipher


def decrypt(cipher: bytes, secret: str) -> bytes:
    """The plain bytes. Raises `CannotDecrypt` for a wrong identity or any changed byte."""
    try:
        plain: bytes = pyrage.decrypt(cipher, [pyrage.x25519.Identity.from_str(secret)])
    except pyrage.DecryptError as error:
        raise CannotDecrypt(str(error)) from error
    return plain


def decrypt_stream(cipher: IO[bytes], plain: IO[bytes], secret: str) -> None:
    """Decrypt in constant memory. Raises `CannotDecrypt`; what was written by then must be thrown away."""
    try:
        pyrage.decrypt_io(cipher, plain, [pyrage.x25519.Identity.from_str(secret)])
    except pyrage.DecryptError as error:
        raise CannotDecrypt(str(error)) from error
