"""What a film says of itself: when its timeline begins, and of an exported one who exported it and which camera it is.

ONVIF Export File Format 26.06, 5.2 and 5.3: a `meta` box at the level of the file with `suep` (SurveillanceExportBox,
required) and `cstb` (CorrectStartTimeBox), which since 22.12 may stand there without a signature inside the file: what
vouches for the film lies beside it (infra/decisions/0025). Players that know neither pass them over.
"""

import struct
from dataclasses import dataclass

from infra.boxes import box, full_box

_MICROSECOND = 1_000_000
# From the epochs of the boxes to 1970: ISO/IEC 14496-12 counts seconds from 1904, `cstb` 100 ns from 1601.
_SINCE_1904, _SINCE_1601 = 2_082_844_800, 11_644_473_600
_HANDLER = full_box(b"hdlr", bytes(4), b"null", bytes(12), b"\0")


@dataclass(frozen=True, kw_only=True)
class Exported:
    """`unit` is who exports, `at_us` when that was ordered, in microseconds since 1970; `line` is the camera's code.

    The operator stays empty: who decided and who handed over stands in the paper of custody, with names that a film
    which is copied on need not carry.
    """

    unit: str
    at_us: int
    source: str
    line: str


def side_information(origin_us: int, *, tracks: int, exported: Exported) -> bytes:
    """The box, for a film whose timeline begins at this instant (microseconds since 1970) and has so many tracks."""
    numbers = range(1, tracks + 1)
    begins = (origin_us + _SINCE_1601 * _MICROSECOND) * 10
    starts = b"".join(struct.pack(">IQ", number, begins) for number in numbers)
    return full_box(b"meta", _HANDLER, _suep(exported, tracks), box(b"cstb", struct.pack(">I", tracks), starts))


def _suep(about: Exported, tracks: int) -> bytes:
    source = _string(about.source) + _string("") * 2 + _string(about.line)
    exporting = _string(about.unit) + _string("") * 2 + struct.pack(">Q", about.at_us // _MICROSECOND + _SINCE_1904)
    entries = b"".join(struct.pack(">H", number) + source for number in range(1, tracks + 1))
    return full_box(b"suep", exporting, _string(""), struct.pack(">I", tracks), entries, version=1)


def _string(text: str) -> bytes:
    return text.replace("\0", "").encode() + b"\0"
