"""A spool whose disk is not mounted, or is another box's, or is used by another recorder: nothing is written there."""

import errno
import fcntl
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest

from infra.causes import GapCause
from infra.clock import civil_day, now
from tests.workers.edge.disks import CAMERA, DAY, PLAIN, Disk, config_document, enrol, heard, keep, new_disk, recorded
from workers.edge import camera as recording
from workers.edge import room
from workers.edge.api import Api
from workers.edge.camera import Camera
from workers.edge.children import Stop
from workers.edge.ledger import Ledger, State
from workers.edge.locks import AlreadyRuns
from workers.edge.outbox import Outbox
from workers.edge.sending.rules import AT_ONCE
from workers.edge.spool import Spool
from workers.edge.spool_mark import SpoolMissing
from workers.edge.status import disk_of, disk_words
from workers.edge.supervisor import Supervisor
from workers.edge.waiting import Clock


@dataclass
class Mounted:
    """An enrolled box whose spool can go, as a disk does that is not mounted, and come back."""

    disk: Disk
    spool: Spool
    ledger: Ledger

    def unmount(self) -> None:
        """What lies under the spool's name is the empty folder of the root disk."""
        self.disk.home.spool.rename(self.disk.home.folder / "elsewhere")
        self.disk.home.spool.mkdir()

    def mount(self) -> None:
        self.disk.home.spool.rmdir()  # fails when anything was written there
        (self.disk.home.folder / "elsewhere").rename(self.disk.home.spool)


@pytest.fixture
def box(disk: Disk) -> Iterator[Mounted]:
    """It has one camera, today's key, and has heard what time it is."""
    enrol(disk.home, config_document(days=[DAY, civil_day(now())], recipient=disk.day_key.recipient))
    disk.home.keep_address(CAMERA, "rtsp://127.0.0.1:9/")
    spool, ledger = disk.spool()
    heard(ledger)
    yield Mounted(disk, spool, ledger)
    ledger.close()


@dataclass
class Tries:
    """Lets a camera's process try so often."""

    left: int

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def tried(disk: Disk, monkeypatch: pytest.MonkeyPatch, *, tries: int = 3) -> Camera:
    """A camera's process that is stopped after some tries, none of which reaches a camera."""

    def connected(*_: object, **__: object) -> None:
        pytest.fail("it connected although nothing can be kept")

    monkeypatch.setattr(recording, "open_stream", connected)
    monkeypatch.setattr(Clock, "rest", lambda *_: None)
    return Camera(disk.home, CAMERA, cast("Stop", Tries(tries)))


@pytest.mark.req("DR-34", "KH-5-3b")
def test_a_camera_writes_nothing_where_the_disk_is_not_mounted_and_the_gap_says_so(
    box: Mounted, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep(box.spool, box.disk.rules, 0)
    box.unmount()
    tried(box.disk, monkeypatch).run()
    assert list(box.disk.home.spool.rglob("*")) == []
    off, missing = box.ledger.unreported_gaps(limit=5)
    assert (off.started_us, off.cause, missing.started_us) == (
        kept.ended_us,
        GapCause.PROCESS_RESTARTED,
        off.ended_us,
    )
    assert missing.cause is GapCause.SPOOL_MISSING
    box.mount()
    assert box.ledger.segments(State.SPOOLED, limit=5) == [kept]


def not_taken(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "full")


@pytest.mark.req("DR-17", "DR-34")
def test_what_a_full_disk_cut_off_is_mended_before_anything_is_recorded_or_said_over_it(
    box: Mounted, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keep(box.spool, box.disk.rules, 0)
    box.ledger.fail(CAMERA, GapCause.STREAM_ENDED, at_us=first.ended_us)
    cut_off = box.spool.begin(CAMERA, recorded(2).started_us, box.disk.rules)
    cut_off.write(PLAIN)
    cut_off.mark(recorded(2))
    cut_off.leave()
    with monkeypatch.context() as full:
        full.setattr(Spool, "recover", not_taken)
        tried(box.disk, full).run()
    assert box.spool.recover(CAMERA) == 1
    keep(box.spool, box.disk.rules, 3)
    (gap,) = box.ledger.unreported_gaps(limit=5)
    ended = (first.ended_us, recorded(2).started_us)
    assert (gap.started_us, gap.ended_us, gap.cause) == (*ended, GapCause.STREAM_ENDED)


@pytest.mark.req("DR-17", "DR-34")
def test_a_power_cut_while_the_disk_is_full_lays_no_gap_over_what_was_cut_off(
    box: Mounted, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Ledger(box.disk.home.ledger, boot="b00t0001")
    first = keep(box.spool, box.disk.rules, 0)
    cut_off = box.spool.begin(CAMERA, recorded(1).started_us, box.disk.rules)
    cut_off.write(PLAIN)
    cut_off.mark(recorded(1))
    cut_off.leave()
    before.fail(CAMERA, GapCause.DISK_FULL, at_us=recorded(1).started_us)
    before.close()
    with monkeypatch.context() as full:
        full.setattr(Spool, "recover", not_taken)
        full.setattr(Clock, "rest", lambda *_: None)
        Camera(box.disk.home, CAMERA, cast("Stop", Tries(2))).run()
    assert box.spool.recover(CAMERA) == 1
    keep(box.spool, box.disk.rules, 3)
    told = [(gap.started_us, gap.ended_us) for gap in box.ledger.unreported_gaps(limit=5)]
    assert told == [(recorded(1).ended_us, recorded(3).started_us)]
    assert first.ended_us == recorded(1).started_us


@pytest.mark.req("DR-34")
def test_what_waits_on_a_disk_that_is_not_mounted_is_not_given_up(box: Mounted) -> None:
    keep(box.spool, box.disk.rules, 0)
    outbox = Outbox(cast("Api", None), box.ledger, box.spool)
    box.unmount()
    calls: list[Callable[[], object]] = [
        outbox.send_some,
        outbox.collect_receipts,
        lambda: box.spool.recover(CAMERA),
        lambda: keep(box.spool, box.disk.rules, 1),
    ]
    for call in calls:
        with pytest.raises(SpoolMissing, match="掛載"):
            call()
    assert box.ledger.count(State.SPOOLED) == 1
    assert box.ledger.unreported_gaps(limit=5) == []
    box.mount()
    assert box.spool.recover(CAMERA) == 0


@pytest.mark.req("DR-34")
def test_a_disk_that_goes_while_a_segment_is_put_loses_nothing(box: Mounted) -> None:
    entry = keep(box.spool, box.disk.rules, 0)

    class Server:
        def post(self, *_: object) -> dict[str, Any]:
            return {"items": [{"outcome": "upload", "url": "", "headers": {}}]}

        def put(self, *_: object, **_more: object) -> None:
            box.unmount()
            raise FileNotFoundError

    with pytest.raises(SpoolMissing):
        Outbox(cast("Api", Server()), box.ledger, box.spool).send_some()
    assert box.ledger.segments(State.SPOOLED, limit=5) == [entry]


@pytest.mark.req("DR-34")
def test_whoever_stands_beside_the_box_is_told_what_to_do(box: Mounted) -> None:
    box.unmount()
    words, fault = disk_words(box.disk.home, box.ledger)
    assert fault == 1
    assert words.endswith("請確認磁碟已接上並掛載在原來的位置；掛載後會自動恢復。")


@pytest.mark.req("DR-34")
def test_another_boxs_disk_is_not_written_to(box: Mounted, disk: Disk) -> None:
    box.unmount()
    (disk.home.spool / "shouyuan-spool").write_text("0" * 32, encoding="ascii")
    with pytest.raises(SpoolMissing, match="屬於另一台"):
        keep(box.spool, box.disk.rules, 0)


@pytest.mark.req("DR-34")
@pytest.mark.usefixtures("box")
def test_a_box_does_not_enrol_on_the_disk_of_another(disk: Disk) -> None:
    other = new_disk(disk.home.folder / "other").home
    other.spool.rmdir()
    other.spool.symlink_to(disk.home.spool)
    with pytest.raises(SpoolMissing, match="屬於另一台"):
        other.make()


@pytest.mark.req("DR-34")
def test_a_box_that_was_enrolled_before_there_were_marks_gets_one(box: Mounted, disk: Disk) -> None:
    identity, mark = disk.home.folder / "identity.json", disk.home.spool / "shouyuan-spool"
    held = json.loads(identity.read_text(encoding="utf-8"))
    identity.write_text(json.dumps({name: held[name] for name in held if name != "spool_id"}), encoding="utf-8")
    mark.unlink()
    keep(box.spool, disk.rules, 0)
    disk.home.adopt_spool()
    assert json.loads(identity.read_text(encoding="utf-8"))["spool_id"] == mark.read_text(encoding="ascii")
    keep(box.spool, disk.rules, 1)
    mark.unlink()
    with pytest.raises(SpoolMissing):
        keep(box.spool, disk.rules, 2)


@pytest.mark.req("DR-34")
@pytest.mark.usefixtures("box")
def test_two_recorders_never_share_a_spool_though_they_come_to_it_by_two_folders(disk: Disk) -> None:
    """The other is a copy of the box's folder, as a restored backup is, with the same disk below it."""
    copy = new_disk(disk.home.folder / "copy").home
    copy.spool.rmdir()
    copy.spool.symlink_to(disk.home.spool)
    for name in ("identity.json", "config.json", "device.key"):
        (copy.folder / name).write_bytes((disk.home.folder / name).read_bytes())
    with disk.home.spool_lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(AlreadyRuns, match="同一個錄影磁碟"):
            Supervisor(copy, lambda: True).run()


@pytest.mark.req("DR-34")
@pytest.mark.usefixtures("box")
def test_two_recorders_never_share_a_folder(disk: Disk) -> None:
    with disk.home.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(AlreadyRuns, match="同一個資料夾"):
            Supervisor(disk.home, lambda: True).run()


@pytest.mark.req("DR-34", "DR-30")
def test_a_heartbeat_says_of_a_disk_that_it_is_full_or_missing(box: Mounted, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault() -> object:
        return disk_of(box.disk.home, box.ledger, AT_ONCE)["fault"]

    assert fault() == ""
    monkeypatch.setattr(room, "_left", lambda *_: 0)
    assert fault() == "full"
    box.unmount()
    assert fault() == "missing"


@pytest.mark.req("DR-34", "KH-5-3b")
def test_a_recorder_that_starts_without_its_disk_says_so_and_starts_no_camera(box: Mounted) -> None:
    box.unmount()
    looks = Tries(1)
    supervisor = Supervisor(box.disk.home, looks)
    supervisor._uploader = cast("Any", Quiet())  # noqa: SLF001 - it would speak to no server for ever
    supervisor._others = []  # noqa: SLF001 - nor look at any camera
    supervisor.run()
    assert box.ledger.state_of(CAMERA).cause is GapCause.SPOOL_MISSING
    assert list(box.disk.home.spool.rglob("*")) == []


class Quiet:
    """No process."""

    pid: int | None = None
    ended_with: int | None = None

    def keep_running(self) -> None:
        """Nothing."""

    def ask_to_stop(self) -> None:
        """Nothing."""

    def wait(self, _until: float) -> None:
        """Nothing."""


@pytest.mark.req("DR-34", "KH-5-3b")
def test_a_camera_does_not_even_connect_where_there_is_no_room(box: Mounted, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep(box.spool, box.disk.rules, 0)
    monkeypatch.setattr(room, "_left", lambda *_: 0)
    tried(box.disk, monkeypatch).run()
    assert box.spool.cipher_path(kept).exists()
    off, full = box.ledger.unreported_gaps(limit=5)
    assert (off.cause, full.cause) == (GapCause.PROCESS_RESTARTED, GapCause.DISK_FULL)
    assert full.started_us == off.ended_us
