"""`make bench-compliance`: a city's night, its first pages, and fifty officers, against the goals. SIZE=full is real.

The last line is `RESULT key=value …`; ends with 1 when a goal is missed.
"""

import logging
import os
import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from infra import logs
from tests.benchmarks.compliance import town as towns
from tests.benchmarks.compliance.clicking import Clicked, clicked
from tests.benchmarks.compliance.counting import Statements, statements
from tests.benchmarks.compliance.fronts import Fronts, fronts
from tests.benchmarks.compliance.places import OFFICERS
from tests.benchmarks.compliance.rolling import Rolled, rolled
from tests.benchmarks.compliance.running import WORKERS, ground, heartbeats, pages
from tests.benchmarks.compliance.sizes import FEW, TOWNS, Town
from tests.benchmarks.progress import concluded, say, say_nothing
from tests.benchmarks.servers import SETTINGS, Servers, servers

# The figures of now are taken each minute and the findings each quarter of an hour: both must be long done by then.
_MINUTE_SECONDS, _QUARTER_SECONDS = 60.0, 900.0


@dataclass(frozen=True, kw_only=True)
class Found:
    """Everything that was measured."""

    town: Town
    few_ms: float
    rolled: Rolled
    statements: Statements
    fronts: Fronts
    clicked: Clicked

    @property
    def growth(self) -> float:
        """What an institution's night costs in the town, against one in a town of a few."""
        return self.rolled.night.each_ms / self.few_ms

    def goals(self) -> Mapping[str, bool]:
        """Which goals were met."""
        town, shown = self.town, self.fronts
        return {
            f"the night rolled up in {town.roll_seconds:g} s": self.rolled.roll_up <= town.roll_seconds,
            f"an institution's night at most {town.growth:g} times as dear": self.growth <= town.growth,
            f"the bureau's page in {town.bureau_ms:g} ms": shown.bureau.most_ms <= town.bureau_ms,
            f"the bureau's page in {town.wire_kb:g} kB": shown.bureau_kb <= town.wire_kb,
            f"the school's page in {town.school_ms:g} ms": shown.school.most_ms <= town.school_ms,
            f"{OFFICERS} officers in {town.clicking_ms:g} ms": self.clicked.reading.most_ms <= town.clicking_ms,
        }

    def result(self) -> Mapping[str, object]:
        """What the last line says of it."""
        night, shown, clicked = self.rolled, self.fronts, self.clicked
        return {
            "size": self.town.name,
            "institutions": self.town.institutions,
            "roll_s": f"{night.roll_up:.1f}",
            "roll_core_s": f"{night.night.core_seconds + night.city_day.core_seconds:.1f}",
            "roll_ratio": f"{night.roll_up / night.least_seconds:.1f}",
            "city_day_s": f"{night.city_day.seconds:.2f}",
            "tenant_night_ms_few": f"{self.few_ms:.1f}",
            "tenant_night_ms": f"{night.night.each_ms:.1f}",
            "growth": f"{self.growth:.2f}",
            "now_s": f"{night.now.seconds:.1f}",
            "findings_s": f"{night.findings.seconds:.1f}",
            **{f"{name}_statements": count for name, count in vars(self.statements).items()},
            "bureau_p95_ms": f"{shown.bureau.most_ms:.0f}",
            "bureau_ratio": f"{shown.bureau.half_ms / shown.least.half_ms:.1f}",
            "bureau_kb": f"{shown.bureau_kb:.0f}",
            "first_visit_kb": f"{shown.first_visit_kb:.0f}",
            "school_p95_ms": f"{shown.school.most_ms:.0f}",
            "school_ratio": f"{shown.school.half_ms / shown.least.half_ms:.1f}",
            "school_kb": f"{shown.school_kb:.0f}",
            "least_p95_ms": f"{shown.least.most_ms:.0f}",
            "clicks_per_s": f"{clicked.a_second:.0f}",
            "clicking_p95_ms": f"{clicked.reading.most_ms:.0f}",
            "burst_p95_ms": f"{clicked.burst.most_ms:.0f}",
        }


def main() -> int:
    """Measure at the size that was asked for; 1 when a goal was missed."""
    logs.configure(process="bench")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    town = TOWNS[os.environ.get("SIZE") or "everyday"]
    say(f"{town.name}: {town.institutions} institutions, {town.cameras:,} cameras, {town.days} days")
    say(f"PostgreSQL: fsync and synchronous_commit on, {SETTINGS}; {WORKERS} workers, web as in the Procfile")
    try:
        with servers(town.rows) as running:
            found = _measured(running, town)
    except KeyboardInterrupt:
        say("interrupted; the data is removed")
        return 1
    return concluded(found.goals(), found.result())


def _measured(running: Servers, town: Town) -> Found:
    few = _few(running)
    of = ground(running, towns.founded(running.postgres, town, say=say), town.name)
    night = rolled(of, say=say)
    say(f"an institution's night: {few:.1f} ms of a core among {FEW}, {night.night.each_ms:.1f} ms here")
    say(f"  peer, the same minutes joined and summed once: {night.least_seconds:.1f} s")
    counted = statements(of)
    say(f"statements: {vars(counted)}")
    heartbeats(of)
    with pages(of):
        shown, crowd = fronts(of, say=say), clicked(of, say=say)
    return Found(town=town, few_ms=few, rolled=night, statements=counted, fronts=shown, clicked=crowd)


def _few(running: Servers) -> float:
    """Milliseconds of an institution's night among a few; of some nights the one in the middle."""
    small = Town(name="few", institutions=FEW)
    of = ground(running, towns.founded(running.postgres, small, say=say_nothing), small.name)
    found = [rolled(of, say=say_nothing).night.each_ms for _ in range(3)]
    running.postgres.drop(small.name)
    say(f"a town of {FEW} institutions: {', '.join(f'{each:.1f}' for each in found)} ms a night each")
    return statistics.median(found)


if __name__ == "__main__":
    sys.exit(main())
