"""An earlier boot that a person dates: what is possible, what is refused, and what its lines say."""

import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from infra.manifest import CLOCK_BY_HAND, Note, Trust, parse
from tenants.periods import LATE_UPLOAD_DAYS
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, Disk, enrol, keep
from tests.workers.edge.undated.boxes import BOOTED, MINUTE, OTHER_BOOT, SHIFT, Box, is_close
from workers.edge.__main__ import main
from workers.edge.configuration import DayRules
from workers.edge.ledger import State
from workers.edge.undated.by_hand import ByHand, Left, NotPossible

pytestmark = pytest.mark.req("DR-18")

THIRD_BOOT = "00000000-0000-0000-0000-000000000006"
DAY_US = 86_400_000_000
# When the machine of the earlier boot began to run, as somebody remembers it; the box's present is SHIFT after its own.
POWER_CAME = BEGAN + 20 * MINUTE
WITHIN = 5 * MINUTE


def earlier(disk: Disk, boot: str = OTHER_BOOT) -> None:
    """A boot that recorded two minutes, and was over before anybody told the time."""
    before = Box(disk, boot=boot)
    assert before.boots.is_lost()
    before.keep(0)
    before.keep(1)
    before.ledger.close()


@pytest.fixture
def box(disk: Disk) -> Iterator[Box]:
    """A box that knows the time again, and has recorded since."""
    first = Box(disk)
    keep(first.spool, disk.rules)
    first.ledger.close()
    earlier(disk)
    made = Box(disk)
    made.start_again()
    assert made.boots.is_lost()
    made.hear()
    assert not made.boots.is_lost()
    made.boots.end_earlier()
    keep(made.spool, disk.rules, number=50)
    yield made
    made.ledger.close()


def by_hand(box: Box) -> ByHand:
    return ByHand(box.ledger, box.boots, box.disk.home.spool)


def date(box: Box, left: Left, began_us: int = POWER_CAME) -> int:
    return by_hand(box).settle(left, began_us=began_us, bound_us=WITHIN, now_us=box.readings.now_us())


def test_what_a_boot_left_is_told_with_the_moments_between_which_it_began(box: Box) -> None:
    (left,) = by_hand(box).left()
    assert (left.boot_id, left.segments, left.from_us, left.until_us) == (OTHER_BOOT, 2, BOOTED, BOOTED + 2 * MINUTE)
    assert left.earliest_us == BEGAN + MINUTE - BOOTED
    assert left.latest_us is not None
    assert is_close(left.latest_us, SHIFT - BOOTED - 2 * MINUTE)


def test_it_is_sent_with_the_time_that_was_given_and_says_that_a_person_gave_it(box: Box) -> None:
    (left,) = by_hand(box).left()
    assert date(box, left) == 2
    while box.dating.sign_one(box.days):
        pass
    found = [one for one in box.ledger.segments(State.SPOOLED, limit=9) if one.started_us < BEGAN + 50 * MINUTE][1:]
    assert [one.started_us for one in found] == [POWER_CAME + BOOTED, POWER_CAME + BOOTED + MINUTE]
    line = parse(box.spool.line_of(found[0]).line)
    assert (line.trust, line.clock_source, line.civil_day) == (Trust.REDATED, CLOCK_BY_HAND, DAY)
    assert WITHIN <= line.clock_bound_us < WITHIN + MINUTE
    assert Note.SEVERAL_KEYS in line.notes.split(",")
    assert by_hand(box).left() == []


def test_what_was_told_of_gaps_and_of_the_present_stays(box: Box) -> None:
    gaps, until = box.gaps(), box.ledger.camera(CAMERA).until
    (left,) = by_hand(box).left()
    date(box, left)
    box.dating.tell()
    box.start_again()
    assert (box.gaps(), box.ledger.camera(CAMERA).until) == (gaps, until)


@pytest.mark.parametrize(
    ("began", "word"),
    [
        (BEGAN - 60 * MINUTE, "不可能在"),
        (SHIFT, "不可能在"),
    ],
    ids=["before the last second that was recorded", "after the next boot began"],
)
def test_a_time_at_which_it_cannot_have_been_is_refused_and_nothing_changes(box: Box, began: int, word: str) -> None:
    (left,) = by_hand(box).left()
    with pytest.raises(NotPossible, match=word):
        date(box, left, began)
    assert by_hand(box).left() == [left]
    assert box.ledger.count(State.DATED) == 0


def test_what_the_server_takes_no_more_is_refused(box: Box) -> None:
    (left,) = by_hand(box).left()
    late_us = (LATE_UPLOAD_DAYS + 1) * DAY_US
    with pytest.raises(NotPossible, match=f"超過 {LATE_UPLOAD_DAYS} 日"):
        by_hand(box).settle(left, began_us=POWER_CAME, bound_us=WITHIN, now_us=POWER_CAME + late_us)


def test_a_day_for_which_it_is_not_sealed_is_refused(disk: Disk) -> None:
    before = Box(disk, boot=OTHER_BOOT, days={DAY + timedelta(days=3): DayRules(14, disk.day_key.recipient)})
    keep(before.spool, disk.rules)
    assert before.boots.is_lost()
    before.keep(0)
    before.ledger.close()
    box = Box(disk)
    assert box.boots.is_lost()
    box.hear()
    assert not box.boots.is_lost()
    (left,) = by_hand(box).left()
    with pytest.raises(NotPossible, match="金鑰"):
        date(box, left)
    box.ledger.close()


def test_two_boots_that_are_dated_never_lie_over_each_other(disk: Disk) -> None:
    earlier(disk)
    earlier(disk, THIRD_BOOT)
    box = Box(disk)
    assert box.boots.is_lost()
    box.hear()
    assert not box.boots.is_lost()
    box.boots.end_earlier()
    first, second = by_hand(box).left()
    assert (first.boot_id, second.boot_id) == (OTHER_BOOT, THIRD_BOOT)
    date(box, first)
    (second,) = by_hand(box).left()
    assert second.after_us == POWER_CAME + first.until_us
    with pytest.raises(NotPossible, match="不可能在"):
        date(box, second)
    assert date(box, second, POWER_CAME + first.until_us) == 2
    box.ledger.close()


def test_a_segment_that_is_found_later_gets_the_time_that_was_given_first(box: Box) -> None:
    (left,) = by_hand(box).left()
    date(box, left)
    with box.ledger.transaction() as run:
        run.execute(
            "update segments set state = 'undated', started_us = ?, ended_us = ? where rowid = "
            "(select max(rowid) from segments where state = 'dated')",
            (BOOTED + MINUTE, BOOTED + 2 * MINUTE),
        )
    box.dating.tell()
    (rest,) = by_hand(box).left()
    assert date(box, rest, POWER_CAME + MINUTE) == 1
    starts = sorted(entry.started_us for entry, _boot in box.journal.entries())
    assert starts == [POWER_CAME + BOOTED, POWER_CAME + BOOTED + MINUTE]


def run(box: Box, monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> int:
    """The command as the installer runs it, and what he answers."""
    monkeypatch.setattr(sys, "argv", ["shouyuan-edge", "undated", *arguments, "--home", str(box.disk.home.folder)])
    monkeypatch.setattr("builtins.input", lambda _question: typed)
    return main()


@pytest.fixture
def enrolled(box: Box) -> Box:
    enrol(box.disk.home)
    return box


# 20 minutes after BEGAN, in Taipei.
WHEN = "115-11-20 12:20"


def test_the_command_lists_asks_and_dates(
    enrolled: Box, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(enrolled, monkeypatch, "list") == 0
    assert "1\t2 段\t錄於開機後 0:00:40 至 0:02:40\t主機開機的時刻只可能在 民國115年11月20日" in capsys.readouterr().out
    assert run(enrolled, monkeypatch, "date", "1", "--began", WHEN, typed="no") == 1
    assert enrolled.ledger.count(State.DATED) == 0
    assert run(enrolled, monkeypatch, "date", "1", "--began", WHEN, "--within", "3", typed="yes") == 0
    assert "誤差 3 分鐘" in capsys.readouterr().out
    starts = sorted(entry.started_us for entry, _boot in enrolled.journal.entries())
    assert starts == [BEGAN + 20 * MINUTE + BOOTED, BEGAN + 20 * MINUTE + BOOTED + MINUTE]
    assert run(enrolled, monkeypatch, "list") == 0
    assert "沒有時間不明的影像" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("1", "--began", "yesterday"), "看不懂"),
        (("1", "--began", "115-13-40 12:20"), "看不懂"),
        (("7", "--began", WHEN), "沒有編號 7"),
        (("0", "--began", WHEN), "沒有編號 0"),
        (("1", "--began", WHEN, "--within", "0"), "誤差請填"),
        (("1", "--began", "114-11-20 12:20"), "不可能在"),
    ],
)
def test_what_cannot_be_is_answered_with_a_sentence(
    enrolled: Box,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    word: str,
) -> None:
    assert run(enrolled, monkeypatch, "date", *arguments, "--yes") == 1
    assert word in capsys.readouterr().err
    assert enrolled.ledger.count(State.DATED) == 0


def test_a_box_that_does_not_know_the_time_itself_dates_nothing(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier(disk)
    enrol(disk.home)
    box = Box(disk)
    assert box.boots.is_lost()
    assert run(box, monkeypatch, "date", "1", "--began", WHEN, "--yes") == 1
    assert "還不知道時間" in capsys.readouterr().err
    box.ledger.close()
