"""Asks a time-stamping authority (RFC 3161) to sign that a fingerprint existed at its time.

The answer is believed only when it grants exactly what was asked: our nonce, our fingerprint, and a signature over both
by the certificate that came with it. Who that authority is, and whether to trust it, is for whoever relies on the token
(`openssl ts -verify -CAfile …`). An authority that is slow, silent or talkative costs seconds and no more.
"""

import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import urllib3
from asn1crypto import algos, cms, core, tsp, x509
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

MAX_BYTES = 64 * 1024
SECONDS = 10.0
_PIECE = 8 * 1024
_NONCE_BITS = 64
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, SignatureValidationError)
_GRANTED = frozenset({"granted", "granted_with_mods"})


class NoTimestamp(Exception):
    """`code`: `unreachable`, `slow`, `too_large`, `not_one`, `refused`, `other_nonce`, `other_imprint`, `unsigned`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Timestamp:
    """An authority's whole answer, as `openssl ts -verify -in` takes it, the time it states, and its name."""

    answer: bytes
    at: datetime
    authority: str


class TimestampAuthority:
    """One authority at an HTTP or HTTPS address."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        """`seconds`: how long one question may take at the most."""
        self._url, self._seconds = url, seconds

    def stamp(self, data: bytes) -> Timestamp:
        """A token over the SHA-256 of these bytes. Raises `NoTimestamp`."""
        return _timestamp(self.answer(question(hashlib.sha256(data).digest())))

    def answer(self, asked: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """What the authority says to a question, checked against it. Raises `NoTimestamp`."""
        raw = self._exchange(asked.dump())
        try:
            said = _Answer.load(raw, strict=True)
            info = _checked(said)
        except _MALFORMED as error:
            raise NoTimestamp("not_one") from error
        if info["nonce"].native != asked["nonce"].native:
            raise NoTimestamp("other_nonce")
        if _imprint(info) != _imprint(asked):
            raise NoTimestamp("other_imprint")
        return said

    def _exchange(self, body: bytes) -> bytes:
        timeout = urllib3.Timeout(total=self._seconds)
        until = time.monotonic() + self._seconds
        try:
            with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
                headers = {"Content-Type": _QUERY, "Accept": _REPLY, "Accept-Encoding": "identity"}
                reply = pool.request(
                    "POST", self._url, body=body, headers=headers, preload_content=False, redirect=False
                )
                with closing(reply):
                    if reply.status != 200:  # noqa: PLR2004 - RFC 3161 section 3.4 knows no other
                        raise NoTimestamp("refused")
                    return b"".join(_pieces(reply, until))
        except urllib3.exceptions.NewConnectionError as error:  # which the library counts among the timeouts
            raise NoTimestamp("unreachable") from error
        except urllib3.exceptions.TimeoutError as error:
            raise NoTimestamp("slow") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NoTimestamp("unreachable") from error


class _Answer(tsp.TimeStampResp):  # type: ignore[misc] # asn1crypto is untyped
    """As RFC 3161 section 2.4.2 has it: who refuses sends no token."""

    _fields = [  # noqa: RUF012 - asn1crypto wants a list
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def read(answer: bytes, data: bytes) -> Timestamp:
    """A kept answer, if it is a token over the SHA-256 of these bytes and its signature holds. Raises `NoTimestamp`.

    Whether to trust whoever signed is not asked here either.
    """
    try:
        said = _Answer.load(answer, strict=True)
        info = _checked(said)
    except _MALFORMED as error:
        raise NoTimestamp("not_one") from error
    if _imprint(info) != ("sha256", hashlib.sha256(data).digest()):
        raise NoTimestamp("other_imprint")
    return _timestamp(said)


def question(sha256: bytes) -> tsp.TimeStampReq:
    """A question about one fingerprint, with a nonce of its own, that asks for the authority's certificate."""
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": sha256}
    return tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": tsp.MessageImprint(imprint),
            "nonce": secrets.randbits(_NONCE_BITS),
            "cert_req": True,
        }
    )


def _pieces(reply: urllib3.BaseHTTPResponse, until: float) -> Iterator[bytes]:
    size = 0
    while piece := reply.read1(_PIECE):
        size += len(piece)
        if size > MAX_BYTES:
            raise NoTimestamp("too_large")
        if time.monotonic() > until:
            raise NoTimestamp("slow")
        yield piece


def _checked(said: tsp.TimeStampResp) -> tsp.TSTInfo:
    """What an answer grants, if its signature holds. Raises `NoTimestamp`; parsing errors are the caller's."""
    if said["status"]["status"].native not in _GRANTED:
        raise NoTimestamp("refused")
    info, signed = _info(said), _signed(said)
    (by,) = signed["signer_infos"]
    content = signed["encap_content_info"]["content"]
    digest = hashlib.new(by["digest_algorithm"]["algorithm"].native, bytes(content)).digest()
    if validate_sig_integrity(by, _signer(signed), "tst_info", digest) != (True, True):
        raise NoTimestamp("unsigned")
    return info


def _timestamp(said: tsp.TimeStampResp) -> Timestamp:
    authority = str(_signer(_signed(said)).subject.human_friendly)
    return Timestamp(answer=said.dump(), at=_info(said)["gen_time"].native, authority=authority)


def _imprint(of: tsp.TimeStampReq | tsp.TSTInfo) -> tuple[str, bytes]:
    """What was stamped; some spell the absent parameters of its function, and some leave them out."""
    imprint = of["message_imprint"]
    return imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native


def _signed(said: tsp.TimeStampResp) -> cms.SignedData:
    return said["time_stamp_token"]["content"]


def _info(said: tsp.TimeStampResp) -> tsp.TSTInfo:
    content = _signed(said)["encap_content_info"]["content"]
    if not isinstance(content, core.ParsableOctetString) or not isinstance(content.parsed, tsp.TSTInfo):
        raise NoTimestamp("not_one")
    return content.parsed


def _signer(signed: cms.SignedData) -> x509.Certificate:
    """The certificate that the signature names, out of those that came with it."""
    (by,) = signed["signer_infos"]
    named = by["sid"].chosen
    for each in signed["certificates"]:
        held = each.chosen
        if isinstance(named, cms.IssuerAndSerialNumber):
            if (held.issuer, held.serial_number) == (named["issuer"], named["serial_number"].native):
                return held
        elif held.key_identifier == named.native:
            return held
    raise NoTimestamp("unsigned")
