"""Connections to the store that are given up when they are silent, never because they are slow.

The client library gives one piece of a body no longer than a connection may take to open, and the answer 30 seconds,
in which all that the kernel still holds has to arrive as well: over 64 kbit/s no segment ever did. Nor is the rest of
one asked for after a cut: a segment is a minute, and is put again from its beginning (ADR 0072).
"""

import socket
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

from workers.edge.sending.pace import BLOCK_BYTES

CONNECT_SECONDS = 5.0
# A line that loses this much time is back more often than not, and to begin again costs more.
SILENT_SECONDS = 60.0
# Beside silence it has to cover what is still under way in modems and routers.
ANSWER_SECONDS = 120.0
# What may lie in the kernel and not be under way: what it says is sent is then nearly so.
_NOT_SENT = (socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, BLOCK_BYTES)


def store_lines() -> PoolManager:
    """A client for the store, with connections of this kind."""
    pools = PoolManager(
        timeout=Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
        retries=False,
        blocksize=BLOCK_BYTES,
        socket_options=[*HTTPConnection.default_socket_options, _NOT_SENT],
    )
    pools.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return pools


class _Patient:
    """A connection on which each piece, and not the body, has its time."""

    sock: Any

    def send(self, data: Any) -> None:  # noqa: ANN401 - as the library has it
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        self.sock.settimeout(SILENT_SECONDS)
        super().send(data)  # type: ignore[misc]


class _Connection(_Patient, HTTPConnection):
    pass


class _TlsConnection(_Patient, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
