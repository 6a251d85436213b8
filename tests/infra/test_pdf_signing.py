"""Signed papers, as poppler's `pdfsig` sees them."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra import certificates, pdf_signing
from infra.certificates import NotItsKey, OwnCertificate
from infra.signing import BadSignature
from infra.stack.processes import program
from infra.timestamps import NoTimestamp, TimestampAuthority
from tests import printouts
from tests.made_documents import a_pdf
from tests.made_packages import institution
from tests.time_authority import TimeAuthority, respond

pytestmark = [pytest.mark.req("DR-07"), pytest.mark.needs("pdftotext")]


@pytest.fixture
def paper() -> bytes:
    return a_pdf()


def signed(pdf: bytes, *, by: TimestampAuthority | None = None, own: OwnCertificate | None = None) -> bytes:
    return pdf_signing.signed(pdf, own=own or institution(), name="made-up", reason="custody", authority=by)


def test_a_reader_finds_the_signature_valid_and_its_issuer_unknown(paper: bytes) -> None:
    made = signed(paper)

    said = printouts.signatures(made)
    assert made.startswith(paper), "what was written before the signature stays to the byte"
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "Certificate issuer is unknown." in said, "nobody vouches for an institution's own certificate"
    assert "CN=made-up" in said


def test_a_changed_byte_is_seen(paper: bytes) -> None:
    made = signed(paper)
    at = made.index(b"MediaBox") + 12
    changed = bytearray(made)
    changed[at] ^= 1

    assert "Signature is Valid." not in printouts.signatures(bytes(changed))


def test_an_authoritys_time_lies_within(paper: bytes, authority: TimeAuthority) -> None:
    made = signed(paper, by=TimestampAuthority(authority.url))

    assert "Signature is Valid." in printouts.signatures(made)
    assert authority.asked, "B-T"
    assert b"Made-up time".hex().encode() in made.lower(), "the token and its certificate are in the signature"


def test_an_authority_that_fails_leaves_nothing_half_signed(paper: bytes, authority: TimeAuthority) -> None:
    authority.answer = lambda handler, _query: respond(handler, b"", status=500)
    with pytest.raises(NoTimestamp):
        signed(paper, by=TimestampAuthority(authority.url))


def test_the_key_of_another_signs_nothing_in_this_ones_name(paper: bytes) -> None:
    foreign = OwnCertificate(secret=institution("another").secret, certificate=institution().certificate)
    with pytest.raises(NotItsKey):
        signed(paper, own=foreign)


def test_a_detached_signature_is_checked_with_the_certificate_and_openssl_agrees(tmp_path: Path) -> None:
    own = certificates.issue(name="晨光" * 40, identifier="k1", at=datetime(2026, 11, 1, tzinfo=UTC))
    signature = certificates.sign(own, b"list")

    certificates.check(own.certificate, b"list", signature)
    for certificate, message in ((own.certificate, b"list."), (institution().certificate, b"list")):
        with pytest.raises(BadSignature):
            certificates.check(certificate, message, signature)
    for name, data in (("own.cer", own.certificate), ("list", b"list"), ("list.sig", signature)):
        (tmp_path / name).write_bytes(data)
    openssl = str(program("openssl", package="openssl"))
    shown = ["x509", "-inform", "DER", "-in", str(tmp_path / "own.cer"), "-pubkey", "-noout"]
    key = subprocess.run([openssl, *shown], capture_output=True, check=True).stdout  # noqa: S603 - ours
    (tmp_path / "own.pem").write_bytes(key)
    options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
    files = ["-verify", str(tmp_path / "own.pem"), "-signature", str(tmp_path / "list.sig"), str(tmp_path / "list")]
    said = subprocess.run([openssl, "dgst", "-sha256", *options, *files], capture_output=True, check=False)  # noqa: S603
    assert said.stdout.strip() == b"Verified OK"


def test_a_secret_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    print(institution())  # noqa: T201 - as a log would
    assert "secret" not in capsys.readouterr().out
