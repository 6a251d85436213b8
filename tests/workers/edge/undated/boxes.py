"""A box without a battery: what it records by its own time, and how it is told the true one."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from infra import age
from infra.causes import GapCause
from infra.recorded import Recorded
from infra.timeline import boot_id
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, PLAIN, Disk, recorded
from workers.edge.clocks.readings import SERVER, Reading, Readings, moment
from workers.edge.configuration import DayRules
from workers.edge.ledger import State
from workers.edge.undated.boots import Boots
from workers.edge.undated.dating import Dating
from workers.edge.undated.journal import Journal

# How long the machine of these tests runs before its first segment, and what it is truly late by.
BOOTED = 40_000_000
SHIFT = BEGAN + 3_600_000_000 - BOOTED
MINUTE = 60_000_000
OTHER_BOOT = "00000000-0000-0000-0000-000000000005"
TOMORROW = age.new_identity(age.Kind.CLASSIC)


def minute(number: int, boot: str | None = None) -> Recorded:
    """The numbered minute of a boot, by its own time."""
    began = BOOTED + number * MINUTE
    return replace(
        recorded(),
        started_us=began,
        ended_us=began + MINUTE,
        monotonic_ns=began * 1000,
        wall_us=began,
        boot_id=boot or boot_id(),
        is_dated=False,
    )


@dataclass
class Box:
    """One process of a box, which a test may let die."""

    disk: Disk
    days: dict[date, DayRules] = field(default_factory=dict)
    boot: str = field(default_factory=boot_id)

    def __post_init__(self) -> None:  # noqa: D105 - what every process does when it begins
        self.days = self.days or {**self.disk.rules, DAY + timedelta(days=1): DayRules(14, TOMORROW.recipient)}
        self.start()

    def start(self) -> None:
        self.spool, self.ledger = self.disk.spool()
        self.readings = Readings(self.ledger, boot=lambda: self.boot)
        self.boots = Boots(self.ledger, self.readings, lambda: None, boot=lambda: self.boot)
        self.dating = Dating(self.disk.home, CAMERA, self.ledger, self.spool, self.boots)
        self.journal = Journal(self.ledger, CAMERA)

    def start_again(self) -> None:
        """The process died; what it had in memory is gone."""
        self.ledger.close()
        self.start()
        self.spool.recover(CAMERA)
        self.dating.recover()
        self.dating.tell()

    def keep(self, number: int) -> None:
        recording = self.dating.begin(self.days)
        recording.write(PLAIN)
        recording.finish(minute(number, self.boot))

    def hear(self, shift_us: int = SHIFT) -> None:
        """The city's server tells the time."""
        here_ns = moment()
        self.readings.keep(SERVER, Reading(here_ns, here_ns // 1000 + shift_us, 20_000))

    def date_all(self) -> None:
        assert self.dating.found(begun_us=BOOTED) is not None
        while self.dating.sign_one(self.days):
            pass

    def spans(self) -> list[tuple[int, int]]:
        held = self.ledger.segments(State.SPOOLED, limit=100)
        return [(one.started_us, one.ended_us) for one in held]

    def gaps(self) -> list[tuple[int, int, GapCause]]:
        return [(one.started_us, one.ended_us, one.cause) for one in self.ledger.unreported_gaps(limit=100)]


def at(number: int) -> int:
    """When the numbered minute truly began."""
    return BOOTED + SHIFT + number * MINUTE


def is_close(found: int, true: int) -> bool:
    """The monotonic clock is read between two lines of a test."""
    return abs(found - true) < 1000
