"""Asking a time-stamping authority: a real one is believed, and no answer that is not exactly what was asked."""

import contextlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from asn1crypto import tsp

from infra.stack.processes import free_port
from infra.timestamps import MAX_BYTES, NoTimestamp, TimestampAuthority, question
from tests.time_authority import TimeAuthority, respond

pytestmark = pytest.mark.req("DR-07")


@pytest.fixture
def real(tmp_path: Path) -> Iterator[TimeAuthority]:
    authority = TimeAuthority(tmp_path / "tsa")
    yield authority
    authority.stop()


def refusal(url: str, *, seconds: float = 20) -> str:
    with pytest.raises(NoTimestamp) as refused:
        TimestampAuthority(url, seconds=seconds).stamp(b"manifest")
    return refused.value.code


def changed(query: bytes, **values: object) -> bytes:
    """Another question that differs in these values only."""
    asked = tsp.TimeStampReq.load(query)
    other = question(bytes(32))
    for name in ("nonce", "message_imprint"):
        other[name] = values.get(name, asked[name])
    return bytes(other.dump())


def test_openssl_accepts_the_stored_token_for_this_content_and_no_other(real: TimeAuthority, tmp_path: Path) -> None:
    stamp = TimestampAuthority(real.url).stamp(b"manifest")

    token, data, other = tmp_path / "manifest.json.tsr", tmp_path / "manifest.json", tmp_path / "other.json"
    token.write_bytes(stamp.answer)
    data.write_bytes(b"manifest")
    other.write_bytes(b"manifest.")
    assert real.accepts(token, data)
    assert not real.accepts(token, other)
    assert stamp.authority == "Common Name: Made-up time"
    assert stamp.at.tzinfo is not None


def test_an_answer_to_another_question_is_refused(real: TimeAuthority) -> None:
    real.answer = lambda handler, query: respond(handler, real.reply(changed(query, nonce=7)))
    assert refusal(real.url) == "other_nonce"
    other = question(bytes(32))["message_imprint"]
    real.answer = lambda handler, query: respond(handler, real.reply(changed(query, message_imprint=other)))
    assert refusal(real.url) == "other_imprint"


def test_a_token_whose_signature_does_not_hold_is_refused(real: TimeAuthority) -> None:
    def forged(handler: BaseHTTPRequestHandler, query: bytes) -> None:
        reply = bytearray(real.reply(query))
        reply[-5] ^= 1  # the signature comes last
        respond(handler, bytes(reply))

    real.answer = forged
    assert refusal(real.url) == "unsigned"


def test_a_token_without_its_certificate_is_refused(real: TimeAuthority) -> None:
    def bare(handler: BaseHTTPRequestHandler, query: bytes) -> None:
        asked = tsp.TimeStampReq.load(query)
        asked["cert_req"] = False
        respond(handler, real.reply(asked.dump()))

    real.answer = bare
    assert refusal(real.url) in {"unsigned", "not_one"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"<html>", 200, "not_one"),
        (b"", 200, "not_one"),
        (b"0", 503, "refused"),
        (b"x" * (MAX_BYTES + 1), 200, "too_large"),
    ],
)
def test_what_is_no_answer_is_refused(real: TimeAuthority, body: bytes, status: int, code: str) -> None:
    real.answer = lambda handler, _query: respond(handler, body, status=status)
    assert refusal(real.url) == code


def test_an_authority_that_rejects_the_question_is_no_fault_of_ours(real: TimeAuthority) -> None:
    rejection = bytes.fromhex("30053003020102")  # RFC 3161 section 2.4.2: status 2, and no token
    real.answer = lambda handler, _query: respond(handler, rejection)
    assert refusal(real.url) == "refused"


def test_an_authority_that_says_nothing_or_drips_costs_its_seconds_only(real: TimeAuthority) -> None:
    real.answer = lambda _handler, _query: real.ended.wait(30) and None
    assert refusal(real.url, seconds=0.2) == "slow"

    def drips(handler: BaseHTTPRequestHandler, _query: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            while not real.ended.wait(0.05):
                handler.wfile.write(b"0")

    real.answer = drips
    assert refusal(real.url, seconds=0.4) == "slow"


def test_an_authority_that_is_down_or_sends_us_elsewhere_is_not_followed(real: TimeAuthority) -> None:
    def elsewhere(handler: BaseHTTPRequestHandler, _query: bytes) -> None:
        handler.send_response(307)
        handler.send_header("Location", real.url)
        handler.end_headers()

    real.answer = elsewhere
    assert refusal(real.url) == "refused"
    assert real.asked == 1
    assert refusal(f"http://127.0.0.1:{free_port()}") == "unreachable"
