"""What `doctor` finds: each fault red, with a sentence that says what to do, and never a password."""

import json
import socket
from contextlib import closing
from pathlib import Path

import pytest

from infra.causes import REPORTED_BY_EDGE, GapCause
from infra.stack.cameras import RtspCameras
from tests.workers.edge.conftest import Box, Site
from tests.workers.edge.disks import CAMERA, Disk
from workers.edge.configuration import CameraRules
from workers.edge.doctor import cameras as looking
from workers.edge.doctor import disk as disks
from workers.edge.doctor import machine, network
from workers.edge.doctor.cameras import Stream
from workers.edge.doctor.findings import Finding
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.local_page import settings
from workers.edge.locks import only_one
from workers.edge.watching import Length
from workers.edge.words import advice

RULES = CameraRules(CAMERA, "C-GATE", "大門", audio=True)
GOOD = Stream(
    codec="h264",
    width=1920,
    height=1080,
    frames_per_second=25.0,
    key_interval_ms=2000,
    bits_per_second=2_000_000,
    sound="aac",
)
TABLE = """22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:30 / {point} {options} - {kind} none {options}
"""


def told(found: Finding, *, good: bool | None, words: str) -> None:
    assert found.good is good, found.words
    assert words in found.words


def test_a_page_that_another_program_keeps_from_its_port_is_red_while_the_box_records(disk: Disk) -> None:
    assert machine.page(disk.home) == []
    with only_one(disk.home.lock, "taken"):
        (found,) = machine.page(disk.home)
        told(found, good=False, words=f"sudo shouyuan-edge page --port {settings.PORT + 1}")
        with settings.holding(disk.home, settings.PORT):
            assert machine.page(disk.home) == []


def test_what_to_do_about_a_camera_names_that_camera() -> None:
    found = looking.finding(RULES, GapCause.CAMERA_REFUSED)
    assert "sudo shouyuan-edge camera add C-GATE。" in found.words


@pytest.mark.req("DR-34")
def test_a_disk_that_holds_less_than_a_week_is_red(disk: Disk) -> None:
    with closing(Ledger(disk.home.ledger)) as ledger:
        told(disks.room(disk.home, ledger, cameras=1, bits_per_second=1), good=True, words="依實測位元率共可存放")
        told(disks.room(disk.home, ledger, cameras=1, bits_per_second=1e15), good=False, words="換較大的磁碟")
        told(disks.room(disk.home, ledger, cameras=0, bits_per_second=0), good=True, words="尚無鏡頭")


def test_a_disk_is_tried_and_left_as_it_was(tmp_path: Path) -> None:
    assert disks.speed(tmp_path, cameras=0).good is not None
    assert list(tmp_path.iterdir()) == []
    told(disks.speed(tmp_path, cameras=10**9), good=False, words="SSD")
    told(disks.speed(tmp_path / "away", cameras=1), good=False, words="無法寫入")


@pytest.mark.parametrize(
    ("kind", "options", "good", "words"),
    [
        ("ext4", "rw", True, "ext4"),
        ("ext4", "ro", False, "唯讀"),
        ("tmpfs", "rw", False, "消失"),
        ("nfs4", "rw", False, "本機磁碟"),
    ],
)
def test_what_is_mounted_must_be_a_disk_of_this_machine(
    tmp_path: Path, kind: str, options: str, *, good: bool, words: str
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE.format(point=tmp_path.resolve(), kind=kind, options=options), encoding="utf-8")
    told(disks.mount(tmp_path, table=table), good=good, words=words)


def test_a_folder_that_others_may_read_is_red(disk: Disk) -> None:
    folder = disk.home.folder
    told(disks.rights(folder), good=True, words="只有錄影服務")
    folder.chmod(0o755)
    told(disks.rights(folder), good=False, words="chmod 700")


def test_memory_and_warmth_are_judged_where_the_machine_tells(tmp_path: Path) -> None:
    table, zone = tmp_path / "meminfo", tmp_path / "thermal_zone0"
    table.write_text("MemTotal: 1000000 kB\nMemAvailable: 50000 kB\n", encoding="utf-8")
    told(machine.memory(table=table), good=False, words="記憶體不足")
    told(machine.warmth(zones=tmp_path), good=None, words="不提供")
    zone.mkdir()
    (zone / "temp").write_text("91000\n", encoding="ascii")
    told(machine.warmth(zones=tmp_path), good=False, words="91 °C")


def test_only_two_recorders_of_one_folder_or_spool_are_bad_and_others_are_listed(tmp_path: Path) -> None:
    home, other = Home(tmp_path / "edge"), Home(tmp_path / "other")
    for each in (home, other):
        each.make()
    told(machine.recorders(home, processes=tmp_path), good=False, words="沒有在執行。請執行：sudo systemctl start")
    started(tmp_path, 10, home.folder)
    started(tmp_path, 12, home.folder, parent=10)  # a camera that the first one forked
    started(tmp_path, 20, other.folder)
    found = machine.recorders(home, processes=tmp_path)
    told(found, good=False, words="沒有在執行")
    told(found, good=False, words=f"使用其他資料夾的錄影程式（程式編號 20，資料夾 {other.folder}）")
    assert found.facts["running"] == 1
    started(tmp_path, 30, home.folder)
    found = machine.recorders(home, processes=tmp_path)
    told(found, good=False, words=f"有 2 個錄影程式使用這台主機的資料夾（程式編號 10，資料夾 {home.folder}")
    (tmp_path / "30" / "cmdline").unlink()
    other.spool.rmdir()
    other.spool.symlink_to(home.spool)
    told(machine.recorders(home, processes=tmp_path), good=False, words="程式編號 20")
    assert machine.recorders(home, processes=tmp_path).facts["running"] == 2


def started(processes: Path, pid: int, folder: Path, *, parent: int = 1) -> None:
    """A recorder as the kernel tells of it."""
    place = processes / str(pid)
    place.mkdir()
    (place / "cwd").symlink_to("/")
    (place / "cmdline").write_bytes(f"python\0-m\0workers.edge.supervisor\0{folder}\0".encode())
    (place / "stat").write_text(f"{pid} (a (name) x) S {parent} 1", encoding="ascii")


def test_the_way_to_the_server_fails_at_a_step_that_is_named() -> None:
    def way(address: str, **proxy: str) -> Finding:
        return network.way_to(address, check="server", title="平台連線", environment=proxy)

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told(way(f"http://127.0.0.1:{port}"), good=True, words="連得到")
        server.close()
        told(way(f"http://127.0.0.1:{port}"), good=False, words="防火牆")
    told(way("https://no.such.host.invalid"), good=False, words="DNS")
    told(way("ftp://x"), good=False, words="網址不正確")
    behind = way("https://no.such.host.invalid", HTTPS_PROXY="http://user:s3cret@proxy:1")
    told(behind, good=False, words="代理伺服器")
    assert "s3cret" not in json.dumps(behind.document())


def test_a_clock_is_judged_against_the_servers() -> None:
    told(machine.clock(400), good=True, words="慢 0.4 秒")
    told(machine.clock(-75_000), good=False, words="快 75.0 秒")


@pytest.mark.parametrize(
    ("change", "good", "words"),
    [
        ({}, True, "H.264 1920×1080"),
        ({"key_interval_ms": 0}, False, "2 秒"),
        ({"key_interval_ms": 40_000}, False, "智慧編碼"),
        ({"frames_per_second": 2.0}, False, "張數"),
        ({"sound": ""}, False, "收音"),
    ],
)
def test_what_a_camera_sends_is_judged(change: dict[str, object], *, good: bool, words: str) -> None:
    told(looking.finding(RULES, Stream(**{**vars(GOOD), **change})), good=good, words=words)  # type: ignore[arg-type]


def test_a_camera_that_cannot_be_recorded_says_why() -> None:
    for cause in REPORTED_BY_EDGE:
        told(looking.finding(RULES, cause), good=False, words=advice(cause, RULES.code))


def test_a_live_camera_is_measured(cameras: RtspCameras) -> None:
    found = looking.look(cameras.url(0), Length(least=2, most=8))
    assert (found.codec, found.width, found.height) == ("h264", 320, 240)
    assert 0 < found.key_interval_ms < 2000
    assert found.frames_per_second > 5
    assert found.bits_per_second > 1000


def test_a_camera_that_sends_little_takes_the_room_of_a_chunk_a_second() -> None:
    little = Stream(**{**vars(GOOD), "bits_per_second": 100_000})  # type: ignore[arg-type]
    assert (little.kept_bits_per_second, GOOD.kept_bits_per_second) == (524_288, 2_000_000)


def test_the_command_says_everything_and_no_password(box: Box, site: Site) -> None:
    box.watch("C-GATE", "rtsp://admin:s3cret@127.0.0.1:9/x")
    box.watch("C-ROOM2", "rtsp://admin:other@127.0.0.1:9/x")
    done = box.command("doctor", "--json")
    found = json.loads(done.stdout)
    by_check = {one["check"]: one for one in found["findings"]}
    assert (done.returncode, found["well"]) == (1, False)
    assert {"server", "standing", "clock", "keys", "store", "disk_room", "disk_speed", "mount", "rights"} <= set(
        by_check
    )
    assert by_check["keys"]["facts"]["days"] >= 10
    assert by_check["camera:C-GATE"]["facts"]["cause"] == "camera_unreachable"
    assert "位址相同" in by_check["alike"]["words"]
    spoken = box.command("doctor")
    assert "[異常] 鏡頭 C-GATE" in spoken.stdout
    assert "s3cret" not in done.stdout + done.stderr + spoken.stdout + spoken.stderr
    assert "s3cret" not in (box.home.folder / "doctor.json").read_text(encoding="utf-8")
    sheet = box.command("sheet").stdout
    assert "邊緣主機驗收表" in sheet
    assert "學校（園）簽章" in sheet
    assert "s3cret" not in sheet
    site.api.shut()
    assert "平台沒有回應" in box.command("doctor").stdout
