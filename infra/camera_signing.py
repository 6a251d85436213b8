"""How much of a film its camera signed itself: the signing units in the samples of an MP4, counted."""

from collections import Counter
from collections.abc import Mapping
from typing import IO, Any

import av

from infra.signing_units import Framework, signing_units

_BUFFER = 1 << 20
# Where avcC and hvcC say how long the lengths in front of units are (ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1).
_LENGTH_AT = {"h264": 4, "hevc": 21}


def signing_in(film: IO[bytes]) -> Mapping[Framework, int]:
    """How many units of each framework the picture of an MP4 holds; read from its start, and left there."""
    film.seek(0)
    found: Counter[Framework] = Counter()
    with av.open(film, "r", buffer_size=_BUFFER) as source:
        picture: Any = source.streams.video[0]
        codec = picture.codec_context.name
        if codec in _LENGTH_AT:
            length = _length_of(codec, bytes(picture.codec_context.extradata or b""))
            for packet in source.demux(picture):
                found.update(signing_units(codec, memoryview(packet), length=length))
    film.seek(0)
    return found


def _length_of(codec: str, described: bytes) -> int:
    at = _LENGTH_AT[codec]
    return (described[at] & 3) + 1 if len(described) > at else 4
