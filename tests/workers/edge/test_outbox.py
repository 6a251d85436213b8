"""Sending what the spool holds, against a server that answers as it is told."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID

import pytest

from infra.causes import GapCause
from tests.workers.edge.disks import BEGAN, CAMERA
from tests.workers.edge.outboxes import Line
from workers.edge.api import Api, Unavailable
from workers.edge.ledger import State
from workers.edge.outbox import Outbox
from workers.edge.sending.rules import BATCH_SECONDS, SendingRules, Span


@pytest.mark.req("DR-34")
def test_files_go_only_once_the_store_is_known_to_hold_them(line: Line) -> None:
    assert line.outbox.send_some() == 3
    assert (line.ledger.count(State.CONFIRMED), line.files()) == (3, 3)
    line.server.state = "confirmed"
    assert line.outbox.collect_receipts() == 0
    assert line.files() == 3
    line.server.state = "stored"
    assert line.outbox.collect_receipts() == 3
    assert line.files() == 0
    assert not line.ledger.known(CAMERA)


@pytest.mark.req("DR-34")
def test_a_store_that_fails_in_the_middle_keeps_what_went_up_and_sends_nothing_twice(line: Line) -> None:
    line.server.puts_until_failure = 1
    with pytest.raises(Unavailable):
        line.outbox.send_some()
    assert (line.ledger.count(State.CONFIRMED), line.ledger.count(State.SPOOLED)) == (1, 2)
    line.server.puts_until_failure = 100
    assert line.outbox.send_some() == 2
    assert len(line.server.puts) == len(set(line.server.puts)) == 3


@pytest.mark.req("DR-34")
def test_what_the_store_took_before_the_server_heard_of_it_is_confirmed_and_not_put_again(line: Line) -> None:
    line.server.confirms = False
    with pytest.raises(Unavailable):
        line.outbox.send_some()
    assert line.ledger.count(State.SPOOLED) == 3
    line.server.confirms = True
    again, ledger = line.disk.spool()
    assert Outbox(cast("Api", line.server), ledger, again).send_some() == 3
    assert (ledger.count(State.CONFIRMED), len(line.server.puts)) == (3, 3)
    ledger.close()


@pytest.mark.req("DR-34")
def test_what_the_store_took_is_noted_before_the_next_is_put_so_that_a_kill_repeats_no_batch(line: Line) -> None:
    put, noted = line.server.put, []

    def watched(url: str, headers: Mapping[str, str], path: Path, **more: Callable[[], bool]) -> None:
        noted.append([line.ledger.is_put(UUID(one)) for one in line.server.puts])
        put(url, headers, path, **more)

    with patch.object(line.server, "put", watched):
        line.outbox.send_some()
    assert noted == [[], [True], [True, True]]


@pytest.mark.req("DR-18")
def test_what_the_server_refuses_stays_on_the_disk_and_stops_nothing_else(line: Line) -> None:
    line.server.refused = frozenset({0})
    assert line.outbox.send_some() == 2
    assert (line.ledger.count(State.REFUSED), line.files()) == (1, 3)
    assert line.outbox.send_some() == 0


@pytest.mark.parametrize("state", ["mismatched", "unknown"])
def test_what_the_store_does_not_hold_is_sent_again(line: Line, state: str) -> None:
    line.outbox.send_some()
    line.server.state = state
    assert line.outbox.collect_receipts() == 0
    assert line.ledger.count(State.SPOOLED) == 3
    line.server.state = "stored"
    line.outbox.send_some()
    assert line.outbox.collect_receipts() == 3
    assert len(line.server.puts) == 6


def test_a_segment_whose_line_cannot_be_read_does_not_stop_the_others(line: Line) -> None:
    first = line.ledger.segments(State.SPOOLED, limit=1)[0]
    (line.disk.home.spool / str(CAMERA) / f"{first.segment_id}.line").write_text("{", encoding="utf-8")
    assert line.outbox.send_some() == 2
    assert line.ledger.count(State.REFUSED) == 1


@pytest.mark.req("DR-05")
def test_what_belongs_to_a_destroyed_day_goes_from_the_box_too(line: Line) -> None:
    line.server.refused, line.server.code = frozenset({0, 2}), "day_destroyed"
    assert line.outbox.send_some() == 1
    assert (line.ledger.count(State.REFUSED), line.files()) == (0, 1)


def test_a_segment_the_store_will_not_take_does_not_stand_in_the_way(line: Line) -> None:
    first = line.ledger.segments(State.SPOOLED, limit=1)[0]
    line.server.hates = str(first.segment_id)
    assert line.outbox.send_some() == 2
    assert [one.segment_id for one in line.ledger.segments(State.SPOOLED, limit=5)] == [first.segment_id]
    with pytest.raises(Unavailable):
        line.outbox.send_some()
    path = line.disk.home.spool / str(CAMERA) / f"{first.segment_id}.age"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert line.outbox.send_some() == 0
    assert line.ledger.count(State.REFUSED) == 1, "the disk changed it, and a person must see that"


def test_a_file_that_vanished_becomes_a_gap(line: Line) -> None:
    first = line.ledger.segments(State.SPOOLED, limit=1)[0]
    (line.disk.home.spool / str(CAMERA) / f"{first.segment_id}.age").unlink()
    assert line.outbox.send_some() == 2
    assert [gap.cause for gap in line.ledger.unreported_gaps(limit=5)] == [GapCause.SPOOL_FAILED]


def order_of(line: Line, rules: SendingRules, *, in_bulk: bool = True) -> list[int]:
    """The numbers of the minutes that went, in their order."""
    numbers = {str(one.segment_id): (one.started_us - BEGAN) // 60_000_000 for one in line.waiting()}
    line.outbox.send_some(rules, in_bulk=in_bulk)
    return [numbers[put] for put in line.server.puts]


def span_of(first: int, last: int, camera: UUID = CAMERA) -> Span:
    return Span(camera, BEGAN + first * 60_000_000 + 1, BEGAN + (last + 1) * 60_000_000)


@pytest.mark.req("DR-34", "DR-02")
def test_what_a_case_waits_for_goes_first_and_in_closed_hours_alone(line: Line) -> None:
    asked = SendingRules(requested=(span_of(2, 2), span_of(0, 9, UUID(int=77))))
    assert order_of(line, asked, in_bulk=False) == [2]
    line.server.puts.clear()
    assert order_of(line, asked) == [0, 1]


@pytest.mark.req("DR-34")
def test_requested_first_then_the_oldest_or_the_newest(line: Line) -> None:
    assert order_of(line, SendingRules(requested=(span_of(1, 1),), newest_first=True)) == [1, 2, 0]


@pytest.mark.req("DR-34")
def test_in_closed_hours_nothing_goes_that_nobody_asked_for(line: Line) -> None:
    assert order_of(line, SendingRules(), in_bulk=False) == []
    assert len(line.waiting()) == 3


@pytest.mark.req("DR-34")
def test_on_a_slow_line_a_batch_is_small_enough_for_its_links(line: Line) -> None:
    size = line.waiting()[0].size
    assert 2 * size <= 2 * BATCH_SECONDS < 3 * size
    assert order_of(line, SendingRules(bytes_per_second=2)) == [0, 1]


@pytest.mark.req("DR-34")
def test_on_a_slow_line_nothing_is_put_with_a_link_that_has_ended(line: Line) -> None:
    put = line.server.put

    def slow(*of: Any, **more: Any) -> None:  # noqa: ANN401 - as they come
        line.passing.at += 200.0
        put(*of, **more)

    with patch.object(line.server, "put", slow):
        assert [line.outbox.send_some() for _ in range(2)] == [2, 1]
    assert len(line.server.tried) == 3


@pytest.mark.req("DR-34")
def test_a_requested_segment_that_the_store_never_takes_does_not_block_what_follows(line: Line) -> None:
    first = line.waiting()[0]
    for _ in range(5):
        line.ledger.mark([first.segment_id], State.SPOOLED, again=True)
    assert order_of(line, SendingRules(requested=(span_of(0, 0),))) == [1, 2, 0]


@pytest.mark.req("DR-34")
def test_what_is_confirmed_is_never_put_again(line: Line) -> None:
    line.server.puts_until_failure = 2
    with pytest.raises(Unavailable):
        line.outbox.send_some()
    line.server.puts_until_failure = 100
    line.outbox.send_some(SendingRules(requested=(span_of(0, 2),)))
    assert sorted(line.server.puts) == sorted(set(line.server.puts))
    assert len(line.server.puts) == 3
