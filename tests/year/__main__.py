"""`python -m tests.year [SECONDS]`: a year of three schools over Ceph, whose day lasts so many real seconds.

Prints a line a month and one for each thing that happens, and last `RESULT early=0 late=0 uncited=0 …`. Ends with 0
when nothing went early or late, and everything that went cites its rule. Where the machine is too slow for so short a
day the run is no proof either: then 1 as well, and more seconds are what it needs.
"""

import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from infra import clock, logs
from infra.queues import Job
from infra.stack.city import empty
from infra.stack.processes import Missing, temporary_folder
from infra.stack.progress import Progress
from tests.smoke.outside import NotSo
from tests.year.days import DayClock
from tests.year.jobs import Jobs
from tests.year.servers import Servers
from tests.year.story import IDLE, OFFLINE, RECORDED_DAYS, Story

_SECONDS = 4
_MEMORY, _ROOM = Path("/dev/shm"), 4_000_000_000  # noqa: S108 - memory, where there is any
_WHOLE_NIGHT_EVERY = 28
_SWEEPS = 6
_MOST_WORDS = 40
# Everything is due before; whatever is left by then is told as late.
_LAST_DAY = 410
_MUST_BE_NONE = ("early", "late", "uncited", "wrong_class", "brought back and open")
_COUNTED = ("hurried", "segments", "certificates", "restored", "holds", "strays", "opened", "tried", "brought back")


class Year:
    """One run."""

    def __init__(self, servers: Servers, days: DayClock, progress: Progress) -> None:
        """Found everything; the first day begins."""
        self.days, self.jobs, self.progress = days, Jobs(), progress
        self.story = Story(servers, days, self._say)
        self.watch = self.story.found()
        self.number, self.worked = 0, 0.0
        self.days.begin()

    def pass_by(self) -> None:
        """Day after day until nothing is left."""
        while self.number < RECORDED_DAYS or (not self.watch.is_over and self.number < _LAST_DAY):
            self._one_day()
            self.number += 1
            if self.number % 30 == 0:
                self._say(self._standing())
        self.watch.close()

    def _one_day(self) -> None:
        """00:05 the night; 09:00 what people do; 14:00 what boxes send; 23:30 somebody looks from outside."""
        number, alive = self.number, self.number not in IDLE
        self.days.reach(number, 0.05)
        began = time.monotonic()
        self._report()
        self.days.say(number, 0.1)
        if alive:
            self._night()
        acts = self.story.on(number)
        if acts:
            self.days.say(number, 9)
            self._report()
            for act in acts:
                act()
            if alive:
                self.jobs.work()
        self.worked += time.monotonic() - began
        if number < RECORDED_DAYS:
            self._film(alive=alive)
        self.days.say(number, 23.5)
        said = len(self.watch.words)
        self.watch.look(self.days.day(number))
        for line in self.watch.words[said:_MOST_WORDS]:
            self._say(line)

    def _night(self) -> None:
        """The night's job, and the sweep, which comes every ten minutes, while something did not succeed."""
        self.jobs.is_whole_night = self.number % _WHOLE_NIGHT_EVERY == 0
        self.jobs.send(Job.NIGHTLY)
        for _ in range(_SWEEPS):
            failed = len(self.jobs.failed)
            self.jobs.work()
            if len(self.jobs.failed) == failed:
                return
            self.jobs.send(Job.SWEEP)

    def _film(self, *, alive: bool) -> None:
        self.days.reach(self.number, 14)
        for code, school in self.story.schools.items():
            school.record(self.days.day(self.number))
            if self.number not in OFFLINE.get(code, ()):
                begun, made = self.days.store_now, school.send()
                self.story.made += made
                self.watch.take(made, put_at=begun)
        if alive:
            self.jobs.work()

    def _report(self) -> None:
        for code, school in self.story.schools.items():
            if self.number not in OFFLINE.get(code, ()):
                school.report()

    def _standing(self) -> str:
        tally = self.watch.tally
        counted = " ".join(f"{name}={tally[name]}" for name in ("early", "late", "uncited", "segments", "certificates"))
        return f"{counted} jobs={self.jobs.done} behind={self.days.most_behind:.2f} d"

    def _say(self, line: str) -> None:
        self.progress.say(f"day {self.number:3}  {self.progress.seconds:6.0f} s  {line}")


def _home() -> Path:
    """In memory where there is room: this proves days and their order, and a disk's syncs take more than a day does."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        tempfile.tempdir = str(_MEMORY)
    return temporary_folder("year")


def main() -> int:
    """Run; 0 when the year is as the law wants it."""
    logs.configure(process="year", level=logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that its servers and its folder go with it
    seconds, progress = int(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS, Progress()
    home = _home()
    # It ends today: nothing in the database, whose clock is its own, is ever from the future.
    first = clock.today() - timedelta(days=_LAST_DAY + 2)
    servers = Servers(home, DayClock(first, seconds=seconds))
    try:
        servers.start()
        year = Year(servers, servers.days, progress)
        year.pass_by()
    except Missing as missing:
        progress.say(f"this machine lacks a part: {missing}")
        return 1
    except NotSo as found:
        progress.say(f"FAILED: {found}")
        return 1
    finally:
        servers.stop()
        empty(home)
    return _result(year, progress, seconds)


def _result(year: Year, progress: Progress, seconds: int) -> int:
    tally = year.watch.tally
    for name, count in sorted(tally.items()):
        if name.startswith("gone by "):
            progress.say(f"{name}: {count}")
    progress.say(
        f"{year.number} days of {seconds} s in {progress.seconds:.0f} s, load {os.getloadavg()[0]:.1f}, "
        f"a night and a morning took {year.worked / max(1, year.number):.2f} s of them, "
        f"at most {year.days.most_behind:.2f} days behind the store"
    )
    bad = " ".join(f"{name.replace(' ', '_')}={tally[name]}" for name in _MUST_BE_NONE)
    more = " ".join(f"{name.replace(' ', '_')}={tally[name]}" for name in _COUNTED)
    if tally["hurried"]:
        progress.say(
            f"this machine was too slow: {tally['hurried']} objects went by seconds that our days did not have"
        )
    progress.say(f"RESULT {bad} {more} tried_again={len(year.jobs.failed)}")
    return int(any(tally[name] for name in (*_MUST_BE_NONE, "hurried")) or not tally["certificates"])


if __name__ == "__main__":
    sys.exit(main())
