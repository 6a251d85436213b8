"""How the samples of a track are coded, as its sample entry says (ISO/IEC 14496-12, 8.5.2; 14496-14 and 14496-15)."""

from dataclasses import dataclass

from infra.boxes import boxes

_ENTRY, _VISUAL, _SOUND = 8, 86, 36
# In a QuickTime file sound of version 1 or 2 says more before its own boxes.
_SOUND_MORE = {0: 0, 1: 16, 2: 36}
_NAMES = {b"avc1": "h264", b"avc3": "h264", b"hvc1": "hevc", b"hev1": "hevc", b"mp4v": "mpeg4", b"jpeg": "mjpeg"}
_NAMES |= {b"alaw": "pcm_alaw", b"ulaw": "pcm_mulaw", b"Opus": "opus", b"ac-3": "ac3", b".mp3": "mp3"}
_KINDS_OF_MP4A = {0x40: "aac", 0x66: "aac", 0x67: "aac", 0x68: "aac", 0x69: "mp3", 0x6B: "mp3"}
_DESCRIBING = frozenset({b"avcC", b"hvcC", b"esds", b"dOps"})
_DECODER_CONFIG, _DECODER_SPECIFIC = 4, 5
# What a descriptor has before those within it: ES (3) its id and flags, the decoder's (4) its kind and rates.
_WITHIN = {3: 3, _DECODER_CONFIG: 13}


@dataclass(frozen=True)
class Coding:
    """`name` as FFmpeg says it; `described` is what a decoder is given before the first sample."""

    kind: bytes
    fourcc: bytes
    name: str
    described: bytes
    width: int
    height: int


def coding_of(kind: bytes, stsd: memoryview) -> Coding | None:
    """Of the track's first entry; None where there is none."""
    entry = stsd[8:]
    fourcc, is_picture = bytes(entry[4:8]), kind == b"vide"
    if len(entry) < _SOUND:
        return None
    begins = _VISUAL if is_picture else _SOUND + _SOUND_MORE.get(int.from_bytes(entry[16:18], "big"), 0)
    within = dict(boxes(entry[begins : int.from_bytes(entry[:4], "big")]))
    described = b"".join(bytes(content) for each, content in within.items() if each in _DESCRIBING)
    name = _NAMES.get(fourcc, fourcc.decode("latin-1"))
    if fourcc == b"mp4a":
        oti, described = _mp4a(within.get(b"esds") or within.get(b"wave") or memoryview(b""))
        name = _KINDS_OF_MP4A.get(oti, "mp4a")
    width, height = (int.from_bytes(entry[at : at + 2], "big") if is_picture else 0 for at in (32, 34))
    return Coding(
        kind, fourcc, name, described or bytes(entry[_ENTRY:_SOUND] if not is_picture else b""), width, height
    )


def _mp4a(esds: memoryview) -> tuple[int, bytes]:
    """Kind of the sound and what its decoder is given, from the descriptors (ISO/IEC 14496-1, 7.2.6)."""
    at, oti = 4, 0
    while at + 2 < len(esds):
        tag, size, at = esds[at], 0, at + 1
        while at < len(esds):
            size, more, at = size << 7 | esds[at] & 0x7F, esds[at] & 0x80, at + 1
            if not more:
                break
        if tag == _DECODER_SPECIFIC:
            return oti, bytes(esds[at : at + size])
        if tag == _DECODER_CONFIG:
            oti = esds[at]
        at += _WITHIN.get(tag, size)
    return oti, b""
