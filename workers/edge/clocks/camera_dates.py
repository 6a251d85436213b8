"""What a camera's clock shows, by the `Date` that it writes over each RTSP answer (RFC 2326, 12.18): to a second."""

import socket
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from infra.manifest import microseconds
from workers.edge.clocks.readings import Reading, between

_PORT = 554
_SECONDS = 3.0
_SECOND_US = 1_000_000
_LONGEST_ANSWER = 4096


def read_date(address: str) -> Reading | None:
    """What the camera's clock showed just now; None when it cannot be asked or does not say. No password is sent."""
    parts = urlsplit(address)
    if parts.scheme != "rtsp" or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    asked = f"OPTIONS rtsp://{host}:{parts.port or _PORT}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    try:
        with socket.create_connection((parts.hostname, parts.port or _PORT), timeout=_SECONDS) as line:
            sent_ns = time.monotonic_ns()
            line.sendall(asked.encode())
            said = _head(line)
            got_ns = time.monotonic_ns()
        date = next(text for text in said.split("\r\n") if text.lower().startswith("date:"))
        shown = parsedate_to_datetime(date.partition(":")[2].strip())
        return between(sent_ns, microseconds(shown), got_ns, coarse_us=_SECOND_US)
    except (OSError, ValueError, OverflowError, StopIteration):
        return None


def _head(line: socket.socket) -> str:
    said = b""
    while b"\r\n\r\n" not in said and len(said) < _LONGEST_ANSWER:
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            break
        said += part
    return said.decode("latin-1")
