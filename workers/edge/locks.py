"""Whether a file's lock is held, asked of the kernel: nothing is locked for it, so that no start is in the way."""

from pathlib import Path


def is_held(lock: Path, *, locks: Path = Path("/proc/locks")) -> bool:
    """Whether a process holds this file's lock; a file that is not there is held by nobody."""
    try:
        facts, table = lock.stat(), locks.read_text(encoding="ascii")
    except OSError:
        return False
    return any(
        "FLOCK" in fields and "->" not in fields and any(each.endswith(f":{facts.st_ino}") for each in fields)
        for fields in (line.split() for line in table.splitlines())
    )
