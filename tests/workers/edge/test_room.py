"""How much room the spool has, in hours of what is really written, and what happens where there is none."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra import age
from infra.causes import GapCause
from infra.disk_hours import ALARM_HOURS
from infra.stack.processes import Missing
from tests.components import real_component
from tests.workers.edge.disks import CAMERA, Disk, enrol, keep, recorded
from workers.edge import room
from workers.edge.home import Home
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.room import Room, limits_of, measure
from workers.edge.status import disk_words

DAY = date(2026, 11, 20)


def minute(number: int, size: int, *, camera: UUID = CAMERA) -> Entry:
    started = number * 60_000_000
    return Entry(uuid4(), camera, DAY, started, started + 60_000_000, size)


@pytest.fixture
def ledger(disk: Disk) -> Iterator[Ledger]:
    made = Ledger(disk.home.ledger)
    yield made
    made.close()


@pytest.mark.req("DR-34")
def test_the_rate_is_what_each_camera_writes_while_it_records(ledger: Ledger) -> None:
    assert ledger.bytes_per_second() == 0
    for number in range(10):
        ledger.enter(minute(number, 6_000_000))
    for number in (0, 9):  # eight minutes of it failed, and will not for ever
        ledger.enter(minute(number, 3_000_000, camera=UUID(int=8)))
    assert ledger.bytes_per_second() == 100_000 + 50_000


@pytest.mark.req("DR-34")
def test_the_rate_follows_the_last_day_and_outlives_what_was_sent(ledger: Ledger) -> None:
    old, new = minute(0, 600_000_000), minute(60 * 48, 6_000_000)
    for entry in (old, new):
        ledger.enter(entry)
        ledger.forget(entry.segment_id)
    assert ledger.bytes_per_second() == 100_000
    assert ledger.held() == (0, 0)


@pytest.mark.req("DR-34")
def test_hours_are_counted_from_room_and_rate_and_two_days_are_the_alarm() -> None:
    rate = 100_000.0
    week = Room(left_bytes=int(rate * 3600 * 100), held_bytes=int(rate * 3600 * 68), bytes_per_second=rate)
    assert (week.hours_left, week.hours_in_all, week.is_short) == (100, 168, False)
    just = Room(left_bytes=int(rate * 3600 * ALARM_HOURS), held_bytes=0, bytes_per_second=rate)
    short = Room(left_bytes=int(rate * 3600 * ALARM_HOURS) - 1, held_bytes=0, bytes_per_second=rate)
    assert (just.is_short, short.is_short) == (False, True)
    unknown = Room(left_bytes=10**9, held_bytes=0, bytes_per_second=0)
    assert (unknown.hours_left, unknown.hours_in_all, unknown.may_begin) == (None, None, True)


@pytest.mark.req("DR-34")
def test_what_ends_a_recording_and_what_lets_one_begin_are_one_function() -> None:
    """Where one may begin nothing must end, and a byte that is freed does not start what would end at once."""
    for left in (0, 1, 5_999_999, 6_000_000, 6_000_001):
        one = Room(left_bytes=left, held_bytes=0, bytes_per_second=100_000)
        assert not (one.may_begin and one.is_over)
        assert (one.is_over, one.may_begin) == (left == 0, left > 6_000_000)


@pytest.mark.req("DR-34")
def test_a_quota_of_its_own_bounds_the_spool_and_a_slip_in_it_bounds_nothing(disk: Disk, ledger: Ledger) -> None:
    ledger.enter(minute(0, 400_000_000))
    whole = measure(disk.home, ledger)
    assert whole.left_bytes > 600_000_000
    disk.home.settings.write_text("[spool]\nquota_gb = 1\n", encoding="utf-8")
    assert measure(disk.home, ledger).left_bytes == 600_000_000
    disk.home.settings.write_text("[spool]\nquota_gb = 0.1\n", encoding="utf-8")
    assert measure(disk.home, ledger).is_over
    for nonsense in ("quota_gb", "[spool]\nquota_gb = 'much'\n", "[spool"):
        disk.home.settings.write_text(nonsense, encoding="utf-8")
        assert not limits_of(disk.home).is_understood
        assert not measure(disk.home, ledger).is_over
        words, fault = disk_words(disk.home, ledger)
        assert (fault, "box.toml" in words) == (1, True)


@pytest.mark.req("DR-34")
def test_the_person_beside_the_box_is_told_how_long_the_disk_lasts(
    disk: Disk, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert disk_words(disk.home, ledger) == ("尚未測得寫入量；錄影一段時間後會顯示可存放多久。", 0)
    ledger.enter(minute(0, 6_000_000))
    said = {}
    for hours in (200, 167, 47, 0):
        left = hours * 360_000_000
        monkeypatch.setattr(room, "_left", lambda *_, left=left: left)
        said[hours] = disk_words(disk.home, ledger)
    assert said[200] == ("依目前寫入量共可存放 8.3 天，還可錄 8.3 天", 0)
    assert (said[167][1], "斷線時至少要能留存 7.0 天" in said[167][0]) == (1, True), "as doctor judges"
    assert said[47][1] == 1
    assert "還可錄 47 小時。不足 48 小時，請儘快恢復上傳或加大磁碟。" in said[47][0]
    assert said[0][1] == 1
    assert "待上傳的影像都還在" in said[0][0]


@pytest.mark.req("DR-34")
def test_a_disk_that_is_not_there_is_named_by_its_whole_path(disk: Disk, ledger: Ledger) -> None:
    enrol(disk.home)
    disk.home.spool.rename(disk.home.folder / "elsewhere")
    disk.home.spool.mkdir()
    words, fault = disk_words(disk.home, ledger)
    assert (fault, f"資料夾 {disk.home.spool} 沒有" in words) == (1, True)


@pytest.mark.req("DR-34")
def test_an_index_of_an_earlier_version_gets_its_counts(tmp_path: Path) -> None:
    import_earlier(tmp_path / "ledger.sqlite3")
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    assert (ledger.count(State.SPOOLED), ledger.count(State.CONFIRMED)) == (2, 1)
    (first, second) = ledger.segments(State.SPOOLED, limit=5)
    ledger.mark([first.segment_id], State.CONFIRMED)
    ledger.forget(second.segment_id)
    assert (ledger.count(State.SPOOLED), ledger.count(State.CONFIRMED), ledger.held()) == (0, 2, (2, 0))
    ledger.close()


def import_earlier(path: Path) -> None:
    """What the version before this one left."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table segments (segment_id text primary key, camera_id text not null, civil_day text not null, "
        "started_us integer not null, ended_us integer not null, state text not null default 'spooled', "
        "code text not null default '', tries integer not null default 0);"
        "create index segments_waiting on segments (state, started_us);"
    )
    for number, state in enumerate((State.SPOOLED, State.SPOOLED, State.CONFIRMED)):
        values = (str(uuid4()), str(CAMERA), "2026-11-20", number, number + 1, state)
        connection.execute("insert into segments values (?, ?, ?, ?, ?, ?, '', 0)", values)
    connection.commit()
    connection.close()


SMALL = 24 << 20


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Disk]:
    """A box whose every byte lies on a real file system of 24 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(  # noqa: S603 - a temporary file system of our own
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode and os.geteuid() == 0:
        with real_component():
            raise Missing("the right to mount a tmpfs", "mount")
    if mounted.returncode:
        pytest.skip("this account may mount nothing")
    try:
        home = Home(place / "edge")
        home.make()
        yield Disk(home, age.new_identity(age.Kind.CLASSIC))
    finally:
        subprocess.run(["/bin/umount", "-l", str(place)], check=True)  # noqa: S603


def filled_up(disk: Disk) -> Path:
    """Other data, which takes the disk's last byte."""
    path = disk.home.folder / "other data"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    return path


def enter_many(ledger: Ledger) -> None:
    for number in range(5000):
        ledger.enter(minute(number, 1))


@pytest.mark.req("DR-34", "KH-5-3b")
def test_on_a_full_disk_nothing_goes_and_each_lost_second_is_a_gap_and_recording_comes_back(small: Disk) -> None:
    """Other data fills the disk to its last byte while a segment is written."""
    spool, ledger = small.spool()
    first = keep(spool, small.rules, 0)
    recording = spool.begin(CAMERA, recorded(1).started_us, small.rules)
    ledger.mark([first.segment_id], State.CONFIRMED)
    other = filled_up(small)
    recording.write(b"y" * 300_000)
    with pytest.raises(OSError, match="No space") as full:
        recording.mark(recorded(1))
    recording.leave()
    assert measure(small.home, ledger).is_over
    assert spool.cipher_path(first).exists(), "what waits is never dropped"
    assert full.value.errno == 28
    with suppress(OSError):  # a receipt came: room is made although the index takes no word
        spool.drop(first)
    assert not spool.cipher_path(first).exists()
    other.unlink()
    ledger.fail(CAMERA, GapCause.DISK_FULL, at_us=recorded(1).started_us + 5_000_000)
    spool.recover(CAMERA)
    assert measure(small.home, ledger).may_begin
    keep(spool, small.rules, 3)
    gaps = [(gap.started_us, gap.ended_us, gap.cause) for gap in ledger.unreported_gaps(limit=9)]
    assert gaps == [(recorded(0).ended_us, recorded(3).started_us, GapCause.DISK_FULL)]
    ledger.close()


@pytest.mark.req("DR-34")
def test_recording_stops_at_a_reserve_in_which_the_index_goes_on(small: Disk) -> None:
    spool, ledger = small.spool()
    entry = keep(spool, small.rules, 0)
    filler = small.home.folder / "other data"
    with filler.open("wb", buffering=0) as file:
        while not measure(small.home, ledger).is_over:
            file.write(b"x" * 65536)
    left = os.statvfs(small.home.folder)
    assert SMALL // 20 - 2 * 65536 < left.f_bavail * left.f_frsize <= SMALL // 20
    ledger.fail(CAMERA, GapCause.DISK_FULL, at_us=recorded(1).started_us)
    for number in range(100):
        ledger.keep_fact("clock_offset_us", number)
    spool.drop(entry)
    assert ledger.held() == (0, 0)
    ledger.close()


@pytest.mark.req("DR-34")
def test_a_full_index_is_a_full_disk_and_no_crash(small: Disk) -> None:
    ledger = Ledger(small.home.ledger)
    other = filled_up(small)
    with pytest.raises(OSError, match="full") as full:
        enter_many(ledger)
    assert full.value.errno == 28
    other.unlink()
    ledger.enter(minute(9000, 1))
    assert ledger.count(State.SPOOLED) >= 1
    ledger.close()
