"""Lines between the box and server or store: cut, slow, and with an ear for what was put where."""

import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from infra import clock
from tests.lines import Line, Way, as_it_comes


@dataclass(frozen=True)
class Put:
    """When one began, and when its acknowledgment had gone to the box."""

    began: datetime
    acknowledged: datetime


class SlowLine(Line):
    """A loopback port that leads to another. `put` is each put that the store acknowledged, by object."""

    def __init__(self, target: int) -> None:
        self.slow_seconds = 0.0
        self.put: defaultdict[str, list[Put]] = defaultdict(list)
        self._shut = False
        super().__init__(target)

    def shut(self) -> None:
        """Hang up on everybody, also on who calls from now on: the port stays ours."""
        self._shut = True
        self.cut()

    def open(self) -> None:
        """Let everything through again, at full speed."""
        self._shut, self.slow_seconds = False, 0.0
        super().open()

    def _hangs_up(self) -> bool:
        return self._shut

    def _ways(self) -> tuple[Way, Way]:
        asked: list[tuple[str, datetime]] = []

        def asking(source: socket.socket) -> Iterator[bytes]:
            for data in self._slowly(source):
                if data.startswith(b"PUT /"):
                    asked.append((data.split(b" ", 2)[1].split(b"?")[0].decode(), clock.now()))
                yield data

        def answering(source: socket.socket) -> Iterator[bytes]:
            for data in self._slowly(source):
                yield data
                if data.startswith(b"HTTP/1.1 ") and asked:
                    key, began = asked.pop(0)
                    if data.startswith(b"HTTP/1.1 200"):
                        self.put[key].append(Put(began, clock.now()))

        return asking, answering

    def _slowly(self, source: socket.socket) -> Iterator[bytes]:
        for data in as_it_comes(source):
            if self.slow_seconds:
                time.sleep(self.slow_seconds)
            yield data
