"""When a box looks at its cameras' settings, apart from how: the supervisor asks, whose memory every camera shares."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID

from infra.clock import TAIPEI, now

_FIRST = time(2, 0)
_SPREAD_SECONDS = 2 * 60 * 60


def next_night(after: datetime, device_id: UUID) -> datetime:
    """When this box looks next: its own second of the two hours, which no other box need share."""
    own = timedelta(seconds=device_id.int % _SPREAD_SECONDS)
    local = after.astimezone(TAIPEI)
    tonight = datetime.combine(local.date(), _FIRST, tzinfo=TAIPEI) + own
    return tonight if tonight > after else tonight + timedelta(days=1)


class Nightly:
    """True once a night. By the wall clock, looked at anew each time, so that a step of it costs no night."""

    def __init__(self, device_id: UUID, *, wall: Callable[[], datetime] = now) -> None:
        self._device, self._wall = device_id, wall
        self._due = next_night(wall(), device_id)

    def __call__(self) -> bool:
        """Whether it is time."""
        at = self._wall()
        if at < self._due:
            return False
        self._due = next_night(at, self._device)
        return True
