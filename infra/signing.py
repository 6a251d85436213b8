"""Ed25519 (RFC 8032) keys and signatures as text: raw bytes in standard base64. No database: the edge uses it."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class BadSignature(Exception):
    """The signature was not made over these bytes by this key, or is not one at all."""


def public_key_text(key: Ed25519PrivateKey) -> str:
    """The public half of a private key: 32 bytes in base64."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def public_key_from(text: str) -> Ed25519PublicKey:
    """The public key of a text. Raises `ValueError` when it is not 32 bytes in base64."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def sign(key: Ed25519PrivateKey, message: bytes) -> str:
    """The signature over exactly these bytes: 64 bytes in base64."""
    return base64.b64encode(key.sign(message)).decode()


def check(public_key: str, message: bytes, signature: str) -> None:
    """Raise `BadSignature` unless the signature is this key's over exactly these bytes."""
    try:
        raw = base64.b64decode(signature, validate=True)
        public_key_from(public_key).verify(raw, message)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise BadSignature("signature does not cover these bytes") from error
    # One spelling only (RFC 4648 section 3.5): whoever keeps the 64 bytes can give the text back as it came.
    if base64.b64encode(raw).decode() != signature:
        raise BadSignature("signature is not spelled as base64 spells it")
