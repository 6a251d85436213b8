"""What systemd hears from the box, and what its unit promises."""

import socket
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from tests.workers.edge.conftest import eventually
from tests.workers.edge.disks import Disk, enrol
from workers.edge import systemd
from workers.edge.supervisor import Supervisor


def test_a_box_says_that_it_is_ready_and_alive_and_that_it_stops(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(disk.home)
    heard: list[str] = []
    looks = count()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        def stop() -> bool:
            with suppress(BlockingIOError):
                heard.append(line.recv(100).decode())
            return systemd.ALIVE in heard or next(looks) > 100

        Supervisor(disk.home, stop).run()
        eventually(lambda: stop() and systemd.STOPPING in heard, seconds=5, what="it said that it stops")
    assert heard[0] == systemd.READY
    assert systemd.ALIVE in heard


@pytest.mark.parametrize("address", ["", "relative", "/no/such/socket", "@no-such-socket"])
def test_where_nobody_listens_nothing_is_said_and_nothing_fails(address: str) -> None:
    systemd.tell(systemd.READY, environment={"NOTIFY_SOCKET": address})
