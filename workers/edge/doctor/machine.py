"""The machine: its memory and warmth, its video libraries, and who records on it."""

import platform
from pathlib import Path

from infra.clock import CLOCK_LIMIT_MS
from infra.streams import library_versions
from workers.edge.doctor.findings import Finding
from workers.edge.home import Home
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
    words += "" if good else "請啟用自動校時：timedatectl set-ntp true，並確認可連到校時伺服器（NTP，UDP 123）。"
    return Finding(check="clock", title="主機時間", good=good, words=words, facts={"offset_ms": offset_ms})


def libraries() -> Finding:
    """What reads the cameras, for whoever is asked for help."""
    facts = {**library_versions(), "python": platform.python_version()}
    words = "、".join(f"{name} {version}" for name, version in facts.items())
    return Finding(check="libraries", title="程式庫版本", good=None, words=words, facts=facts)


def recorders(home: Home, *, processes: Path = Path("/proc")) -> Finding:
    """Whether the box records, and that nobody else does. Nothing is locked for it: a start must not be in the way."""
    found = {path.parent.name for path in processes.glob("[0-9]*/cmdline") if _is_recorder(path)}
    running = sum(_parent_of(processes / pid) not in found for pid in found)
    held = is_held(home.lock, locks=processes / "locks")
    if running > 1:
        words = f"這台主機有 {running} 個錄影程式在執行。請只留一個，並停用另一個的服務。"
    elif held:
        words = "錄影程式正在執行。"
    else:
        words = NOT_RUNNING
    good = False if running > 1 else True if held else None
    return Finding(check="recorder", title="錄影程式", good=good, words=words, facts={"running": running})


def _is_recorder(path: Path) -> bool:
    """Whether a process was started as a recorder; those that it forked look the same."""
    try:
        return _RECORDER in path.read_bytes().decode(errors="replace").split("\0")
    except OSError:  # it has ended, or is not ours to see
        return False


def _parent_of(process: Path) -> str:
    try:
        return (process / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1]
    except (OSError, IndexError):
        return ""
