"""Encrypted segments on the disk, through crashes at every step."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from infra import age
from infra.causes import GapCause
from infra.manifest import parse, parse_and_verify
from infra.signing import public_key_text
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, Disk, recorded
from workers.edge import spool as spool_module
from workers.edge.configuration import DayRules
from workers.edge.ledger import Ledger, State
from workers.edge.spool import NoDayKey


@pytest.mark.req("KH-5-1a", "DR-07")
def test_a_kept_segment_is_encrypted_signed_and_closed_to_others(disk: Disk) -> None:
    spool, ledger = disk.spool()
    entry = spool.keep(CAMERA, recorded(), disk.rules)
    cipher = spool.cipher_path(entry).read_bytes()
    assert age.decrypt(cipher, disk.day_key.secret) == recorded().plain
    line = parse_and_verify(spool.line_of(entry), public_key=public_key_text(disk.home.device_key()))
    assert (line.camera_id, line.cipher_bytes, line.clock_source) == (CAMERA, len(cipher), "none")
    files = [path for path in disk.home.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if b"plain footage" in path.read_bytes()]
    secret = [path for path in files if path.suffix in {".age", ".line", ".key"}]
    assert {path.stat().st_mode & 0o077 for path in secret} == {0}
    assert disk.home.folder.stat().st_mode & 0o077 == 0
    ledger.close()


@pytest.mark.req("KH-5-1a")
def test_without_a_key_for_the_day_nothing_is_kept(disk: Disk) -> None:
    spool, ledger = disk.spool()
    with pytest.raises(NoDayKey):
        spool.keep(CAMERA, recorded(), {})
    assert not list(disk.home.spool.rglob("*.*"))
    ledger.close()


@pytest.mark.req("DR-10", "KH-2-3")
def test_each_segment_gets_the_class_and_the_key_of_the_day_on_which_it_begins(disk: Disk) -> None:
    spool, ledger = disk.spool()
    later = age.new_identity()
    days = {**disk.rules, DAY + timedelta(days=1): DayRules(30, later.recipient)}
    entries = [spool.keep(CAMERA, recorded(number), days) for number in (0, 24 * 60)]
    lines = [parse(spool.line_of(entry).line) for entry in entries]
    assert [(line.civil_day, line.retention_days) for line in lines] == [(DAY, 14), (DAY + timedelta(days=1), 30)]
    assert age.decrypt(spool.cipher_path(entries[1]).read_bytes(), later.secret) == recorded().plain
    ledger.close()


class PowerCut(BaseException):
    """Nothing after this happens."""


def cut(*_: object, **__: object) -> None:
    raise PowerCut


STEPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "writing": lambda patch: patch.setattr(spool_module, "_write_synced", cut),
    "syncing": lambda patch: patch.setattr("os.fsync", cut),
    "renaming": lambda patch: patch.setattr(Path, "rename", cut),
    "syncing the folder": lambda patch: patch.setattr(spool_module, "sync_folder", cut),
    "entering": lambda patch: patch.setattr(Ledger, "enter", cut),
}
DURABLE = {"syncing the folder", "entering"}


@pytest.mark.req("DR-34")
@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_at_any_step_loses_a_whole_segment_or_nothing(
    disk: Disk, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, ledger = disk.spool()
    first = spool.keep(CAMERA, recorded(0), disk.rules)
    with monkeypatch.context() as patch:
        STEPS[step](patch)
        with pytest.raises(PowerCut):
            spool.keep(CAMERA, recorded(1), disk.rules)
    ledger.close()

    spool, ledger = disk.spool()
    assert spool.recover(CAMERA) == (1 if step in DURABLE else 0)
    held = ledger.segments(State.SPOOLED, limit=10)
    assert held[0] == first
    assert [(entry.started_us - BEGAN) // 60_000_000 for entry in held] == ([0, 1] if step in DURABLE else [0])
    for entry in held:
        assert age.decrypt(spool.cipher_path(entry).read_bytes(), disk.day_key.secret) == recorded().plain
        assert spool.line_of(entry).signature
    assert not [path for path in disk.home.spool.rglob("*") if path.name.endswith(".new")]
    spool.keep(CAMERA, recorded(2), disk.rules)
    missing = [(gap.started_us - BEGAN, gap.cause) for gap in ledger.unreported_gaps(limit=5)]
    assert missing == ([] if step in DURABLE else [(60_000_000, GapCause.PROCESS_RESTARTED)])
    ledger.close()


def test_a_cut_between_the_two_renames_loses_nothing_since_both_files_were_whole(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, ledger = disk.spool()
    rename = Path.rename
    seen: list[str] = []

    def second_fails(self: Path, target: Path) -> Path:
        seen.append(target.suffix)
        if len(seen) == 2:
            raise PowerCut
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", second_fails)
        with pytest.raises(PowerCut):
            spool.keep(CAMERA, recorded(), disk.rules)
    assert seen == [".line", ".age"]
    assert spool.recover(CAMERA) == 1
    (entry,) = ledger.segments(State.SPOOLED, limit=5)
    assert age.decrypt(spool.cipher_path(entry).read_bytes(), disk.day_key.secret) == recorded().plain
    ledger.close()


def test_a_file_that_vanished_becomes_a_gap_and_is_not_claimed(disk: Disk) -> None:
    spool, ledger = disk.spool()
    entry = spool.keep(CAMERA, recorded(), disk.rules)
    spool.cipher_path(entry).unlink()
    spool.recover(CAMERA)
    assert ledger.count(State.SPOOLED) == 0
    assert [gap.cause for gap in ledger.unreported_gaps(limit=5)] == [GapCause.SPOOL_FAILED]
    ledger.close()


def test_a_lost_index_is_made_again_from_the_files(disk: Disk) -> None:
    spool, ledger = disk.spool()
    entries = [spool.keep(CAMERA, recorded(number), disk.rules) for number in range(3)]
    ledger.close()
    for path in disk.home.folder.glob("ledger.sqlite3*"):
        path.unlink()
    spool, ledger = disk.spool()
    assert spool.recover(CAMERA) == 3
    assert ledger.segments(State.SPOOLED, limit=5) == entries
    assert ledger.recorded_until_us(CAMERA) == entries[-1].ended_us
    ledger.close()


def test_a_crash_while_a_stored_segment_is_removed_is_finished_later(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, ledger = disk.spool()
    entry = spool.keep(CAMERA, recorded(), disk.rules)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "forget", cut)
        with pytest.raises(PowerCut):
            spool.drop(entry)
    spool.recover(CAMERA)
    assert ledger.unreported_gaps(limit=5) == [], "its bytes are safe in the store"
    (left,) = ledger.segments(State.STORED, limit=5)
    spool.drop(left)
    assert not ledger.known(CAMERA)
    ledger.close()


def test_a_disk_that_is_full_is_an_error_that_the_camera_survives(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    spool, ledger = disk.spool()

    (disk.home.spool / str(CAMERA)).mkdir()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            spool.keep(CAMERA, recorded(), disk.rules)
    assert not [path for path in disk.home.spool.rglob("*") if path.is_file()], "nothing torn keeps the disk full"
    spool.keep(CAMERA, recorded(1), disk.rules)
    assert ledger.count(State.SPOOLED) == 1
    ledger.close()


def test_passwords_of_cameras_are_for_the_owner_only(disk: Disk) -> None:
    hostile = 'rtsp://a:p"w\n[x]@10.0.0.9/'
    disk.home.keep_address(CAMERA, hostile)
    disk.home.keep_address(UUID(int=10), "rtsp://b")
    assert disk.home.addresses() == {CAMERA: hostile, UUID(int=10): "rtsp://b"}
    assert disk.home.cameras.stat().st_mode & 0o077 == 0
