"""Lines between the box and server or store: cut, slow, and with an ear for what was put where."""

import socket
import threading
import time
from collections import defaultdict
from contextlib import suppress
from datetime import datetime

from infra import clock

Put = tuple[str, datetime]


class SlowLine:
    """A loopback port that leads to another. `put` is when each put began that the store acknowledged, by object."""

    def __init__(self, target: int) -> None:
        self._target, self.slow_seconds = target, 0.0
        self.put: defaultdict[str, list[datetime]] = defaultdict(list)
        self._held: list[socket.socket] = []
        self._shut = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self) -> None:
        """Hang up on everybody, also on who calls from now on."""
        self._shut = True
        for one in self._held:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._held.clear()

    def open(self) -> None:
        """Let everything through again, at full speed."""
        self._shut, self.slow_seconds = False, 0.0

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            if self._shut:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            self._held += [near, far]
            asked: list[Put] = []
            threading.Thread(target=self._pump, args=(near, far, asked, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, asked, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, asked: list[Put], is_asking: bool) -> None:  # noqa: FBT001 - of a thread
        with suppress(OSError):
            while data := source.recv(65536):
                if self.slow_seconds:
                    time.sleep(self.slow_seconds)
                if is_asking and data.startswith(b"PUT /"):
                    asked.append((data.split(b" ", 2)[1].split(b"?")[0].decode(), clock.now()))
                sink.sendall(data)
                if not is_asking and data.startswith(b"HTTP/1.1 ") and asked:
                    key, began = asked.pop(0)
                    if data.startswith(b"HTTP/1.1 200"):
                        self.put[key].append(began)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
