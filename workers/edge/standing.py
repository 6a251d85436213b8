"""Whether the server still takes this box for a device. Withdrawn, it sends nothing and goes on recording (ADR 0039).

The threads of the uploader share one object, so that an upload under way ends as soon as a heartbeat was refused.
"""

import threading

from infra.clock import now
from infra.manifest import microseconds
from workers.edge.api import Refused
from workers.edge.ledger import CONTACT, Ledger

REVOKED_SINCE = "revoked_since_us"
REVOKED = "device_revoked"


class Standing:
    """What the server said last, also kept for whoever reads the ledger."""

    def __init__(self) -> None:
        self._revoked = threading.Event()

    def is_revoked(self) -> bool:
        """Whether nothing may leave the box."""
        return self._revoked.is_set()

    def refused(self, error: Refused, ledger: Ledger) -> None:
        """The server refused a request; only a withdrawal changes anything."""
        if error.code == REVOKED:
            if not revoked_since_us(ledger):
                ledger.keep_fact(REVOKED_SINCE, microseconds(now()))
            self._revoked.set()

    def welcomed(self, ledger: Ledger, *, at_us: int) -> None:
        """The server answered a request of this box at this time."""
        ledger.keep_fact(CONTACT, at_us)
        if revoked_since_us(ledger):
            ledger.keep_fact(REVOKED_SINCE, 0)
        self._revoked.clear()


def revoked_since_us(ledger: Ledger) -> int:
    """When the box first heard that it was withdrawn; 0 while it is not."""
    return ledger.fact(REVOKED_SINCE) or 0
