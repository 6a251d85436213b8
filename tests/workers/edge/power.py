"""A power cut at any call that changes the spool, after which only what was synchronised is there."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_CALLS = ("open", "pwrite", "fdatasync", "fsync", "ftruncate", "rename", "unlink")


class PowerCut(BaseException):
    """Nothing after this happens."""


@dataclass
class Power:
    """Counts the calls that change a folder, and fails before the one with the number `cut_at`."""

    folder: Path
    cut_at: int | None = None
    calls: list[str] = field(default_factory=list)
    _contents: dict[int, bytes] = field(default_factory=dict)
    _names: dict[Path, dict[str, int]] = field(default_factory=dict)

    def settle(self) -> None:
        """What is there now is durable."""
        for folder in self._folders():
            self._names[folder] = _inodes(folder)
            self._contents |= {path.stat().st_ino: path.read_bytes() for path in _files(folder)}

    def lose_what_was_not_synchronised(self) -> None:
        """Every file as it was when it was last synchronised, under the names that its folder had then; folders too."""
        for folder in self._folders():
            if folder != self.folder and folder.name not in self._names.get(self.folder, {}):
                shutil.rmtree(folder)
                continue
            for path in _files(folder):
                path.unlink()
            for name, inode in self._names.get(folder, {}).items():
                if not (folder / name).is_dir():
                    (folder / name).write_bytes(self._contents.get(inode, b""))

    def note_synchronised(self, descriptor: int) -> None:
        """A file's bytes, or a folder's names, are durable from now on."""
        path = _open_as(descriptor)
        if path.is_dir():
            self._names[path] = _inodes(path)
        else:
            self._contents[os.fstat(descriptor).st_ino] = path.read_bytes()

    def step(self, name: str) -> None:
        """One call is about to be made."""
        if self.cut_at is not None and len(self.calls) == self.cut_at:
            raise PowerCut
        self.calls.append(name)

    def _folders(self) -> list[Path]:
        return [self.folder, *(path for path in self.folder.iterdir() if path.is_dir())]


def _open_as(descriptor: int) -> Path:
    return Path(f"/proc/self/fd/{descriptor}").readlink()


def _inodes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


@contextmanager
def watched(power: Power) -> Iterator[None]:
    """Let every change below the folder pass through `power`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _CALLS:
            patch.setattr(os, name, _watching(power, name, getattr(os, name)))
        yield


def _watching(power: Power, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def one(first: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the call takes
        where = _open_as(first) if isinstance(first, int) else first
        if not str(where).startswith(str(power.folder)):
            return call(first, *rest, **named)
        power.step(name)
        done = call(first, *rest, **named)
        if name in {"fsync", "fdatasync"}:
            power.note_synchronised(first)
        return done

    return one
