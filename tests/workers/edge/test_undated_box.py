"""A whole box that knows no time until its server is reached: real cameras, processes, server and store."""

from contextlib import closing

import pytest

from infra.clock import now
from infra.manifest import microseconds
from infra.stack.cameras import RtspCameras
from tests.workers.edge.conftest import Box, Site, eventually, holes
from tests.workers.edge.disks import Disk
from tests.workers.edge.test_local_page import known
from workers.edge.clocks.readings import Readings
from workers.edge.ledger import CONTACT, State
from workers.edge.local_page import facts, pages
from workers.edge.undated.boots import Boots

YEARS_US = 6 * 366 * 86_400_000_000


def undated(box: Box) -> int:
    with closing(box.ledger()) as ledger:
        return ledger.count(State.UNDATED)


def forget_the_time(box: Box) -> None:
    """It knows of a time that is far from what the machine shows now, and nobody has told it any in this boot."""
    with closing(box.ledger()) as ledger:
        ledger.keep_fact(CONTACT, microseconds(now()) + YEARS_US)
        with ledger.transaction() as run:
            run.execute("delete from clock_readings")


@pytest.mark.req("DR-18", "KH-5-3b", "DR-17")
def test_a_box_without_a_time_records_on_and_sends_it_dated_without_a_hole(
    site: Site, box: Box, cameras: RtspCameras
) -> None:
    box.watch("C-GATE", cameras.url(0))
    box.start()
    eventually(lambda: len(site.segments("C-GATE")) > 0, seconds=40, what="it records")
    box.stop()
    site.api.shut()
    forget_the_time(box)
    before = box.spooled()
    box.start()
    eventually(lambda: undated(box) > 3, seconds=40, what="it keeps what it records without a time")
    said = box.command("status")
    assert "主機不知道現在的時間" in said.stdout
    assert (said.returncode, box.spooled()) == (1, before)
    site.api.open()
    eventually(lambda: arrived(site), seconds=60, what="what was kept arrives, and what follows")
    found = site.segments("C-GATE")
    first = next(number for number, one in enumerate(found) if one.trust == "redated")
    eventually(lambda: undated(box) == 0, seconds=20, what="nothing is left without a time")
    eventually(lambda: not holes(site.segments("C-GATE")[first:]), seconds=40, what="no second is missing")
    assert {one.trust for one in found[first:]} == {"redated", "synchronised"}
    assert all(one.notes.startswith("redated_") for one in found if one.trust == "redated")
    eventually(lambda: bool(site.gaps("C-GATE")), seconds=40, what="the one gap is told")
    assert [one.cause for one in site.gaps("C-GATE")] == ["edge_stopped"]
    assert (found[first].started_at - found[first - 1].ended_at).total_seconds() < 60


def arrived(site: Site) -> bool:
    """Whether several segments that were dated afterwards are there, and one that was not."""
    trust = [one.trust for one in site.segments("C-GATE")]
    return trust.count("redated") > 3 and trust[-1] == "synchronised"


@pytest.mark.req("DR-18")
def test_the_page_beside_the_box_says_that_it_knows_no_time_and_what_to_do(disk: Disk) -> None:
    ledger = known(disk)
    with ledger.transaction() as run:
        run.execute("delete from clock_readings")
    ledger.keep_fact(CONTACT, microseconds(now()) + YEARS_US)
    assert Boots(ledger, Readings(ledger), lambda: None).is_lost()
    page = facts.take(disk.home, now())
    (line,) = [one for one in page.box if one.check == "undated"]
    assert line.good is False
    assert "請恢復網路" in line.words
    assert [one.good for one in page.box if one.check == "server"] == [False], "a contact of a time to come is none"
    assert "時間未知" in pages.status(page)
    (camera,) = [one for one in page.cameras if one.check == "camera:C-GATE"]
    assert camera.good is False
    ledger.close()
