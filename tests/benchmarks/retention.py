"""`make bench-retention`: a city's day listed, destroyed and its keys re-wrapped, against its goals. SIZE=full is real.

The last line is `RESULT key=value …`; ends with 1 when a goal is missed.
"""

import logging
import os
import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from infra import logs
from tests.benchmarks import city, destroying, listing, rewrapping
from tests.benchmarks.destroying import PROCESSES, Destroyed
from tests.benchmarks.listing import WARM_UP, Listed
from tests.benchmarks.progress import concluded, say, say_nothing
from tests.benchmarks.rewrapping import KEYS_EACH, Rewrapped
from tests.benchmarks.servers import SETTINGS, Servers, servers
from tests.benchmarks.sizes import FEW, SIZES, Size
from tests.benchmarks.worker import LEFT_BY_EACH, LEFT_OBJECTS

LATENCY = 0.005
_SMALL_CITIES = 3


@dataclass(frozen=True, kw_only=True)
class Found:
    """Everything that was measured."""

    size: Size
    few_ms: float
    listed: Listed
    whole: Destroyed
    rewrapped: Rewrapped

    @property
    def growth(self) -> float:
        """What an institution's day costs in the city, against one in a city of a few."""
        return self.whole.each_ms / self.few_ms

    def goals(self) -> Mapping[str, bool]:
        """Which goals were met."""
        return {
            f"the day destroyed in {self.size.day_seconds:g} s": self.whole.seconds < self.size.day_seconds,
            f"an institution's day at most {self.size.growth:g} times as dear": self.growth <= self.size.growth,
            f"a camera's minutes in {self.size.listed_ms:g} ms": self.listed.minutes[1] <= self.size.listed_ms,
            f"a camera's timeline in {self.size.listed_ms:g} ms": self.listed.timeline[1] <= self.size.listed_ms,
            f"{self.size.rewrapped_a_minute:,.0f} keys a minute": self.rewrapped.a_minute
            >= self.size.rewrapped_a_minute,
        }

    def result(self) -> Mapping[str, object]:
        """What the last line says of it."""
        return {
            "size": self.size.name,
            "rows": self.size.rows,
            "destroyed_rows": self.whole.rows,
            "destroy_s": f"{self.whole.seconds:.1f}",
            "destroy_core_s": f"{self.whole.core_seconds:.1f}",
            "destroy_free_s": f"{self.whole.free_seconds:.1f}",
            "destroy_ratio": f"{self.whole.seconds / self.whole.least_seconds:.1f}",
            "drop_s": f"{self.whole.drop_seconds:.2f}",
            "tenant_day_ms_few": f"{self.few_ms:.1f}",
            "tenant_day_ms": f"{self.whole.each_ms:.1f}",
            "growth": f"{self.growth:.2f}",
            "minutes_p99_ms": f"{self.listed.minutes[1]:.1f}",
            "timeline_p99_ms": f"{self.listed.timeline[1]:.1f}",
            "nothing_ms": f"{self.listed.nothing[0]:.1f}",
            "nothing_p99_ms": f"{self.listed.nothing[1]:.1f}",
            "list_ratio": f"{self.listed.minutes[0] / self.listed.probe[0]:.1f}",
            "rewrap_per_min_core": f"{self.rewrapped.a_minute:.0f}",
            "rewrap_ratio": f"{self.rewrapped.ratio:.1f}",
        }


def main() -> int:
    """Measure at the size that was asked for; 1 when a goal was missed."""
    logs.configure(process="bench")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    size = SIZES[os.environ.get("SIZE") or "everyday"]
    say(f"{size.name}: {size.tenants} institutions, {size.cameras:,} cameras, {size.rows:,} rows of {size.days} days")
    say(f"PostgreSQL: fsync and synchronous_commit on, {SETTINGS}")
    say(f"the store answers each request after {1000 * LATENCY:g} ms; lifecycle rules left nothing of the day but")
    say(f"{LEFT_OBJECTS} objects of every {LEFT_BY_EACH}th institution, and the share of each key")
    try:
        with servers(size.rows) as running:
            found = _measured(running, size)
    except KeyboardInterrupt:
        say("interrupted; the data is removed")
        return 1
    return concluded(found.goals(), found.result())


def _measured(running: Servers, size: Size) -> Found:
    few = _few(running)
    urls = city.founded(running.postgres, "city", size, say=say)
    place = running.place(urls, latency=LATENCY)
    listed = listing.listed(place, size)
    say(f"{size.looks:,} random camera-days after {WARM_UP} to warm up, milliseconds at p50 and p99:")
    for name, (half, most) in vars(listed).items():
        say(f"  {name}: {half:.1f} and {most:.1f}")
    whole = destroying.destroyed(place, say=say)
    _tell(whole)
    say(f"an institution's day: {few:.1f} ms of a core among {FEW}, {whole.each_ms:.1f} ms among {size.tenants}")
    made = rewrapping.rewrapped(place)
    say(f"{made.keys:,} keys, {KEYS_EACH} an institution, wrapped anew in {made.seconds:.1f} s")
    say(f"  {made.a_minute:,.0f} a minute and core; the encryption alone {made.ratio:.0f} times as fast")
    return Found(size=size, few_ms=few, listed=listed, whole=whole, rewrapped=made)


def _tell(whole: Destroyed) -> None:
    say(f"{whole.rows:,} rows destroyed and certified for {whole.institutions} institutions in {whole.seconds:.1f} s")
    say(f"  {PROCESSES} workers and the database used {whole.core_seconds:.1f} s of a core, and the workers waited")
    say(f"  {whole.store_seconds:.1f} s for the store: {whole.free_seconds:.1f} s where nobody else wants the cores")
    say(f"  peer, the day's rows counted and summed once: {whole.least_seconds:.1f} s")
    say(f"  the index's table dropped in {whole.drop_seconds:.2f} s")
    say(f"  {whole.objects} objects that were left were removed")


def _few(running: Servers) -> float:
    """Milliseconds of an institution's day among a few; of some cities the one in the middle."""
    size = Size(name="few", tenants=FEW + destroying.WARM_UP, day_seconds=0, days=1)
    found = []
    for number in range(_SMALL_CITIES):
        name = f"few{number}"
        urls = city.founded(running.postgres, name, size, say=say_nothing)
        found.append(destroying.destroyed(running.place(urls, latency=LATENCY), say=say_nothing).each_ms)
        running.postgres.drop(name)
        say(f"a city of {FEW} institutions: {found[-1]:.1f} ms each")
    return statistics.median(found)


if __name__ == "__main__":
    sys.exit(main())
