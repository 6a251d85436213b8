"""What ends a connection that records: a stop, another word of the server or of the installer, or a spoilt disk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from infra.causes import GapCause
from workers.edge.configuration import Config, Watched
from workers.edge.home import Home
from workers.edge.sealing import CannotOpen
from workers.edge.signs import changed_ns
from workers.edge.waiting import Clock

_LOOK_SECONDS, _LOOK_AT_DISK_SECONDS = 1.0, 2.0


@dataclass(frozen=True)
class Opened:
    """A connection as it was opened: by which config, of which camera, at which address, its password included."""

    config: Config
    camera_id: UUID
    address: str = field(repr=False)


class Elsewhere:
    """Whether a camera was given another address or password. What nobody can read now changes nothing yet."""

    def __init__(self, home: Home, camera_id: UUID, address: str) -> None:
        self._home, self._id, self._address = home, camera_id, address
        self._same_ns = -1

    def __call__(self) -> bool:
        """Whether it was; the file is read only when it changed."""
        written_ns = changed_ns(self._home.cameras)
        if written_ns == self._same_ns:
            return False
        try:
            address = self._home.stream_of(self._id)
        except (CannotOpen, OSError, ValueError, KeyError, TypeError):  # somebody is editing it
            return False
        if address == self._address:
            self._same_ns = written_ns
        return address not in {self._address, ""}


class StopOrChange:
    """True once the process is to stop, somebody changed what or where it is to record, or the disk is spoilt."""

    def __init__(
        self,
        stop: Callable[[], bool],
        watched: Watched,
        opened: Opened,
        *,
        spoilt: Callable[[], GapCause | None],
        clock: Clock,
    ) -> None:
        self._stop, self._watched, self._opened, self._spoilt, self._clock = stop, watched, opened, spoilt, clock
        self.spoilt_by: GapCause | None = None
        self._looked = self._looked_at_disk = clock.now()
        self._is_elsewhere = Elsewhere(watched.home, opened.camera_id, opened.address)

    def __call__(self) -> bool:
        """Whether to end this connection. Files are looked at once a second, not at every packet."""
        if self._stop():
            return True
        at = self._clock.now()
        if at - self._looked < _LOOK_SECONDS:
            return False
        self._looked = at
        if at - self._looked_at_disk > _LOOK_AT_DISK_SECONDS:
            self._looked_at_disk = at
            self.spoilt_by = self._spoilt()
            if self.spoilt_by is not None:
                return True
        newest = self._watched.now()
        return self._is_elsewhere() or (
            newest is not None and self._what_matters(newest) != self._what_matters(self._opened.config)
        )

    def _what_matters(self, config: Config) -> tuple[int, bool | None]:
        camera = config.cameras.get(self._opened.camera_id)
        return config.segment_seconds, camera.audio if camera is not None else None
