"""Files that the box cannot read any more are put aside under a name of their own, and kept for a person to look at.

What they said comes again: the index from the recorded files, the settings from the server.
"""

import os
from pathlib import Path

import structlog

from workers.edge.home import Home, sync_folder

log = structlog.get_logger(__name__)

# A disk that spoils one file after another must not be filled with them.
_MOST = 3


def put_index_aside(home: Home) -> Path:
    """Take the index away, with what belongs to it, so that the next who opens it begins anew. Nobody may have it open.

    The index goes last: cut off before that, it is found broken again.
    """
    aside = _free_name(home.ledger)
    log_file, shared = (home.ledger.with_name(home.ledger.name + end) for end in ("-wal", "-shm"))
    shared.unlink(missing_ok=True)
    if log_file.exists():
        log_file.rename(aside.with_name(aside.name + "-wal"))
    home.ledger.rename(aside)
    sync_folder(home.folder)
    log.error("the index cannot be read, it is made anew from the files", kept_as=aside.name)
    return aside


def keep_copy(path: Path) -> Path:
    """Keep a file under another name as well, so that it may be replaced where it lies without ever being away."""
    aside = _free_name(path)
    os.link(path, aside)
    sync_folder(path.parent)
    return aside


def put_aside(path: Path) -> list[Path]:
    """What was put aside of a file, and not taken away since."""
    found = (path.with_name(f"{path.name}.bad-{number}") for number in range(1, _MOST + 1))
    return [each for each in found if each.exists()]


def _free_name(path: Path) -> Path:
    """A name that is free. The first that was put aside stays; of later ones the last."""
    there = put_aside(path)
    names = [path.with_name(f"{path.name}.bad-{number}") for number in range(1, _MOST + 1)]
    free = next((each for each in names if each not in there), names[-1])
    for end in ("", "-wal"):
        free.with_name(free.name + end).unlink(missing_ok=True)
    return free
