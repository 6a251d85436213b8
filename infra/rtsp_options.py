"""Asks a camera what it can do (RTSP's `OPTIONS`, RFC 2326, 10.1), which needs no password and changes nothing."""

import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

_PORT = 554
_SECONDS = 3.0
_LONGEST_ANSWER = 4096
_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Options:
    """The head of an answer, empty where somebody hung up without one, and when it was asked for and came."""

    head: str
    sent_ns: int
    got_ns: int

    @property
    def is_rtsp(self) -> bool:
        """Whether it is a camera's, whatever it says."""
        return self.head.startswith("RTSP/")


def ask_options(address: str) -> Options | None:
    """What is said at an `rtsp://` address; None when nobody is there or it is no such address. No password is sent."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or _PORT
        if parts.scheme != "rtsp" or not host:
            return None
        named = f"[{host}]" if ":" in host else host
        with socket.create_connection((host, port), timeout=_SECONDS) as line:
            sent_ns = time.monotonic_ns()
            line.sendall(f"OPTIONS rtsp://{named}:{port}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
            return Options(_head(line), sent_ns, time.monotonic_ns())
    except (OSError, ValueError):
        return None


def _head(line: socket.socket) -> str:
    said = b""
    while _END not in said and len(said) < _LONGEST_ANSWER:
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            break
        said += part
    return said.decode("latin-1")
