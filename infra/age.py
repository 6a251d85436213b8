"""Encryption of footage in the age format (https://age-encryption.org/v1): chunked, authenticated, truncation detected.

age has no associated data, so a file is bound to its tenant, camera and time by the device's signed manifest line,
which carries the hash of these very bytes.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from infra.age_envelopes import to_recipient
from infra.age_keys import Identity, Kind, Unwraps, identity, new_identity
from infra.age_opening import CannotDecrypt, FileKey, Opening

__all__ = [
    "CannotDecrypt",
    "FileKey",
    "Identity",
    "Kind",
    "Opening",
    "decrypt",
    "encrypt",
    "file_key",
    "new_identity",
    "opening",
]


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
    arriving = Opening(_opens(secret), give)
    yield arriving
    arriving.finish()


def file_key(head: bytes, secret: str) -> FileKey:
    """What opens the file that begins so and no other, for an identity that opens it. Raises `CannotDecrypt`."""
    arriving = Opening(_opens(secret), lambda _plain: None)
    arriving.write(head)
    if arriving.file_key is None:
        raise CannotDecrypt("the header is cut off")
    return arriving.file_key


def _opens(secret: str | FileKey) -> Unwraps:
    if isinstance(secret, FileKey):
        return secret
    try:
        return identity(secret)
    except ValueError as error:
        raise CannotDecrypt("this is no identity") from error
