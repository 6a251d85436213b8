"""A box that enrols again: what it was is put aside whole, and stays for a person to look at. Nothing is deleted.

The folder that it is put into is a box's home like any other, so that what was not uploaded yet can still be.
"""

from datetime import datetime
from itertools import count
from pathlib import Path

from infra.clock import TAIPEI
from workers.edge.home import Home, sync_folder

_NEW, _FORMER = "enrolling", "former-"
# What is said of the machine, the locks that whoever does this holds, and what a disk has that is mounted there.
_STAYS = frozenset({"box.toml", "page.json", "page.lock", "lock", "lost+found"})


class Mounted(Exception):
    """The spool is a disk of its own, which cannot be put aside with the rest."""

    def __init__(self, home: Home) -> None:
        super().__init__(
            f"錄影資料夾 {home.spool} 是另外掛載的磁碟，不能移開，沒有重新註冊。"
            "請先卸載這個磁碟並改掛空的磁碟，或請支援人員協助；原磁碟請保留。"
        )


def newcomer(home: Home, *, at: datetime) -> Home:
    """An empty home inside the old one, to become a box in while the old one still is one. Raises `Mounted`."""
    if home.spool.is_mount():
        raise Mounted(home)
    new = Home(home.folder / _NEW)
    if new.is_enrolled():  # cut off before it took its place: its code is spent, and the server knows its key
        new.folder.rename(_free_name(home, at))
    return new


def replace(home: Home, new: Home, *, at: datetime) -> Path:
    """Put the old box aside and the new one in its place; where the old one lies now. Nobody may record.

    Who a box is goes last each time: cut off before, the old one is still enrolled and this can be done again.
    """
    former = _free_name(home, at)
    former.mkdir(mode=0o700)
    for source, target in ((home, former), (new, home.folder)):
        for path in sorted(source.folder.iterdir(), key=lambda path: path.name == "identity.json"):
            if path.name not in _STAYS | {_NEW} and not path.name.startswith(_FORMER):
                path.rename(target / path.name)
        sync_folder(target)
    new.folder.rmdir()
    sync_folder(home.folder)
    return former


def _free_name(home: Home, at: datetime) -> Path:
    day = f"{_FORMER}{at.astimezone(TAIPEI):%Y%m%d}"
    return next(free for number in count(1) if not (free := home.folder / f"{day}-{number}").exists())
