"""A machine whose clock shows what a test wants, whose power a test cuts, and a camera that records on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from infra import age
from infra.manifest import ManifestLine, parse
from infra.timeline import Timeline
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, PLAIN, recorded
from tests.workers.edge.undated.boxes import Box
from workers.edge.clocks.readings import SERVER, Reading
from workers.edge.configuration import DayRules
from workers.edge.ledger import State

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
NOON = BEGAN + 12 * HOUR
_READ = ("undated.believed", "undated.boots", "undated.dating", "undated.saying", "undated.standing", "clocks.readings")
# As many days as the longest story of boots, each of half a day, and a clock half a day ahead can reach.
KEYS = {DAY + timedelta(days=number): age.new_identity(age.Kind.CLASSIC) for number in range(-2, 9)}
DAYS: Mapping[date, DayRules] = {day: DayRules(14, key.recipient) for day, key in KEYS.items()}


class Machine:
    """One boot after the other. `ahead_us` is by how much its clock is before the true time."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.true_us, self.ahead_us, self._boots = NOON, 0, 0
        self._boot = folder / "boot"
        patch.setattr("infra.timeline._BOOT", self._boot)
        for module in _READ:
            patch.setattr(f"workers.edge.{module}.moment", lambda: self.ns, raising=False)
        patch.setattr(Timeline, "machine_at", lambda ns: self._began_us + ns // 1000 + self.ahead_us)
        self.boot()

    @property
    def ns(self) -> int:
        """Its monotonic clock."""
        return (self.true_us - self._began_us) * 1000

    @property
    def boot_id(self) -> str:
        """Which boot this is."""
        return self._boot.read_text()

    def boot(self, *, off_us: int = 60 * SECOND) -> None:
        """Off for a while, and on again."""
        self._boots += 1
        self._boot.write_text(str(UUID(int=self._boots)))
        self._began_us = self.true_us + off_us
        self.true_us = self._began_us + 40 * SECOND

    def run(self, us: int) -> None:
        """Time passes."""
        self.true_us += us


@dataclass
class Recorder:
    """A camera's process on that machine, as `workers.edge.camera` goes about it."""

    box: Box
    machine: Machine

    def __post_init__(self) -> None:  # noqa: D105 - what every process does when it begins
        self.box.ledger.close()
        self.box.boot, self.box.days = self.machine.boot_id, dict(DAYS)
        self.box.start()
        self.box.ledger.boot = self.box.boot[-8:]
        self.box.spool.recover(CAMERA)
        self.box.dating.recover()
        self.box.dating.tell()
        assert not self.box.boots.is_lost()
        self.box.dating.believed.note()
        self.box.ledger.woke(CAMERA, at_us=self.box.dating.believed.now_us(), last_sign_us=0)

    def connect(self) -> Timeline:
        """A connection begins where the camera's process would begin it."""
        self.box.dating.tell()
        told_us, here_ns = self.box.ledger.told_until_us(CAMERA), self.machine.ns
        timeline = Timeline(wall_us=self.box.readings.best_us(here_ns), monotonic_ns=here_ns, not_before_us=told_us)
        self.box.dating.believed.note(timeline)
        return timeline

    def record(self, timeline: Timeline, minutes: int) -> None:
        """Minute after minute; before each ends it is looked at whether anybody knows more of the time by now."""
        for _minute in range(minutes):
            timeline.settle()
            begun_ns = self.machine.ns
            started_us = timeline.at(begun_ns)
            recording = self.box.dating.begin_at(started_us, self.box.days)
            recording.write(PLAIN)
            self.machine.run(60 * SECOND)
            self.box.dating.believed.look(timeline)
            span = {"started_us": started_us, "ended_us": timeline.at(self.machine.ns)}
            recording.finish(replace(recorded(), **span, monotonic_ns=begun_ns, boot_id=self.box.boot))  # type: ignore[arg-type]

    def hear(self) -> None:
        """The city's server tells the true time."""
        self.box.readings.keep(SERVER, Reading(self.machine.ns, self.machine.true_us, 20_000))

    def sign(self) -> None:
        """All that may be, once the connection is over."""
        self.box.dating.tell()
        while self.box.dating.sign_one(self.box.days):
            pass

    def lines(self) -> list[ManifestLine]:
        """What may be sent."""
        held = self.box.ledger.segments(State.SPOOLED, limit=1000)
        return sorted((parse(self.box.spool.line_of(one).line) for one in held), key=lambda line: line.started_us)


def sure(box: Box, machine: Machine) -> Recorder:
    """A box that recorded two minutes while it knew the time."""
    recorder = Recorder(box, machine)
    recorder.hear()
    recorder.record(recorder.connect(), 2)
    return recorder
