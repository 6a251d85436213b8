"""An index or a config that a disk spoilt: put aside and kept, made anew, said, and no camera stops for it."""

import json
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from infra.causes import GapCause
from infra.stack.cameras import RtspCameras
from tests.workers.edge.conftest import Box, Site, eventually
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, Disk, config_document, enrol, keep
from tests.workers.edge.passing import Passing
from workers.edge import aside, configuration
from workers.edge import supervisor as supervising
from workers.edge.children import Child
from workers.edge.configuration import Watched
from workers.edge.ledger import Ledger, State
from workers.edge.supervisor import Supervisor
from workers.edge.words import aside_words

PAGE = 4096


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def garbled(path: Path) -> None:
    path.write_bytes(b"\xc3\x28 not what was written " * (path.stat().st_size // 24 + 1))


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def zeroed_after_its_first_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:PAGE].ljust(path.stat().st_size, b"\0"))


SPOILING = pytest.mark.parametrize("spoil", [truncated, garbled, zeroed], ids=lambda one: one.__name__)
Spoil = Callable[[Path], None]


@pytest.mark.req("DR-34")
@SPOILING
def test_a_broken_config_leaves_the_one_in_memory_and_is_replaced_by_the_servers_next_answer(
    disk: Disk, spoil: Spoil
) -> None:
    document = config_document(days=[DAY])
    enrol(disk.home, document)
    watched = Watched(disk.home)
    held = watched.now()
    spoil(disk.home.config)
    spoilt = disk.home.config.read_bytes()
    assert held is not None
    assert watched.now() == held
    assert configuration.load(disk.home) is None
    assert configuration.is_spoilt(disk.home)
    assert configuration.keep(disk.home, document) == held
    assert configuration.load(disk.home) == watched.now() == held
    assert disk.home.config.with_name("config.json.bad-1").read_bytes() == spoilt
    (said,) = aside_words(disk.home)
    assert f"另存為 {disk.home.config}.bad-1" in said


@pytest.mark.req("DR-34")
def test_a_config_that_vanished_leaves_the_one_in_memory(disk: Disk) -> None:
    enrol(disk.home, config_document(days=[DAY]))
    watched = Watched(disk.home)
    held = watched.now()
    disk.home.config.unlink()
    assert held is not None
    assert watched.now() == held


def test_of_many_broken_files_the_first_stays_and_the_disk_is_not_filled(disk: Disk) -> None:
    path = disk.home.config
    for number in range(6):
        path.write_text(str(number), encoding="utf-8")
        aside.keep_copy(path)
        path.unlink()
    assert [one.read_text(encoding="utf-8") for one in aside.put_aside(path)] == ["0", "1", "5"]


def supervise_quietly(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the supervisor look some times, and start nobody."""
    passing = Passing()
    monkeypatch.setattr(supervising, "Clock", lambda: passing.clock)
    monkeypatch.setattr(Child, "keep_running", lambda _child: None)
    monkeypatch.setattr(Child, "run_once", lambda _child: None)
    Supervisor(disk.home, passing.over(9)).run()


@pytest.mark.req("DR-34")
@pytest.mark.parametrize(
    "spoil", [truncated, garbled, zeroed, zeroed_after_its_first_page], ids=lambda one: one.__name__
)
def test_a_broken_index_is_put_aside_and_made_again_from_the_files(
    disk: Disk, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(disk.home, config_document(days=[DAY]))
    spool, ledger = disk.spool()
    entries = [keep(spool, disk.rules, number) for number in range(3)]
    ledger.close()
    spoil(disk.home.ledger)
    spoilt = disk.home.ledger.read_bytes()
    supervise_quietly(disk, monkeypatch)
    assert disk.home.ledger.with_name("ledger.sqlite3.bad-1").read_bytes() == spoilt
    spool, ledger = disk.spool()
    assert spool.recover(CAMERA) == 3
    assert ledger.segments(State.SPOOLED, limit=5) == entries
    ledger.close()
    (said,) = aside_words(disk.home)
    assert "ledger.sqlite3.bad-1" in said
    supervise_quietly(disk, monkeypatch)
    assert len(aside_words(disk.home)) == 1, "what is whole stays"


def test_an_index_that_is_whole_is_left_alone(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(disk.home, config_document(days=[DAY]))
    spool, ledger = disk.spool()
    keep(spool, disk.rules)
    ledger.close()
    supervise_quietly(disk, monkeypatch)
    assert aside_words(disk.home) == []


def end_like_a_child(disk: Disk) -> int | None:
    """How a process ends that opens this index."""
    child = Child("reader", lambda: Ledger(disk.home.ledger).close(), clock=Passing().clock)
    child.run_once()
    eventually(lambda: child.ended_with is not None, seconds=10, what="it ends")
    return child.ended_with


def test_a_process_that_meets_a_broken_index_says_so_by_how_it_ends(disk: Disk) -> None:
    with closing(Ledger(disk.home.ledger)):
        pass
    assert end_like_a_child(disk) == 0
    garbled(disk.home.ledger)
    assert end_like_a_child(disk) == os.EX_DATAERR


@pytest.mark.req("DR-34", "KH-5-3b")
def test_what_is_missing_after_a_new_index_began_is_told_from_the_last_second(disk: Disk) -> None:
    spool, ledger = disk.spool()
    keep(spool, disk.rules)
    camera = supervising.CameraChild(disk.home, CAMERA, clock=Passing().clock)
    camera.watch(ledger)
    ledger.close()
    with closing(Ledger(disk.home.folder / "another.sqlite3")) as fresh:
        camera.carry_over(fresh)
        state = fresh.state_of(CAMERA)
        assert state.cause is GapCause.PROCESS_RESTARTED
        assert fresh.told_until_us(CAMERA) == BEGAN + 60_000_000


@pytest.mark.req("DR-34")
def test_a_box_whose_files_are_broken_while_it_stands_or_runs_records_every_camera(
    box: Box, site: Site, cameras: RtspCameras
) -> None:
    for number, code in enumerate(("C-GATE", "C-ROOM2")):
        box.watch(code, cameras.url(number))
    box.start()
    eventually(lambda: all(site.segments(code) for code in ("C-GATE", "C-ROOM2")), seconds=30, what="both record")
    garbled(box.home.ledger)
    more(site)
    box.stop()
    garbled(box.home.ledger)
    garbled(box.home.config)
    assert "損壞" in box.command("status").stderr
    said = json.loads(box.command("doctor", "--json").stdout)["findings"]
    assert [one["good"] for one in said if one["check"] == "index"] == [False]
    box.start()
    more(site)
    told = box.command("status")
    box.stop()
    assert told.returncode == 1
    assert all(name in told.stdout for name in ("ledger.sqlite3.bad-1", "ledger.sqlite3.bad-2", "config.json.bad-1"))


def more(site: Site) -> None:
    """Wait until each camera has three more segments in the city's index."""
    had = {code: len(site.segments(code)) for code in ("C-GATE", "C-ROOM2")}
    eventually(
        lambda: all(len(site.segments(code)) >= count + 3 for code, count in had.items()),
        seconds=60,
        what="both go on",
    )
