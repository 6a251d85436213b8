"""The disk: its room, how fast it makes writes durable, what is mounted there, and whose the folder is."""

import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from infra.disk_hours import PLANNED_HOURS, in_words
from workers.edge.doctor.findings import Finding
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.room import measure
from workers.edge.status import TOO_SMALL

# Two synchronised writes a second and camera (ADR 0031), and as many again for everything else.
SYNCS_PER_CAMERA = 4
_USUAL_BITS_PER_SECOND = 2_000_000
_GIGABYTE = 1_000_000_000
_TRIES, _CHUNK = 24, b"\0" * 65_536
_PASSING = frozenset({"tmpfs", "ramfs", "overlay"})
_DISTANT = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"})


def room(home: Home, ledger: Ledger, *, cameras: int, bits_per_second: float) -> Finding:
    """For how long an outage the disk is large enough, by what is written; before anything was, by what cameras sent.

    `bits_per_second` is 0 where that was not measured either; then each camera counts as an ordinary one.
    """
    try:
        home.check_spool()
        found = measure(home, ledger)
    except OSError as error:
        return Finding(check="disk_room", title="磁碟空間", good=False, words=str(error))
    how = "依實際寫入量" if found.bytes_per_second else "依實測位元率" if bits_per_second else "依每支鏡頭 2 Mbps 估算"
    rate = found.bytes_per_second or (bits_per_second or cameras * _USUAL_BITS_PER_SECOND) / 8
    hours = replace(found, bytes_per_second=rate).hours_in_all
    good = not found.is_over and (hours is None or hours >= PLANNED_HOURS)
    words = f"可用 {found.left_bytes / _GIGABYTE:.0f} GB"
    words += f"，{how}共可存放 {in_words(hours)}。" if hours is not None else "，尚無鏡頭。"
    if not good:
        words += TOO_SMALL
    facts = {"free_bytes": found.left_bytes, "days": round(min((hours or 0) / 24, 9999.0), 1)}
    return Finding(check="disk_room", title="磁碟空間", good=good, words=words, facts=facts)


def speed(folder: Path, *, cameras: int) -> Finding:
    """How many synchronised writes a second the disk does, tried with a file that is removed at once."""
    try:
        rate = 1 / max(median(_sync_seconds(folder)), 1e-6)
    except OSError:
        words = "無法寫入錄影資料夾。請檢查磁碟是否唯讀、已滿或故障。"
        return Finding(check="disk_speed", title="磁碟寫入", good=False, words=words)
    wanted = max(1, cameras) * SYNCS_PER_CAMERA
    good = rate >= wanted
    words = f"每秒可同步寫入 {rate:.0f} 次（需要 {wanted} 次）。"
    words += "" if good else "磁碟太慢，斷電時會遺失畫面。請改用 SSD，不要使用隨身碟或記憶卡。"
    facts = {"syncs_per_second": round(rate, 1), "wanted": wanted}
    return Finding(check="disk_speed", title="磁碟寫入", good=good, words=words, facts=facts)


def _sync_seconds(folder: Path) -> list[float]:
    path = folder / ".doctor"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        taken = []
        for number in range(_TRIES):
            began = time.perf_counter()
            os.pwrite(descriptor, _CHUNK, number * len(_CHUNK))
            os.fdatasync(descriptor)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
    return taken


def mount(folder: Path, *, table: Path = Path("/proc/self/mountinfo")) -> Finding:
    """Whether the folder lies on a disk of this machine that takes writes and is there after a restart."""
    kind, options = mounted(folder, table.read_text(encoding="utf-8"))
    faults = {
        "ro" in options: "磁碟目前是唯讀，無法錄影。請檢查磁碟是否故障，再重新掛載。",
        kind in _PASSING: "資料夾在記憶體或容器的暫存層，重新開機就會消失。請改放在磁碟上。",
        kind in _DISTANT: "資料夾在網路磁碟上，斷線時無法錄影。請改放在本機磁碟。",
    }
    words = faults.get(True, f"在本機磁碟（{kind or '未知'}）。")
    return Finding(check="mount", title="磁碟掛載", good=True not in faults, words=words, facts={"type": kind})


def mounted(folder: Path, table: str) -> tuple[str, frozenset[str]]:
    """Type and options of what is mounted where the folder lies, from the text of mountinfo (proc(5))."""
    place = str(folder.resolve())
    found: tuple[str, str, frozenset[str]] = ("", "", frozenset())
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        fields, rest = before.split(), after.split()
        point = fields[4].encode().decode("unicode_escape")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(found[0]):
            found = point, rest[0], frozenset(fields[5].split(",")) | frozenset(rest[2].split(","))
    return found[1], found[2]


def rights(folder: Path) -> Finding:
    """Whether only this account may read the folder, and whether it is the one that is asking."""
    facts = folder.stat()
    own, closed = facts.st_uid == os.geteuid(), not stat.S_IMODE(facts.st_mode) & 0o077
    if not own:
        words = "資料夾屬於另一個帳號。請以錄影服務的帳號執行這個指令，例如：sudo shouyuan-edge doctor"
    elif not closed:
        words = f"其他帳號可以讀取資料夾，裡面有鏡頭密碼。請執行：sudo chmod 700 {folder}"
    else:
        words = "只有錄影服務的帳號可以讀取。"
    return Finding(check="rights", title="資料夾權限", good=own and closed, words=words)
