"""Processes of the box: each is a Python of its own, ends with its parent, and stops when asked to."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Stop:
    """Turns true once the process was asked to stop, by SIGTERM or Ctrl-C."""

    def __init__(self) -> None:
        self._asked = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def __call__(self) -> bool:
        """Whether to stop."""
        return self._asked

    def ask(self) -> None:
        """Stop the whole process: one of its threads cannot go on."""
        self._asked = True

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True


def start(module: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """A child that runs a module of ours and is told who we are. Ctrl-C reaches only us, who stop our children."""
    command = [sys.executable, "-m", module, *arguments, str(os.getpid())]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own modules, ids and folder


def end_with_parent(parent: int) -> None:
    """Called first in a child: when the parent is killed, the child is asked to stop too."""
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
