"""The process that records one camera: connects, cuts, keeps, and connects again for as long as it is not stopped."""

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog

from infra import garbage, logs
from infra.bursts import in_bursts
from infra.causes import GapCause
from infra.clock import civil_day
from infra.gap_lines import Evidence
from infra.manifest import instant
from infra.recording import Limits, record
from infra.stillness import SUSPICIOUS_SECONDS, Stillness
from infra.stream_addresses import without_password
from infra.streams import Arrival, LiveStream, StreamFault, open_stream
from infra.timeline import Timeline
from workers.edge.children import Stop
from workers.edge.clocks.readings import Readings, moment
from workers.edge.configuration import Config, DayRules, Watched
from workers.edge.gaps.evidence import of_day, of_disk, of_fault
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.masked import Masked
from workers.edge.open_segments import OpenSegment
from workers.edge.picture.watching import Watcher
from workers.edge.room import bytes_left, measure
from workers.edge.sealing import CannotOpen
from workers.edge.signs import Signs, note_try
from workers.edge.spool import NoDayKey, Spool
from workers.edge.spool_mark import SpoolMissing
from workers.edge.stopping import Elsewhere, Opened, StopOrChange
from workers.edge.trying import Tries
from workers.edge.undated.boots import Boots
from workers.edge.undated.dating import Dating
from workers.edge.undated.while_recorded import DatedWhileRecorded
from workers.edge.waiting import Clock

log = structlog.get_logger(__name__)

_MICROSECOND = 1_000_000
# Sooner than anybody says of a camera that it stands still.
_SIGN_SECONDS = 20.0
# Buffers of a fragment are needed for a part of each second; smaller ones cost more to get anew than they take (0037).
_FRAGMENT_BYTES = 176 * 1024
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_NANOSECONDS_PER_MICROSECOND = 1000


class Camera:
    """One camera of this box."""

    def __init__(self, home: Home, camera_id: UUID, stop: Stop) -> None:
        self._home, self._id, self._stop = home, camera_id, stop
        self._ledger = Ledger(home.ledger)
        self._readings = Readings(self._ledger)
        self._spool = Spool(home, home.identity(), home.device_key(), self._ledger)
        self._config = Watched(home)
        self._boots = Boots(self._ledger, self._readings, self._config.now)
        self._dating = Dating(home, camera_id, self._ledger, self._spool, self._boots)
        self._tries, self._clock = Tries(), Clock()
        self._is_whole = False
        self._is_elsewhere: Callable[[], bool] = bool
        self._watcher, self._masked = Watcher(home, camera_id), Masked(home)

    def run(self) -> None:
        """Record until stopped. No fault of the camera, the stream or the disk ends it."""
        last_sign_us = Signs(self._home.spool / str(self._id)).moved_ns() // _NANOSECONDS_PER_MICROSECOND
        self._wake(last_sign_us)
        while not self._stop():
            cause = self._record_once()
            if cause is not None and not self._stop():
                self._fail(*cause)
                self._rest(self._tries.failed(*cause))
        self._fail(self._why_stopped(), {})
        self._ledger.close()

    def _rest(self, seconds: float) -> None:
        """Wait, or until somebody gives the camera another address or password.

        A login that was refused is not tried again because of another camera's. A long wait is none that hangs.
        """
        until = self._clock.now() + seconds
        while (left := until - self._clock.now()) > 0 and not self._stop():
            self._clock.rest(min(left, _SIGN_SECONDS), lambda: self._stop() or self._is_elsewhere())
            if self._is_elsewhere():
                self._tries.told_anew()
                return
            with suppress(OSError):  # the next try says so
                note_try(self._home.folder_of(self._id))

    def _record_once(self) -> tuple[GapCause, Evidence] | None:
        """One connection; why it ended and what tells so, None when it was stopped."""
        config, address = self._config.now(), ""
        self._is_elsewhere = bool  # until the address of this try is known
        try:
            if not self._is_whole:
                self._recover()
            note_try(self._home.folder_of(self._id))
            self._dating.sign_one(self._days())
            address = self._address()
            if config is None or not address or self._id not in config.cameras:
                return self._why_stopped(), {}
            refused = self._may_not(config, address)
            if refused is not None:
                return refused
            spoilt = self._record(address, config) if self._has_room() else GapCause.DISK_FULL
        except StreamFault as fault:
            log.warning("stream failed", cause=fault.cause, reason=str(fault), address=without_password(address))
            return fault.cause, of_fault(fault)
        except NoDayKey as error:
            log.error("no key for the day, nothing is kept", day=str(error))  # noqa: TRY400 - the day says it all
            return GapCause.NO_DAY_KEY, {"day": str(error)}
        except OSError as error:
            log.exception("spool does not take it")
            self._is_whole = False
            failed = GapCause.DISK_FULL if error.errno in _NO_ROOM else GapCause.SPOOL_FAILED
            return self._cannot_keep() or failed, of_disk(error)
        why = spoilt or (None if self._stop() else GapCause.SETTINGS_CHANGED)
        return (why, {}) if why is not None else None

    def _may_not(self, config: Config, address: str) -> tuple[GapCause, Evidence] | None:
        """Why nothing may be recorded there, or could be kept of it now; None when it may."""
        here = instant(self._readings.now_us())
        if self._masked.lacks(config.cameras[self._id], address):
            return GapCause.NO_MASK, {}
        if not config.has_key(here) and not (self._boots.is_lost() and config.days):
            return GapCause.NO_DAY_KEY, of_day(civil_day(here), len(config.days))
        return None

    def _has_room(self) -> bool:
        return measure(self._home, self._ledger).may_begin

    def _cannot_keep(self) -> GapCause | None:
        """Why the disk takes nothing more; None while it does, or says nothing of itself."""
        try:
            self._home.check_spool()
            return None if bytes_left(self._home, self._ledger) else GapCause.DISK_FULL
        except SpoolMissing as error:
            log.error("the spool is not there, nothing is written", reason=str(error))  # noqa: TRY400 - it says all
            return GapCause.SPOOL_MISSING
        except OSError:
            log.exception("disk says nothing")
            return None

    def _wake(self, last_sign_us: int) -> None:
        """Mend what was cut off, and say since when nothing was recorded, as far as the disk takes it."""
        with suppress(OSError):  # the first try says so
            self._recover()
        try:
            if not self._boots.is_lost():
                self._dating.believed.note()
            here_us = self._dating.believed.now_us()
            # A clock that went back makes no time in which something else could have been why; where the time is sure,
            # the files' own may be the wrong one.
            is_sure = self._readings.trusted(moment()) is not None
            at_us = here_us if is_sure else max(here_us, last_sign_us)
            at_us = self._before_cut_off(at_us)
            self._ledger.woke(self._id, at_us=at_us, last_sign_us=last_sign_us)
            self._dating.woke()
        except OSError:
            log.exception("index does not take since when nothing was recorded")

    def _why_stopped(self) -> GapCause:
        """Whether the server or the installer took the camera away, or the whole box stops."""
        config = self._config.now()
        if config is not None and self._id not in config.cameras:
            return GapCause.CAMERA_DISABLED
        if config is None or self._id not in self._home.addresses():
            return GapCause.NOT_CONFIGURED
        return GapCause.EDGE_STOPPED

    def _address(self) -> str:
        address = ""
        try:
            address = self._home.stream_of(self._id)
        except CannotOpen as error:
            raise StreamFault(GapCause.CAMERA_REFUSED, str(error)) from error
        finally:
            self._is_elsewhere = Elsewhere(self._home, self._id, address)
        return address

    def _recover(self) -> None:
        """Enter what was cut off, by a crash or by a disk that took no more.

        Raises `SpoolMissing`, or `OSError` while the disk is full: what were recorded before it is mended would be
        entered before it, with a gap over it. A file that cannot be mended otherwise keeps nobody from recording.
        """
        try:
            found = self._spool.recover(self._id) + self._dating.recover()
            self._dating.tell()
        except OSError as error:
            if isinstance(error, SpoolMissing) or error.errno in _NO_ROOM:
                raise
            log.exception("what was cut off cannot be mended now")
            return
        self._is_whole = True
        if found:
            log.warning("segments found again", count=found)

    def _record(self, address: str, config: Config) -> GapCause | None:
        """Record until it is to end; what spoilt the disk, if that was why."""
        rules = config.cameras[self._id]
        # Cuts of many cameras are spread over the minute, and with them encryption, disk and upload.
        length_us = config.segment_seconds * _MICROSECOND
        _until, key_interval_ms = self._ledger.recorded_until(self._id)
        limits = Limits(
            segment_seconds=config.segment_seconds,
            phase_us=self._id.int % length_us,
            key_frame_seconds=self._tries.key_frame_seconds(key_interval_ms),
        )
        timeline = self._timeline()
        if timeline.is_dated:
            self._dating.believed.note(timeline)
        with open_stream(address, audio=rules.audio) as stream:
            opened = Opened(config, self._id, address)
            ends = StopOrChange(self._stop, self._config, opened, spoilt=self._cannot_keep, clock=self._clock)
            looked = self._watcher.watched(replace(stream, arrivals=self._looked_at(stream, timeline)))
            begin = partial(self._begin, timeline)
            for _kept in record(looked, limits=limits, timeline=timeline, stopped=ends, begin=begin):
                self._tries.succeeded()
                here_ns = moment()
                if timeline.is_dated:
                    timeline.steer(here_ns, self._readings.best_us(here_ns))
        return ends.spoilt_by

    def _timeline(self) -> Timeline:
        """Where a connection begins: at the time, or while nobody knows it, at how long the machine runs."""
        if self._boots.is_lost():
            return Timeline.undated(moment())
        self._dating.tell()
        self._ledger.note_clock(self._id, self._readings.position_us())
        here_ns, told_us = moment(), self._ledger.told_until_us(self._id)
        return Timeline(wall_us=self._readings.best_us(here_ns), monotonic_ns=here_ns, not_before_us=told_us)

    def _looked_at(self, stream: LiveStream, timeline: Timeline) -> Iterator[Arrival]:
        """The same packets, and a word to the index when the picture stands still or moves again."""
        context = stream.video.codec_context
        stillness = Stillness(context.name, bytes(context.extradata or b""), seconds=SUSPICIOUS_SECONDS)
        self._ledger.note_frozen(self._id, None)
        dating = DatedWhileRecorded(self._dating, timeline, self._days)
        for arrival in in_bursts(stream.arrivals, stream.video.time_base):
            if stillness.see(arrival.packet, arrival.monotonic_ns):
                since_ns = stillness.since_ns
                said = since_ns is not None and timeline.is_dated
                self._ledger.note_frozen(self._id, timeline.at(since_ns) if said and since_ns is not None else None)
                log.warning("picture stands still" if since_ns is not None else "picture moves again")
            dating.go_on()
            yield arrival

    def _begin(self, timeline: Timeline, started_us: int) -> OpenSegment:
        days = self._days()
        if not timeline.is_dated:
            return self._dating.begin(days)
        begun = self._dating.begin_at(started_us, days)
        self._ledger.resume(self._id)
        return begun

    def _days(self) -> Mapping[date, DayRules]:
        config = self._config.now()
        return config.days if config is not None else {}

    def _fail(self, cause: GapCause, evidence: Evidence) -> None:
        """Say why; the next try says it again where the index did not take it."""
        try:
            if self._boots.is_lost():
                self._dating.fail(cause, evidence)
                return
            self._dating.tell()
            self._dating.believed.note()
            self._ledger.note_clock(self._id, self._readings.position_us())
            at_us = self._before_cut_off(self._dating.believed.now_us())
            self._ledger.fail(self._id, cause, at_us=at_us, evidence=evidence)
        except OSError:
            log.exception("index does not take why nothing is recorded", cause=cause)

    def _before_cut_off(self, at_us: int) -> int:
        """What was cut off and is not mended yet is footage: no gap that ends now may reach over it."""
        cut_off_us = None if self._is_whole else self._spool.cut_off_us(self._id)
        return at_us if cut_off_us is None else min(at_us, cut_off_us)


def main(folder: str, camera_id: str) -> None:
    """What the process does; only the supervisor starts it."""
    stop = Stop()
    logs.configure(process="edge-camera")
    garbage.give_back(from_bytes=_FRAGMENT_BYTES)
    structlog.contextvars.bind_contextvars(camera_id=camera_id)
    Camera(Home(Path(folder)), UUID(camera_id), stop).run()
