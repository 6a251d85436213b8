"""What is recorded without a time is kept unsent, and dated once somebody tells the time."""

from datetime import timedelta
from itertools import pairwise

import pytest

from infra import age
from infra.causes import GapCause
from infra.clock import day_start
from infra.manifest import Trust, microseconds, parse, parse_and_verify
from infra.signing import public_key_text
from infra.timeline import boot_id
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, PLAIN, keep
from tests.workers.edge.undated.boxes import BOOTED, MINUTE, TOMORROW, Box, at, is_close
from workers.edge.ledger import State
from workers.edge.spool import NoDayKey

pytestmark = pytest.mark.req("DR-18")


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
