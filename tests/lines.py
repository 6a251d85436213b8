"""Lines on loopback that a test holds in its hand: they lead to a real port and can be cut and mended."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

Way = Callable[[socket.socket], Iterator[bytes]]


def as_it_comes(source: socket.socket) -> Iterator[bytes]:
    """Whatever is sent."""
    while data := source.recv(65536):
        yield data


class Line:
    """A loopback port that leads to another one of this machine."""

    def __init__(self, target: int, *, port: int = 0) -> None:
        self._target, self.port = target, port
        self._held: list[socket.socket] = []
        self._listening: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Let connections through."""
        if self._listening is None:
            self._listening = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listening.getsockname()[1]
            self._thread = threading.Thread(target=self._accept, args=(self._listening,), daemon=True)
            self._thread.start()

    def shut(self) -> None:
        """Refuse connections, and break those that are under way."""
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._thread.join(5)
            self._listening.close()
            self._listening = None
        self.cut()

    def cut(self) -> None:
        """Break what is under way; who comes again gets through."""
        for one in self._held:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._held.clear()

    def _ways(self) -> tuple[Way, Way]:
        """What passes of one connection: of what is asked, and of what is answered."""
        return as_it_comes, as_it_comes

    def _hangs_up(self) -> bool:
        """Whether who calls now is let in and hears nothing."""
        return False

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            if self._hangs_up():
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:  # what it leads to is itself down
                near.close()
                continue
            self._held += [near, far]
            ended: list[bool] = []
            for source, sink, way in zip((near, far), (far, near), self._ways(), strict=True):
                threading.Thread(target=_pump, args=(source, sink, way, ended), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket, way: Way, ended: list[bool]) -> None:
    with suppress(OSError):
        for piece in way(source):
            sink.sendall(piece)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
    ended.append(True)
    if len(ended) > 1:  # whoever is last closes; before, the other may still be reading
        source.close()
        sink.close()
