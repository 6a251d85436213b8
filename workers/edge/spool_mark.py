"""The mark in a spool by which a box knows it for its own: a disk may not be mounted, or be another box's."""

import json
from pathlib import Path

_NOT_MOUNTED = "找不到錄影磁碟：資料夾 {} 沒有這台主機的識別檔。請確認磁碟已接上並掛載在原來的位置；掛載後會自動恢復。"
_ANOTHERS = "資料夾 {} 屬於另一台邊緣主機。請掛載這台主機自己的磁碟；要註冊新的主機，請使用空的資料夾。"


class SpoolMissing(OSError):
    """What lies under the spool's name is not this box's spool. Nothing is written there and nothing is given up."""


def not_mounted(spool: Path) -> SpoolMissing:
    """What to raise where the folder holds no mark; it names the whole path."""
    return SpoolMissing(_NOT_MOUNTED.format(spool))


def anothers(spool: Path) -> SpoolMissing:
    """What to raise where the folder holds the mark of another box."""
    return SpoolMissing(_ANOTHERS.format(spool))


def check(identity: Path, mark: Path) -> None:
    """Raise `SpoolMissing` unless the mark is the one that the box's identity names."""
    known = json.loads(identity.read_text(encoding="utf-8")).get("spool_id")
    try:
        found = mark.read_text(encoding="ascii").strip()
    except OSError as error:
        if known is None:  # enrolled by a version that marked none; the next start does it
            return
        raise not_mounted(mark.parent) from error
    if known is not None and known != found:
        raise anothers(mark.parent)
