"""Whether something listens where a service should be: a connection and no word, so that nothing is sent or counted."""

import socket
from urllib.parse import urlsplit

_SECONDS = 5.0
_PORTS = {"http": 80, "https": 443, "smtp": 25, "smtp+starttls": 587, "smtps": 465}


def listens(url: str, *, seconds: float = _SECONDS) -> bool | None:
    """Whether a connection to the address is taken; None where it names no server, or there is none."""
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme)
    if parts.hostname is None or port is None:
        return None
    try:
        with socket.create_connection((parts.hostname, port), timeout=seconds):
            return True
    except OSError:
        return False
