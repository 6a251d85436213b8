"""The recorder under torture: its processes, its clock and disk as the run wishes them, its ledger as it stands."""

import os
import shutil
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import psutil

from infra import clock
from infra.manifest import instant
from infra.stack.city import ROOT
from infra.stack.environments import bare_environment
from infra.stack.processes import Server
from workers.edge.clocks.readings import Readings, moment
from workers.edge.ledger import Ledger

_CONTROL = Path(__file__).with_name("control")
_MOST_SNAPSHOT = 24 * 1024 * 1024
_NAME_LENGTH = 15  # what the kernel keeps of a name


def name_of(camera_id: UUID) -> str:
    """The process that records a camera."""
    return f"camera {camera_id}"[:_NAME_LENGTH]


class Box:
    """One enrolled home. Calls from several threads take turns where they start or end processes."""

    def __init__(self, home: Path, wishes: Path, snapshots: Path, log: Path) -> None:
        self.home, self._wishes, self._snapshots, self._log = home, wishes, snapshots, log
        for folder in (wishes, snapshots):
            folder.mkdir(parents=True)
        self._offset_us, self._seen_bytes = 0, 0
        self.turn = threading.RLock()
        self._running: Server | None = None
        self._kills: list[tuple[str, datetime]] = []
        self.new_boot()
        self.step_clock(0)

    @property
    def now(self) -> datetime:
        """The time, as its ledger tells it in the end, whatever its machine's clock shows meanwhile."""
        return clock.now()

    @property
    def has_heard(self) -> bool:
        """Whether it goes by the server's time in this start of its machine."""
        with closing(Ledger(self.home / "ledger.sqlite3")) as ledger:
            return Readings(ledger, boot=(self._wishes / "boot").read_text).agreed(moment()) is not None

    @property
    def stepped_seconds(self) -> float:
        """How far its clock is from the true time."""
        return self._offset_us / 1_000_000

    def start(self) -> None:
        """Record."""
        paths = os.pathsep.join([str(_CONTROL), str(ROOT)])
        told = bare_environment() | {"PYTHONPATH": paths, "TORTURE_CONTROL": str(self._wishes)}
        command: list[str | Path] = [sys.executable, "-m", "workers.edge", "run", "--home", self.home]
        self._running = Server(command, log=self._log, env=told, cwd=ROOT)

    def stop(self) -> None:
        """Ask it to end."""
        if self._running is not None:
            self._running.stop(seconds=40)

    def kill(self) -> None:
        """End everything at once, as a power cut does."""
        if self._running is None:
            return
        with suppress(psutil.NoSuchProcess):
            head = psutil.Process(self._running.pid)
            for one in [*head.children(recursive=True), head]:
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(signal.SIGKILL)
            self._kills.append(("", self.now))
        self._running.kill()

    def kill_child(self, chosen: Callable[[str], bool]) -> bool:
        """End one of its processes at once; whether there was such a one."""
        assert self._running is not None
        before = len(self._kills)
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self._running.pid).children():
                child_name = child.name()
                if chosen(child_name):
                    child.send_signal(signal.SIGKILL)
                    self._kills.append((child_name, self.now))
        return len(self._kills) > before

    def kills_of(self, camera_id: UUID) -> list[datetime]:
        """When whatever records this camera was killed."""
        return [at for name, at in self._kills if name in ("", name_of(camera_id))]

    def new_boot(self) -> None:
        """The next start is another one of the machine, whose monotonic clock begins anew."""
        (self._wishes / "boot_ns").write_text(str(time.monotonic_ns()))
        (self._wishes / "boot").write_text(str(uuid4()))

    def step_clock(self, seconds: float) -> None:
        """Move its wall clock."""
        self._offset_us += round(seconds * 1_000_000)
        passing = self._wishes / "offset.new"
        passing.write_text(str(self._offset_us))
        passing.rename(self._wishes / "offset_us")

    def fill_disk(self, *, full: bool) -> None:
        """Whether its disk takes no more."""
        (self._wishes / "full").touch() if full else (self._wishes / "full").unlink(missing_ok=True)

    def mount_disk(self, *, mounted: bool) -> None:
        """Whether its spool is the disk that it knows, or the bare folder under it."""
        mark, away = self.home / "spool/shouyuan-spool", self._wishes / "mark"
        away.rename(mark) if mounted else mark.rename(away)

    def recorded_until(self, camera_id: UUID, *, still: bool = False) -> datetime | None:
        """Where its index says that a camera's last segment ends; None while there is no index, or nothing in it.

        `still`: None as well while the camera does not record. What was found again after a crash shows no recording.
        """
        query = "select recorded_until_us from cameras where camera_id = ? and (? or cause = '')"
        with suppress(sqlite3.OperationalError):
            found = self._ask(query, str(camera_id), not still)
            return instant(found) if found else None
        return None

    def waiting(self) -> int:
        """How many segments and gaps the server has not answered."""
        spooled = "select count(*) from segments where state in ('spooled', 'confirmed')"
        return self._ask(spooled) + self._ask("select count(*) from gaps where reported = 0")

    def refused(self) -> int:
        """How many segments and gaps the server did not take."""
        refused = "select count(*) from segments where state = 'refused'"
        return self._ask(refused) + self._ask("select count(*) from gaps where code <> ''")

    def snapshot(self) -> None:
        """Keep aside what lies on its disk now, up to a bound, to be searched for plain film."""
        for path in list(self.home.rglob("*")):
            if self._seen_bytes > _MOST_SNAPSHOT:
                return
            with suppress(OSError):
                if path.is_file() and path.suffix != ".sqlite3":
                    shutil.copy(path, self._snapshots / f"{uuid4().hex}{path.suffix}")
                    self._seen_bytes += path.stat().st_size

    def _ask(self, query: str, *arguments: str | bool) -> int:
        with closing(sqlite3.connect(f"file:{self.home / 'ledger.sqlite3'}?mode=ro", uri=True, timeout=30)) as index:
            row = index.execute(query, arguments).fetchone()
        return int(row[0] or 0) if row else 0
