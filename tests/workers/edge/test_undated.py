"""A box that knows no time: what it records is kept unsent, and dated once somebody tells the time (DR-18)."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import age
from infra.causes import Ended, GapCause
from infra.clock import day_start
from infra.manifest import UNKNOWN, Trust, microseconds, parse, parse_and_verify
from infra.recorded import Recorded
from infra.signing import public_key_text
from infra.timeline import Timeline, boot_id
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, PLAIN, Disk, config_document, keep, new_disk, recorded
from tests.workers.edge.power import Power, PowerCut, watched
from workers.edge import configuration
from workers.edge.clocks.readings import SERVER, Reading, Readings, moment
from workers.edge.configuration import DayRules
from workers.edge.gaps.keeping import Gaps
from workers.edge.ledger import Ledger, State
from workers.edge.open_segments import OpenSegment
from workers.edge.spool import NoDayKey
from workers.edge.undated.boots import Boots
from workers.edge.undated.dating import Dating
from workers.edge.undated.journal import Journal
from workers.edge.undated.saying import Saying

pytestmark = pytest.mark.req("DR-18")

# How long the machine of these tests runs before its first segment, and what it is truly late by.
BOOTED = 40_000_000
SHIFT = BEGAN + 3_600_000_000 - BOOTED
MINUTE = 60_000_000
OTHER_BOOT = "00000000-0000-0000-0000-000000000005"
TOMORROW = age.new_identity()


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


@pytest.fixture(autouse=True)
def in_1970(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has no battery."""
    monkeypatch.setattr(Timeline, "machine_at", lambda ns: ns // 1000)


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


@pytest.fixture
def box(disk: Disk) -> Iterator[Box]:
    made = Box(disk)
    yield made
    made.ledger.close()


def at(number: int) -> int:
    """When the numbered minute truly began."""
    return BOOTED + SHIFT + number * MINUTE


def is_close(found: int, true: int) -> bool:
    """The monotonic clock is read between two lines of a test."""
    return abs(found - true) < 1000


def test_a_clock_before_the_newest_time_that_the_box_knows_is_no_time(box: Box) -> None:
    assert box.boots.is_lost()
    assert box.boots.is_standing()
    box.hear()
    assert not box.boots.is_lost()


@pytest.mark.parametrize(
    ("machine", "lost"),
    [(BEGAN - 3_600_000_000, True), (BEGAN, False), (BEGAN + 86_400_000_000, False), (BEGAN * 2, True)],
    ids=["an hour back", "now", "tomorrow", "years ahead"],
)
def test_only_what_cannot_be_right_is_disbelieved(
    box: Box,
    monkeypatch: pytest.MonkeyPatch,
    machine: int,
    lost: bool,  # noqa: FBT001
) -> None:
    keep(box.spool, box.disk.rules)
    monkeypatch.setattr(Timeline, "machine_at", lambda _ns: machine)
    assert box.boots.is_lost() is lost


def test_the_newest_time_is_also_known_by_the_day_keys(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(disk.home.ledger)
    configuration.keep(disk.home, config_document(days=[DAY]))
    boots = Boots(ledger, Readings(ledger), lambda: configuration.load(disk.home))
    monkeypatch.setattr(Timeline, "machine_at", lambda _ns: BEGAN - 7 * 86_400_000_000)
    assert boots.is_lost()
    ledger.close()


def test_a_clock_that_runs_on_from_a_wrong_time_never_becomes_right_and_one_that_is_set_does(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(box.spool, box.disk.rules)
    lag = BEGAN - 3_600_000_000 - moment() // 1000
    monkeypatch.setattr(Timeline, "machine_at", lambda ns: ns // 1000 + lag)
    assert box.boots.is_lost()
    monkeypatch.setattr("workers.edge.undated.boots.moment", lambda: moment() + 7_200_000_000_000)
    assert box.boots.is_lost(), "two hours later it shows what could be right"
    monkeypatch.setattr(Timeline, "machine_at", lambda ns: ns // 1000 + lag + 10_800_000_000)
    assert not box.boots.is_lost()
    shift = box.boots.shift(boot_id())
    assert shift is not None
    assert (shift.source, shift.bound_us) == ("none", UNKNOWN)


def test_a_time_server_alone_is_believed_only_after_the_others_had_time_to_answer(box: Box) -> None:
    here = moment()
    assert box.boots.is_lost()
    box.readings.keep_ntp("a", Reading(here, here // 1000 + SHIFT, 1000))
    assert box.boots.is_lost()
    box.readings.keep_ntp("a", Reading(here - 61_000_000_000, here // 1000 - 61_000_000 + SHIFT, 1000))
    assert not box.boots.is_lost()


def test_two_that_contradict_each_other_are_not_believed_until_the_citys_server_answers(box: Box) -> None:
    here = moment() - 61_000_000_000
    assert box.boots.is_lost()
    box.readings.keep_ntp("a", Reading(here, here // 1000 + SHIFT, 1000))
    box.readings.keep_ntp("b", Reading(here, here // 1000 + SHIFT + 90_000_000, 1000))
    assert box.boots.is_lost()
    box.hear()
    assert not box.boots.is_lost()
    shift = box.boots.shift(boot_id())
    assert shift is not None
    assert is_close(shift.us, SHIFT)


def test_the_first_amount_stays_for_the_whole_boot(box: Box) -> None:
    assert box.boots.is_lost()
    box.hear()
    assert not box.boots.is_lost()
    box.hear(SHIFT + 5_000_000)
    shift = box.boots.shift(boot_id())
    assert shift is not None
    assert is_close(shift.us, SHIFT)


@pytest.mark.req("DR-18", "KH-5-1a")
def test_what_is_recorded_without_a_time_is_sealed_and_not_sent(box: Box) -> None:
    box.keep(0)
    assert (box.ledger.count(State.SPOOLED), box.ledger.count(State.UNDATED)) == (0, 1)
    assert box.ledger.state_of(CAMERA).undated == 1
    assert box.gaps() == []
    files = [path for path in box.disk.home.spool.rglob("*") if path.is_file()]
    assert sorted(path.suffix for path in files) == [".held", ".kept"]
    assert not [path for path in files if PLAIN in path.read_bytes()]
    (held,) = box.disk.home.spool.rglob("*.held")
    for key in (box.disk.day_key, TOMORROW):
        assert age.decrypt(held.read_bytes(), key.secret) == PLAIN
    assert box.dating.found(begun_us=BOOTED) is None
    assert not box.dating.sign_one(box.days)


def test_without_any_key_nothing_is_kept(box: Box) -> None:
    with pytest.raises(NoDayKey):
        box.dating.begin({})
    assert not [path for path in box.disk.home.spool.rglob("*") if path.is_file()]


@pytest.mark.req("DR-18", "DR-07", "KH-3-10")
def test_the_first_reference_dates_the_whole_boot_and_each_line_says_so(box: Box) -> None:
    for number in range(3):
        box.keep(number)
    assert box.boots.is_lost()
    box.hear()
    box.date_all()
    found = box.spans()
    assert all(one[1] == two[0] for one, two in pairwise(found))
    assert is_close(found[0][0], at(0))
    assert box.gaps() == []
    for entry in box.ledger.segments(State.SPOOLED, limit=9):
        line = parse_and_verify(box.spool.line_of(entry), public_key=public_key_text(box.disk.home.device_key()))
        assert (line.trust, line.clock_source, line.clock_offset_us) == (Trust.REDATED, "server", 0)
        assert line.wall_us == line.started_us - (found[0][0] - BOOTED), "what its clock had shown"
        assert line.notes == f"redated_{box.boots.shift(boot_id()).found_us // 1_000_000}"  # type: ignore[union-attr]
        assert (line.civil_day, line.recipient) == (DAY, box.disk.day_key.recipient)
        cipher = box.spool.cipher_path(entry).read_bytes()
        assert age.decrypt(cipher, box.disk.day_key.secret) == PLAIN
        with pytest.raises(age.CannotDecrypt):
            age.decrypt(cipher, TOMORROW.secret)
        assert box.spool.is_intact(entry)
        assert entry.size == len(cipher)
    assert {path.suffix for path in box.disk.home.spool.rglob("*") if path.is_file()} == {".age", ".line"}
    assert box.ledger.state_of(CAMERA).undated == 0


def test_each_gets_the_key_of_its_true_day(box: Box) -> None:
    for number in range(2):
        box.keep(number)
    assert box.boots.is_lost()
    midnight = microseconds(day_start(DAY + timedelta(days=1)))
    box.hear(midnight - BOOTED - MINUTE + 1_000_000)
    box.date_all()
    lines = [parse(box.spool.line_of(one).line) for one in box.ledger.segments(State.SPOOLED, limit=9)]
    assert [line.civil_day for line in lines] == [DAY, DAY + timedelta(days=1)]
    assert lines[1].recipient == TOMORROW.recipient


@pytest.mark.req("DR-18", "KH-5-3b")
def test_gaps_of_such_a_boot_are_told_as_they_were_and_none_is_invented(box: Box) -> None:
    keep(box.spool, box.disk.rules)
    assert box.boots.is_lost()
    box.ledger.woke(CAMERA, at_us=BEGAN, last_sign_us=0)
    box.keep(0)
    box.journal.fail(GapCause.CAMERA_UNREACHABLE, box.boot, at_us=BOOTED + MINUTE + 5, evidence={"error": "x"})
    box.journal.fail(GapCause.CAMERA_UNREACHABLE, box.boot, at_us=BOOTED + MINUTE + 9, evidence={"error": "x"})
    box.keep(3)
    assert box.gaps() == []
    box.hear()
    box.date_all()
    gaps = box.gaps()
    assert [cause for _from, _to, cause in gaps] == [GapCause.PROCESS_RESTARTED, GapCause.CAMERA_UNREACHABLE]
    assert gaps[0][0] == BEGAN + MINUTE
    assert is_close(gaps[0][1], at(0))
    assert (is_close(gaps[1][0], at(1)), is_close(gaps[1][1], at(3))) == (True, True)
    assert box.ledger.unreported_gaps(limit=9)[1].evidence == {"error": "x", "tries": 2}


def test_spans_do_not_overlap_what_a_clock_that_was_ahead_recorded_before(box: Box) -> None:
    keep(box.spool, box.disk.rules, 180)
    told = box.ledger.told_until_us(CAMERA)
    assert told > at(0) + MINUTE
    assert box.boots.is_lost()
    for number in range(2):
        box.keep(number)
    box.hear()
    box.date_all()
    found = sorted(box.spans())
    assert all(one[1] <= two[0] for one, two in pairwise(found))
    assert [end - begin for begin, end in found] == [MINUTE] * 3
    line = parse(box.spool.line_of(box.ledger.segments(State.SPOOLED, limit=9)[-1]).line)
    assert is_close(line.started_us + line.clock_offset_us, at(1)), "and the line says by how much they are off"


def test_a_process_that_died_keeps_the_segment_under_each_key_that_was_possible(box: Box) -> None:
    assert box.boots.is_lost()
    box.keep(0)
    box.start_again()
    box.hear()
    box.date_all()
    (entry,) = box.ledger.segments(State.SPOOLED, limit=9)
    line = parse(box.spool.line_of(entry).line)
    assert (line.recipient, line.notes.split(",")[1]) == (box.disk.day_key.recipient, "several_keys")
    assert age.decrypt(box.spool.cipher_path(entry).read_bytes(), box.disk.day_key.secret) == PLAIN


def test_a_day_whose_key_comes_later_waits_for_it(box: Box) -> None:
    assert box.boots.is_lost()
    box.keep(0)
    box.hear(SHIFT + 9 * 86_400_000_000)
    box.date_all()
    assert (box.ledger.count(State.DATED), box.ledger.count(State.SPOOLED)) == (1, 0)
    later = age.new_identity()
    assert box.dating.sign_one({DAY + timedelta(days=9): DayRules(30, later.recipient)})
    (entry,) = box.ledger.segments(State.SPOOLED, limit=9)
    assert age.decrypt(box.spool.cipher_path(entry).read_bytes(), later.secret) == PLAIN
    assert parse(box.spool.line_of(entry).line).retention_days == 30


def test_a_boot_that_never_got_a_time_is_kept_with_its_bounds(disk: Disk) -> None:
    before = Box(disk, boot=OTHER_BOOT)
    keep(before.spool, disk.rules)
    assert before.boots.is_lost()
    before.keep(0)
    before.ledger.close()
    box = Box(disk)
    box.start_again()
    assert box.boots.is_lost()
    box.hear()
    assert not box.boots.is_lost()
    box.boots.end_earlier()
    assert box.dating.found(begun_us=BOOTED) is not None
    assert not box.dating.sign_one(box.days)
    assert box.ledger.count(State.UNDATED) == 1
    (bounds,) = box.boots.never_found()
    assert (bounds.boot_id, bounds.after_us) == (OTHER_BOOT, BEGAN + MINUTE)
    assert bounds.before_us is not None
    assert is_close(bounds.before_us, SHIFT)
    assert len(list(disk.home.spool.rglob("*.held"))) == 1
    box.ledger.close()


def test_what_an_earlier_boot_did_not_get_to_sign_is_signed_by_the_next(disk: Disk) -> None:
    before = Box(disk, boot=OTHER_BOOT)
    assert before.boots.is_lost()
    before.keep(0)
    before.hear()
    assert not before.boots.is_lost()
    before.ledger.close()
    box = Box(disk)
    box.start_again()
    assert box.dating.sign_one(box.days)
    (entry,) = box.ledger.segments(State.SPOOLED, limit=9)
    assert is_close(entry.started_us, at(0))
    assert parse(box.spool.line_of(entry).line).trust == Trust.REDATED
    box.ledger.close()


def test_a_lost_index_finds_what_has_no_time_again(box: Box) -> None:
    assert box.boots.is_lost()
    box.keep(0)
    box.ledger.close()
    for path in box.disk.home.folder.glob("ledger.sqlite3*"):
        path.unlink()
    box.start_again()
    assert box.ledger.count(State.UNDATED) == 1
    assert box.boots.is_lost()
    box.hear()
    box.date_all()
    assert len(box.spans()) == 1


def test_a_file_that_vanished_without_a_time_becomes_a_gap(box: Box) -> None:
    assert box.boots.is_lost()
    for number in range(3):
        box.keep(number)
    entry, _boot = box.journal.entries()[1]
    for path in box.disk.home.spool.rglob(f"{entry.segment_id}*"):
        path.unlink()
    box.start_again()
    box.hear()
    box.date_all()
    (gap,) = box.gaps()
    assert (is_close(gap[0], at(1)), is_close(gap[1], at(2)), gap[2]) == (True, True, GapCause.SPOOL_FAILED)


def test_the_supervisors_word_of_such_a_time_is_dated_too_and_makes_no_gap_of_decades(box: Box) -> None:
    saying = Saying(box.ledger, lambda: None)
    saying.fail(CAMERA, GapCause.NOT_CONFIGURED, {}, runs=False)
    assert box.journal.failing(box.boot) is GapCause.NOT_CONFIGURED
    box.hear()
    saying.fail(CAMERA, GapCause.NOT_CONFIGURED, {}, runs=False)
    assert box.journal.boots() == []
    since = box.ledger.camera(CAMERA).since
    assert since is not None
    assert since > BEGAN


SECONDS = (b"1" * 50_000, b"2" * 100_000, b"3" * 5_000)


def so_far(seconds: int) -> Recorded:
    whole = minute(1)
    return replace(whole, ended_us=whole.started_us + seconds * 1_000_000, ended_because=Ended.CUT_OFF)


def record_date_and_sign(box: Box, marked: list[int], *, told: Callable[[], None]) -> None:
    """One segment in a boot without a time, second by second; the time becomes known; the line is signed."""
    recording: OpenSegment = box.dating.begin(box.days)
    for number, second in enumerate(SECONDS, 1):
        recording.write(second)
        recording.mark(so_far(number))
        marked.append(number)
    recording.finish(minute(1))
    told()
    box.date_all()


@contextmanager
def interrupted(power: Power) -> Iterator[None]:
    """Count the transactions of the index among the calls to the disk, before each and after it."""
    real = Gaps.transaction

    @contextmanager
    def stepping(self: Gaps) -> Iterator[sqlite3.Connection]:
        power.step("begin")
        with real(self) as run:
            yield run
            power.step("commit")

    with pytest.MonkeyPatch.context() as patch, watched(power):
        patch.setattr(Gaps, "transaction", stepping)
        yield


def steps() -> int:
    """How many steps it takes; the same each time."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Timeline, "machine_at", lambda ns: ns // 1000)
        box = Box(new_disk(Path(folder)))
        assert box.boots.is_lost()
        (box.disk.home.spool / str(CAMERA)).mkdir()
        power = Power(box.disk.home.spool)
        with interrupted(power):
            record_date_and_sign(box, [], told=box.hear)
        box.ledger.close()
    return len(power.calls)


@pytest.mark.req("DR-18", "DR-34")
@pytest.mark.parametrize("lost", [True, False], ids=["unsynchronised lost", "all written"])
@pytest.mark.parametrize("cut_at", range(steps()))
def test_a_power_cut_at_any_step_loses_nothing_and_doubles_nothing(
    disk: Disk,
    cut_at: int,
    lost: bool,  # noqa: FBT001
) -> None:
    box = Box(disk)
    assert box.boots.is_lost()
    (disk.home.spool / str(CAMERA)).mkdir()
    power, marked = Power(disk.home.spool, cut_at=cut_at), list[int]()
    power.settle()
    with interrupted(power), pytest.raises(PowerCut):
        record_date_and_sign(box, marked, told=box.hear)
    if lost:
        power.lose_what_was_not_synchronised()
    for _twice in range(2):
        box.start_again()
    box.hear()
    box.date_all()
    held = box.ledger.segments(State.SPOOLED, limit=10)
    assert len(held) in ({1} if marked else {0, 1})
    assert (box.ledger.count(State.UNDATED), box.ledger.count(State.DATED)) == (0, 0)
    for entry in held:
        plain = age.decrypt(box.spool.cipher_path(entry).read_bytes(), disk.day_key.secret)
        line = parse_and_verify(box.spool.line_of(entry), public_key=public_key_text(disk.home.device_key()))
        assert line.plain_sha256 == hashlib.sha256(plain).hexdigest()
        assert box.spool.is_intact(entry)
        assert all(SECONDS[number - 1] in plain for number in marked)
        assert is_close(line.started_us, at(1))
        assert line.trust == Trust.REDATED
    assert {path.suffix for path in disk.home.spool.rglob("*") if path.is_file()} <= {".age", ".line"}
    box.ledger.close()


Events = list[tuple[str, int]]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["record", "fail", "die", "rest"]), st.integers(1, 300)), max_size=12),
    st.integers(-2, 3),
)
def test_whatever_happened_the_time_of_a_boot_is_covered_once(events: Events, ahead_hours: int) -> None:
    """`ahead_hours`: how far the clock of the boot before was ahead of the truth."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Timeline, "machine_at", lambda ns: ns // 1000)
        box, here = Box(new_disk(Path(folder))), BOOTED
        keep(box.spool, box.disk.rules, ahead_hours * 60 + 30)
        first = box.ledger.told_until_us(CAMERA)
        assert box.boots.is_lost()
        box.ledger.woke(CAMERA, at_us=first, last_sign_us=0)
        for what, seconds in events:
            until = here + seconds * 1_000_000
            if what == "record":
                made = replace(minute(0), started_us=here, ended_us=until, monotonic_ns=here * 1000)
                box.dating.begin(box.days).finish(made) if seconds % 7 else _cut_off(box, made)
            elif what == "fail":
                cause = list(GapCause)[seconds % 5]
                box.journal.fail(cause, box.boot, at_us=here, evidence={})
            elif what == "die":
                box.start_again()
            here = until
        box.hear()
        box.date_all()
        told = sorted([*box.spans()[1:], *((one, two) for one, two, _cause in box.gaps())])
        assert [one for one, _two in told[:1]] == [first][: len(told)]
        assert all(one[1] == two[0] for one, two in pairwise(told))
        lengths = sorted(seconds * 1_000_000 for what, seconds in events if what == "record")
        assert sorted(end - begin for begin, end in box.spans()[1:]) == lengths
        box.ledger.close()


def _cut_off(box: Box, made: Recorded) -> None:
    recording = box.dating.begin(box.days)
    recording.write(PLAIN)
    recording.mark(made)
    recording.leave()
    box.start_again()
