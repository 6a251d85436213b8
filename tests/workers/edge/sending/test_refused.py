"""What cannot be read or is not taken: nothing is lost, others go, people are told, and what may pass goes again."""

import errno
from itertools import pairwise

import pytest

from infra.causes import GapCause
from tests.workers.edge.disks import CAMERA
from tests.workers.edge.outboxes import Line
from workers.edge.ledger import State
from workers.edge.sending.refused import left_behind

HOUR, DAY = 3600.0, 24 * 3600.0


@pytest.mark.req("DR-34")
@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ENOENT], ids=["sector", "rights", "wrongly gone"])
def test_a_file_that_is_there_and_cannot_be_read_is_told_of_and_sent_once_it_can_be(line: Line, number: int) -> None:
    first, *others = line.ids()
    line.server.unread = {first: number}
    assert line.outbox.send_some() == 2
    assert line.server.puts == others
    assert (line.ledger.unreported_gaps(limit=5), line.files()) == ([], 3), "nothing is lost"
    assert left_behind(line.ledger).words() == (
        "1 段影像無法上傳，仍留在主機內。最近一次的原因：主機磁碟上的片段無法讀取。請施作廠商檢查或更換磁碟。"
        "排除後，主機會在一天內自動再送。"
    )
    line.server.unread = {}
    assert line.outbox.send_some() == 0
    line.passing.at += HOUR
    assert line.outbox.send_some() == 1
    assert left_behind(line.ledger).words() == ""
    assert line.ledger.count(State.CONFIRMED) == 3


@pytest.mark.req("DR-34")
def test_a_line_that_cannot_be_read_for_a_moment_goes_later(line: Line) -> None:
    first = line.waiting()[0]
    path = line.disk.home.spool / str(CAMERA) / f"{first.segment_id}.line"
    held = path.read_bytes()
    path.unlink()
    path.mkdir()  # opens for nobody, root included
    assert line.outbox.send_some() == 2
    path.rmdir()
    path.write_bytes(held)
    line.passing.at += HOUR
    assert line.outbox.send_some() == 1


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_what_the_machine_lacks_for_a_moment_says_nothing_of_a_segment(line: Line, number: int) -> None:
    line.server.unread = dict.fromkeys(line.ids(), number)
    with pytest.raises(OSError, match="cannot be read"):
        line.outbox.send_some()
    assert (len(line.waiting()), left_behind(line.ledger).segments) == (3, 0)
    line.server.unread = {}
    assert line.outbox.send_some() == 3


@pytest.mark.parametrize("held", ["[]", '"text"', "7", '{"line": 7, "signature": []}', "{}"])
def test_a_line_that_is_none_stops_nothing(line: Line, held: str) -> None:
    first = line.waiting()[0]
    (line.disk.home.spool / str(CAMERA) / f"{first.segment_id}.line").write_text(held, encoding="utf-8")
    assert line.outbox.send_some() == 2
    assert line.ledger.count(State.REFUSED) == 1


@pytest.mark.req("DR-34")
def test_a_segment_whose_folder_is_gone_with_its_line_is_a_gap_too(line: Line) -> None:
    for path in (line.disk.home.spool / str(CAMERA)).iterdir():
        path.unlink()
    assert line.outbox.send_some() == 0
    assert [gap.cause for gap in line.ledger.unreported_gaps(limit=5)] == [GapCause.SPOOL_FAILED] * 3


@pytest.mark.req("DR-18", "DR-34")
def test_what_was_refused_for_a_reason_that_passes_goes_again_and_ever_less_often(line: Line) -> None:
    line.server.refused = frozenset({0})
    line.server.code = "unknown_key"
    line.outbox.send_some()
    asked = []
    for hour in range(24 * 7):
        line.passing.at = hour * HOUR
        before = left_behind(line.ledger), line.ledger.connection.total_changes
        line.outbox.send_some()
        if line.ledger.connection.total_changes != before[1]:
            asked.append(hour)
    assert 8 <= len(asked) <= 20, "first soon, in the end once a day"
    assert asked[0] <= 2
    assert all(later - earlier <= 24 for earlier, later in pairwise(asked))
    line.server.refused = frozenset()
    line.passing.at += DAY
    assert line.outbox.send_some() == 1


@pytest.mark.req("DR-34")
def test_what_was_refused_in_one_moment_does_not_come_back_in_one(line: Line) -> None:
    line.server.refused = frozenset({0, 1, 2})
    line.outbox.send_some()
    due = {row[0] for row in line.ledger.connection.execute("select due_us from segments")}
    assert len(due) == 3


@pytest.mark.req("DR-18")
def test_what_is_refused_for_good_is_not_asked_for_again(line: Line) -> None:
    line.server.refused, line.server.code = frozenset({0}), "bad_signature"
    line.outbox.send_some()
    line.server.refused = frozenset()
    line.passing.at += 100 * DAY
    assert line.outbox.send_some() == 0
    assert left_behind(line.ledger).code == "bad_signature"


@pytest.mark.req("DR-34", "KH-3-10")
def test_a_clock_that_was_years_ahead_when_a_segment_was_refused_delays_nothing(line: Line) -> None:
    line.passing.at = 9 * 365 * DAY
    line.server.refused = frozenset({0})
    line.outbox.send_some()
    line.server.refused, line.passing.at = frozenset(), 0.0
    assert line.outbox.send_some() == 1
