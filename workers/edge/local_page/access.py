"""Who may see the page from another machine: whoever typed the code, for half a day in that browser."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from enum import Enum

from workers.edge.local_page.settings import PageSettings

SESSION_SECONDS = 12 * 3600
WINDOW_SECONDS = 900
TRIES_PER_ADDRESS, TRIES_IN_ALL = 5, 30
_MOST_SESSIONS = 100


class Answer(Enum):
    """What became of a code."""

    OPENED = "opened"
    WRONG = "wrong"
    TOO_MANY = "too_many"


class Door:
    """Codes that were tried, and the sessions that right ones began. In memory: a restart asks for the code again."""

    def __init__(self, settings: PageSettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._tried: list[tuple[float, str]] = []
        self._sessions: dict[str, float] = {}
        self._lock = threading.Lock()

    @property
    def is_guarded(self) -> bool:
        """Whether a code is needed at all."""
        return bool(self._settings.code_hash)

    def admits(self, session: str) -> bool:
        """Whether this browser may look."""
        with self._lock:
            return not self.is_guarded or self._sessions.get(_digest(session), 0.0) > self._clock()

    def knock(self, code: str, *, address: str) -> tuple[Answer, str]:
        """Try a code; the session that it began. A try counts before it is compared, so many at once gain nothing."""
        with self._lock:
            now = self._clock()
            self._tried = [one for one in self._tried if now - one[0] < WINDOW_SECONDS]
            own = sum(address == each for _at, each in self._tried)
            if own >= TRIES_PER_ADDRESS or len(self._tried) >= TRIES_IN_ALL:
                return Answer.TOO_MANY, ""
            self._tried.append((now, address))
        if not self._settings.opens(code):
            return Answer.WRONG, ""
        return Answer.OPENED, self._begin(address)

    def _begin(self, address: str) -> str:
        session = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._tried = [one for one in self._tried if one[1] != address]
            living = {key: until for key, until in self._sessions.items() if until > now}
            self._sessions = dict(list(living.items())[-_MOST_SESSIONS + 1 :])
            self._sessions[_digest(session)] = now + SESSION_SECONDS
        return session


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
