"""What shows from outside that a camera is tried or recorded: the times of a few of its files."""

import time
from itertools import chain
from pathlib import Path

from workers.edge.open_segments import ENDS

_TRIED = "tried"
_OWNER_ONLY = 0o600
# Several times as long as a second takes to be marked.
_MARKED_LATELY_NS = 10_000_000_000


def note_try(folder: Path) -> None:
    """Say that the camera is being tried, which is no sign of its being recorded."""
    (folder / _TRIED).touch(_OWNER_ONLY)


class Signs:
    """Those of one camera's folder, which is listed only when it changed: a week offline is 20,000 files."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._tried = folder, folder / _TRIED
        self._before_ns = -1
        self._is_listed = False
        self._ends: list[Path] = []

    def seen(self) -> tuple[int, ...]:
        """The files' own times, which are others after each try and each second that was marked.

        For being compared with those of before, not for being ordered: the wall clock may have gone back in between.
        """
        folder_ns = changed_ns(self._folder)
        # Listed once more after a change: another may follow in the same instant of the disk's time.
        if folder_ns != self._before_ns or not self._is_listed:
            self._ends = sorted(chain.from_iterable(self._folder.glob(f"*{end}") for end in ENDS))
            self._is_listed, self._before_ns = folder_ns == self._before_ns, folder_ns
        return tuple(map(changed_ns, [self._tried, *self._ends]))

    def is_marked(self) -> bool:
        """Whether a second of it was marked just now: footage is being made, whatever was said before it began."""
        self.seen()
        return any(changed_ns(end) > time.time_ns() - _MARKED_LATELY_NS for end in self._ends)

    def moved_ns(self) -> int:
        """When it was last tried or a second of it marked, by the wall clock of that time."""
        return max(self.seen())


def changed_ns(path: Path) -> int:
    """When a file or folder last changed; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # never tried, or the segment was finished just now
        return 0
