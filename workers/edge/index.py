"""The supervisor's own hold on the index: read through once, closed before a start, begun anew when it is broken."""

import sqlite3

import structlog

from workers.edge.aside import put_index_aside
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.waiting import Clock

log = structlog.get_logger(__name__)

# A disk that spoils whatever is written must not have all cameras stopped again and again for it.
_AGAIN_SECONDS = 60.0


class Index:
    """The index of one home."""

    def __init__(self, home: Home, clock: Clock) -> None:
        self._home, self._clock = home, clock
        self._ledger: Ledger | None = None
        self._is_read, self._anew_from = False, 0.0

    def open(self) -> Ledger:
        """The open index. Raises `OSError`, or `sqlite3.DatabaseError` for a broken one.

        All of it is read at first: a broken page that only one camera meets would have it end again and again.
        """
        if self._ledger is None:
            self._ledger = Ledger(self._home.ledger)
        if not self._is_read:
            if not self._ledger.is_whole():
                broken = sqlite3.DatabaseError("the pages of the index do not hold together")
                broken.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise broken
            self._is_read = True
        return self._ledger

    def leave(self) -> None:
        """Close it, if it is open."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def may_begin_anew(self) -> bool:
        """Whether the last time is not just now."""
        return self._clock.now() >= self._anew_from

    def begin_anew(self) -> Ledger:
        """Put the broken one aside. Nobody else may have it open."""
        self._anew_from = self._clock.now() + _AGAIN_SECONDS
        self.leave()
        put_index_aside(self._home)
        return self.open()
