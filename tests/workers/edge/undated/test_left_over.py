"""What could not be dated at once, what is gone, and what nobody will ever date."""

from datetime import timedelta

import pytest

from infra import age
from infra.causes import GapCause
from infra.manifest import Trust, parse
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, PLAIN, Disk, keep
from tests.workers.edge.undated.boxes import BOOTED, MINUTE, OTHER_BOOT, SHIFT, Box, at, is_close
from workers.edge.configuration import DayRules
from workers.edge.ledger import State
from workers.edge.undated.saying import Saying

pytestmark = pytest.mark.req("DR-18")


def test_a_day_whose_key_comes_later_waits_for_it(box: Box) -> None:
    assert box.boots.is_lost()
    box.keep(0)
    box.hear(SHIFT + 9 * 86_400_000_000)
    box.date_all()
    assert (box.ledger.count(State.DATED), box.ledger.count(State.SPOOLED)) == (1, 0)
    later = age.new_identity(age.Kind.CLASSIC)
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
