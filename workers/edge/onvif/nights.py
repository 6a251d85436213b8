"""The process that looks at every camera's settings at night, and tells the server.

Between two and four o'clock in Taipei, each box at its own minute, when nobody needs the camera's second connection. It
is started then, and ends when the server has heard.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from infra import logs
from infra.camera_profiles import Measured
from infra.clock import now
from infra.manifest import microseconds
from infra.stream_addresses import CLIP
from infra.streams import StreamFault
from workers.edge.api import Api, Refused, Unavailable
from workers.edge.children import Stop
from workers.edge.configuration import CameraRules, Watched
from workers.edge.home import Home
from workers.edge.masked import Masked
from workers.edge.onvif.measuring import measure
from workers.edge.onvif.night_times import next_night, note_looked
from workers.edge.places import is_prohibited
from workers.edge.sealing import CannotOpen
from workers.edge.waiting import Clock, Pause
from workers.edge.watching import Length

log = structlog.get_logger(__name__)

_LONGEST_PAUSE_SECONDS = 900.0


def look(home: Home, camera: CameraRules, length: Length = Length()) -> Measured | None:  # noqa: B008 - it is frozen
    """One camera, measured; None where it cannot be, of which the recording's own fault tells."""
    try:
        address = home.stream_of(camera.camera_id)
        if not address or address.startswith(CLIP) or is_prohibited(camera):
            return None
        return measure(address, home.onvif_of(camera.camera_id), length)
    except (StreamFault, CannotOpen) as error:
        log.warning("camera not measured", camera_id=str(camera.camera_id), reason=str(error))
        return None


def told(camera: CameraRules, measured: Measured) -> dict[str, object]:
    """A measurement as the server takes it, which has always been told here how far the camera's clock is ahead."""
    offset_ms = measured.clock_offset_ms
    ahead = {"clock_offset_ms": -offset_ms if offset_ms is not None else None}
    return {"camera_id": str(camera.camera_id), "measured_us": microseconds(now()), **vars(measured), **ahead}


class Nights:
    """Looks once; what the server did not take is offered again until the next night."""

    def __init__(self, home: Home, api: Api, stop: Callable[[], bool], *, clock: Clock) -> None:
        self._home, self._api, self._stop, self._clock = home, api, stop, clock
        self._config, self._masked = Watched(home), Masked(home)

    def once(self, *, until: datetime) -> None:
        """Look at all cameras, one after the other, and tell the server."""
        config = self._config.now()
        found = []
        for camera in config.cameras.values() if config is not None else ():
            measured = None if self._stop() else look(self._home, camera)
            if measured is not None:
                self._note_masks(camera, measured)
                found.append(told(camera, measured))
        pause = Pause(first=5.0, longest=_LONGEST_PAUSE_SECONDS)
        while not self._stop() and now() < until:
            if not found or self._is_told(found):
                self._note()
                return
            self._clock.rest(pause.take(), self._stop)

    def _note(self) -> None:
        try:
            note_looked(self._home)
        except OSError:
            log.exception("disk does not take that it was looked")

    def _note_masks(self, camera: CameraRules, measured: Measured) -> None:
        """One that needs a mask and shows fewer than it had is not recorded from now on (`workers.edge.masked`)."""
        address = self._home.addresses().get(camera.camera_id)
        if address is None or measured.masks is None:
            return
        try:
            self._masked.saw(camera.camera_id, address, measured.masks)
        except OSError:
            log.exception("disk does not take what masks there are", camera_id=str(camera.camera_id))
        if self._masked.lacks(camera, address):
            log.error("privacy masks are off, the camera is not recorded", camera_id=str(camera.camera_id))

    def _is_told(self, found: list[dict[str, object]]) -> bool:
        """Whether the server has an answer for them, if only that it is too old for them."""
        try:
            self._api.post("/checks", {"items": found})
        except Refused as error:
            log.warning("checks are refused", reason=str(error))
        except Unavailable as error:
            log.warning("cannot tell of checks now", reason=str(error))
            return False
        return True


def main(folder: str) -> None:
    """What the process does; only the supervisor starts it, when it is time."""
    stop = Stop()
    logs.configure(process="edge-nights")
    home = Home(Path(folder))
    identity = home.identity()
    # Its longest pause before, so that it does not still wait when it is time again.
    until = next_night(now(), identity.device_id) - timedelta(seconds=2 * _LONGEST_PAUSE_SECONDS)
    Nights(home, Api(identity, home.device_key()), stop, clock=Clock()).once(until=until)
