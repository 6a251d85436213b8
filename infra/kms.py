"""The master key: wraps the private half of every day key and hold key.

`FileKms` is the default; the protocol leaves room for a cloud key service or an HSM, whose keys never leave it. Only
the media and worker processes are given one (design section 4).
"""

import os
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BYTES = 32


class CannotUnwrap(Exception):
    """The wrapped key was made under another master key or context, or was changed. Fail closed: nothing opens."""


class Kms(Protocol):
    """Wraps small secrets. `context` says what the secret is for; unwrapping under another context fails."""

    key_id: str

    def wrap(self, secret: bytes, *, context: str) -> bytes:
        """The secret, encrypted and bound to its context."""

    def unwrap(self, wrapped: bytes, *, context: str) -> bytes:
        """The secret. Raises `CannotUnwrap`."""


class FileKms:
    """A 256-bit key in a file readable by its owner only (AES-256-GCM, NIST SP 800-38D)."""

    def __init__(self, path: Path) -> None:
        """Read the key. Raises `CannotUnwrap` when the file is not exactly one key, or others may read it."""
        if path.stat().st_mode & 0o077:
            raise CannotUnwrap(f"{path} may be read by others: chmod 600")
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        if len(key) != _KEY_BYTES:
            raise CannotUnwrap(f"{path} does not hold a 256-bit key in hex")
        self._aead = AESGCM(key)
        self.key_id = f"file:{path.name}"

    def wrap(self, secret: bytes, *, context: str) -> bytes:
        """Nonce, then ciphertext with its tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, secret, context.encode())

    def unwrap(self, wrapped: bytes, *, context: str) -> bytes:
        """The secret. Raises `CannotUnwrap`."""
        try:
            return self._aead.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotUnwrap(f"wrapped key does not open for {context}") from error


def create_master_key(path: Path) -> None:
    """Write a new random master key, readable by its owner only. Never overwrites: a lost master key loses footage."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(os.urandom(_KEY_BYTES).hex() + "\n")
