"""A whole box whose clock is hours off until its server is reached: real cameras, processes, server and store."""

import os
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from infra.clock import now
from infra.manifest import microseconds
from infra.stack.cameras import RtspCameras
from infra.stack.city import ROOT
from tests.workers.edge.conftest import Box, Site, eventually, holes
from workers.edge.ledger import State

_CONTROL = ROOT / "tests/torture/control"
_HOUR_US = 3_600_000_000


@dataclass
class WrongClock:
    """What the machine of a box shows, and which of its boots this is."""

    folder: Path

    def set(self, *, ahead_us: int) -> None:
        """A step."""
        passing = self.folder / "new"
        passing.write_text(str(ahead_us))
        passing.rename(self.folder / "offset_us")

    def boot(self) -> None:
        """The next start of the box is one of the machine: nobody has told it the time yet."""
        (self.folder / "boot_ns").write_text(str(time.monotonic_ns()))
        (self.folder / "boot").write_text(str(uuid4()))


@pytest.fixture
def machine(box: Box, tmp_path: Path) -> WrongClock:
    folder = tmp_path / "machine"
    folder.mkdir()
    box.told = {"PYTHONPATH": os.pathsep.join([str(_CONTROL), str(ROOT)]), "TORTURE_CONTROL": str(folder)}
    made = WrongClock(folder)
    made.set(ahead_us=0)
    made.boot()
    return made


def count(box: Box, state: State) -> int:
    with closing(box.ledger()) as ledger:
        return ledger.count(state)


def record_first(site: Site, box: Box, cameras: RtspCameras) -> int:
    """It is set up and knows its keys; how many segments arrived."""
    box.watch("C-GATE", cameras.url(0))
    box.start()
    eventually(lambda: len(site.segments("C-GATE")) > 2, seconds=60, what="it records")
    box.stop()
    site.api.shut()
    return len(site.segments("C-GATE"))


def check_all_arrived(site: Site, box: Box, *, kept: int) -> None:
    """What was kept by a wrong clock is there, at its true time, and what follows; nothing was refused."""

    def arrived() -> bool:
        trust = [one.trust for one in site.segments("C-GATE")]
        return trust.count("redated") >= kept and trust[-1] == "synchronised"

    eventually(arrived, seconds=90, what="what was kept arrives, and what follows")
    found = site.segments("C-GATE")
    first = next(number for number, one in enumerate(found) if one.trust == "redated")
    eventually(lambda: not holes(site.segments("C-GATE")[first:]), seconds=40, what="no second is missing")
    assert {one.trust for one in found[first:]} == {"redated", "synchronised"}
    assert timedelta() < found[first].started_at - found[first - 1].ended_at < timedelta(seconds=60)
    assert found[-1].ended_at < now()
    assert all(abs(one.clock_offset_us) < 1_000_000 for one in found[first:])
    eventually(lambda: bool(site.gaps("C-GATE")), seconds=40, what="the one gap is told")
    (gap,) = site.gaps("C-GATE")
    assert gap.ended_at == found[first].started_at
    assert count(box, State.REFUSED) == 0
    with closing(box.ledger()) as ledger:
        assert ledger.connection.execute("select count(*) from gaps where code <> ''").fetchone() == (0,)


@pytest.mark.req("DR-18", "KH-3-10", "KH-5-3b", "DR-17")
@pytest.mark.parametrize("hours", [8, -8], ids=["8 h ahead", "8 h behind"])
def test_a_clock_that_is_hours_off_at_boot_costs_nothing_and_every_time_is_right_in_the_end(
    site: Site, box: Box, cameras: RtspCameras, machine: WrongClock, hours: int
) -> None:
    record_first(site, box, cameras)
    if hours < 0:  # it was off for longer than its clock is behind
        with closing(box.ledger()) as ledger, ledger.transaction() as run:
            run.execute("update cameras set recorded_until_us = null, missing_since_us = null, cause = ''")
            run.execute("delete from facts")
    machine.set(ahead_us=hours * _HOUR_US)
    machine.boot()
    box.start()
    eventually(lambda: count(box, State.BELIEVED) > 3, seconds=60, what="it records at once")
    said = box.command("status")
    assert "主機的時鐘還沒有經平台或校時伺服器確認" in said.stdout
    assert "C-GATE\t錄影中" in said.stdout
    site.api.open()
    if hours < 0:
        check_behind(site, box)
    else:
        check_all_arrived(site, box, kept=4)


def check_behind(site: Site, box: Box) -> None:
    """Without the gap, of which this box knows nothing."""

    def arrived() -> bool:
        trust = [one.trust for one in site.segments("C-GATE")]
        return trust.count("redated") > 3 and trust[-1] == "synchronised"

    eventually(arrived, seconds=90, what="what was kept arrives, and what follows")
    found = [one for one in site.segments("C-GATE") if one.trust == "redated"]
    assert all(now() - one.started_at < timedelta(minutes=5) for one in found)
    assert count(box, State.REFUSED) == 0


@pytest.mark.req("DR-18", "KH-3-10", "KH-5-3b", "DR-17")
def test_a_clock_that_is_set_back_by_hours_while_it_records_leaves_nothing_ahead(
    site: Site, box: Box, cameras: RtspCameras, machine: WrongClock
) -> None:
    record_first(site, box, cameras)
    machine.set(ahead_us=8 * _HOUR_US)
    machine.boot()
    box.start()
    eventually(lambda: count(box, State.BELIEVED) > 3, seconds=60, what="it records")
    machine.set(ahead_us=0)
    kept = count(box, State.BELIEVED)
    eventually(lambda: count(box, State.BELIEVED) > kept + 3, seconds=60, what="it goes on")
    with closing(box.ledger()) as ledger:
        assert ledger.told_until_us(site.of.cameras["C-GATE"]) < microseconds(now())
    site.api.open()
    check_all_arrived(site, box, kept=kept)
