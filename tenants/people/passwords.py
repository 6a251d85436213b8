"""Argon2id hashes of passwords (RFC 9106, second recommended setting). The only place that knows the algorithm."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# Compared with when no such account exists, so that an answer takes as long as for one that does.
_NOBODY = _hasher.hash("nobody has this password, and nobody ever will")


def hashed(password: str) -> str:
    """The hash to store."""
    return _hasher.hash(password)


@cache
def unset() -> str:
    """A hash that no password of anybody has, for an account whose person has set none yet."""
    return hashed(secrets.token_urlsafe(32))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; for None, a refusal that takes as long."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's and should be made again."""
    return _hasher.check_needs_rehash(password_hash)
