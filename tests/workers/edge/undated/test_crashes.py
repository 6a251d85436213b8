"""A power cut at any step, and whatever else happens in such a boot."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import age
from infra.causes import Ended, GapCause
from infra.manifest import Trust, parse_and_verify
from infra.recorded import Recorded
from infra.signing import public_key_text
from infra.timeline import Timeline
from tests.workers.edge.disks import CAMERA, PLAIN, Disk, keep, new_disk
from tests.workers.edge.power import Power, PowerCut, watched
from tests.workers.edge.undated.boxes import BOOTED, Box, at, is_close, minute
from workers.edge.gaps.keeping import Gaps
from workers.edge.ledger import State
from workers.edge.open_segments import OpenSegment

pytestmark = pytest.mark.req("DR-18")


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


@settings(max_examples=25)
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
