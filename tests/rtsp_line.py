"""A line between a recorder and an RTSP camera over TCP that can be cut, held up, and whose packets can be changed."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

from infra.stack.processes import listens

_HEAD = 4
_RTP_HEADER = 12
_HOUR = 3600 * 90_000
Change = Callable[[bytearray], bytes | None]


class RtspLine:
    """A loopback port that leads to a camera's. Faults are for all connections that pass, from now on."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.port = port_out_of_the_way()
        self._held: list[socket.socket] = []
        self._change: Change = bytes
        self._flows = threading.Event()
        self._flows.set()
        self.lost = 0
        self._listening: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Let connections through."""
        if self._listening is None:
            self._listening = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def shut(self) -> None:
        """Refuse connections, and break those that are under way."""
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        self.cut()

    def cut(self) -> None:
        """Break what is under way; who comes again gets through."""
        for one in self._held:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._held.clear()
        self._flows.set()

    def hold(self) -> None:
        """Stay connected and pass nothing on, until `flow`."""
        self._flows.clear()

    def flow(self) -> None:
        """Pass on what comes."""
        self._flows.set()

    def lose(self, packets: int) -> None:
        """Take away so many packets of the picture; `lost` counts those that are gone."""
        left = [packets]

        def change(packet: bytearray) -> bytes | None:
            if left[0] == 0:
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

    def be_true(self) -> None:
        """Change nothing any more."""
        self._change = bytes

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:  # the camera itself is down
                near.close()
                continue
            self._held += [near, far]
            ended: list[bool] = []
            threading.Thread(target=self._pump, args=(near, far, ended, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, ended, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, ended: list[bool], from_camera: bool) -> None:  # noqa: FBT001 - of a thread
        with suppress(OSError):
            pieces = _frames(source) if from_camera else iter(lambda: source.recv(65536), b"")
            for piece in pieces:
                self._flows.wait()
                passed = self._passed(piece) if from_camera else piece
                if passed is not None:
                    sink.sendall(passed)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        ended.append(True)
        if len(ended) > 1:  # whoever is last closes; before, the other may still be reading
            source.close()
            sink.close()

    def _passed(self, piece: bytes) -> bytes | None:
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


def _answer_size(held: bytearray) -> int:
    """How long the RTSP answer is that stands first; 0 while its head is not whole."""
    end = held.find(b"\r\n\r\n")
    if end == -1:
        return 0
    lines = bytes(held[:end]).lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")), 0)
    return end + len(b"\r\n\r\n") + length
