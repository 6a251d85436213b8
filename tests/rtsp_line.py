"""A line between a recorder and an RTSP camera over TCP that can be cut, held up, and whose packets can be changed."""

import random
import socket
import threading
from collections.abc import Callable, Iterator

from infra.stack.processes import listens
from tests.lines import Line, Way, as_it_comes

_HEAD = 4
_RTP_HEADER = 12
_HOUR = 3600 * 90_000
Change = Callable[[bytearray], bytes | None]


class RtspLine(Line):
    """A loopback port that leads to a camera's. Faults are for all connections that pass, from now on."""

    def __init__(self, target: int) -> None:
        self._change: Change = bytes
        self._flows = threading.Event()
        self._flows.set()
        self._refuses = False
        self.lost = 0
        super().__init__(target, port=port_out_of_the_way())

    def cut(self) -> None:
        """Break what is under way, also what was held; who comes again gets through."""
        super().cut()
        self._flows.set()

    def hold(self) -> None:
        """Stay connected and pass nothing on, until `flow`."""
        self._flows.clear()

    def flow(self) -> None:
        """Pass on what comes."""
        self._flows.set()

    def lose(self, packets: int, *, after: int = 0) -> None:
        """Take away so many packets of the picture, after so many; `lost` counts those that are gone."""
        passing, left = [after], [packets]

        def change(packet: bytearray) -> bytes | None:
            if passing[0] or not left[0]:
                passing[0] = max(0, passing[0] - 1)
                return bytes(packet)
            left[0] -= 1
            self.lost += 1
            return None

        self._change = change

    def jump(self, hours: float) -> None:
        """The camera's own clock is so much later from now on."""
        ticks = round(hours * _HOUR)

        def change(packet: bytearray) -> bytes:
            later = (int.from_bytes(packet[4:8], "big") + ticks) % 2**32
            packet[4:8] = later.to_bytes(4, "big")
            return bytes(packet)

        self._change = change

    def take_over(self, *, seq: int) -> None:
        """Send packets of another session in place of the camera's: another source, other numbers."""
        number = [seq]

        def change(packet: bytearray) -> bytes:
            number[0] = (number[0] + 1) % 2**16
            packet[2:4] = number[0].to_bytes(2, "big")
            packet[8:12] = bytes(byte ^ 0xFF for byte in packet[8:12])
            return bytes(packet)

        self._change = change

    def refuse(self) -> None:
        """Answer whatever is asked with that the password is wrong."""
        self._refuses = True

    def be_true(self) -> None:
        """Change nothing any more."""
        self._change, self._refuses = bytes, False

    def _ways(self) -> tuple[Way, Way]:
        return self._asked, self._answered

    def _asked(self, source: socket.socket) -> Iterator[bytes]:
        for piece in as_it_comes(source):
            self._flows.wait()
            yield piece

    def _answered(self, source: socket.socket) -> Iterator[bytes]:
        for piece in _frames(source):
            self._flows.wait()
            passed = self._passed(piece)
            if passed is not None:
                yield passed

    def _passed(self, piece: bytes) -> bytes | None:
        if self._refuses and piece.startswith(b"RTSP/"):
            return _refusal(piece)
        if piece[:1] != b"$" or piece[1] != 0 or len(piece) < _HEAD + _RTP_HEADER:
            return piece
        changed = self._change(bytearray(piece[_HEAD:]))
        return None if changed is None else piece[:_HEAD] + changed


def port_out_of_the_way() -> int:
    """A free port that the system gives to nobody by itself.

    Who calls such a port on loopback while nobody listens may be connected to themselves, and hear what they say.
    """
    pick = random.SystemRandom()
    while listens(found := pick.randrange(15_000, 30_000)):
        pass
    return found


def _frames(source: socket.socket) -> Iterator[bytes]:
    """Interleaved packets (RFC 2326, 10.12) one by one, and what lies between them."""
    held = bytearray()
    while data := source.recv(65536):
        held += data
        while held:
            size = _HEAD + int.from_bytes(held[2:4], "big") if held[0] == ord("$") else _answer_size(held)
            if size == 0 or len(held) < size:
                break
            yield bytes(held[:size])
            del held[:size]


def _refusal(answer: bytes) -> bytes:
    """What a camera says to the same question of whoever has a wrong password."""
    number = next(line for line in answer.split(b"\r\n") if line.lower().startswith(b"cseq"))
    return b"\r\n".join([b"RTSP/1.0 401 Unauthorized", number, b'WWW-Authenticate: Basic realm="camera"', b"", b""])


def _answer_size(held: bytearray) -> int:
    """How long the RTSP answer is that stands first; 0 while its head is not whole."""
    end = held.find(b"\r\n\r\n")
    if end == -1:
        return 0
    lines = bytes(held[:end]).lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")), 0)
    return end + len(b"\r\n\r\n") + length
