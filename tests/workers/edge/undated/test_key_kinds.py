"""A box without a time while its city changes to post-quantum keys: never for keys of both kinds, and dated still."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from infra import age
from infra.age import Kind
from infra.age_keys import name_of
from infra.clock import day_start
from infra.manifest import microseconds, parse
from tests.workers.edge.disks import DAY, PLAIN, Disk, keep
from tests.workers.edge.undated.boxes import BOOTED, MINUTE, OTHER_BOOT, SHIFT, Box, minute
from workers.edge.configuration import DayRules
from workers.edge.ledger import State
from workers.edge.undated.by_hand import ByHand, NotPossible

pytestmark = pytest.mark.req("KH-5-1a", "DR-18")
NEXT = DAY + timedelta(days=1)
HYBRID, LATER = age.new_identity(Kind.HYBRID), age.new_identity(Kind.HYBRID)
TO_NEXT = microseconds(day_start(NEXT)) - BOOTED + 1_000_000


def rules(*keys: age.Identity) -> dict[date, DayRules]:
    """The box's keys from the first day on."""
    return {DAY + timedelta(days=number): DayRules(14, key.recipient) for number, key in enumerate(keys)}


def changing(disk: Disk) -> Box:
    """The first day's key is classic, those after it are not."""
    return Box(disk, days=rules(disk.day_key, HYBRID, LATER))


def held_file(disk: Disk) -> Path:
    """The only one that waits for its time."""
    (path,) = disk.home.spool.rglob("*.held")
    return path


def held(box: Box) -> bytes:
    return held_file(box.disk).read_bytes()


def begin(box: Box, *, is_cut_off: bool) -> None:
    """One segment, whole or without its end."""
    if not is_cut_off:
        box.keep(0)
        return
    recording = box.dating.begin(box.days)
    recording.write(PLAIN)
    recording.mark(minute(0))
    recording.leave()


def suffixes(disk: Disk) -> set[str]:
    """The kinds of files in the spool."""
    return {path.suffix for path in disk.home.spool.rglob("*") if path.is_file()}


def told(box: Box, shift_us: int = TO_NEXT) -> None:
    """It was without a time, is told one, and dates what it holds."""
    assert box.boots.is_lost()
    box.hear(shift_us)
    box.date_all()


def sent(box: Box) -> tuple[bytes, str, str]:
    """The bytes of the only file that may be sent; its line's recipient and notes."""
    (entry,) = box.ledger.segments(State.SPOOLED, limit=9)
    line = parse(box.spool.line_of(entry).line)
    assert box.spool.is_intact(entry)
    return box.spool.cipher_path(entry).read_bytes(), line.recipient, line.notes


def test_it_is_sealed_for_the_keys_of_the_first_days_kind_alone(disk: Disk) -> None:
    box = changing(disk)
    box.keep(0)
    assert age.decrypt(held(box), disk.day_key.secret) == PLAIN
    assert b"mlkem768x25519" not in held(box)
    later = Box(disk, days=rules(HYBRID, disk.day_key))
    held_file(disk).unlink()
    later.keep(1)
    assert age.decrypt(held(later), HYBRID.secret) == PLAIN
    assert b"\n-> X25519 " not in held(later)
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(held(later), disk.day_key.secret)


@pytest.mark.parametrize("days", [1, 5])
def test_what_was_recorded_last_says_which_day_is_the_likeliest(disk: Disk, days: int) -> None:
    box = changing(disk)
    later = {day: DayRules(14, disk.day_key.recipient) for day in (DAY + timedelta(days=n) for n in range(9))}
    keep(box.spool, later, days * 24 * 60)
    box.keep(1)
    assert all(age.decrypt(held(box), key.secret) == PLAIN for key in (HYBRID, LATER))


def test_a_day_of_the_other_kind_gets_a_file_of_its_own(disk: Disk) -> None:
    box = changing(disk)
    box.keep(0)
    told(box)
    cipher, recipient, notes = sent(box)
    assert (recipient, "several_keys" in notes) == (name_of(HYBRID.recipient), False)
    assert age.decrypt(cipher, HYBRID.secret) == PLAIN
    assert cipher.count(b"\n-> ") == 1
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(cipher, disk.day_key.secret)
    assert suffixes(disk) == {".age", ".line"}


def test_what_the_disk_changed_since_is_not_sealed_anew(disk: Disk) -> None:
    box = changing(disk)
    box.keep(0)
    path = held_file(disk)
    path.write_bytes(held(box)[:-1] + b"\0")
    told(box)
    assert (box.ledger.count(State.DATED), box.ledger.count(State.SPOOLED)) == (1, 0)
    assert path.exists()


def test_the_first_day_is_dated_as_ever(disk: Disk) -> None:
    box = changing(disk)
    box.keep(0)
    box.start_again()
    told(box, SHIFT)
    cipher, recipient, notes = sent(box)
    assert (recipient, "several_keys" in notes) == (disk.day_key.recipient, False)
    assert age.decrypt(cipher, disk.day_key.secret) == PLAIN


@pytest.mark.parametrize("is_cut_off", [False, True])
def test_once_the_key_is_gone_a_day_of_the_other_kind_leaves_under_its_own_header(
    disk: Disk, *, is_cut_off: bool
) -> None:
    box = changing(disk)
    begin(box, is_cut_off=is_cut_off)
    box.start_again()
    told(box, TO_NEXT + MINUTE)
    cipher, recipient, notes = sent(box)
    assert (recipient, "several_keys" in notes) == (name_of(HYBRID.recipient), True)
    assert all(age.decrypt(cipher, key.secret) == PLAIN for key in (HYBRID, LATER))
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(cipher, disk.day_key.secret)
    assert suffixes(disk) == {".age", ".line"}


def test_back_to_classic_the_same(disk: Disk) -> None:
    box = Box(disk, days=rules(HYBRID, disk.day_key))
    box.keep(0)
    box.start_again()
    told(box)
    cipher, recipient, notes = sent(box)
    assert (recipient, "several_keys" in notes) == (disk.day_key.recipient, False)
    assert age.decrypt(cipher, disk.day_key.secret) == PLAIN
    assert b"mlkem768x25519" not in cipher


def test_a_person_may_date_it_on_a_day_of_either_kind_and_on_no_other(disk: Disk) -> None:
    before = Box(disk, boot=OTHER_BOOT, days=rules(disk.day_key, HYBRID))
    assert before.boots.is_lost()
    before.keep(0)
    before.ledger.close()
    box = changing(disk)
    assert box.boots.is_lost()
    box.hear(TO_NEXT + 60 * 24 * MINUTE * 2)
    assert not box.boots.is_lost()
    by_hand = ByHand(box.ledger, box.boots, disk.home.spool)
    (left,) = by_hand.left()
    given = {"bound_us": MINUTE, "now_us": box.readings.now_us()}
    with pytest.raises(NotPossible, match="金鑰"):
        by_hand.settle(left, began_us=TO_NEXT + 60 * 24 * MINUTE, **given)
    assert by_hand.settle(left, began_us=TO_NEXT, **given) == 1
    assert box.dating.sign_one(box.days)
    cipher, recipient, _notes = sent(box)
    assert recipient == name_of(HYBRID.recipient)
    assert age.decrypt(cipher, HYBRID.secret) == PLAIN


def test_the_header_for_the_other_kind_goes_with_what_was_never_whole(disk: Disk) -> None:
    box = changing(disk)
    box.dating.begin(box.days).leave()
    assert ".other" in suffixes(disk)
    box.start_again()
    assert suffixes(disk) == set()


def test_it_goes_with_a_file_that_is_gone(disk: Disk) -> None:
    box = changing(disk)
    box.keep(0)
    held_file(disk).unlink()
    box.start_again()
    assert suffixes(disk) == set()


def test_there_is_none_once_every_day_that_it_can_be_is_of_one_kind(disk: Disk) -> None:
    box = changing(disk)
    keep(box.spool, {DAY + timedelta(days=1): DayRules(14, disk.day_key.recipient)}, 24 * 60)
    box.keep(1)
    assert ".other" not in suffixes(disk)


def test_of_hybrid_days_alone_each_opens_it_and_what_is_noted_of_them_is_short(disk: Disk) -> None:
    box = Box(disk, days=rules(HYBRID, LATER))
    box.keep(0)
    (noted,) = disk.home.spool.rglob("*.kept")
    assert noted.stat().st_size < 2000
    assert all(age.decrypt(held(box), key.secret) == PLAIN for key in (HYBRID, LATER))
    box.start_again()
    told(box)
    cipher, recipient, notes = sent(box)
    assert (recipient, "several_keys" in notes) == (name_of(LATER.recipient), True)
    assert age.decrypt(cipher, LATER.secret) == PLAIN
