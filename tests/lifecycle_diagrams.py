"""`make lifecycles`: the life of a case drawn from its tables, one diagram for each course, beside the code.

The tables are the truth and are complete by test; `tests/architecture/test_lifecycles.py` holds that the drawing is
theirs.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tenants.disclosures.lifecycle import COURSES, STATE_NAMES, Course
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.steps import Step, Table

DRAWN_TO = Path(__file__).parent.parent / "tenants" / "disclosures" / "lifecycle.md"
_TITLES = {
    Course.OFFICIAL: "By official document (KH-6-1, TY-5-2)",
    Course.PANEL: "An insider's request that a panel decides (KH-6-2)",
    Course.SIGNATURES: "An insider's request that the chain of signatures decides (TY-5-1)",
}
_HEAD = """# The life of a case

Drawn by `make lifecycles` from the tables in `official/lifecycle.py` and `insider/lifecycle.py`; not to be edited.
Steps that move a case are arrows. All of them, with who may, what records it and who is told, stand in the table.
"""


def drawn() -> str:
    """The whole file."""
    return "\n".join([_HEAD, *(line for course in Course for line in _course(course))]) + "\n"


def _course(course: Course) -> Iterator[str]:
    table = COURSES[course]
    yield from (f"## {_TITLES[course]}", "", "```mermaid", "stateDiagram-v2")
    yield from (f'  state "{STATE_NAMES[state]}" as {state}' for state in DisclosureState if state in _states(table))
    yield f"  [*] --> {table[Step.FILE].target} : {Step.FILE}"
    yield from (f"  {source} --> {target} : {', '.join(steps)}" for source, target, steps in _arrows(table))
    yield from ("```", "", "| Step | From | To | Who may | Event | Told |", "|---|---|---|---|---|---|")
    for step, row in table.items():
        sources = ", ".join(state for state in DisclosureState if state in row.sources) or "—"
        yield (
            f"| {step} | {sources} | {row.target or 'stays'} | {row.permission.key} | {row.event.key} | {row.notice} |"
        )
    yield ""


def _states(table: Table) -> set[DisclosureState]:
    return {state for row in table.values() for state in (*row.sources, row.target) if state is not None}


def _arrows(table: Table) -> Iterator[tuple[str, str, list[str]]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step, row in table.items():
        for source in (state for state in DisclosureState if state in row.sources):
            if row.target not in {None, source}:
                found[source, str(row.target)].append(step)
    return ((source, target, steps) for (source, target), steps in found.items())


if __name__ == "__main__":
    DRAWN_TO.write_text(drawn(), encoding="utf-8")
    sys.stdout.write(f"{DRAWN_TO}\n")
