"""Proofs that a request was made by one edge box."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.device_proof import Asked, BadProof, Prover, claimed, make, verify
from infra.signing import public_key_text

KEY = Ed25519PrivateKey.generate()
WHO = Prover(device_id=UUID(int=1), tenant_id=UUID(int=2))
ASKED = Asked("POST", "/ingest/v1/confirmations", b'{"items":[]}')
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def refusal(asked: Asked = ASKED, *, proof: str | None = None, key: str = "", now: datetime = NOW) -> str:
    made = proof if proof is not None else make(KEY, WHO, ASKED, now=NOW)
    with pytest.raises(BadProof) as refused:
        verify(made, asked, public_key=key or public_key_text(KEY), now=now)
    return refused.value.code


def test_a_proof_names_its_device_and_institution() -> None:
    proof = make(KEY, WHO, ASKED, now=NOW)
    assert verify(proof, ASKED, public_key=public_key_text(KEY), now=NOW) == WHO == claimed(proof)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, method="GET"),
        replace(ASKED, path="/ingest/v1/uploads"),
        replace(ASKED, body=ASKED.body + b" "),
    ],
)
def test_a_proof_covers_no_other_request(other: Asked) -> None:
    assert refusal(other) == "proof_other_request"


def test_a_proof_of_another_device_is_refused() -> None:
    assert refusal(key=public_key_text(Ed25519PrivateKey.generate())) == "proof_invalid"


@pytest.mark.parametrize("seconds", [60, 3600, -61])
def test_a_proof_is_valid_for_a_minute_only(seconds: int) -> None:
    assert refusal(now=NOW + timedelta(seconds=seconds)) == "proof_expired"


def test_a_device_cannot_give_itself_a_longer_life() -> None:
    claims = jwt.decode(make(KEY, WHO, ASKED, now=NOW), options={"verify_signature": False})
    longer = jwt.encode({**claims, "exp": claims["exp"] + 3600}, KEY, algorithm="EdDSA")
    assert refusal(proof=longer) == "proof_expired"


def test_an_unsigned_proof_is_refused() -> None:
    claims = jwt.decode(make(KEY, WHO, ASKED, now=NOW), options={"verify_signature": False})
    assert refusal(proof=jwt.encode(claims, None, algorithm="none")) == "proof_invalid"


@pytest.mark.parametrize("text", ["", "a.b.c", "Bearer x", jwt.encode({"iss": "x", "tid": 5}, None, algorithm="none")])
def test_what_is_no_proof_is_called_malformed(text: str) -> None:
    with pytest.raises(BadProof) as refused:
        claimed(text)
    assert refused.value.code == "proof_malformed"
