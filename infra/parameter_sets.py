"""The parameter sets that a camera sends inside its stream: when they change, the picture's size or coding changed.

Only Annex B (start codes) is read, as RTSP delivers it; ITU-T H.264 section 7.4.1, H.265 section 7.4.2.
"""

_START = b"\x00\x00\x01"
_H264_SETS = frozenset({7, 8})
_H264_SLICES = frozenset({1, 2, 3, 4, 5})
_HEVC_SETS = frozenset({32, 33, 34})
_HEVC_SLICES = frozenset(range(32))


def parameter_sets(codec: str, data: bytes) -> bytes:
    """The sets at the head of a packet or in extradata, with start codes; empty when there are none.

    Reading stops at the first slice, so the cost does not grow with the picture.
    """
    is_hevc = codec == "hevc"
    wanted, slices = (_HEVC_SETS, _HEVC_SLICES) if is_hevc else (_H264_SETS, _H264_SLICES)
    found: list[bytes] = []
    at = data.find(_START)
    while at != -1 and at + len(_START) < len(data):
        begin = at + len(_START)
        kind = (data[begin] >> 1) & 0x3F if is_hevc else data[begin] & 0x1F
        if kind in slices:
            break
        at = data.find(_START, begin)
        unit = data[begin : at if at != -1 else len(data)].rstrip(b"\x00")
        if kind in wanted and unit not in found:
            found.append(unit)
    return b"".join(b"\x00" + _START + unit for unit in found)
