"""Whether the picture of a live stream stands still, told from the packets; one key frame is decoded per suspicion.

A camera that hangs goes on sending the same picture: frames between key frames that hold almost nothing, and key frames
that are alike. Noise of a real sensor breaks that within seconds, also in an empty room. Where it lasts, the key frame
of then and that of now are decoded and compared: only the same picture is frozen. Recording knows nothing of it.
"""

import math
from dataclasses import dataclass
from typing import Any

from infra.key_frames import NoPicture, decoded

SUSPICIOUS_SECONDS = 120.0
_NANOSECOND = 1_000_000_000
# What a frame between key frames takes on the average in which every block says "as before"; or so much of a key frame.
_TINY_BYTES, _TINY_SHARE = 150, 0.003
# Key frames of one picture differ by their numbering only.
_ALIKE_SHARE = 0.02
_FEWEST_KEY_FRAMES = 3
# Every so many-th point is compared. Of 255: two pictures of one sensor differ by more on the average, however still
# the room is, and one picture that was coded twice by less.
_STRIDE, _SAME = 7, 0.2


@dataclass(frozen=True)
class _KeyFrame:
    data: bytes
    monotonic_ns: int


class Stillness:
    """Looks at each packet of one connection's picture. `since_ns` is since when it stands still, None while not."""

    def __init__(self, codec: str, extradata: bytes, *, seconds: float = SUSPICIOUS_SECONDS) -> None:
        self._codec, self._extradata = codec, extradata
        self._limit_ns = round(seconds * _NANOSECOND)
        self._first: _KeyFrame | None = None
        self._key_frames = 0
        self._between, self._between_bytes = 0, 0
        self.since_ns: int | None = None

    def see(self, packet: Any, monotonic_ns: int) -> bool:  # noqa: ANN401 - PyAV ships no complete types
        """Take a packet in; whether what is known of the picture changed with it."""
        if not packet.is_keyframe:
            self._between += 1
            self._between_bytes += packet.size
            return False
        first, is_still = self._first, self._is_still(packet.size)
        self._between, self._between_bytes = 0, 0
        if first is None or not is_still:
            return self._moves(_KeyFrame(bytes(packet), monotonic_ns))
        self._key_frames += 1
        lasts = monotonic_ns - first.monotonic_ns >= self._limit_ns and self._key_frames >= _FEWEST_KEY_FRAMES
        if self.since_ns is not None or not lasts:
            return False
        present = _KeyFrame(bytes(packet), monotonic_ns)
        if not self._is_same(first.data, present.data):
            return self._moves(present)
        self.since_ns = first.monotonic_ns
        return True

    def _is_still(self, size: int) -> bool:
        """Whether this key frame and what came since the last one may be of one picture."""
        if self._first is None:
            return False
        usual = len(self._first.data)
        tiny = self._between * max(_TINY_BYTES, usual * _TINY_SHARE)
        return abs(size - usual) <= usual * _ALIKE_SHARE and self._between_bytes <= tiny

    def _moves(self, key_frame: _KeyFrame) -> bool:
        """Begin anew with this key frame; whether the picture was said to stand still."""
        was = self.since_ns is not None
        self._first, self._key_frames, self.since_ns = key_frame, 1, None
        return was

    def _is_same(self, one: bytes, two: bytes) -> bool:
        first, second = (_brightness(self._codec, self._extradata, data) for data in (one, two))
        return first is not None and second is not None and _distance(first, second) <= _SAME


def _brightness(codec: str, extradata: bytes, key_frame: bytes) -> bytes | None:
    """Some points of a key frame's picture; None when it cannot be decoded."""
    try:
        frame = decoded(codec, extradata, key_frame)
    except NoPicture:
        return None
    return bytes(memoryview(frame.planes[0]))[::_STRIDE]


def _distance(one: bytes, two: bytes) -> float:
    if len(one) != len(two):
        return math.inf
    return sum(abs(first - second) for first, second in zip(one, two, strict=True)) / len(one)
