"""`make requirements`: which requirements of the regulations have a passing test, and which promised ones do not.

Counted is a requirement that a test claims and shows: one of its tests passed when it last ran, and none failed. A test
that was skipped shows nothing. Exits 1 when a promised requirement is missing, or fewer than `AT_LEAST` are shown.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from tests.traceability import COLLECTED_TO, ROOT, known_ids, read_results

AT_LEAST = 70
MANDATORY = (
    "KH-5-3c",
    *(f"KH-5-4{letter}" for letter in "abc"),
    *(f"KH-6-1{letter}" for letter in "abcdefgh"),
    *(f"KH-7-{number}" for number in range(1, 6)),
    "DR-01",
    *(f"DR-{number:02}" for number in range(3, 10)),
    "DR-12",
)


def claims() -> dict[str, list[str]]:
    """The requirements each test of the suite as it is now claims."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.json"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"],
            cwd=ROOT,
            env=os.environ | {COLLECTED_TO: str(path)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not path.exists():
            sys.exit(f"the tests cannot be collected:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
        collected: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
        return collected


def verdicts(claimed: dict[str, list[str]], outcomes: dict[str, str]) -> dict[str, str]:
    """PASS, FAIL, NOT RUN or MISSING for every requirement of the catalogue."""
    by_requirement: dict[str, set[str]] = defaultdict(set)
    for node, requirements in claimed.items():
        for requirement in requirements:
            by_requirement[requirement].add(outcomes.get(node, "not run"))
    return {requirement: _verdict(by_requirement[requirement]) for requirement in known_ids()}


def _verdict(seen: set[str]) -> str:
    if not seen:
        return "MISSING"
    if "failed" in seen:
        return "FAIL"
    return "PASS" if "passed" in seen else "NOT RUN"


def newest_source() -> float:
    """When a file that tests depend on last changed."""
    folders = ("infra", "tenants", "webapp", "workers", "tests")
    return max(path.stat().st_mtime for folder in folders for path in (ROOT / folder).rglob("*.py"))


def main() -> int:
    """Print the list and say whether it is enough."""
    claimed = claims()
    results = {node: result for node, result in read_results().items() if claimed.get(node)}
    found = verdicts(claimed, {node: result["outcome"] for node, result in results.items()})
    shown = [requirement for requirement, verdict in found.items() if verdict == "PASS"]
    for verdict in ("PASS", "FAIL", "NOT RUN"):
        ids = [requirement for requirement, its in found.items() if its == verdict]
        if ids:
            print(f"{verdict} ({len(ids)})\n  {' '.join(ids)}")  # noqa: T201 - a command for people
    print(f"\nPromised ({len(MANDATORY)})")  # noqa: T201
    for requirement in MANDATORY:
        print(f"  {requirement:<8} {found[requirement]}")  # noqa: T201
    lacking = [requirement for requirement in MANDATORY if found[requirement] != "PASS"]
    print(  # noqa: T201
        f"\n{len(shown)} of {len(found)} requirements have a passing test ({len(shown) / len(found):.0%}); "
        f"at least {AT_LEAST} are promised, and {len(lacking)} of the promised ones lack one."
    )
    if results and newest_source() > _oldest(results):
        print("Some outcomes are older than the code. `make test` refreshes them all.")  # noqa: T201
    return 1 if lacking or len(shown) < AT_LEAST else 0


def _oldest(results: dict[str, dict[str, str]]) -> float:
    return min(datetime.fromisoformat(result["at"]).timestamp() for result in results.values())


if __name__ == "__main__":
    sys.exit(main())
