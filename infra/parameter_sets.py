"""The parameter sets that a camera sends inside its stream: when they change, the picture's size or coding changed.

A set may be lost on its way like any packet, and what the camera sent before goes on then. Only Annex B (start codes)
is read, as RTSP delivers it; ITU-T H.264 section 7.4.1, H.265 section 7.4.2.
"""

from collections.abc import Iterable

_START = b"\x00\x00\x01"
_H264_SETS = frozenset({7, 8})
_H264_SLICES = frozenset({1, 2, 3, 4, 5})
_HEVC_SETS = frozenset({32, 33, 34})
_HEVC_SLICES = frozenset(range(32))


def parameter_sets(codec: str, data: bytes) -> bytes:
    """The sets at the head of a packet or in extradata, with start codes; empty when there are none.

    Reading stops at the first slice, so the cost does not grow with the picture.
    """
    return _joined(_units(codec, data))


def sets_in_force(codec: str, before: bytes, key_frame: bytes) -> bytes:
    """The sets by which a key frame is decoded, given those before it: what it brings replaces what was of its kind.

    Without those that it needs (one of each kind) it changes nothing.
    """
    brought, held = _units(codec, key_frame), _units(codec, before)
    if set(brought) <= set(held):
        return before
    kinds = {_kind(codec, unit) for unit in brought}
    kept = [unit for unit in held if _kind(codec, unit) not in kinds]
    if kinds | {_kind(codec, unit) for unit in kept} != _wanted(codec):
        return before
    return _joined(sorted([*kept, *brought], key=lambda unit: _kind(codec, unit)))


def _units(codec: str, data: bytes) -> list[bytes]:
    slices = _HEVC_SLICES if codec == "hevc" else _H264_SLICES
    found: list[bytes] = []
    at = data.find(_START)
    while at != -1 and at + len(_START) < len(data):
        begin = at + len(_START)
        kind = _kind(codec, data[begin : begin + 1])
        if kind in slices:
            break
        at = data.find(_START, begin)
        unit = data[begin : at if at != -1 else len(data)].rstrip(b"\x00")
        if kind in _wanted(codec) and unit not in found:
            found.append(unit)
    return found


def _kind(codec: str, unit: bytes) -> int:
    return (unit[0] >> 1) & 0x3F if codec == "hevc" else unit[0] & 0x1F


def _wanted(codec: str) -> frozenset[int]:
    return _HEVC_SETS if codec == "hevc" else _H264_SETS


def _joined(units: Iterable[bytes]) -> bytes:
    return b"".join(b"\x00" + _START + unit for unit in units)
