"""Finding a secret value again without keeping it readable: keyed hashes, each institution under a key of its own.

One secret in a file, which the web process alone holds, and from it by HKDF (RFC 5869) one key for each purpose and
institution. So equal values of two schools have unlike hashes, and a dump of the database alone opens none. Whoever
holds rows and secret together can try values until one fits (infra/decisions/0018).
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_LABEL = b"shouyuan lookup 1"


class UnusableLookupKey(Exception):
    """The file is not one key of 256 bits, or others may read it. Nothing can be looked up."""


@dataclass(frozen=True)
class LookupKey:
    """The key of one purpose at one institution."""

    _key: bytes = field(repr=False)

    def digest(self, *parts: str) -> str:
        """HMAC-SHA-256 of the parts in this order, in hex. No two lists of parts run into each other."""
        said = b"".join(len(part).to_bytes(4, "big") + part for part in (each.encode() for each in parts))
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class LookupSecret:
    """What every lookup key is derived from."""

    _secret: bytes = field(repr=False)

    def key(self, *, tenant_id: UUID, purpose: str) -> LookupKey:
        """The key of this institution and purpose, always the same."""
        info = b"\0".join((_LABEL, purpose.encode(), tenant_id.bytes))
        return LookupKey(HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info).derive(self._secret))


def read_lookup_secret(path: Path) -> LookupSecret:
    """The secret of a file: 64 hex digits on one line, readable by its owner only. Raises `UnusableLookupKey`."""
    try:
        is_open, text = path.stat().st_mode & 0o077, path.read_bytes()
    except OSError as error:
        raise UnusableLookupKey(f"{path} cannot be read: {error.strerror}") from error
    if is_open:
        raise UnusableLookupKey(f"{path} may be read by others: chmod 600")
    try:
        secret = bytes.fromhex(text.decode("ascii").strip())
    except ValueError as error:
        raise UnusableLookupKey(f"{path} is not hex: openssl rand -hex {KEY_BYTES}") from error
    if len(secret) != KEY_BYTES:
        raise UnusableLookupKey(f"{path} has not {KEY_BYTES * 8} bits: openssl rand -hex {KEY_BYTES}")
    return LookupSecret(secret)


def create_lookup_key(path: Path) -> None:
    """Write a new secret, readable by its owner only. Never overwrites one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
