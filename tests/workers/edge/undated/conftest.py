"""A machine that shows 1970, and a box on it."""

from collections.abc import Iterator

import pytest

from infra.timeline import Timeline
from tests.workers.edge.disks import Disk
from tests.workers.edge.undated.boxes import Box


@pytest.fixture(autouse=True)
def in_1970(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has no battery."""
    monkeypatch.setattr(Timeline, "machine_at", lambda ns: ns // 1000)


@pytest.fixture
def box(disk: Disk) -> Iterator[Box]:
    made = Box(disk)
    yield made
    made.ledger.close()
