"""Reading in bursts: rare wakings, and times as true as when every packet was waited for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import pytest

from infra.bursts import PAUSE_SECONDS, Machine, in_bursts
from infra.streams import Arrival

TICKS = 90_000
FRAME_NS = 40_000_000
SECOND_NS = 1_000_000_000
MILLISECOND_NS = 1_000_000


@dataclass
class Packet:
    """As much of a packet as is looked at."""

    dts: int
    size: int


@dataclass
class Wire:
    """A camera's packets, the machine that reads them, and a clock that both go by."""

    frames: int
    size: int = 10_000
    read_ns: int = 20_000
    # What a machine does that has too much to do, or whose kernel counts a debugger's stops.
    counts_each: bool = False
    jump_at: int | None = None
    now_ns: int = SECOND_NS
    gave_way: int = 0
    slept: list[float] = field(default_factory=list)
    sent_ns: list[int] = field(default_factory=list)
    told_ns: list[int] = field(default_factory=list)
    read_at_ns: list[int] = field(default_factory=list)

    def play(self) -> "Wire":
        """Read all of it."""
        machine = Machine(now_ns=lambda: self.now_ns, gave_way=lambda: self.gave_way, sleep=self._sleep)
        for arrival in in_bursts(self._arrivals(), Fraction(1, TICKS), machine=machine):
            self.told_ns.append(arrival.monotonic_ns)
        return self

    def _arrivals(self) -> Iterator[Arrival]:
        for number in range(self.frames):
            # Over the network no picture takes exactly as long as the one before.
            comes_ns = SECOND_NS + number * FRAME_NS + (number * 7 % 5) * MILLISECOND_NS
            self.sent_ns.append(comes_ns)
            if self.now_ns < comes_ns or self.counts_each:
                self.gave_way += 1
            self.now_ns = max(self.now_ns, comes_ns) + self.read_ns
            self.read_at_ns.append(self.now_ns)
            jumped = self.jump_at is not None and number >= self.jump_at
            dts = number * TICKS // 25 - (3600 * TICKS if jumped else 0)
            yield Arrival(Packet(dts, self.size), self.now_ns)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_ns += round(seconds * SECOND_NS)


@pytest.mark.req("DR-34")
def test_what_comes_within_a_pause_is_read_at_once() -> None:
    wire = Wire(frames=250).play()
    assert 0.75 <= len(wire.slept) * PAUSE_SECONDS / 10 <= 1
    assert wire.gave_way <= len(wire.slept) + 1


@pytest.mark.req("DR-18")
def test_a_picture_has_the_time_at_which_it_came_and_not_at_which_it_was_read() -> None:
    wire = Wire(frames=250).play()
    latest = max(read - sent for read, sent in zip(wire.read_at_ns, wire.sent_ns, strict=True))
    off = max(abs(told - sent) for told, sent in zip(wire.told_ns, wire.sent_ns, strict=True))
    assert latest > 200 * MILLISECOND_NS
    assert off <= 5 * MILLISECOND_NS


@pytest.mark.req("DR-18")
def test_no_time_goes_back_or_lies_ahead_when_the_cameras_clock_jumps() -> None:
    wire = Wire(frames=100, jump_at=50).play()
    assert all(after >= before for before, after in pairwise(wire.told_ns))
    assert all(told <= read for told, read in zip(wire.told_ns, wire.read_at_ns, strict=True))
    off = [abs(told - sent) for told, sent in zip(wire.told_ns, wire.sent_ns, strict=True)]
    assert max(off) <= PAUSE_SECONDS * SECOND_NS + FRAME_NS
    assert max(off[60:]) <= 5 * MILLISECOND_NS


@pytest.mark.req("DR-34")
def test_who_cannot_keep_up_makes_no_pause() -> None:
    wire = Wire(frames=250, read_ns=FRAME_NS + MILLISECOND_NS).play()
    assert len(wire.slept) <= 1


@pytest.mark.req("DR-34")
def test_nobody_falls_behind_where_the_kernel_counts_waiting_that_was_none() -> None:
    wire = Wire(frames=2500, read_ns=MILLISECOND_NS, counts_each=True).play()
    behind = [read - sent for read, sent in zip(wire.read_at_ns, wire.sent_ns, strict=True)]
    assert max(behind) <= SECOND_NS


@pytest.mark.req("DR-34")
def test_a_camera_of_a_high_bit_rate_is_left_alone_for_less() -> None:
    wire = Wire(frames=250, size=80_000).play()
    assert wire.slept
    assert max(wire.slept[1:]) < PAUSE_SECONDS / 2


def test_every_picture_passes_in_its_order() -> None:
    machine = Machine(now_ns=lambda: 0, gave_way=lambda: 0, sleep=lambda _seconds: None)
    sent = [Arrival(Packet(number, 1), number) for number in range(30)]
    assert [one.packet.dts for one in in_bursts(iter(sent), Fraction(1, TICKS), machine=machine)] == list(range(30))
