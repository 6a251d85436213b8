"""The process that speaks to the city: sends the spool, reports every few seconds, and fetches what the server decides.

Two threads, so that a slow upload never delays a heartbeat; each has a connection and a ledger of its own.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from infra import logs
from infra.manifest import instant
from infra.timeline import Timeline
from workers.edge import configuration
from workers.edge.api import Api, Refused, Unavailable
from workers.edge.children import Stop
from workers.edge.clocks.readings import SERVER, Readings, between, moment
from workers.edge.clocks.timekeeper import Timekeeper
from workers.edge.configuration import Config
from workers.edge.gaps.reports import GapReports, unsigned
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.outbox import Outbox
from workers.edge.spool import Spool
from workers.edge.status import SIGNED_GAPS, status_of
from workers.edge.waiting import Clock, Pause

log = structlog.get_logger(__name__)

CONFIG_SECONDS = 60.0
SEND_AGAIN_SECONDS = 30.0
_ASK_AGAIN_SECONDS = 15.0
_IDLE_SECONDS = 1.0
_FIRST_HEARTBEAT_SECONDS = 1.0
_GAPS = 200
CLOCK_OFFSET = "clock_offset_us"


class Sender:
    """Sends the spool until stopped. While nothing goes, it tries again at least every `SEND_AGAIN_SECONDS`."""

    def __init__(self, home: Home, api: Api, stop: Callable[[], bool], *, clock: Clock) -> None:
        self._stop, self._clock = stop, clock
        self._pause = Pause(first=1.0, longest=SEND_AGAIN_SECONDS)
        self._receipts, self._ask_at = Pause(first=1.0, longest=_ASK_AGAIN_SECONDS), 0.0
        self._ledger = Ledger(home.ledger)
        self._outbox = Outbox(
            api, self._ledger, Spool(home, home.identity(), home.device_key(), self._ledger), stopped=stop
        )

    def run(self) -> None:
        """One pass after another; when store or server are down, with growing pauses between them."""
        self._outbox.drop_leftovers()
        while not self._stop():
            try:
                wait = 0.0 if self._pass() else _IDLE_SECONDS
                self._pause.reset()
            except (Unavailable, Refused) as error:
                wait = self._pause.take()
                log.warning("cannot send now", reason=str(error), again_in_seconds=round(wait, 1))
            self._clock.rest(wait, self._stop)
        self._ledger.close()

    def _pass(self) -> bool:
        """Send a batch, and ask for receipts when it is time; whether anything moved."""
        sent = self._outbox.send_some()
        if sent:
            self._receipts.reset()
        if self._clock.now() < self._ask_at:
            return bool(sent)
        dropped = self._outbox.collect_receipts()
        if dropped:
            self._receipts.reset()
        self._ask_at = self._clock.now() + self._receipts.take()
        return bool(sent or dropped)


class Reporter:
    """Heartbeats and config."""

    def __init__(self, home: Home, api: Api, stop: Callable[[], bool], *, clock: Clock) -> None:
        self._home, self._api, self._stop, self._clock = home, api, stop, clock
        self._ledger = Ledger(home.ledger)
        self._gaps = GapReports(api, self._ledger, home.identity(), home.device_key())
        self._readings = Readings(self._ledger)
        self._asked_at: float | None = None

    def run(self) -> None:
        """Report until stopped, and once more then."""
        while not self._stop():
            config = self._newest_config()
            if config is not None:
                self._report(config)
            wait = config.heartbeat_seconds if config is not None else _FIRST_HEARTBEAT_SECONDS
            self._clock.rest(wait, self._stop)
        config = configuration.load(self._home)
        if config is not None:
            self._report(config)
        self._ledger.close()

    def _newest_config(self) -> Config | None:
        """The server's config, asked for once a minute, or at once while today's key is missing; else the kept one."""
        held = configuration.load(self._home)
        lacking = held is None or not held.has_key(instant(self._readings.best_us(moment())))
        if self._asked_at is not None and self._clock.now() - self._asked_at < CONFIG_SECONDS and not lacking:
            return held
        try:
            sent_ns = moment()
            document = self._api.get("/config")
            self._learn_offset(sent_ns, int(document["now_us"]))
            held = configuration.keep(self._home, document)
            self._asked_at = self._clock.now()
        except (Unavailable, Refused, KeyError, ValueError) as error:
            log.warning("no config from the server", reason=str(error), kept=held is not None)
        return held

    def _report(self, config: Config) -> None:
        signs = SIGNED_GAPS in config.accepts
        gaps = [] if signs else self._ledger.unreported_gaps(limit=_GAPS)
        offset_us, here_us = self._ledger.fact(CLOCK_OFFSET), self._readings.best_us(moment())
        document = {
            "clock_offset_ms": offset_us // 1000 if offset_us is not None else None,
            "cameras": [
                {
                    "camera_id": str(camera_id),
                    **status_of(self._ledger.state_of(camera_id), config, here_us),
                }
                for camera_id in config.cameras
            ],
            "gaps": unsigned([gap for gap in gaps if gap.camera_id in config.cameras]),
        }
        try:
            sent_ns = moment()
            answer = self._api.post("/heartbeats", document)
            self._learn_offset(sent_ns, int(answer["now_us"]))
            self._ledger.mark_reported(gaps)
            self._gaps.send(config)
        except (Unavailable, Refused) as error:
            log.warning("cannot report now", reason=str(error))

    def _learn_offset(self, sent_ns: int, server_us: int) -> None:
        """The server's time at the middle of the request: a reference, and what the machine's clock lacks to it."""
        reading = between(sent_ns, server_us, moment())
        self._readings.keep(SERVER, reading)
        offset_us = server_us - Timeline.machine_at(reading.monotonic_ns)
        self._api.clock_offset_us = offset_us
        self._ledger.keep_fact(CLOCK_OFFSET, offset_us)


def main(folder: str) -> None:
    """What the process does; only the supervisor starts it."""
    stop = Stop()
    logs.configure(process="edge-uploader")
    home = Home(Path(folder))
    identity, key, clock = home.identity(), home.device_key(), Clock()
    sending, reporting = (Api(identity, key) for _ in range(2))
    failed: list[str] = []

    def guarded(run: Callable[[], None]) -> None:
        try:
            run()
        except Exception:
            log.exception("a thread of the uploader ended, the process starts anew")
            failed.append(threading.current_thread().name)
            stop.ask()

    sender = threading.Thread(
        target=lambda: guarded(lambda: Sender(home, sending, stop, clock=clock).run()), name="sender"
    )
    timekeeper = threading.Thread(
        target=lambda: guarded(lambda: Timekeeper(home, stop, clock=clock).run()), name="timekeeper"
    )
    sender.start()
    timekeeper.start()
    guarded(lambda: Reporter(home, reporting, stop, clock=clock).run())
    sender.join()
    timekeeper.join()
    sys.exit(1 if failed else 0)
