"""The post-quantum kind of age key, `age1pq1…` (https://age-encryption.org/v1, mlkem768x25519 recipient stanza).

The file's key is sealed with HPKE (RFC 9180, base mode) over ML-KEM-768 and X25519 together (X-Wing): whoever takes a
file away today opens it only by breaking both. `cryptography` does all of that; what is here is how age spells it.
"""

import os
from functools import lru_cache
from hashlib import shake_256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from infra import bech32
from infra.age_format import FILE_KEY_BYTES, KEY_BYTES, TAG_BYTES, NoRecipient, Stanza, from_unpadded, unpadded

_STANZA = "mlkem768x25519"
RECIPIENT = "age1pq1"
_PREFIX, _SECRET_PREFIX = "age1pq", "age-secret-key-pq-"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_INFO = b"age-encryption.org/mlkem768x25519"
_SEED_BYTES, _ENC_BYTES, _MLKEM_PUBLIC_BYTES = 32, 1120, 1184
_PUBLIC_BYTES = _MLKEM_PUBLIC_BYTES + KEY_BYTES
_MLKEM_SEED_BYTES = 64


class Identity:
    """The private half: `secret` and `recipient`, the public half, as age spells them. One seed makes it all."""

    def __init__(self, seed: bytes) -> None:
        """Use `new` or `read`."""
        of_both = shake_256(seed).digest(_MLKEM_SEED_BYTES + KEY_BYTES)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(of_both[:_MLKEM_SEED_BYTES])
        x25519 = X25519PrivateKey.from_private_bytes(of_both[_MLKEM_SEED_BYTES:])
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        self.secret = bech32.encoded(_SECRET_PREFIX, seed).upper()
        self.recipient = bech32.encoded(_PREFIX, public)
        self._key = MLKEM768X25519PrivateKey(mlkem, x25519)

    def __repr__(self) -> str:
        """Never the secret, so that a logged object gives nothing away."""
        return f"Identity(recipient={self.recipient})"

    @classmethod
    def new(cls) -> "Identity":
        """A fresh one from the operating system's randomness."""
        return cls(os.urandom(_SEED_BYTES))

    @classmethod
    def read(cls, text: str) -> "Identity":
        """The one of a text. Raises `ValueError` for any other text."""
        prefix, seed = bech32.decoded(text)
        if prefix != _SECRET_PREFIX or len(seed) != _SEED_BYTES or text != text.upper():
            raise ValueError("no hybrid identity")
        return cls(seed)

    def unwrapped(self, stanza: Stanza) -> bytes | None:
        """The file's key, if it is wrapped for this identity. Raises `ValueError` for what cannot be a stanza."""
        if stanza.kind != _STANZA:
            return None
        if len(stanza.words) != 1 or len(stanza.body) != FILE_KEY_BYTES + TAG_BYTES:
            raise ValueError("no hybrid stanza")
        enc = from_unpadded(stanza.words[0].encode())
        if len(enc) != _ENC_BYTES:
            raise ValueError("no encapsulated key has this length")
        try:
            return _SUITE.decrypt(enc + stanza.body, self._key, _INFO)
        except InvalidTag:
            return None


def check(recipient: str) -> None:
    """Raise `NoRecipient` unless the text is such a key in age's own spelling."""
    _public(recipient)


def wrapped(file_key: bytes, recipient: str) -> Stanza:
    """The file's key for one recipient. Raises `NoRecipient`."""
    try:
        sealed = _SUITE.encrypt(file_key, _public(recipient), _INFO)
    except ValueError as error:  # a point of low order, in the half that is X25519
        raise NoRecipient(recipient) from error
    return Stanza(_STANZA, (unpadded(sealed[:_ENC_BYTES]).decode(),), sealed[_ENC_BYTES:])


# A box writes to the same few keys all day, and reading one takes longer than sealing to it.
@lru_cache(maxsize=64)
def _public(recipient: str) -> MLKEM768X25519PublicKey:
    try:
        prefix, public = bech32.decoded(recipient)
        if prefix != _PREFIX or len(public) != _PUBLIC_BYTES or recipient != recipient.lower():
            raise NoRecipient(recipient)
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError as error:
        raise NoRecipient(recipient) from error
