"""When a box looks at its cameras' settings, apart from how: the supervisor asks, whose memory every camera shares."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID

from infra.clock import TAIPEI, now
from workers.edge.home import Home, write_durably

_FIRST = time(2, 0)
_SPREAD_SECONDS = 2 * 60 * 60
_SOON, _SOON_SPREAD_SECONDS = timedelta(minutes=10), 20 * 60
_LOOKED = "looked"


def next_night(after: datetime, device_id: UUID) -> datetime:
    """When this box looks next: its own second of the two hours, which no other box need share."""
    own = timedelta(seconds=device_id.int % _SPREAD_SECONDS)
    local = after.astimezone(TAIPEI)
    tonight = datetime.combine(local.date(), _FIRST, tzinfo=TAIPEI) + own
    return tonight if tonight > after else tonight + timedelta(days=1)


def note_looked(home: Home) -> None:
    """The server has heard of this night's look."""
    write_durably(home.folder / _LOOKED, now().isoformat().encode())


def looked_at(home: Home) -> datetime | None:
    """When it heard of one last; None where it never did, or nobody can read it."""
    try:
        return datetime.fromisoformat((home.folder / _LOOKED).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


class Nightly:
    """True once a night. By the wall clock, looked at anew each time, so that a step of it costs no night.

    A box that was off, or without its server, in the night before looks soon after its start instead, at a time of its
    own within half an hour: the power comes back to a whole district at once.
    """

    def __init__(self, device_id: UUID, last: datetime | None, *, wall: Callable[[], datetime] = now) -> None:
        self._device, self._wall = device_id, wall
        at = wall()
        self._due = next_night(at, device_id)
        before = self._due - timedelta(days=1)
        if last is None or not before <= last <= at:
            self._due = min(self._due, at + _SOON + timedelta(seconds=device_id.int % _SOON_SPREAD_SECONDS))

    def __call__(self) -> bool:
        """Whether it is time."""
        at = self._wall()
        if at < self._due:
            return False
        self._due = next_night(at, self._device)
        return True
