"""The signed line that an edge box writes about each segment: what the bytes are, whose, and when they were recorded.

The line is canonical JSON (sorted keys, no spaces, UTF-8, whole numbers only), signed with Ed25519 over its exact
bytes. Everybody who holds it keeps it to the byte, and it alone binds an age file, which has no associated data, to its
institution, camera and time (DR-07).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NoReturn
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.clock import civil_day
from infra.signing import BadSignature, check, sign

VERSION = 2
# What a line of version 2 says besides what one of version 1 said. Lines of version 1 stay valid for ever.
_SINCE_2 = frozenset(
    {"boot_id", "wall_us", "trust", "clock_bound_us", "camera_offset_us", "camera_bound_us", "camera_age_s"}
    | {"lost_packets", "notes"}
)
UNKNOWN = -1
_NO_BOOT = UUID(int=0)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MD5 = re.compile(r"[0-9a-f]{32}")
# A name that a line spells out: nothing that JSON would escape, and short.
_WORD = re.compile(r"[!#-\[\]-~]{1,64}")
_NOTES = re.compile(r"([a-z0-9_]+(,[a-z0-9_]+)*)?")
_LONGEST_NOTES = 64
_MICROSECOND = 1_000_000
# Words of `clock_source` beside those of time servers: nobody compared, and a person said when the machine was started.
NEVER_COMPARED, CLOCK_BY_HAND = "none", "hand"
# What a segment of some minutes stays far below, and what its row in the index has room for.
_LARGEST = {"width": 2**15, "height": 2**15, "monotonic_ns": 2**63, "clock_offset_us": 2**63}
_LARGEST |= dict.fromkeys(("wall_us", "camera_offset_us"), 2**63)
_MEASURED = ("wall_us", "clock_bound_us", "camera_bound_us", "camera_age_s", "lost_packets")
_LARGEST |= {"clock_bound_us": 2**63, **dict.fromkeys(_MEASURED[2:], 2**31)}
_LARGEST |= dict.fromkeys(("retention_days", "media_ms", "packets", "plain_bytes", "cipher_bytes"), 2**31)


class Trust(StrEnum):
    """What the times of a segment are worth.

    `unstated`: a line of version 1. `synchronised`: the box had compared its clock in this boot, within a bound that
    the line states. `unsynchronised`: it had not, or too long ago. `redated`: it had not while it recorded; the times
    were worked out afterwards over the monotonic clock of the same boot, and `wall_us` is what its clock had shown.
    """

    UNSTATED = "unstated"
    SYNCHRONISED = "synchronised"
    UNSYNCHRONISED = "unsynchronised"
    REDATED = "redated"


class Note(StrEnum):
    """What else is to be known of a segment. A server keeps notes that it does not know yet.

    `recovered`: fetched afterwards from the camera's own card, at the camera's times, to which `camera_offset_us` is
    added already. `timestamp_jump`: the camera's own timestamps jumped in it. `redated_` with a second since 1970:
    nobody knew the time while it was recorded, and its times were worked out then. `several_keys`: of one that was
    `redated`, each key opens it that was possible.
    """

    RECOVERED = "recovered"
    TIMESTAMP_JUMP = "timestamp_jump"
    REDATED = "redated_"
    SEVERAL_KEYS = "several_keys"


def redated_note(moment_us: int) -> str:
    """The note of a segment that was dated at this moment."""
    return f"{Note.REDATED}{moment_us // _MICROSECOND}"


class BadManifest(Exception):
    """The line is not what a device signed, or says something impossible. `code` is stable."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class ManifestLine:
    """One segment, as its device saw it. `_us` are microseconds since 1970 in UTC; the span is half-open.

    `recipient` is the day key by its name (`infra.age_keys`).
    `monotonic_ns` is the box's own clock at the start, which no clock step moves and which counts within `boot_id`;
    `wall_us` is what the machine's clock showed then. `clock_offset_us` is what had to be added to the span to meet
    `clock_source` (`none`: never compared; `hand`: a person said it), wrong by at most `clock_bound_us`. The camera's
    own clock needed `camera_offset_us`, within `camera_bound_us`, as measured `camera_age_s` before the end, or in what
    was recovered so long after it. Of `lost_packets` and all bounds `UNKNOWN` means that nobody measured. `media_ms` is
    what the samples add up to, kept apart from the span. `notes` are sorted words with commas between. What a line of
    version 1 did not say has its value of "not known".
    """

    v: int
    segment_id: UUID
    tenant_id: UUID
    site_id: UUID
    camera_id: UUID
    device_id: UUID
    civil_day: date
    retention_days: int
    recipient: str
    started_us: int
    ended_us: int
    monotonic_ns: int
    media_ms: int
    clock_offset_us: int
    clock_source: str
    codec: str
    width: int
    height: int
    audio: bool
    packets: int
    plain_bytes: int
    plain_sha256: str
    cipher_bytes: int
    cipher_sha256: str
    cipher_md5: str
    ended_because: str
    boot_id: UUID = _NO_BOOT
    wall_us: int = UNKNOWN
    trust: str = Trust.UNSTATED
    clock_bound_us: int = UNKNOWN
    camera_offset_us: int = 0
    camera_bound_us: int = UNKNOWN
    camera_age_s: int = UNKNOWN
    lost_packets: int = UNKNOWN
    notes: str = ""

    @property
    def started_at(self) -> datetime:
        """Start of the span, aware, in UTC."""
        return instant(self.started_us)

    @property
    def ended_at(self) -> datetime:
        """End of the span, aware, in UTC; the first instant that is not in it."""
        return instant(self.ended_us)

    def text(self) -> str:
        """The canonical text that is signed."""
        return json.dumps(
            {name: _plain(getattr(self, name)) for name in _names(self.v)},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )


@dataclass(frozen=True)
class SignedLine:
    """A line's exact text and its signature in base64, as they travel and are kept."""

    line: str
    signature: str


def beside(held: SignedLine) -> dict[str, str]:
    """How the line lies beside its object in the store, so that whoever has the object has the line (ADR 0013)."""
    return {"line": held.line, "signature": held.signature}


def lying_beside(found: Mapping[str, str]) -> SignedLine:
    """The line that lies beside an object. Raises `BadManifest` when there is none."""
    if found.keys() != {"line", "signature"}:
        raise BadManifest("no_line", "no signed line lies beside the object")
    return SignedLine(found["line"], found["signature"])


def instant(microseconds: int) -> datetime:
    """Microseconds since 1970 as an aware instant, exactly. Raises `OverflowError` or `ValueError` beyond year 9999."""
    seconds, rest = divmod(microseconds, _MICROSECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def microseconds(moment: datetime) -> int:
    """An aware instant as microseconds since 1970, exactly."""
    return int(moment.replace(microsecond=0).timestamp()) * _MICROSECOND + moment.microsecond


def signed(line: ManifestLine, key: Ed25519PrivateKey) -> SignedLine:
    """The line with its device's signature."""
    text = line.text()
    return SignedLine(text, sign(key, text.encode()))


def parse_and_verify(held: SignedLine, *, public_key: str) -> ManifestLine:
    """The line, if this key signed exactly this text and it is a canonical, possible one. Raises `BadManifest`."""
    try:
        check(public_key, held.line.encode(), held.signature)
    except BadSignature as error:
        raise BadManifest("bad_signature", "the line was not signed by this device") from error
    return parse(held.line)


def parse(text: str) -> ManifestLine:
    """The line of a text whose signature the caller has checked already. Raises `BadManifest`."""
    try:
        document = json.loads(text, parse_float=_no_fractions, parse_constant=_no_fractions)
        if not isinstance(document, dict) or document.keys() != _names(document.get("v")):
            raise BadManifest("bad_line", "the line does not have exactly the fields of a segment")
        said = (field for field in fields(ManifestLine) if field.name in document)
        line = ManifestLine(**{field.name: _typed(field.type, document[field.name]) for field in said})
        possible = _is_possible(line)
    except (ValueError, OverflowError, OSError, RecursionError) as error:
        raise BadManifest("bad_line", "the line is not a segment's") from error
    if not possible or line.text() != text:
        raise BadManifest("bad_line", "the line contradicts itself or is not canonical")
    return line


def _names(version: object) -> frozenset[str]:
    """The fields that a line of this version has."""
    every = frozenset(field.name for field in fields(ManifestLine))
    return every - _SINCE_2 if version == 1 else every


def _is_possible(line: ManifestLine) -> bool:
    """What must hold of any segment, whatever the clock says; plausibility against now is the server's rule."""
    return (
        line.v in {1, VERSION}
        and line.started_us < line.ended_us
        and line.ended_at > line.started_at
        and line.civil_day == civil_day(line.started_at)
        and min(line.retention_days, line.packets, line.plain_bytes, line.cipher_bytes, line.width, line.height) > 0
        and min(line.media_ms, line.monotonic_ns) >= 0
        and min(getattr(line, name) for name in _MEASURED) >= UNKNOWN
        and all(abs(getattr(line, name)) < largest for name, largest in _LARGEST.items())
        and all(map(_WORD.fullmatch, (line.recipient, line.clock_source, line.codec, line.ended_because, line.trust)))
        and _are_notes(line.notes)
        and _SHA256.fullmatch(line.plain_sha256) is not None
        and _SHA256.fullmatch(line.cipher_sha256) is not None
        and _MD5.fullmatch(line.cipher_md5) is not None
    )


def _are_notes(text: str) -> bool:
    words = text.split(",")
    return len(text) <= _LONGEST_NOTES and _NOTES.fullmatch(text) is not None and words == sorted(set(words))


def _typed(kind: object, value: Any) -> Any:  # noqa: ANN401 - JSON in, the field's type out
    match value:
        case str() if kind is UUID:
            return UUID(value)
        case str() if kind is date:
            return date.fromisoformat(value)
        case bool() if kind is bool:
            return value
        case int() if kind is int and not isinstance(value, bool):
            return value
        case str() if kind is str:
            return value
        case _:
            raise ValueError(value)


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field in, JSON out
    match value:
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _no_fractions(text: str) -> NoReturn:
    raise ValueError(text)
