"""The locks of a recorder: held by the one that runs, and asked of the kernel, so that no start is in the way."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRuns(Exception):
    """Another recorder holds this folder, or this spool by another folder."""

    def __init__(self, words: str) -> None:
        super().__init__(f"{words}請先停止另一個，再重新執行。")


@contextmanager
def only_one(lock: Path, taken: str) -> Iterator[None]:
    """Hold a file's lock. Raises `AlreadyRuns` with these words while somebody else does."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRuns(taken) from error
        yield


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
