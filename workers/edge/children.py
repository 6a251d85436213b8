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
import sqlite3
import sys
from collections.abc import Callable
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

import structlog

from workers.edge.index_faults import exit_code
from workers.edge.waiting import Clock, Pause

log = structlog.get_logger(__name__)

_STEADY_SECONDS = 60.0
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
    try:
        run(*arguments)
    except sqlite3.DatabaseError as error:
        log.exception("process cannot go on", child=name)
        sys.exit(exit_code(error))


class Child:
    """One process that should be running."""

    def __init__(self, name: str, run: Callable[..., object], *arguments: str, clock: Clock) -> None:
        self._name, self._run, self._arguments = name, run, arguments
        self._pause, self._clock = Pause(), clock
        self._not_before = 0.0
        self._process: BaseProcess | None = None
        self.started_at = 0.0

    @property
    def pid(self) -> int | None:
        """The running process, None while there is none."""
        return self._process.pid if self._process is not None and self._process.is_alive() else None

    @property
    def ended_with(self) -> int | None:
        """How the last process ended; None while it runs, and before the first."""
        return self._process.exitcode if self._process is not None else None

    def keep_running(self) -> None:
        """Start it, or start it again after its pause."""
        if self.pid is not None:
            return
        at = self._clock.now()
        if self._process is not None:
            if at - self.started_at > _STEADY_SECONDS:
                self._pause.reset()
            self._not_before = at + self._pause.take()
            log.warning("process ended", child=self._name, code=self._process.exitcode)
            self._process = None
        if at >= self._not_before:
            self._process, self.started_at = start(self._name, self._run, *self._arguments), at

    def run_once(self) -> None:
        """Start it unless it still runs; it ends by itself, and nobody starts it again before it is due again."""
        if self.pid is None:
            self._process, self.started_at = start(self._name, self._run, *self._arguments), self._clock.now()

    def forget(self) -> None:
        """That it ended does not count: it was stopped, and is started again without a pause."""
        self._process, self._not_before = None, 0.0

    def ask_to_stop(self) -> None:
        """Let it close what it has open."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it now."""
        if self._process is not None:
            self._process.kill()

    def wait(self, until: float) -> None:
        """Return once it has ended; insist when the clock says `until`."""
        if self._process is None:
            return
        self._process.join(max(0.0, until - self._clock.now()))
        if self._process.is_alive():
            log.warning("process did not stop", child=self._name)
            self._process.kill()
            self._process.join()


def child_of(module: str, folder: Path, *, clock: Clock) -> Child:
    """A child that runs a module which is loaded only there: what it needs need not lie in every camera's process."""
    return Child(module.rpartition(".")[2], _run_module, module, str(folder), clock=clock)


def _run_module(module: str, folder: str) -> None:
    import_module(module).main(folder)
