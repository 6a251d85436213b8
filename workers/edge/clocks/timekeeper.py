"""The thread that asks time servers and cameras for their time, every few minutes, and never waits for the city."""

from collections.abc import Callable
from uuid import UUID

import structlog

from infra import sntp
from infra.stream_addresses import host_of
from workers.edge import configuration
from workers.edge.clocks.camera_dates import read_date
from workers.edge.clocks.readings import CameraClock, Reading, Readings, moment
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.onvif.camera import OnvifCamera
from workers.edge.onvif.soap import CameraFault
from workers.edge.waiting import Clock

log = structlog.get_logger(__name__)

EVERY_SECONDS = 300.0
_FIRST_SECONDS = 10.0


class Timekeeper:
    """Reads every clock that the box knows of."""

    def __init__(self, home: Home, stop: Callable[[], bool], *, clock: Clock) -> None:
        self._home, self._stop, self._clock = home, stop, clock
        self._ledger = Ledger(home.ledger)
        self._readings = Readings(self._ledger)
        self._false: frozenset[str] = frozenset()

    def run(self) -> None:
        """Until stopped; again soon for as long as nobody told the time in this boot."""
        while not self._stop():
            try:
                self.look()
            except OSError:
                log.exception("index does not take what the clocks showed")
            known = self._readings.agreed(moment()) is not None
            self._clock.rest(EVERY_SECONDS if known else _FIRST_SECONDS, self._stop)
        self._ledger.close()

    def look(self) -> None:
        """Ask each time server and each camera once. What one does not answer holds up no other for long."""
        config = configuration.load(self._home)
        for server in config.time_servers if config is not None else ():
            self._ask(server)
        self._tell_false()
        for camera_id, address in self._home.addresses().items():
            found = (read_date(address) or self._by_onvif(camera_id, address)) if not self._stop() else None
            if found is not None:
                CameraClock(self._readings, camera_id).keep(found)

    def _by_onvif(self, camera_id: UUID, address: str) -> Reading | None:
        """What a camera shows that writes no date over its answers; no password is sent."""
        onvif = self._home.onvif_of(camera_id)
        if not onvif or host_of(onvif) != host_of(address):
            return None
        try:
            return OnvifCamera(onvif, None).clock()
        except CameraFault:
            return None

    def _ask(self, server: str) -> None:
        try:
            said = sntp.ask(server)
        except sntp.NoTime as error:
            log.info("time server does not say", reason=str(error))
            return
        self._readings.keep_ntp(server, Reading(said.monotonic_ns, said.shown_us, said.bound_us))

    def _tell_false(self) -> None:
        agreed = self._readings.agreed(moment())
        false = agreed.false if agreed is not None else frozenset()
        if false - self._false:
            log.warning("clocks that contradict the others are not believed", clocks=sorted(false))
        self._false = false
