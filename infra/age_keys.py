"""The kinds of age key there are, what each is called where nobody encrypts to it, and that they are never mixed."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from infra import age_hybrid, age_x25519
from infra.age_format import NoRecipient, Stanza

__all__ = [
    "Identity",
    "Kind",
    "MixedRecipients",
    "NoRecipient",
    "Unwraps",
    "check_recipient",
    "check_unmixed",
    "identity",
    "kind_of",
    "name_of",
    "new_identity",
    "wrapped",
]

_NAMED = "age1pq-"
# With that no longer than a word of a manifest line may be, and enough that nobody finds two keys of one name.
_NAME_DIGITS = 40
_HYBRID_SECRET = "AGE-SECRET-KEY-PQ-1"  # noqa: S105 - how every private key of this kind begins


class Kind(StrEnum):
    """`classic`: X25519. `hybrid`: ML-KEM-768 and X25519 together, against who records now and breaks X25519 later."""

    CLASSIC = "classic"
    HYBRID = "hybrid"


class MixedRecipients(ValueError):
    """One file would be for keys of both kinds: breaking the classic one opens it, and the other is for nothing."""


class Unwraps(Protocol):
    """What may know a file's key."""

    def unwrapped(self, stanza: Stanza) -> bytes | None:
        """The file's key, if this stanza is for it. Raises `ValueError` for what cannot be a stanza."""


class Identity(Unwraps, Protocol):
    """A private half of either kind."""

    @property
    def secret(self) -> str:
        """As age spells it."""

    @property
    def recipient(self) -> str:
        """The public half, as age spells it."""


def new_identity(kind: Kind) -> Identity:
    """A fresh one from the operating system's randomness."""
    return age_hybrid.Identity.new() if kind is Kind.HYBRID else age_x25519.Identity.new()


def identity(secret: str) -> Identity:
    """The private half of a text in age's own spelling. Raises `ValueError`."""
    of = age_hybrid.Identity if secret.startswith(_HYBRID_SECRET) else age_x25519.Identity
    return of.read(secret)


def kind_of(recipient: str) -> Kind:
    """The kind of a public key, or of what `name_of` calls one."""
    return Kind.HYBRID if recipient.startswith((age_hybrid.RECIPIENT, _NAMED)) else Kind.CLASSIC


def check_recipient(text: str) -> None:
    """Raise `NoRecipient` unless the text is a public key of either kind, in the spelling of age itself."""
    (age_hybrid.check if kind_of(text) is Kind.HYBRID else age_x25519.check)(text)


def check_unmixed(recipients: Iterable[str]) -> None:
    """Raise `MixedRecipients` where keys of both kinds are among them."""
    if len(set(map(kind_of, recipients))) > 1:
        raise MixedRecipients("classic and hybrid keys in one file")


def wrapped(file_key: bytes, recipient: str) -> Stanza:
    """The file's key for one recipient. Raises `NoRecipient`."""
    wrap = age_hybrid.wrapped if kind_of(recipient) is Kind.HYBRID else age_x25519.wrapped
    return wrap(file_key, recipient)


def name_of(recipient: str) -> str:
    """What a key is called in object keys, signed lines, audit events and on pages; of a name the name itself.

    A classic key by itself. A hybrid one has 1,959 letters, too many for an object's key (1,024 bytes) or for what lies
    beside an object: it is called `age1pq-` and the first 40 hex digits of the SHA-256 of its line, which is what
    `age-keygen -y key.txt | sha256sum` says. So whoever holds the key can tell its name without us; some letters of the
    key itself would prove little, since its parts can be made to show what somebody wants, one after another.
    """
    if not recipient.startswith(age_hybrid.RECIPIENT):
        return recipient
    return _NAMED + hashlib.sha256(f"{recipient}\n".encode()).hexdigest()[:_NAME_DIGITS]
