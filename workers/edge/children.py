"""Processes of the box: each is one of its own, ends with its parent, and stops when asked to.

They are forked, so that what all have in memory lies there once, and a camera that died is back at once. Who forks must
have no threads, whose locks would stay locked in the child, and no index open: SQLite keeps what it knows of a file's
locks for the whole process, and would take its parent's for its own.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from types import FrameType

_SET_PARENT_DEATH_SIGNAL, _SET_NAME = 1, 15  # PR_SET_PDEATHSIG and PR_SET_NAME of prctl(2)
_FORKING = multiprocessing.get_context("fork")
_libc = ctypes.CDLL(None)


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


def start(name: str, run: Callable[..., object], *arguments: str) -> BaseProcess:
    """A child that runs `run`, under a name that the system's tools show. Ctrl-C reaches only us, who stop it."""
    gc.freeze()  # what is there by now stays where it is, and so stays shared
    child = _FORKING.Process(target=_begin, args=(os.getpid(), name, run, arguments), daemon=True)
    child.start()
    return child


def _begin(parent: int, name: str, run: Callable[..., object], arguments: tuple[str, ...]) -> None:
    """First in a child: when the parent is killed, the child is asked to stop too."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # until the child has a `Stop` of its own
    os.setsid()
    _libc.prctl(_SET_NAME, name.encode())
    _libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    run(*arguments)
