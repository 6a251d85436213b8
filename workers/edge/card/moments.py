"""When each picture of a replay was taken: ONVIF's header extension 0xABAC of RTP (Streaming Specification, 6.3)."""

from dataclasses import dataclass

_RTP_HEAD, _SOURCE, _EXTENSION_HEAD = 12, 4, 4
_EXTENSION, _LEAST_WORDS = 0xABAC, 3
_NTP_TO_UNIX_SECONDS = 2_208_988_800
_MICROSECOND = 1_000_000
_BROKEN_OFF, _LAST = 0x20, 0x10
_TICKS = 2**32
# Any but zero, which FFmpeg takes for "not known yet".
_FIRST_TICK = 90_000
_MOST_HELD = 4096


@dataclass(frozen=True)
class Stamp:
    """What one packet says of its picture: microseconds since 1970 by the camera's clock.

    `breaks`: it does not follow the picture before (the D bit). `is_last`: nothing comes after it (the T bit).
    """

    taken_us: int
    breaks: bool
    is_last: bool


def stamp_of(packet: bytes) -> Stamp | None:
    """The stamp of an RTP packet; None where it has none."""
    at = _RTP_HEAD + _SOURCE * (packet[0] & 0x0F) if packet else 0
    if len(packet) < at + _EXTENSION_HEAD or packet[0] >> 6 != 2 or not packet[0] & 0x10:  # noqa: PLR2004 - version 2
        return None
    kind, words = (int.from_bytes(packet[at + n : at + n + 2], "big") for n in (0, 2))
    said = packet[at + _EXTENSION_HEAD : at + _EXTENSION_HEAD + 4 * words]
    if kind != _EXTENSION or words < _LEAST_WORDS or len(said) < 4 * _LEAST_WORDS:
        return None
    seconds, fraction = int.from_bytes(said[:4], "big"), int.from_bytes(said[4:8], "big")
    taken_us = (seconds - _NTP_TO_UNIX_SECONDS) * _MICROSECOND + (fraction * _MICROSECOND >> 32)
    return Stamp(taken_us, bool(said[8] & _BROKEN_OFF), bool(said[8] & _LAST))


class Moments:
    """The stamps of a replay, found again by the timestamps that FFmpeg gives its packets.

    FFmpeg counts from the first packet that it sees, so the packets are numbered anew from one tick that is known.
    """

    def __init__(self) -> None:
        self._first: int | None = None
        self._held: dict[int, Stamp] = {}

    def note(self, packet: bytes) -> tuple[bytes, Stamp | None] | None:
        """The packet as it is to be passed on, and its stamp; None before the first one that has a stamp."""
        stamp = stamp_of(packet)
        if self._first is None and stamp is None:
            return None
        tick = int.from_bytes(packet[4:8], "big")
        self._first = tick if self._first is None else self._first
        since = (tick - self._first) % _TICKS
        if stamp is not None:
            self._held.setdefault(since, stamp)
            while len(self._held) > _MOST_HELD:
                del self._held[next(iter(self._held))]
        return packet[:4] + ((_FIRST_TICK + since) % _TICKS).to_bytes(4, "big") + packet[8:], stamp

    def of(self, pts: int) -> Stamp | None:
        """The stamp of the picture with this timestamp; once."""
        return self._held.pop(pts % _TICKS, None)
