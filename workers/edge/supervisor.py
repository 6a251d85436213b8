"""The box's first process: one child a camera and one that speaks to the city, each restarted whenever it ends."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import structlog

from infra import logs
from infra.causes import GapCause
from infra.clock import now
from infra.manifest import microseconds
from workers.edge import systemd
from workers.edge.camera_child import CameraChild
from workers.edge.card.holes import Holes
from workers.edge.children import Child, Stop, child_of
from workers.edge.configuration import Config, Watched
from workers.edge.home import Home, NotEnrolled
from workers.edge.index import Index
from workers.edge.index_faults import is_spoilt
from workers.edge.ledger import Ledger
from workers.edge.locks import AlreadyRuns, only_one
from workers.edge.onvif.night_times import Nightly, looked_at
from workers.edge.permission import Permission
from workers.edge.sealing import CannotOpen
from workers.edge.spool_mark import SpoolMissing
from workers.edge.status import HUNG_SECONDS
from workers.edge.undated.saying import Saying
from workers.edge.waiting import Clock

log = structlog.get_logger(__name__)

_FOLDER_TAKEN = "這個資料夾已有一個錄影程式在執行，同一個資料夾只能執行一個。"
_SPOOL_TAKEN = "另一個錄影程式正在使用同一個錄影磁碟（資料夾 {}），同一個磁碟只能由一個程式錄影。"
_TICK_SECONDS = 0.2
_LOOK_SECONDS = 1.0
_STOP_SECONDS = 20.0
_LET_GO_SECONDS = 5.0
_MASKS_SECONDS = 300.0


class Supervisor:
    """Runs one home until asked to stop."""

    def __init__(self, home: Home, stop: Callable[[], bool], *, hung_seconds: float = HUNG_SECONDS) -> None:
        """Raises `NotEnrolled` before anything is started."""
        device_id = home.identity().device_id
        home.adopt_spool()
        self._home, self._stop, self._hung_seconds = home, stop, hung_seconds
        self._config, self._clock = Watched(home), Clock()
        self._cameras: dict[UUID, CameraChild] = {}
        self._index = Index(home, self._clock)
        self._known: tuple[int | None, Mapping[UUID, str]] = None, {}
        # What is needed once a day takes memory only then.
        self._nights = child_of("workers.edge.onvif.nights", home.folder, clock=self._clock)
        self._is_night = Nightly(device_id, looked_at(home))
        self._uploader = child_of("workers.edge.uploader", home.folder, clock=self._clock)
        self._card, self._is_card_due = child_of("workers.edge.card.fetching", home.folder, clock=self._clock), False
        self._locks, self._has_spool = ExitStack(), False
        self._permission = Permission(home)
        self._masks = child_of("workers.edge.onvif.asking_masks", home.folder, clock=self._clock)
        self._wants_masks, self._masks_from = False, 0.0

    def run(self) -> None:
        """Supervise. Raises `AlreadyRuns`, also when a spool that was missing comes and another recorder holds it."""
        with self._locks:
            self._locks.enter_context(only_one(self._home.lock, _FOLDER_TAKEN))
            self._locks.callback(self._index.leave)
            self._take_spool()
            try:
                self._supervise()
            finally:
                self._end()

    def _supervise(self) -> None:
        looked = 0.0
        systemd.tell(systemd.READY)
        while not self._stop():
            if self._clock.now() - looked > _LOOK_SECONDS:
                looked = self._clock.now()
                systemd.tell(systemd.ALIVE)
                try:
                    self._look_with_index()
                # A full disk: what runs goes on, the rest is tried again.
                except (OSError, sqlite3.OperationalError):
                    log.exception("cannot look after the cameras now")
                    self._index.leave()
                self._keep_running()
            self._clock.sleep(_TICK_SECONDS)

    def _look_with_index(self) -> None:
        """Look after the cameras; an index that somebody found broken begins anew first."""
        if any(child.ended_with == os.EX_DATAERR for child in self._with_index()):
            self._renew_index()
        try:
            self._look(self._index.open())
        except sqlite3.DatabaseError as error:
            if not is_spoilt(error):
                raise
            log.exception("the index is broken")
            self._renew_index()

    def _renew_index(self) -> None:
        """Let every process go of the index, and begin a new one, which the cameras fill from their files."""
        if not self._index.may_begin_anew():
            log.error("the index is broken again, it does not begin anew yet")
            return
        children = self._with_index()
        self._stop_all(children, seconds=_LET_GO_SECONDS)
        for child in children:
            child.forget()
        ledger = self._index.begin_anew()
        for one in self._cameras.values():
            one.carry_over(ledger)

    def _with_index(self) -> list[Child]:
        """Every child that has the index open."""
        return [self._card, self._uploader, *(one.child for one in self._cameras.values())]

    def _stop_all(self, children: Sequence[Child], *, seconds: float = _STOP_SECONDS) -> None:
        until = self._clock.now() + seconds
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait(until)

    def _keep_running(self) -> None:
        """Start whatever should run; no index is open here by then (`children`).

        What ends only now is started at a later look, since it has a pause first.
        """
        wanted = [self._card] if self._is_card_due else []
        wanted += [self._uploader, *(one.child for one in self._cameras.values())]
        once = [self._nights] if self._is_night() else []
        once += [self._masks] if self._is_time_for_masks() else []
        if once or any(child.pid is None for child in wanted):
            self._index.leave()
        for child in wanted:
            child.keep_running()
        for child in once:
            child.run_once()

    def _is_time_for_masks(self) -> bool:
        """A camera that waits for its mask is asked now and then: one that refuses a login too often locks us out."""
        at = self._clock.now()
        if not self._wants_masks or at < self._masks_from:
            return False
        self._masks_from = at + _MASKS_SECONDS
        return True

    def _take_spool(self) -> None:
        """Lock the spool itself, once it is there: it may be reached by two folders."""
        if self._has_spool:
            return
        try:
            self._home.check_spool()
            self._locks.enter_context(only_one(self._home.spool_lock, _SPOOL_TAKEN.format(self._home.spool)))
            self._has_spool = True
        except OSError as error:
            log.error("the spool is not there, nothing is recorded", reason=str(error))  # noqa: TRY400 - it says all

    def _look(self, ledger: Ledger) -> None:
        self._take_spool()
        config = self._config.now()
        if config is None:
            return
        try:
            known = self._cameras_in_file()
        except (ValueError, KeyError, TypeError):  # somebody is editing it; what runs goes on
            log.exception("cameras.toml cannot be read")
            return
        refused, saying = self._permission.refused(config, known), Saying(ledger, self._config.now)
        wanted = known.keys() & config.cameras.keys() - refused.keys()
        self._wants_masks = GapCause.NO_MASK in refused.values()
        for camera_id in self._cameras.keys() - wanted:  # first, since it ends with a segment and a word of its own
            self._cameras[camera_id].child.ask_to_stop()
            self._cameras.pop(camera_id).child.wait(self._clock.now() + _STOP_SECONDS)
        for camera_id in config.cameras.keys() - wanted:
            saying.once(camera_id, refused.get(camera_id, GapCause.NOT_CONFIGURED))
        if not self._has_spool:
            for camera_id in wanted:
                saying.once(camera_id, GapCause.SPOOL_MISSING)
            return
        self._is_card_due = self._may_be_on_card(ledger, wanted, config)
        for camera_id in wanted - self._cameras.keys():
            self._cameras[camera_id] = CameraChild(self._home, camera_id, clock=self._clock)
        has_spool = not self._is_spool_missing()
        for one in self._cameras.values():
            one.watch(ledger, hung_seconds=self._hung_seconds, has_spool=has_spool)

    def _is_spool_missing(self) -> bool:
        try:
            self._home.check_spool()
        except SpoolMissing:
            return True
        return False

    def _may_be_on_card(self, ledger: Ledger, cameras: Iterable[UUID], config: Config) -> bool:
        """Whether a gap of these cameras should be looked for on their cards now."""
        if config.sealed_from_us is None:
            return False
        due = Holes(ledger).cameras_due(microseconds(now()), since_us=config.sealed_from_us)
        return bool(due) and not due.intersection(cameras).isdisjoint(self._home.speaking_onvif())

    def _cameras_in_file(self) -> Mapping[UUID, str]:
        """The cameras whose address is known, and where, read when the file changed.

        A password that somebody wrote into it by hand, or an older box did, is readable for a second at most.
        """
        changed_ns = self._home.cameras.stat().st_mtime_ns if self._home.cameras.exists() else None
        if changed_ns != self._known[0]:
            self._seal_passwords()
            # What sealing changed is read again at the next look, with whatever somebody wrote in between.
            self._known = changed_ns, self._home.addresses()
        return self._known[1]

    def _seal_passwords(self) -> None:
        try:
            sealed = self._home.seal_passwords()
            if sealed:
                log.info("passwords sealed", count=sealed)
        except (CannotOpen, OSError) as error:  # the file as it is still records
            log.error("passwords cannot be sealed", reason=str(error))  # noqa: TRY400 - the sentence says it all

    def _end(self) -> None:
        """First the cameras, so that their last segments are in the spool; then whoever reports it."""
        systemd.tell(systemd.STOPPING)
        self._stop_all([self._card, self._nights, self._masks, *(one.child for one in self._cameras.values())])
        self._stop_all([self._uploader])


def _warn(home: Home) -> None:
    """Say that the spool is not there; the recorder goes on, so that the gap has its cause and ends by itself."""
    try:
        home.check_spool()
    except SpoolMissing as missing:
        sys.stderr.write(f"{missing}\n")


def main(folder: str) -> int:
    """What `python -m workers.edge run` becomes; with a sentence on standard error when it cannot begin.

    1 where it may begin later by itself (a disk not yet there, another recorder still ending), `os.EX_CONFIG` where
    somebody must enrol the box first: systemd does not try that again (sysexits.h).
    """
    logs.configure(process="edge")
    home = Home(Path(folder))
    try:
        supervisor = Supervisor(home, Stop())
        _warn(home)
        supervisor.run()
    except (NotEnrolled, AlreadyRuns, CannotOpen, SpoolMissing) as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG if isinstance(error, NotEnrolled) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
