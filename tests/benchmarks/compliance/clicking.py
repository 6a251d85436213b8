"""Fifty officers at once, each with a session: reading and clicking on, and all of them in the same instant."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from tests.benchmarks.city import pool_of, superuser
from tests.benchmarks.compliance.fronts import BUREAU, Shown, of_seconds
from tests.benchmarks.compliance.places import OFFICERS
from tests.benchmarks.compliance.running import Ground
from tests.benchmarks.compliance.visitor import Visitor

# A page of figures is read for some seconds before the next click.
PAUSE_SECONDS = (1.0, 3.0)
_SECONDS, _BURSTS = 40, 5


@dataclass(frozen=True, kw_only=True)
class Clicked:
    """Clicks of officers who read, and what the same fifty wait for when all of them click in one instant."""

    reading: Shown
    clicks: int
    a_second: float
    burst: Shown


def clicked(of: Ground, *, say: Callable[[str], None]) -> Clicked:
    """Let them click, from a process of their own."""
    with superuser(of.urls) as connection:
        query = "select id::text from tenants where kind <> 'bureau' order by md5(code) limit 200"
        institutions = [each for (each,) in connection.execute(query).fetchall()]
    with pool_of(1) as pool:
        reading, burst = pool.submit(_crowd, of.proxied, institutions).result()
    found = Clicked(
        reading=of_seconds(reading), clicks=len(reading), a_second=len(reading) / _SECONDS, burst=of_seconds(burst)
    )
    say(f"{OFFICERS} officers, {found.a_second:.0f} clicks a second:")
    say(f"  {found.reading.half_ms:.0f} ms, p95 {found.reading.most_ms:.0f} ms")
    say(f"  all {OFFICERS} in one instant: {found.burst.half_ms:.0f} ms, p95 {found.burst.most_ms:.0f} ms")
    return found


def _crowd(origin: str, institutions: Sequence[str]) -> tuple[list[float], list[float]]:
    with ExitStack() as stack:
        visitors = [stack.enter_context(Visitor(origin)) for _ in range(OFFICERS)]
        for number, visitor in enumerate(visitors, start=1):
            visitor.sign_in(f"officer-{number}")
        until, together = time.perf_counter() + _SECONDS, threading.Barrier(OFFICERS)
        pool = stack.enter_context(ThreadPoolExecutor(OFFICERS))
        walks = [pool.submit(_walk, *each, institutions, until) for each in enumerate(visitors)]
        reading = [seconds for walk in walks for seconds in walk.result()]
        rushes = [pool.submit(_rush, visitor, together) for visitor in visitors]
        burst = [seconds for rush in rushes for seconds in rush.result()]
    return reading, burst


def _walk(number: int, visitor: Visitor, institutions: Sequence[str], until: float) -> list[float]:
    """One officer's morning: the first page, and from it to a list, an institution, and back."""
    dice, found = random.Random(number), []  # noqa: S311 - the same walks in every run
    time.sleep(dice.uniform(0, PAUSE_SECONDS[1]))
    while time.perf_counter() < until:
        found.append(visitor.seconds(_next(dice, institutions)))
        time.sleep(dice.uniform(*PAUSE_SECONDS))
    return found


def _next(dice: random.Random, institutions: Sequence[str]) -> str:
    return dice.choice(
        [
            BUREAU,
            BUREAU,
            f"{BUREAU}?page=2",
            f"{BUREAU}?standing=fault",
            f"{BUREAU}articles/continuity",
            f"{BUREAU}articles/retention_min?state=unmet",
            f"{BUREAU}articles/inspection?part=kind",
            f"{BUREAU}institutions/{dice.choice(institutions)}",
            f"{BUREAU}institutions/{dice.choice(institutions)}",
            f"{BUREAU}retention",
        ]
    )


def _rush(visitor: Visitor, together: threading.Barrier) -> list[float]:
    found = []
    for _ in range(_BURSTS):
        together.wait()
        found.append(visitor.seconds(BUREAU))
    return found
