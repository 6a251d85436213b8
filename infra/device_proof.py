"""Proof that a request was made by one edge box: an EdDSA JWT bound to method, path and body (the shape of RFC 9449).

A proof lives a minute at most and covers the exact bytes of the body, so a copied one can only repeat what was already
said; every ingest route therefore answers the same request twice with the same result.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.signing import public_key_from

LIFETIME = timedelta(seconds=60)
_ALGORITHM = "EdDSA"
_REQUIRED = ["iss", "tid", "iat", "exp", "jti", "htm", "htu", "bsh"]


class BadProof(Exception):
    """The proof does not cover this request. `code` is stable and says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """What a proof covers: method, path without query, and the exact body."""

    method: str
    path: str
    body: bytes

    def claims(self) -> dict[str, str]:
        """As they stand in the proof."""
        return {"htm": self.method, "htu": self.path, "bsh": hashlib.sha256(self.body).hexdigest()}


@dataclass(frozen=True)
class Prover:
    """Who a proof is from. From `claimed` it is only what the proof says; from `verify` it is so."""

    device_id: UUID
    tenant_id: UUID


def make(key: Ed25519PrivateKey, prover: Prover, asked: Asked, *, now: datetime) -> str:
    """A proof for exactly this request, valid for `LIFETIME` from `now`."""
    claims = {
        "iss": str(prover.device_id),
        "tid": str(prover.tenant_id),
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "jti": uuid4().hex,
        **asked.claims(),
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def claimed(proof: str) -> Prover:
    """Who the proof says it is from, so that the key to check it with can be found. Raises `BadProof`."""
    try:
        claims = jwt.decode(proof, options={"verify_signature": False})
        return Prover(device_id=UUID(claims["iss"]), tenant_id=UUID(claims["tid"]))
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadProof("proof_malformed") from error


def verify(proof: str, asked: Asked, *, public_key: str, now: datetime) -> Prover:
    """Check a proof with the device's stored key. Raises `BadProof`.

    Time is compared with `now` and not inside PyJWT, whose clock cannot be passed in. A box measures its offset
    from our own answers, so the proof may be as much younger than now as it lives, and no more.
    """
    try:
        claims = jwt.decode(
            proof,
            public_key_from(public_key),
            algorithms=[_ALGORITHM],
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        issued, expires = int(claims["iat"]), int(claims["exp"])
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise BadProof("proof_invalid") from error
    if any(claims[name] != value for name, value in asked.claims().items()):
        raise BadProof("proof_other_request")
    lifetime = int(LIFETIME.total_seconds())
    if not (0 < expires - issued <= lifetime and issued - lifetime <= now.timestamp() < expires):
        raise BadProof("proof_expired")
    return claimed(proof)
