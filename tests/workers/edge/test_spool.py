"""Encrypted segments on the disk, through crashes at every step."""

import hashlib
import os
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest

from infra import age
from infra.causes import Ended, GapCause
from infra.manifest import VERSION, Trust, parse, parse_and_verify
from infra.recorded import Recorded
from infra.signing import public_key_text
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, PLAIN, Disk, keep, new_disk, recorded
from tests.workers.edge.power import Power, PowerCut, watched
from workers.edge.configuration import DayRules
from workers.edge.ledger import State
from workers.edge.signs import note_try
from workers.edge.spool import NoDayKey, Spool


@pytest.mark.req("KH-5-1a", "DR-07")
def test_a_kept_segment_is_encrypted_signed_and_closed_to_others(disk: Disk) -> None:
    spool, ledger = disk.spool()
    entry = keep(spool, disk.rules)
    cipher = spool.cipher_path(entry).read_bytes()
    assert age.decrypt(cipher, disk.day_key.secret) == PLAIN
    line = parse_and_verify(spool.line_of(entry), public_key=public_key_text(disk.home.device_key()))
    assert (line.camera_id, line.cipher_bytes, line.clock_source) == (CAMERA, len(cipher), "none")
    assert (line.v, line.trust, line.clock_bound_us) == (VERSION, Trust.UNSYNCHRONISED, -1)
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
        keep(spool, {})
    assert not list(disk.home.spool.rglob("*.*"))
    ledger.close()


@pytest.mark.req("DR-10", "KH-2-3")
def test_each_segment_gets_the_class_and_the_key_of_the_day_on_which_it_begins(disk: Disk) -> None:
    spool, ledger = disk.spool()
    later = age.new_identity(age.Kind.CLASSIC)
    days = {**disk.rules, DAY + timedelta(days=1): DayRules(30, later.recipient)}
    entries = [keep(spool, days, number) for number in (0, 24 * 60)]
    lines = [parse(spool.line_of(entry).line) for entry in entries]
    assert [(line.civil_day, line.retention_days) for line in lines] == [(DAY, 14), (DAY + timedelta(days=1), 30)]
    assert age.decrypt(spool.cipher_path(entries[1]).read_bytes(), later.secret) == PLAIN
    ledger.close()


# Three seconds of one segment, each of another size: less than a chunk of the envelope, more, and little again.
SECONDS = (b"1" * 50_000, b"2" * 100_000, b"3" * 5_000)


def so_far(seconds: int) -> Recorded:
    whole = recorded(1)
    return replace(
        whole, ended_us=whole.started_us + seconds * 1_000_000, media_ms=1000 * seconds, ended_because=Ended.CUT_OFF
    )


def record_a_segment(spool: Spool, disk: Disk, marked: list[int]) -> None:
    """Second by second, as the recorder does it; which seconds were marked."""
    recording = spool.begin(CAMERA, recorded(1).started_us, disk.rules)
    for number, second in enumerate(SECONDS, 1):
        recording.write(second)
        recording.mark(so_far(number))
        marked.append(number)
    recording.finish(recorded(1))


def calls_of_a_segment() -> int:
    """How many calls to the disk one segment takes; the same each time."""
    with TemporaryDirectory() as folder:
        disk = new_disk(Path(folder))
        spool, ledger = disk.spool()
        keep(spool, disk.rules, 0)  # so that the camera has its folder
        power = Power(disk.home.spool)
        with watched(power):
            record_a_segment(spool, disk, [])
        ledger.close()
    return len(power.calls)


@pytest.mark.req("DR-34")
@pytest.mark.parametrize("lost", [True, False], ids=["unsynchronised lost", "all written"])
@pytest.mark.parametrize("at", range(calls_of_a_segment()))
def test_a_power_cut_at_any_call_loses_nothing_that_was_marked(disk: Disk, at: int, lost: bool) -> None:  # noqa: FBT001
    spool, ledger = disk.spool()
    first = keep(spool, disk.rules, 0)
    power, marked = Power(disk.home.spool, cut_at=at), list[int]()
    power.settle()
    with watched(power), pytest.raises(PowerCut):
        record_a_segment(spool, disk, marked)
    if lost:
        power.lose_what_was_not_synchronised()
    ledger.close()

    spool, ledger = disk.spool()
    spool.recover(CAMERA)
    spool.recover(CAMERA)
    held = ledger.segments(State.SPOOLED, limit=10)
    assert held[0] == first
    assert len(held) >= 1 + bool(marked)
    for entry in held[1:]:
        plain = age.decrypt(spool.cipher_path(entry).read_bytes(), disk.day_key.secret)
        line = parse_and_verify(spool.line_of(entry), public_key=public_key_text(disk.home.device_key()))
        assert line.plain_sha256 == hashlib.sha256(plain).hexdigest()
        assert spool.is_intact(entry)
        kept = [number for number, second in enumerate(SECONDS, 1) if second in plain]
        assert kept == list(range(1, len(kept) + 1))
        assert len(kept) >= len(marked)
        assert line.ended_us >= so_far(len(marked)).ended_us
    assert {path.suffix for path in disk.home.spool.rglob("*") if path.is_file()} <= {".age", ".line"}
    ledger.close()


def leave_open(spool: Spool, disk: Disk) -> None:
    """Three marked seconds of a segment that nobody finished."""
    recording = spool.begin(CAMERA, recorded(1).started_us, disk.rules)
    for number, second in enumerate(SECONDS, 1):
        recording.write(second)
        recording.mark(so_far(number))
    recording.leave()


@pytest.mark.req("DR-34")
def test_a_power_cut_while_it_is_mended_changes_nothing(disk: Disk) -> None:
    spool, ledger = disk.spool()
    leave_open(spool, disk)
    ledger.close()
    for at in count():
        spool, ledger = disk.spool()
        power = Power(disk.home.spool, cut_at=at)
        power.settle()
        try:
            with watched(power):
                spool.recover(CAMERA)
        except PowerCut:
            power.lose_what_was_not_synchronised()
            ledger.close()
            continue
        break
    (entry,) = ledger.segments(State.SPOOLED, limit=5)
    plain = age.decrypt(spool.cipher_path(entry).read_bytes(), disk.day_key.secret)
    assert all(second in plain for second in SECONDS)
    assert parse(spool.line_of(entry).line).ended_because == Ended.CUT_OFF
    assert at > 5
    ledger.close()


@pytest.mark.req("DR-34")
def test_of_a_mark_that_was_torn_the_one_before_it_holds(disk: Disk) -> None:
    spool, ledger = disk.spool()
    leave_open(spool, disk)
    (third,) = disk.home.spool.rglob("*.end0")
    torn = bytearray(third.read_bytes())
    torn[100] ^= 1
    third.write_bytes(torn)
    assert spool.recover(CAMERA) == 1
    (entry,) = ledger.segments(State.SPOOLED, limit=5)
    plain = age.decrypt(spool.cipher_path(entry).read_bytes(), disk.day_key.secret)
    assert (entry.ended_us, SECONDS[1] in plain, SECONDS[2] in plain) == (so_far(2).ended_us, True, False)
    ledger.close()


@pytest.mark.req("DR-34")
def test_the_first_segment_of_a_new_camera_survives_a_power_cut_like_any_other(disk: Disk) -> None:
    spool, ledger = disk.spool()
    power = Power(disk.home.spool)
    power.settle()
    with watched(power):
        note_try(disk.home.folder_of(CAMERA))
        recording = spool.begin(CAMERA, BEGAN, disk.rules)
        recording.write(PLAIN)
        recording.mark(so_far(1))
    recording.leave()
    power.lose_what_was_not_synchronised()
    assert spool.recover(CAMERA) == 1
    ledger.close()


@pytest.mark.req("DR-34")
def test_what_a_cut_lost_is_a_gap_with_its_cause(disk: Disk) -> None:
    spool, ledger = disk.spool()
    recording = spool.begin(CAMERA, recorded(0).started_us, disk.rules)
    recording.write(PLAIN)
    recording.mark(replace(recorded(0), ended_us=BEGAN + 58_000_000))
    recording.leave()
    spool.recover(CAMERA)
    keep(spool, disk.rules, 1)
    (gap,) = ledger.unreported_gaps(limit=5)
    assert (gap.started_us - BEGAN, gap.ended_us - BEGAN) == (58_000_000, 60_000_000)
    assert gap.cause is GapCause.PROCESS_RESTARTED
    ledger.close()


@pytest.mark.req("DR-34", "DR-18")
def test_what_a_recorder_of_an_earlier_version_was_cut_off_in_is_mended(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, ledger = disk.spool()
    with monkeypatch.context() as patch:
        patch.setattr("workers.edge.open_segments.spelled", lambda kept: _without_what_came_later(asdict(kept)))
        leave_open(spool, disk)
    assert spool.recover(CAMERA) == 1
    (entry,) = ledger.segments(State.SPOOLED, limit=5)
    line = parse(spool.line_of(entry).line)
    assert (line.boot_id, line.wall_us, line.lost_packets) == (UUID(int=0), -1, -1)
    ledger.close()


def _without_what_came_later(said: dict[str, Any]) -> dict[str, Any]:
    for name in ("boot_id", "wall_us", "lost_packets", "notes"):
        del said["recorded"][name]
    return said


@pytest.mark.req("DR-34")
def test_a_disk_that_is_full_costs_what_came_after_the_last_mark_and_says_so(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, ledger = disk.spool()
    recording = spool.begin(CAMERA, recorded(0).started_us, disk.rules)
    recording.write(PLAIN)
    recording.mark(replace(recorded(0), ended_us=BEGAN + 10_000_000))

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.pwrite", full)
        recording.write(PLAIN * 10_000)
        with pytest.raises(OSError, match="No space"):
            recording.mark(replace(recorded(0), ended_us=BEGAN + 11_000_000))
    recording.leave()
    assert spool.recover(CAMERA) == 1
    (entry,) = ledger.segments(State.SPOOLED, limit=5)
    assert entry.ended_us == BEGAN + 10_000_000
    keep(spool, disk.rules, 1)
    assert ledger.count(State.SPOOLED) == 2
    ledger.close()


@pytest.mark.req("DR-34")
def test_a_disk_that_takes_no_new_file_costs_no_descriptor_each_time(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, ledger = disk.spool()
    (disk.home.spool / str(CAMERA)).mkdir()
    opened, real = list[str](), os.open

    def second_fails(path: str | Path, *rest: int) -> int:
        opened.append(str(path))
        if len(opened) == 2:
            raise OSError(28, "No space left on device")
        return real(path, *rest)

    before = len(list(Path("/proc/self/fd").iterdir()))
    with monkeypatch.context() as patch:
        patch.setattr("os.open", second_fails)
        with pytest.raises(OSError, match="No space"):
            spool.begin(CAMERA, BEGAN, disk.rules)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    ledger.close()
