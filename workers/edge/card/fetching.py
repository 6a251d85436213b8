"""The process that fills gaps from cameras' own cards: it is started when one is due, looks once, and ends.

One camera and one replay at a time, slower than the line could, and only while there is room on the disk. A kill at
any instant costs nothing: what was cut off is mended up to its last mark, and how far a gap was fetched is kept in one
transaction with each segment.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from infra import logs
from infra.causes import GapCause
from infra.clock import now
from infra.manifest import instant, microseconds
from infra.recording import Limits, record
from infra.streams import StreamFault, open_stream
from infra.timeline import Timeline
from workers.edge import configuration
from workers.edge.card.asking import Card, ask
from workers.edge.card.holes import Hole, Holes
from workers.edge.card.relay import MOST_BYTES_PER_SECOND, End, Relay, Span
from workers.edge.card.replaying import Replay
from workers.edge.card.segments import Recovered
from workers.edge.children import Stop
from workers.edge.clocks.readings import Readings
from workers.edge.configuration import Config
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.masked import Masked
from workers.edge.onvif.soap import CameraFault, Fault
from workers.edge.places import is_prohibited
from workers.edge.room import measure
from workers.edge.sealing import CannotOpen
from workers.edge.spool import NoDayKey, Spool

log = structlog.get_logger(__name__)

_MICROSECOND = 1_000_000
_NANOSECONDS_PER_MICROSECOND = 1000
_LOOK_AT_DISK_SECONDS = 5.0
# A replay that ends so near to the end of the span has given what there was.
_NEAR_US = 2_000_000
_NICER = 10
_TRIES_TO_FIND = 2


class Fetcher:
    """One look at everything that is due."""

    def __init__(
        self, home: Home, stop: Callable[[], bool], *, most_bytes_per_second: int = MOST_BYTES_PER_SECOND
    ) -> None:
        self._home, self._asked_to_stop, self._most = home, stop, most_bytes_per_second
        self._ledger = Ledger(home.ledger)
        self._holes, self._readings = Holes(self._ledger), Readings(self._ledger)
        self._spool = Spool(home, home.identity(), home.device_key(), self._ledger, of_card=True)
        self._looked, self._is_full = time.monotonic(), False

    def run(self) -> None:
        """Fetch what is due. No fault of a camera ends it; what cannot be fetched now is due again later."""
        config, speaking = configuration.load(self._home), self._home.speaking_onvif()
        since_us = config.sealed_from_us if config is not None else None
        if config is not None and since_us is not None:
            for hole in self._holes.due(microseconds(now()), since_us=since_us):
                if hole.camera_id in speaking and not self._stop():
                    self._fill(hole, config)
        self._ledger.close()

    def _fill(self, hole: Hole, config: Config) -> None:
        """Put off before it is tried: what this process dies of is not tried again at once."""
        self._holes.put_off(hole, microseconds(now()))
        try:
            if self._fetch(hole, config):
                self._holes.close(hole)
        except CameraFault as fault:
            log.info("card cannot be asked", camera_id=str(hole.camera_id), fault=fault.fault)
            if fault.fault is Fault.NOT_OFFERED:
                self._holes.leave_for_a_day(hole, microseconds(now()))
        except (StreamFault, CannotOpen, NoDayKey) as fault:
            log.warning("card cannot be read", camera_id=str(hole.camera_id), reason=str(fault))
        except OSError:
            log.exception("spool does not take what the card gives")

    def _fetch(self, hole: Hole, config: Config) -> bool:
        """Whether nothing more is to be had: all came that the card holds, or none of it may be kept."""
        camera = config.cameras.get(hole.camera_id)
        if camera is None or is_prohibited(camera):
            return True
        if Masked(self._home).lacks(camera, self._home.stream_of(hole.camera_id)):
            return False
        self._spool.recover(hole.camera_id)
        card = ask(self._home, self._readings, hole)
        # A recording that still runs may be told of a little late.
        is_whole = bool(card.addresses) or hole.tries >= _TRIES_TO_FIND
        for address in card.addresses:
            rest = replace(hole, from_us=max(hole.from_us, self._holes.fetched_us(hole)))
            if rest.from_us < rest.until_us:
                is_whole &= self._play(address, rest, card, config)
        return is_whole

    def _play(self, address: str, hole: Hole, card: Card, config: Config) -> bool:
        """Record one replay of a hole; whether it gave all that it had."""
        offset_us = card.time.offset_us
        asked = Span(hole.from_us - offset_us, hole.until_us - offset_us)
        relay = Relay(address, asked, most_bytes_per_second=self._most)
        with relay.running(), open_stream(relay.address, audio=False) as stream:
            self._refuse_unapproved(stream.video.codec_context, hole, config)
            replay = Replay(stream, relay.moments, offset_us=offset_us, from_us=hole.from_us, until_us=hole.until_us)
            with suppress(StreamFault):  # how far it came says the rest
                while not self._stop() and replay.goes_on():
                    self._record(replay, hole, card, config)
        log.info("card was read", camera_id=str(hole.camera_id), up_to=instant(replay.reached_us).isoformat())
        return not self._stop() and (relay.end is End.WHOLE or replay.reached_us >= hole.until_us - _NEAR_US)

    def _record(self, replay: Replay, hole: Hole, card: Card, config: Config) -> None:
        """Record one piece, during which the card recorded without a pause."""

        def begin(started_us: int) -> Recovered:
            segment = self._spool.begin(hole.camera_id, started_us, config.every_day)
            return Recovered(segment, card.time, hole.until_us, ended=replay.leave_out_before)

        length_us = config.segment_seconds * _MICROSECOND
        limits = Limits(segment_seconds=config.segment_seconds, phase_us=hole.camera_id.int % length_us)
        floor_us = replay.floor_us
        # Moments of the camera stand in for the box's clock: "monotonic" is when a picture was taken.
        base_ns = floor_us * _NANOSECONDS_PER_MICROSECOND
        timeline = Timeline(wall_us=floor_us, monotonic_ns=base_ns, not_before_us=floor_us)
        with suppress(StreamFault):
            for _kept in record(replay.piece(), limits=limits, timeline=timeline, stopped=self._stop, begin=begin):
                pass

    def _refuse_unapproved(self, picture: Any, hole: Hole, config: Config) -> None:  # noqa: ANN401 - PyAV has no types
        """Raise `StreamFault` for a picture that is larger than the school approved."""
        approved = config.cameras[hole.camera_id].approved
        if approved is not None and (picture.width > approved.width or picture.height > approved.height):
            raise StreamFault(GapCause.NOT_A_CAMERA, "the card holds a larger picture than was approved")

    def _stop(self) -> bool:
        """Whether to end: we were asked to, or what the disk still takes is the live pictures'."""
        here = time.monotonic()
        if here - self._looked > _LOOK_AT_DISK_SECONDS:
            self._looked, self._is_full = here, not measure(self._home, self._ledger).may_begin
        return self._is_full or self._asked_to_stop()


def main(folder: str) -> None:
    """What the process does; only the supervisor starts it."""
    stop = Stop()
    logs.configure(process="edge-card")
    os.nice(_NICER)
    Fetcher(Home(Path(folder)), stop).run()
