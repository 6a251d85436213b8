"""The bureau's key: co-signs the head of every institution's chain once a day.

`FileCosigner` is the default; the protocol leaves room for a bureau that keeps its key elsewhere and is only asked to
sign. The key's id is the public key itself, so there is nothing to look up and nothing to exchange behind an id.
"""

import os
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.signing import public_key_text, sign


class UnusableKey(Exception):
    """The file is not one Ed25519 private key, or others may read it. Nothing is signed."""


class Cosigner(Protocol):
    """Signs statements with one Ed25519 key (RFC 8032). `key_id` is its public half: 32 bytes in base64."""

    key_id: str

    def sign(self, statement: bytes) -> str:
        """The signature over exactly these bytes, in base64. Whatever it raises, the head is tried again later."""


class FileCosigner:
    """A private key in a file (PKCS #8, PEM, without passphrase), readable by its owner only."""

    def __init__(self, path: Path) -> None:
        """Read the key. Raises `UnusableKey`."""
        try:
            is_open, text = path.stat().st_mode & 0o077, path.read_bytes()
        except OSError as error:
            raise UnusableKey(f"{path} cannot be read: {error.strerror}") from error
        if is_open:
            raise UnusableKey(f"{path} may be read by others: chmod 600")
        try:
            key = serialization.load_pem_private_key(text, password=None)
        except (ValueError, TypeError) as error:
            raise UnusableKey(f"{path} does not hold a private key in PEM without passphrase") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise UnusableKey(f"{path} holds a key of another kind: openssl genpkey -algorithm ed25519")
        self._key = key
        self.key_id = public_key_text(key)

    def sign(self, statement: bytes) -> str:
        """See `Cosigner`."""
        return sign(self._key, statement)


def create_bureau_key(path: Path) -> None:
    """Write a new private key, readable by its owner only. Never overwrites one."""
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
