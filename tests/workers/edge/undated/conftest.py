"""A machine that shows 1970, and a box on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.timeline import Timeline
from tests.workers.edge.disks import Disk
from tests.workers.edge.undated.boxes import Box
from tests.workers.edge.undated.machines import Machine


@pytest.fixture(autouse=True)
def in_1970(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has no battery."""
    monkeypatch.setattr(Timeline, "machine_at", lambda ns: ns // 1000)


@pytest.fixture
def box(disk: Disk) -> Iterator[Box]:
    made = Box(disk)
    yield made
    made.ledger.close()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """A machine that a test sets, starts and stops as it likes."""
    return Machine(monkeypatch, tmp_path)
