"""What a time server says, asked once over SNTP (RFC 4330; the packet and its fields are those of RFC 5905, 7.3).

Our own, since the one small library for it (ntplib) had its last release in 2021, dates answers by the wall clock,
which is what is to be found out here, and takes an answer to another question for one to its own.
"""

import math
import os
import socket
import struct
import time
from dataclasses import dataclass

PORT = 123
_SECONDS_1900_TO_1970 = 2_208_988_800
_ERA_SECONDS = 1 << 32
_FRACTION = 1 << 32
_MICROSECOND = 1_000_000
_NANOSECONDS_PER_MICROSECOND = 1000
# Leap 0, version 4, mode 3: a client asks. Servers answer in mode 4.
_ASK, _SERVER_MODE = 0x23, 4
_UNSYNCHRONISED, _HIGHEST_STRATUM = 3, 15
# Flags, stratum, poll, precision; root delay and dispersion (16.16); reference id and time; origin, receive, transmit.
_PACKET = struct.Struct("!BBbb iI 4s 8s 8s 8s 8s")
_NONCE_AT = 40
_SHORT = 1 << 16


class NoTime(Exception):
    """The server did not answer, or not with a time that anybody could use; the reason is for a log."""


@dataclass(frozen=True)
class Answer:
    """What a server's clock showed at a moment of our monotonic clock: microseconds since 1970, wrong by the bound."""

    monotonic_ns: int
    shown_us: int
    bound_us: int


def ask(server: str, *, seconds: float = 2.0) -> Answer:
    """The time of `host`, `host:port` or `[address]:port`. Raises `NoTime`.

    The bound is half of what the exchange took, without the server's own part, and what the server says of its
    distance from its reference (RFC 5905, 11.1: root delay halved, and root dispersion).
    """
    host, port = _place(server)
    # What is sent is a number that nobody can guess, not our time: an answer must bring it back (RFC 9109, RFC 8633).
    nonce = os.urandom(8)
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as line:
            line.settimeout(seconds)
            line.connect(address)
            sent_ns = time.monotonic_ns()
            line.send(bytes([_ASK]) + bytes(_NONCE_AT - 1) + nonce)
            said = line.recv(1024)
            got_ns = time.monotonic_ns()
    except (OSError, UnicodeError) as error:
        raise NoTime(f"{server}: {error}") from error
    return _answer(server, said, nonce, sent_ns, got_ns)


def _answer(server: str, said: bytes, nonce: bytes, sent_ns: int, got_ns: int) -> Answer:
    if len(said) < _PACKET.size:
        raise NoTime(f"{server}: too short an answer")
    flags, stratum, _poll, precision, delay, dispersion, _id, _ref, origin, received, sent = _PACKET.unpack_from(said)
    if flags & 7 != _SERVER_MODE or origin != nonce:
        raise NoTime(f"{server}: answers another question")
    if flags >> 6 == _UNSYNCHRONISED or not 1 <= stratum <= _HIGHEST_STRATUM or sent == bytes(8):
        raise NoTime(f"{server}: does not know the time")
    received_us, sent_us = _since_1970(received), _since_1970(sent)
    took_us = (got_ns - sent_ns) // _NANOSECONDS_PER_MICROSECOND
    half_us = max(0, took_us - max(0, sent_us - received_us)) // 2 + 1
    root_us = (abs(delay) // 2 + dispersion) * _MICROSECOND // _SHORT
    exact_us = int(math.ldexp(_MICROSECOND, min(precision, 8)))
    return Answer((sent_ns + got_ns) // 2, (received_us + sent_us) // 2, half_us + root_us + exact_us)


def _since_1970(stamp: bytes) -> int:
    """Microseconds. Seconds with the highest bit clear are of the era that begins in 2036 (RFC 4330, 3)."""
    seconds, fraction = int.from_bytes(stamp[:4], "big"), int.from_bytes(stamp[4:], "big")
    era = 0 if seconds >> 31 else _ERA_SECONDS
    return (seconds + era - _SECONDS_1900_TO_1970) * _MICROSECOND + fraction * _MICROSECOND // _FRACTION


def _place(server: str) -> tuple[str, int]:
    host, colon, port = server.rpartition(":")
    if not colon or (host.count(":") and not host.endswith("]")):
        return server.strip("[]"), PORT
    if not port.isdigit():
        raise NoTime(f"{server}: no address of a server")
    return host.strip("[]"), int(port)
