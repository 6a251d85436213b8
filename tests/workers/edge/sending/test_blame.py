"""A store that fails, and one that fails at some segments only."""

from contextlib import suppress

import pytest

from tests.workers.edge.disks import keep
from tests.workers.edge.outboxes import Line
from workers.edge.api import Unavailable
from workers.edge.sending.rules import SendingRules


@pytest.mark.req("DR-34")
@pytest.mark.parametrize("bad", [1, 2], ids=["the oldest", "the two oldest"])
def test_where_the_store_always_fails_at_some_segments_all_others_go(line: Line, bad: int) -> None:
    line.server.fails_at = set(line.ids()[:bad])
    others = line.ids()[bad:]
    for _ in range(4):
        with suppress(Unavailable):
            line.outbox.send_some()
    assert line.server.puts == others
    again, ledger = line.disk.spool()
    newest = str(keep(again, line.disk.rules, 3).segment_id)
    ledger.close()
    for _ in range(bad):
        with suppress(Unavailable):
            line.outbox.send_some()
    assert newest in line.server.puts, "nor do they stand before what comes later"
    line.server.fails_at = set()
    for _ in range(2):
        line.outbox.send_some()
    assert len(line.server.puts) == 4


@pytest.mark.req("DR-34")
def test_while_the_store_is_away_no_segment_is_to_blame_so_that_the_oldest_goes_before_what_comes_later(
    line: Line,
) -> None:
    line.outbox.send_some(SendingRules(bytes_per_second=1))
    line.server.puts_until_failure = 1
    for _ in range(100):
        with pytest.raises(Unavailable):
            line.outbox.send_some()
    before = line.ids()
    again, ledger = line.disk.spool()
    keep(again, line.disk.rules, 3)
    ledger.close()
    assert line.ids()[:2] == before, "tried least is the same for all"
    line.server.puts_until_failure = 100
    assert line.outbox.send_some() == 3
