"""What systemd is told: that the box runs, that it is alive, that it stops (sd_notify(3)). Without systemd, nothing."""

import os
import socket
from collections.abc import Mapping

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def tell(word: str, *, environment: Mapping[str, str] = os.environ) -> None:
    """Say one word. What cannot be said is left out: recording never waits for it and never fails by it."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
        try:
            line.sendto(word.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            return
