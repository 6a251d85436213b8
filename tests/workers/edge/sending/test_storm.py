"""A thousand boxes that lost the server together come back one by one, and each soon. Time is counted, not waited."""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice, pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.workers.edge.disks import Disk, config_document, enrol, keep
from tests.workers.edge.passing import Passing
from workers.edge import uploader
from workers.edge.api import Api, Unavailable
from workers.edge.outbox import BATCH
from workers.edge.standing import Standing
from workers.edge.uploader import CONFIG_SECONDS, Reporter, Sender
from workers.edge.waiting import (
    LONGEST_PAUSE_SECONDS,
    SEND_AGAIN_SECONDS,
    Pause,
    Uniform,
    contact_pause,
    first_wait,
    sending_pause,
)

BOXES, BACK_AT, END = 1000, 600.0, 700.0
HEARTBEAT_SECONDS, BATCH_SECONDS = 15.0, 20.0
# Requests of all boxes that the server may see in any one second, heartbeats of those that are back included.
MOST_IN_A_SECOND = 600

Answers = Callable[[float], float | None]


def reporter(uniform: Uniform, answers: Answers, asked: Counter[int], *, begins: float) -> Iterator[float]:
    """What a box's first thread does: config and heartbeat, and after a failure its pause. Yields when it is on."""
    at, pause, config_due = begins, contact_pause(uniform), begins
    while True:
        yield at
        asked[int(at)] += 1
        ordered = answers(at)
        if ordered is None:
            if at >= config_due:  # this was the config, and the heartbeat follows
                asked[int(at)] += 1
                config_due = at + CONFIG_SECONDS
            pause.reset()
            at += HEARTBEAT_SECONDS
        else:
            at += pause.take(ordered=ordered)


def sender(uniform: Uniform, answers: Answers, asked: Counter[int], *, begins: float) -> Iterator[float]:
    """What its second thread does with a backlog: announce a batch, put it to the store, confirm it."""
    at, pause = begins, sending_pause(uniform)
    while True:
        yield at
        asked[int(at)] += 1
        ordered = answers(at)
        if ordered is None:
            pause.reset()
            at += uniform(BATCH_SECONDS / 2, BATCH_SECONDS * 2)  # lines differ
            asked[int(at)] += 2  # confirmations and receipts
        else:
            at += pause.take(ordered=ordered)


def storm(seed: int, answers: Answers, *, together: bool) -> tuple[Counter[int], dict[int, float]]:
    """How many requests each second saw, and when each box was first heard after the server was back."""
    uniform, asked, back = random.Random(seed).uniform, Counter[int](), dict[int, float]()  # noqa: S311 - no secret
    runs = []
    for box in range(BOXES):
        begins = first_wait(uniform) if together else uniform(0, HEARTBEAT_SECONDS)
        runs += [(box, reporter(uniform, answers, asked, begins=begins))]
        runs += [(box, sender(uniform, answers, asked, begins=first_wait(uniform)))]
    due = [(next(run), number) for number, (_box, run) in enumerate(runs)]
    heapq.heapify(due)
    while due[0][0] < END:
        at, number = heapq.heappop(due)
        box, run = runs[number]
        if answers(at) is None:
            back.setdefault(box, at)
        heapq.heappush(due, (next(run), number))
    return asked, back


class Busy:
    """A server that asks everybody to come back in a minute, and notes when the box came."""

    def __init__(self, passing: Passing) -> None:
        self.passing, self.asked = passing, list[float]()
        self.pace = SimpleNamespace()

    def get(self, _path: str) -> dict[str, Any]:
        self.asked.append(self.passing.at)
        raise Unavailable("server: 503", retry_after=60.0)

    def post(self, path: str, _document: object) -> dict[str, Any]:
        return self.get(path)


@pytest.mark.req("DR-34")
@pytest.mark.parametrize(("real", "counted"), [(Reporter, reporter), (Sender, sender)], ids=["reporter", "sender"])
def test_what_is_counted_here_is_what_a_box_does(
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
    real: type[Reporter] | type[Sender],
    counted: Callable[..., Iterator[float]],
) -> None:
    """The thread itself, with a backlog, and its picture above draw the same numbers and come at the same seconds."""
    for name, wait in (("first_wait", first_wait), ("contact_pause", contact_pause), ("sending_pause", sending_pause)):
        monkeypatch.setattr(uploader, name, partial(wait, random.Random(5).uniform))  # noqa: S311 - no secret
    enrol(disk.home, config_document())
    spool, ledger = disk.spool()
    for number in range(BATCH + 1):
        keep(spool, disk.rules, number)
    ledger.close()
    passing = Passing()
    server = Busy(passing)
    real(disk.home, cast("Api", server), passing.over(400), standing=Standing(), clock=passing.clock).run()
    came = [at for at in server.asked if at < 400]
    uniform = random.Random(5).uniform  # noqa: S311 - no secret
    run = counted(uniform, lambda _at: 60.0, Counter[int](), begins=first_wait(random.Random(5).uniform))  # noqa: S311
    assert came == pytest.approx(list(islice(run, len(came))), abs=1.0), "a wait ends at a tick of the clock"
    assert len(came) >= 5
    assert all(later - earlier >= 60 for earlier, later in pairwise(came))


def down(at: float) -> float | None:
    """Nobody answers until the server is back."""
    return 0.0 if at < BACK_AT else None


@pytest.mark.req("DR-34")
@pytest.mark.parametrize("together", [True, False], ids=["power of a district", "line of the server"])
def test_a_thousand_boxes_never_come_in_one_second_and_each_is_back_within_ten(*, together: bool) -> None:
    asked, back = storm(7, down, together=together)
    assert max(asked.values()) <= MOST_IN_A_SECOND
    assert len(back) == BOXES
    assert max(back.values()) <= BACK_AT + LONGEST_PAUSE_SECONDS


@pytest.mark.req("DR-34")
def test_boxes_that_failed_in_the_same_instant_part_at_once() -> None:
    """The server restarts: every open connection breaks in one moment."""
    uniform = random.Random(3).uniform  # noqa: S311 - no secret
    first = Counter(int(contact_pause(uniform).take()) for _ in range(BOXES))
    first += Counter(int(sending_pause(uniform).take()) for _ in range(BOXES))
    assert max(first.values()) <= MOST_IN_A_SECOND


@pytest.mark.req("DR-34")
def test_when_the_server_says_when_to_come_back_nobody_comes_before_and_not_all_at_once() -> None:
    def asks_for_a_minute(at: float) -> float | None:
        return None if at >= BACK_AT else max(0.0, BACK_AT - at)

    asked, back = storm(11, asks_for_a_minute, together=True)
    assert sum(count for second, count in asked.items() if LONGEST_PAUSE_SECONDS + 1 < second < BACK_AT) == 0
    assert max(asked.values()) <= MOST_IN_A_SECOND
    assert len(back) == BOXES


def test_pauses_have_a_ceiling_whatever_is_ordered() -> None:
    longest: Uniform = lambda _low, high: high  # noqa: E731
    for pause, most in ((contact_pause(longest), LONGEST_PAUSE_SECONDS), (sending_pause(longest), SEND_AGAIN_SECONDS)):
        assert max(pause.take() for _ in range(20)) == most
        assert pause.take(ordered=10**9) <= 600 + most
    assert Pause(uniform=longest).take(ordered=5) >= 5
