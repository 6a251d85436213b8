"""Putting a file to a store over real connections that are slow, stand still or break, from disks that do."""

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.workers.edge.disks import IDENTITY
from workers.edge.api import Api, Unavailable
from workers.edge.sending import patience

SIZE = 8_000_000
# Small enough that what is not read stays with the one who sends.
_HELD_BYTES = 4096


class Store:
    """Takes one file at a time. `pauses` are how long it waits once it has read so many bytes."""

    def __init__(self) -> None:
        self.pauses: dict[int, float] = {}
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        self.taken = 0
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD_BYTES)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/segment"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line, suppress(OSError):
                self._take(line)

    def _take(self, line: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += line.recv(_HELD_BYTES)
        head, _, rest = data.partition(b"\r\n\r\n")
        wanted = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        self.taken = len(rest)
        while self.taken < wanted:
            for at in [at for at in self.pauses if self.taken >= at]:
                time.sleep(self.pauses.pop(at))
            piece = line.recv(_HELD_BYTES)
            if not piece:
                return
            self.taken += len(piece)
        line.sendall(self.answer)


class BadSector(type(Path())):  # type: ignore[misc]  # the class that this system's paths have
    """A file whose disk gives its first half only."""

    def open(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the one that it stands for
        file = super().open(*arguments, **named)
        return HalfRead(file.detach())


class HalfRead(BufferedReader):
    """What it opens."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= SIZE // 2:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store()
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "segment.age"
    path.write_bytes(bytes(SIZE))
    return path


@pytest.fixture
def put(store: Store) -> Callable[..., None]:
    return lambda path, **more: Api(IDENTITY, Ed25519PrivateKey.generate()).put(store.url, {}, path, **more)


@pytest.mark.req("DR-34")
def test_a_sector_that_cannot_be_read_is_told_from_a_store_that_does_not_answer(
    put: Callable[..., None], store: Store, file: Path
) -> None:
    with pytest.raises(OSError, match="Input/output error") as error:
        put(BadSector(file))
    assert error.value.errno == errno.EIO
    put(file)
    assert store.taken == SIZE, "the next one goes over a line of its own"


@pytest.mark.req("DR-34")
def test_what_the_kernel_itself_cannot_read_is_told_so_too(put: Callable[..., None]) -> None:
    with pytest.raises(OSError, match="Input/output error"):
        put(Path("/proc/self/mem"))


@pytest.mark.req("DR-34")
def test_a_line_that_stands_still_for_longer_than_a_connection_may_take_goes_on(
    put: Callable[..., None], store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "CONNECT_SECONDS", 0.3)
    store.pauses = {100_000: 1.0}
    put(file)
    assert store.taken == SIZE


@pytest.mark.req("DR-34")
def test_a_slow_line_that_never_stands_still_is_never_given_up(
    put: Callable[..., None], store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SILENT_SECONDS", 0.5)
    store.pauses = dict.fromkeys(range(0, SIZE, SIZE // 40), 0.05)  # together four times as long as that
    put(file)
    assert store.taken == SIZE


@pytest.mark.req("DR-34")
def test_a_line_that_says_nothing_any_more_is_given_up(
    put: Callable[..., None], store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SILENT_SECONDS", 0.3)
    store.pauses = {100_000: 5.0}  # after which it would go on
    with pytest.raises(Unavailable):
        put(file)
    assert store.taken < SIZE


@pytest.mark.req("DR-06", "DR-34")
def test_what_is_under_way_ends_within_its_file_once_nothing_may_be_sent(
    put: Callable[..., None], store: Store, file: Path
) -> None:
    with pytest.raises(Unavailable):
        put(file, stopped=lambda: store.taken > SIZE // 4)
    assert SIZE // 4 < store.taken < SIZE * 3 // 4
