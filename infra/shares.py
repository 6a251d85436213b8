"""A secret that must be able to die: it opens only with its row, its share in the object store, and the master key.

The inner layer is AES-256-GCM under a random share that lies under `keys/` and nowhere else; the outer one is the
master key's. Whoever destroys the share ends every copy of the row too, those in backups of the database included
(infra/decisions/0011). A share is used for one secret, once.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.kms import CannotUnwrap, Kms
from infra.objects import NoSuchObject, ObjectStore, StoreRefused

_SHARE_BYTES = 32
_NONCE_BYTES = 12


class ShareMissing(Exception):
    """The share is not in the store, or not for this process: nothing opens. It is no word about the footage."""


@dataclass(frozen=True)
class Lock:
    """What one secret is bound to: the words of both its layers, and the object that holds its share."""

    context: str
    share: str


@dataclass(frozen=True)
class Expected:
    """A share that a row speaks of. It must be there while the row's secret is `alive`."""

    share: str
    name: str
    alive: bool


def seal(secret: bytes, lock: Lock, *, kms: Kms, store: ObjectStore) -> bytes:
    """The secret as its row keeps it. The share is in the store before; one whose row never came opens nothing."""
    share, nonce = os.urandom(_SHARE_BYTES), os.urandom(_NONCE_BYTES)
    store.put(lock.share, share)
    inner = nonce + AESGCM(share).encrypt(nonce, secret, lock.context.encode())
    return kms.wrap(inner, context=lock.context)


def unseal(sealed: bytes, lock: Lock, *, kms: Kms, store: ObjectStore) -> bytes:
    """The secret. Raises `ShareMissing`, `CannotUnwrap`, `KmsUnavailable` and `StoreUnavailable`."""
    inner = kms.unwrap(sealed, context=lock.context)
    try:
        share = store.get(lock.share)
    except (NoSuchObject, StoreRefused) as error:  # who may not list is refused instead of told that there is nothing
        raise ShareMissing(lock.share) from error
    try:
        return AESGCM(share).decrypt(inner[:_NONCE_BYTES], inner[_NONCE_BYTES:], lock.context.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotUnwrap(f"the share does not open {lock.context}") from error
