"""The signed line that an edge box writes about each span it did not record: when, why, and what tells so (DR-17).

Spelled and signed as a segment's line is (`infra.manifest`): canonical JSON, Ed25519 over its exact bytes. A gap's id
follows from device, camera and start, so a report that is sent again is the same gap, and one that says something else
of the same start contradicts a signed word.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.causes import REPORTED_BY_EDGE, GapCause
from infra.manifest import BadManifest, SignedLine
from infra.signing import BadSignature, check, sign

GAP_VERSION = 1
_IDS = ("gap_id", "tenant_id", "site_id", "camera_id", "device_id")
_NUMBERS = ("v", "started_us", "ended_us")
_KEYS = {*_IDS, *_NUMBERS, "cause", "evidence"}
_YEAR_9999 = 253_402_300_799_000_000
_MOST_EVIDENCE = 12
_LARGEST = 2**63
# What evidence is called and may say: a short word or a number, never an address, a name or a sentence.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")

Evidence = Mapping[str, int | str]


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """One span that was not recorded, half-open, in microseconds since 1970, as its device saw it."""

    v: int = GAP_VERSION
    tenant_id: UUID
    site_id: UUID
    camera_id: UUID
    device_id: UUID
    started_us: int
    ended_us: int
    cause: GapCause
    evidence: Evidence = field(default_factory=dict)

    @property
    def gap_id(self) -> UUID:
        """Which gap it is; the same for every report of it."""
        return gap_id(device_id=self.device_id, camera_id=self.camera_id, started_us=self.started_us)

    def text(self) -> str:
        """The canonical text that is signed."""
        said = {name: str(getattr(self, name)) for name in _IDS} | {name: getattr(self, name) for name in _NUMBERS}
        document = {**said, "cause": self.cause.value, "evidence": dict(self.evidence)}
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def gap_id(*, device_id: UUID, camera_id: UUID, started_us: int) -> UUID:
    """The id of the gap of a device's camera that begins then."""
    return uuid5(device_id, f"{camera_id}/{started_us}")


def is_evidence(said: Mapping[str, Any]) -> bool:
    """Whether these are few facts, each a whole number or a short word under a short name."""
    return len(said) <= _MOST_EVIDENCE and all(
        _NAME.fullmatch(name) is not None and _is_fact(value) for name, value in said.items()
    )


def sign_gap(line: GapLine, key: Ed25519PrivateKey) -> SignedLine:
    """The line with its device's signature; the same gap gives the same bytes."""
    text = line.text()
    return SignedLine(text, sign(key, text.encode()))


def parse_gap(held: SignedLine, *, public_key: str) -> GapLine:
    """The line, if this key signed exactly this text and it is a canonical, possible one. Raises `BadManifest`."""
    try:
        check(public_key, held.line.encode(), held.signature)
    except BadSignature as error:
        raise BadManifest("bad_signature", "the gap was not signed by this device") from error
    try:
        document = json.loads(held.line, parse_float=_no_fractions, parse_constant=_no_fractions)
        line, said_id = _read(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadManifest("bad_line", "the line is not a gap's") from error
    if said_id != line.gap_id or not _is_possible(line) or line.text() != held.line:
        raise BadManifest("bad_line", "the line contradicts itself or is not canonical")
    return line


def _read(document: Any) -> tuple[GapLine, UUID]:  # noqa: ANN401 - JSON in
    if not isinstance(document, dict) or document.keys() != _KEYS or not isinstance(document["evidence"], dict):
        raise ValueError("not the fields of a gap")
    if any(type(document[name]) is not int for name in _NUMBERS):
        raise ValueError("not a number")
    line = GapLine(
        v=document["v"],
        tenant_id=UUID(document["tenant_id"]),
        site_id=UUID(document["site_id"]),
        camera_id=UUID(document["camera_id"]),
        device_id=UUID(document["device_id"]),
        started_us=document["started_us"],
        ended_us=document["ended_us"],
        cause=GapCause(document["cause"]),
        evidence=document["evidence"],
    )
    return line, UUID(document["gap_id"])


def _is_possible(line: GapLine) -> bool:
    return (
        line.v == GAP_VERSION
        and 0 <= line.started_us < line.ended_us < _YEAR_9999
        and line.cause in REPORTED_BY_EDGE
        and is_evidence(line.evidence)
    )


def _is_fact(value: object) -> bool:
    if isinstance(value, str):
        return _WORD.fullmatch(value) is not None
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST


def _no_fractions(text: str) -> NoReturn:
    raise ValueError(text)
