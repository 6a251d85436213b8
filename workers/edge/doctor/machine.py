"""The machine: its memory and warmth, its video libraries, and who records on it."""

import platform
from collections.abc import Mapping
from pathlib import Path

from infra.clock import CLOCK_LIMIT_MS
from infra.streams import library_versions
from workers.edge.doctor.findings import Finding
from workers.edge.home import Home
from workers.edge.local_page import settings
from workers.edge.locks import is_held
from workers.edge.words import NOT_RUNNING

_MEGABYTE = 1_000_000
_LEAST_MEMORY = 200 * _MEGABYTE
_HOT = 85.0
_RECORDER = "workers.edge.supervisor"


def memory(*, table: Path = Path("/proc/meminfo")) -> Finding:
    """Whether what is left is enough for the page, a look at a picture and this command."""
    lines = (line.split() for line in table.read_text(encoding="utf-8").splitlines())
    held = {fields[0].rstrip(":"): int(fields[1]) * 1024 for fields in lines if len(fields) > 1}
    free, total = held.get("MemAvailable", 0), held.get("MemTotal", 0)
    good = free >= _LEAST_MEMORY
    words = f"可用 {free // _MEGABYTE} MB，共 {total // _MEGABYTE} MB。"
    words += "" if good else "記憶體不足，錄影程式可能被系統結束。請停用其他程式或加裝記憶體。"
    facts = {"available_bytes": free, "total_bytes": total}
    return Finding(check="memory", title="記憶體", good=good, words=words, facts=facts)


def warmth(*, zones: Path = Path("/sys/class/thermal")) -> Finding:
    """The hottest zone that the machine tells of."""
    found = [_degrees(path) for path in zones.glob("thermal_zone*/temp")]
    known = [one for one in found if one is not None]
    if not known:
        return Finding(check="temperature", title="溫度", good=None, words="這台主機不提供溫度。")
    hottest = max(known)
    good = hottest < _HOT
    words = f"{hottest:.0f} °C。" + ("" if good else "主機過熱，可能當機。請改善通風並清理灰塵。")
    return Finding(check="temperature", title="溫度", good=good, words=words, facts={"celsius": round(hottest, 1)})


def _degrees(path: Path) -> float | None:
    try:
        return int(path.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None


def clock(offset_ms: int | None) -> Finding:
    """The machine's clock against the server's, positive when ours is behind; None before they spoke."""
    if offset_ms is None:
        return Finding(check="clock", title="主機時間", good=None, words="尚未與平台對時。")
    good = abs(offset_ms) <= CLOCK_LIMIT_MS
    side = "慢" if offset_ms > 0 else "快"
    words = f"比平台{side} {abs(offset_ms) / 1000:.1f} 秒。"
    words += "" if good else "請啟用自動校時：sudo timedatectl set-ntp true，並確認可連到校時伺服器（NTP，UDP 123）。"
    return Finding(check="clock", title="主機時間", good=good, words=words, facts={"offset_ms": offset_ms})


def libraries() -> Finding:
    """What reads the cameras, for whoever is asked for help."""
    facts = {**library_versions(), "python": platform.python_version()}
    words = "、".join(f"{name} {version}" for name, version in facts.items())
    return Finding(check="libraries", title="程式庫版本", good=None, words=words, facts=facts)


def recorders(home: Home, *, processes: Path = Path("/proc")) -> Finding:
    """Whether this box records, and nobody else into its folder or spool; who records elsewhere is only told of.

    Nothing is locked for it: a start must not be in the way.
    """
    started = {path.parent.name: folder for path in processes.glob("[0-9]*/cmdline") if (folder := _recorded_by(path))}
    found = {pid: folder for pid, folder in started.items() if _parent_of(processes / pid) not in started}
    own = {pid: folder for pid, folder in found.items() if _is_same(home, processes / pid / "cwd" / folder)}
    others = {pid: folder for pid, folder in found.items() if pid not in own}
    good = len(own) <= 1 and is_held(home.lock, locks=processes / "locks")
    if len(own) > 1:
        words = f"有 {len(own)} 個錄影程式使用這台主機的資料夾（{_listed(own)}）。請只留一個，並停用另一個的服務。"
    else:
        words = "錄影程式正在執行。" if good else NOT_RUNNING
    words += f"這台機器另有使用其他資料夾的錄影程式（{_listed(others)}）。" if others else ""
    return Finding(check="recorder", title="錄影程式", good=good, words=words, facts={"running": len(own)})


def page(home: Home) -> list[Finding]:
    """That the box's own page is not there although it should be; nothing where it is, or nobody records."""
    port = settings.load(home).port
    if not is_held(home.lock) or settings.held_port(home) == port:
        return []
    return [Finding(check="page", title="狀態頁", good=False, words=settings.taken_words(port))]


def _recorded_by(path: Path) -> str:
    """The folder that a process was started to record into; those that it forked look the same. Empty for others."""
    try:
        words = path.read_bytes().decode(errors="replace").split("\0")
    except OSError:  # it has ended, or is not ours to see
        return ""
    return words[words.index(_RECORDER) + 1] if _RECORDER in words[:-1] else ""


def _is_same(home: Home, folder: Path) -> bool:
    """Whether a recorder's folder is this one, or its spool this one's; one that nobody may look into is another's."""
    pairs = (folder, home.folder), (Home(folder).spool, home.spool)
    try:
        return any(theirs.samefile(ours) for theirs, ours in pairs)
    except OSError:
        return False


def _listed(found: Mapping[str, str]) -> str:
    return "；".join(f"程式編號 {pid}，資料夾 {folder}" for pid, folder in sorted(found.items()))


def _parent_of(process: Path) -> str:
    try:
        return (process / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1]
    except (OSError, IndexError):
        return ""
