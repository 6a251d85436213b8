"""The classic kind of age key, `age1…` (https://age-encryption.org/v1, X25519 recipient stanza)."""

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra import bech32
from infra.age_format import (
    FILE_KEY_BYTES,
    NO_NONCE,
    TAG_BYTES,
    VERSION,
    NoRecipient,
    Stanza,
    derived,
    from_unpadded,
    unpadded,
)

_STANZA = "X25519"


class Identity:
    """The private half: `secret` and `recipient`, the public half, as age spells them."""

    def __init__(self, held: pyrage.x25519.Identity) -> None:
        """Use `new` or `read`."""
        self.secret, self.recipient = str(held), str(held.to_public())
        self._key = X25519PrivateKey.from_private_bytes(bech32.decoded(self.secret)[1])
        self._public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def __repr__(self) -> str:
        """Never the secret, so that a logged object gives nothing away."""
        return f"Identity(recipient={self.recipient})"

    @classmethod
    def new(cls) -> "Identity":
        """A fresh one from the operating system's randomness."""
        return cls(pyrage.x25519.Identity.generate())

    @classmethod
    def read(cls, text: str) -> "Identity":
        """The one of a text. Raises `ValueError` for any other text."""
        try:
            return cls(pyrage.x25519.Identity.from_str(text))
        except pyrage.IdentityError as error:
            raise ValueError("no X25519 identity") from error

    def unwrapped(self, stanza: Stanza) -> bytes | None:
        """The file's key, if it is wrapped for this identity. Raises `ValueError` for what cannot be a stanza."""
        if stanza.kind != _STANZA or len(stanza.words) != 1:
            return None
        if len(stanza.body) != FILE_KEY_BYTES + TAG_BYTES:
            raise ValueError("no file key has this length")
        share = from_unpadded(stanza.words[0].encode())
        shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        try:
            return ChaCha20Poly1305(_wrap_key(shared, share, self._public)).decrypt(NO_NONCE, stanza.body, None)
        except InvalidTag:
            return None


def check(recipient: str) -> None:
    """Raise `NoRecipient` unless the text is such a key in age's own spelling."""
    try:
        read = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise NoRecipient(recipient) from error
    if str(read) != recipient:
        raise NoRecipient(recipient)


def wrapped(file_key: bytes, recipient: str) -> Stanza:
    """The file's key for one recipient. Raises `NoRecipient`."""
    check(recipient)
    (_prefix, public), ephemeral = bech32.decoded(recipient), X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    body = ChaCha20Poly1305(_wrap_key(shared, share, public)).encrypt(NO_NONCE, file_key, None)
    return Stanza(_STANZA, (unpadded(share).decode(),), body)


def _wrap_key(shared: bytes, share: bytes, public: bytes) -> bytes:
    return derived(shared, share + public, VERSION + b"/X25519")
