"""Starts a server as a child of this process, waits until it answers, and stops it, its children, and nothing else."""

import ctypes
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_LOG_TAIL_BYTES = 2000
_libc = ctypes.CDLL(None)
_EVERYBODY_MAY_ENTER = stat.S_IXOTH


class NotStarted(RuntimeError):
    """A server ended or did not answer in time; the message ends with the last lines of its log."""


@dataclass(eq=False)  # not frozen: a traceback is set on it wherever it passes through
class Missing(Exception):
    """A part that this machine lacks, and the package that brings it."""

    part: str
    package: str

    def __str__(self) -> str:
        """One line that names both."""
        return f"{self.part} is missing (package {self.package})"


class Server:
    """A running child in a process group of its own. It also ends when the thread that started it does, or dies."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        name: str = "",
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        cwd: Path | None = None,
    ) -> None:
        """Start it. `env` is the whole environment that it gets, so that no secret of ours slips through."""
        self.name = name or Path(command[0]).name
        self.log = log
        self._stop_signal, self._asked = stop_signal, False
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(env) if env is not None else plain_env(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=user,
                extra_groups=[] if user else None,
                preexec_fn=lambda: _libc.prctl(_SET_PARENT_DEATH_SIGNAL, stop_signal),  # noqa: PLW1509 - one system call
                cwd=cwd,
            )

    @property
    def pid(self) -> int:
        """The process id, which is its group's too."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 30) -> None:
        """Return once `ready()`. Raises `NotStarted` when the server ended first or the time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                how = "did not answer" if self.running else f"ended with {self._process.returncode}"
                self.stop()
                raise NotStarted(f"{self.name} {how}: {self._last_words()}")
            time.sleep(0.05)

    def ask_to_stop(self) -> None:
        """Ask the whole group to end, once: a second signal would tell an RQ worker to drop its job."""
        if self.running and not self._asked:
            self._asked = True
            os.killpg(self.pid, self._stop_signal)

    def stop(self, *, seconds: float = 10) -> None:
        """Ask the whole group to end, insist after `seconds`. Does nothing when it has ended."""
        self.ask_to_stop()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it without warning, as a power cut would; also children that made a group of their own, as RQ's do."""
        if not self.running:
            return
        for member in _session(self.pid):
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        self._process.wait()

    def _last_words(self) -> str:
        return self.log.read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace") if self.log.exists() else ""


def plain_env(**more: str) -> dict[str, str]:
    """What any program needs to run, none of our settings, and `more`."""
    keep = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {name: os.environ[name] for name in keep if name in os.environ} | more


def _session(leader: int) -> list[int]:
    """The processes whose session is that of the process we started, itself included."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(ProcessLookupError, PermissionError, ValueError):
            if os.getsid(int(entry.name)) == leader:
                found.append(int(entry.name))
    return found


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def listens(port: int) -> bool:
    """Whether somebody accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(name: str, *, package: str) -> Path:
    """A program beside this Python or on the path. Raises `Missing`."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Missing(name, package)
    return Path(found)


def unprivileged_user() -> str | None:
    """As whom to run a server that refuses to run as root; None when we are not root anyway."""
    return "nobody" if os.geteuid() == 0 else None


def everybody_may_enter(path: Path) -> bool:
    """Whether an unprivileged server gets to this folder, made or not. A clone under /root it cannot reach."""
    there = (folder for folder in (path, *path.parents) if folder.exists())
    return all(folder.stat().st_mode & _EVERYBODY_MAY_ENTER for folder in there)


def temporary_folder(prefix: str) -> Path:
    """A new folder that unprivileged servers may enter, unlike one of `mkdtemp` alone. The caller removes it."""
    usual = Path(tempfile.gettempdir())
    closed = unprivileged_user() is not None and not everybody_may_enter(usual)
    folder = Path(tempfile.mkdtemp(prefix=f"shouyuan-{prefix}-", dir="/var/tmp" if closed else usual))  # noqa: S108
    folder.chmod(0o755)
    return folder
