"""The process that speaks to the city: sends the spool, reports every few seconds, and fetches what the server decides.

Sender and reporter are threads, so that a slow upload never delays a heartbeat; each has a connection and a ledger of
its own. Beside them others read clocks and show the box's page, which would take much memory as processes (ADR 0037).
"""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import structlog

from infra import logs
from infra.manifest import instant
from infra.timeline import Timeline
from workers.edge import configuration
from workers.edge.api import Api, Refused, Unavailable
from workers.edge.children import Stop
from workers.edge.clocks.readings import SERVER, Readings, between, moment
from workers.edge.clocks.timekeeper import Timekeeper
from workers.edge.configuration import Config, Watched
from workers.edge.gaps.reports import GapReports, unsigned
from workers.edge.home import Home
from workers.edge.index_faults import exit_code
from workers.edge.ledger import CameraState, Ledger, State
from workers.edge.local_page.server import show
from workers.edge.outbox import BATCH, Outbox
from workers.edge.picture import kept as pictures
from workers.edge.sending.refused import left_behind
from workers.edge.sending.rules import AT_ONCE, Sending, SendingRules
from workers.edge.spool import Spool
from workers.edge.standing import Standing
from workers.edge.status import SIGNED_GAPS, camera_clock, disk_of, sending_now, status_of
from workers.edge.undated.boots import Boots
from workers.edge.undated.standing import never_dated, state_now
from workers.edge.understood import understood
from workers.edge.waiting import Clock, Pause, contact_pause, first_wait, sending_pause

log = structlog.get_logger(__name__)

CONFIG_SECONDS = 60.0
# A receipt only frees the disk, so with a segment of some camera every few seconds several are asked for at once.
_ASK_SECONDS, _ASK_AGAIN_SECONDS = 4.0, 15.0
_IDLE_SECONDS = 1.0
_FIRST_HEARTBEAT_SECONDS = 1.0
_GAPS = 200


class Sender:
    """Sends the spool until stopped, as the server's rules say; when nothing goes, tries again within half a minute."""

    def __init__(self, home: Home, api: Api, stop: Callable[[], bool], *, standing: Standing, clock: Clock) -> None:
        self._home, self._api, self._stop, self._standing, self._clock = home, api, stop, standing, clock
        self._config, self._said = Watched(home), Sending.OPEN
        self._pause = sending_pause()
        self._receipts, self._ask_at = Pause(first=_ASK_SECONDS, longest=_ASK_AGAIN_SECONDS), 0.0
        self._ledger = Ledger(home.ledger)
        self._has_dropped = False
        self._outbox = Outbox(
            api,
            self._ledger,
            Spool(home, home.identity(), home.device_key(), self._ledger),
            stopped=self._must_not_send,
            clock=clock,
        )

    def run(self) -> None:
        """One pass after another; when store or server are down, with growing pauses between them."""
        if self._ledger.count(State.SPOOLED) > BATCH:  # so does every box of the district whose power came back
            self._clock.rest(first_wait(), self._stop)
        while not self._stop():
            try:
                wait = 0.0 if not self._must_not_send() and self._pass() else _IDLE_SECONDS
                self._pause.reset()
            except (Unavailable, Refused, OSError) as error:  # the line, or the disk
                if isinstance(error, Refused):
                    self._standing.refused(error, self._ledger)
                wait = self._pause.take(ordered=getattr(error, "retry_after", 0.0))
                log.warning("cannot send now", reason=str(error), again_in_seconds=round(wait, 1))
            self._clock.rest(wait, self._stop)
        self._ledger.close()

    def _must_not_send(self) -> bool:
        return self._stop() or self._standing.is_revoked()

    def _pass(self) -> bool:
        """Send a batch, and ask for receipts when it is time; whether anything moved."""
        config = self._config.now()
        rules = config.sending if config is not None else AT_ONCE
        self._api.pace.bytes_per_second = rules.bytes_per_second
        if not self._has_dropped:
            self._outbox.drop_leftovers()
            self._has_dropped = True
        sent = self._outbox.send_some(rules, in_bulk=self._sends_in_bulk(rules))
        if sent:
            self._receipts.reset()
        if self._clock.now() < self._ask_at:
            return bool(sent)
        dropped = self._outbox.collect_receipts()
        if dropped:
            self._receipts.reset()
        self._ask_at = self._clock.now() + self._receipts.take()
        return bool(sent or dropped)

    def _sends_in_bulk(self, rules: SendingRules) -> bool:
        said = sending_now(self._home, self._ledger, rules)
        if said is not self._said:
            log.warning("sending in bulk", now=said)
            self._said = said
        return said is not Sending.WAITS


class Reporter:
    """Heartbeats and config."""

    def __init__(self, home: Home, api: Api, stop: Callable[[], bool], *, standing: Standing, clock: Clock) -> None:
        self._home, self._api, self._stop, self._clock = home, api, stop, clock
        self._standing, self._instance = standing, uuid4()
        self._ledger = Ledger(home.ledger)
        self._config = Watched(home)
        self._gaps = GapReports(api, self._ledger, home.identity(), home.device_key())
        self._readings = Readings(self._ledger)
        self._boots = Boots(self._ledger, self._readings, self._config.now)
        self._asked_at: float | None = None
        self._pause = contact_pause()

    def run(self) -> None:
        """Report until stopped, and once more then. Whoever has been set up before waits a little before the first."""
        if self._config.now() is not None:
            self._clock.rest(first_wait(), self._stop)
        while not self._stop():
            self._clock.rest(self._turn(), self._stop)
        config = self._config.now()
        if config is not None:
            with suppress(Unavailable):
                self._report(config)
        self._ledger.close()

    def _turn(self) -> float:
        """Ask and report once; how many seconds to wait then."""
        try:
            config = self._newest_config()
            if config is not None:
                self._report(config)
        except Unavailable as error:
            log.warning("no contact with the server", reason=str(error))
            return self._pause.take(ordered=error.retry_after)
        self._pause.reset()
        return config.heartbeat_seconds if config is not None else _FIRST_HEARTBEAT_SECONDS

    def _newest_config(self) -> Config | None:
        """The server's config, asked for once a minute, or at once while today's key is missing; else the kept one.

        Raises `Unavailable`.
        """
        held = self._config.now()
        lacking = held is None or not held.has_key(instant(self._readings.now_us()))
        if self._asked_at is not None and self._clock.now() - self._asked_at < CONFIG_SECONDS and not lacking:
            return held
        try:
            sent_ns = moment()
            document = self._api.get("/config")
            self._learn_offset(sent_ns, int(document["now_us"]))
            held = configuration.keep(self._home, document)
            self._asked_at = self._clock.now()
            self._standing.welcomed(self._ledger, at_us=self._readings.now_us())
        except Refused as error:
            self._standing.refused(error, self._ledger)
            log.warning("the server refuses this box", code=error.code, reason=str(error))
        except (KeyError, ValueError, TypeError, OSError) as error:
            log.warning("no config from the server", reason=str(error), kept=held is not None)
        return held

    def _report(self, config: Config) -> None:
        signs = SIGNED_GAPS in config.accepts
        gaps = [] if signs else self._ledger.unreported_gaps(limit=_GAPS)
        offset_us = self._readings.machine_lacks_us()
        self._boots.end_earlier()
        never = never_dated(self._ledger, self._boots)
        document = {
            "instance": str(self._instance),
            "key_kinds": list(configuration.KEY_KINDS),
            "clock_offset_ms": offset_us // 1000 if offset_us is not None else None,
            "cameras": [
                {
                    "camera_id": str(camera_id),
                    **status_of(*self._judged(camera_id, config)),
                    "picture": pictures.health(self._home, camera_id),
                    "undated": never[camera_id].document() if camera_id in never else None,
                    "clock": camera_clock(self._readings, camera_id),
                }
                for camera_id in config.cameras
            ],
            "gaps": unsigned([gap for gap in gaps if gap.camera_id in config.cameras]),
            "disk": disk_of(self._home, self._ledger, config.sending),
            "refused": left_behind(self._ledger).document(),
        }
        try:
            sent_ns = moment()
            answer = self._api.post("/heartbeats", understood(document, config.accepts))
            self._learn_offset(sent_ns, int(answer["now_us"]))
            self._ledger.mark_reported(gaps)
            self._standing.welcomed(self._ledger, at_us=self._readings.now_us())
            self._gaps.send(config)
        except (Refused, OSError) as error:
            if isinstance(error, Refused):
                self._standing.refused(error, self._ledger)
            log.warning("cannot report now", reason=str(error))

    def _judged(self, camera_id: UUID, config: Config) -> tuple[CameraState, Config, int]:
        state, now_us = state_now(self._home, self._ledger, self._boots, camera_id)
        return state, config, now_us

    def _learn_offset(self, sent_ns: int, server_us: int) -> None:
        """The server's time at the middle of the request: a reference, and what proofs are dated by."""
        reading = between(sent_ns, server_us, moment())
        self._readings.keep(SERVER, reading)
        self._api.clock_offset_us = server_us - Timeline.machine_at(reading.monotonic_ns)


def main(folder: str) -> None:
    """What the process does; only the supervisor starts it."""
    stop = Stop()
    logs.configure(process="edge-uploader")
    home = Home(Path(folder))
    identity, key, clock, standing = home.identity(), home.device_key(), Clock(), Standing()
    sending, reporting = (Api(identity, key) for _ in range(2))
    failed: list[int] = []

    def guarded(run: Callable[[], None]) -> None:
        try:
            run()
        except Exception as error:
            log.exception("a thread of the uploader ended, the process starts anew")
            failed.append(exit_code(error))
            stop.ask()

    beside: dict[str, Callable[[], None]] = {
        "sender": lambda: Sender(home, sending, stop, standing=standing, clock=clock).run(),
        "timekeeper": lambda: Timekeeper(home, stop, clock=clock).run(),
        "page": lambda: show(home, stop),
    }
    threads = [threading.Thread(target=guarded, args=(run,), name=name) for name, run in beside.items()]
    for thread in threads:
        thread.start()
    guarded(lambda: Reporter(home, reporting, stop, standing=standing, clock=clock).run())
    for thread in threads:
        thread.join()
    sys.exit(max(failed, default=0))
