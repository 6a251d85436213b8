"""An institution's own signing key: RSA, with an X.509 certificate (RFC 5280) that the key issued to itself.

Nobody vouches for such a certificate: whoever relies on it compares its fingerprint with the one that the institution
gave by another way. RSA, because every PDF reader, browser and ONVIF's export file format (RSASSA-PSS) know it.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID

from infra.signing import BadSignature

KEY_BITS = 3072
VALID_FOR = timedelta(days=3653)
_LONGEST_NAME = 64  # RFC 5280, appendix A: ub-common-name; the library counts bytes of UTF-8
_SALT_BYTES = SHA256.digest_size
_PSS = padding.PSS(padding.MGF1(SHA256()), _SALT_BYTES)


class NotItsKey(Exception):
    """A private key and a certificate that do not belong together, or a key of another kind. Nothing is signed."""


@dataclass(frozen=True, kw_only=True)
class OwnCertificate:
    """A private key (PKCS #8) and the certificate over its public half, both in DER."""

    secret: bytes = field(repr=False)
    certificate: bytes


def issue(*, name: str, identifier: str, at: datetime) -> OwnCertificate:
    """A new key and its certificate for the owner of this name, valid for ten years from `at`. A long name is cut."""
    short = name.encode()[:_LONGEST_NAME].decode(errors="ignore")
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "TW"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, short),
            x509.NameAttribute(NameOID.COMMON_NAME, short),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, identifier),
        ]
    )
    made = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_FOR_SIGNING, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return OwnCertificate(secret=secret, certificate=made.public_bytes(Encoding.DER))


_FOR_SIGNING = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate, as every reader of certificates shows it, in hex without colons."""
    return hashlib.sha256(certificate).hexdigest()


def check_pair(own: OwnCertificate) -> None:
    """Raise `NotItsKey` unless the private key is the certificate's own."""
    public = _private(own).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    stated = x509.load_der_x509_certificate(own.certificate).public_key()
    if public != stated.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        raise NotItsKey("the private key is not the certificate's")


def sign(own: OwnCertificate, message: bytes) -> bytes:
    """The signature over exactly these bytes: RSASSA-PSS, SHA-256, a salt of 32 bytes (RFC 8017, section 8.1)."""
    return _private(own).sign(message, _PSS, SHA256())


def check(certificate: bytes, message: bytes, signature: bytes) -> None:
    """Raise `BadSignature` unless this certificate's key signed exactly these bytes as `sign` does."""
    public = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise BadSignature("not a certificate of an RSA key")
    try:
        public.verify(signature, message, _PSS, SHA256())
    except InvalidSignature as error:
        raise BadSignature("signature does not cover these bytes") from error


def _private(own: OwnCertificate) -> rsa.RSAPrivateKey:
    key = load_der_private_key(own.secret, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise NotItsKey("not an RSA key")
    return key
