"""Which requirement each test shows to be met: a pytest plugin that checks the ids and remembers the outcomes.

Loaded by `tests/conftest.py`. An id in `@pytest.mark.req(...)` that the catalogue does not know stops the run: a typing
error must not look like a requirement that nobody tests. Outcomes are kept by test in `var/requirements.json`, so that
a run of one file refreshes that file's tests and forgets no other; `tests/requirements.py` reads them.
"""

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
IDS = ROOT / "tests" / "requirement_ids.txt"
RESULTS = ROOT / "var" / "requirements.json"
COLLECTED_TO = "SHOUYUAN_COLLECTED_REQUIREMENTS"
_PROPERTY = "requirements"


def known_ids() -> tuple[str, ...]:
    """The ids of the catalogue, in its order."""
    return tuple(IDS.read_text(encoding="ascii").split())


def marked(item: pytest.Item) -> list[str]:
    """The ids that a test claims, its class's and module's included."""
    return sorted({str(requirement) for mark in item.iter_markers("req") for requirement in mark.args})


def read_results() -> dict[str, dict[str, str]]:
    """Outcome and time of the last run of each test that claims a requirement."""
    if not RESULTS.exists():
        return {}
    results: dict[str, dict[str, str]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


class Outcomes:
    """Collects, per test, the worst outcome of its phases. Claims travel with the reports of parallel processes."""

    def __init__(self, *, writes: bool) -> None:
        self._writes = writes
        self._outcomes: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: Iterable[pytest.Item]) -> None:
        known = frozenset(known_ids())
        claims = {item.nodeid: marked(item) for item in items}
        unknown = {f"{node}: {claim}" for node, claimed in claims.items() for claim in set(claimed) - known}
        if unknown:
            raise pytest.UsageError(f"use ids of {IDS.relative_to(ROOT)}, one by one: {'; '.join(sorted(unknown))}")
        for item in items:
            item.user_properties.append((_PROPERTY, claims[item.nodeid]))
        collected_to = os.environ.get(COLLECTED_TO)
        if collected_to:
            Path(collected_to).write_text(json.dumps(claims), encoding="utf-8")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not dict(report.user_properties).get(_PROPERTY):
            return
        if report.outcome != "passed" or report.when == "call":
            worst = self._outcomes.get(report.nodeid)
            self._outcomes[report.nodeid] = "failed" if worst == "failed" else report.outcome

    def pytest_sessionfinish(self) -> None:
        if not self._outcomes or not self._writes:
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fresh = {node: {"outcome": seen, "at": now} for node, seen in self._outcomes.items()}
        RESULTS.parent.mkdir(exist_ok=True)
        whole = RESULTS.with_suffix(f".{os.getpid()}")
        whole.write_text(json.dumps(read_results() | fresh, indent=0, sort_keys=True), encoding="utf-8")
        whole.replace(RESULTS)


def pytest_configure(config: pytest.Config) -> None:
    """Take part in the run. Of parallel processes only the one that gathers all reports writes them down."""
    config.pluginmanager.register(Outcomes(writes=not hasattr(config, "workerinput")))
