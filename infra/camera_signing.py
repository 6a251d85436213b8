"""How much of a film its camera signed itself: the signing units in the samples of an MP4, counted."""

from collections import Counter

from infra.signing_units import Framework, signing_units

# Where avcC and hvcC say how long the lengths in front of units are (ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1).
_LENGTH_AT = {"h264": 4, "hevc": 21}


class SigningCount:
    """Counts the units of each framework in the samples of one picture. Of a codec that has none there are none."""

    def __init__(self, codec: str, described: bytes) -> None:
        """`described` is what its decoder is given before the first sample."""
        self._codec = codec
        self._is_known = codec in _LENGTH_AT
        self._length = _length_of(codec, described)
        self.found: Counter[Framework] = Counter()

    def add(self, sample: memoryview) -> None:
        """Count those of one sample."""
        if self._is_known:
            for framework in signing_units(self._codec, sample, length=self._length):
                self.found[framework] += 1


def _length_of(codec: str, described: bytes) -> int:
    at = _LENGTH_AT.get(codec, len(described))
    return (described[at] & 3) + 1 if len(described) > at else 4
