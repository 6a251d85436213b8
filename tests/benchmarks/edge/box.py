"""A school's box under measurement: its own packages and nothing else, as the installer leaves it."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.stack.city import ROOT
from infra.stack.environments import bare_environment
from infra.stack.processes import Server

_PINS = ROOT / "workers" / "edge" / "requirements.txt"


def python() -> Path:
    """A virtual environment with the edge's pinned packages only, made once for each state of the pins."""
    state = hashlib.sha256(_PINS.read_bytes()).hexdigest()[:12]
    folder = ROOT / "var" / f"edge-venv-{state}"
    program = folder / "bin" / "python"
    if not (folder / "whole").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)  # noqa: S603 - our own words
        install = [program, "-m", "pip", "install", "-q", "--require-hashes", "-r", _PINS]
        subprocess.run(install, check=True)  # noqa: S603 - our own words
        (folder / "whole").touch()
    return program


@dataclass
class Box:
    """One home of the recorder; `cameras` are the ids that the city knows."""

    home: Path
    cameras: Sequence[str]
    program: Path = field(default_factory=python)

    def enrol(self, server: str, token: str) -> None:
        """Become a device of the site."""
        self._run("enrol", "--server", server, "--token", token)

    def watch(self, addresses: Sequence[str]) -> None:
        """Record so many of its cameras, and no others, from the next start on."""
        (self.home / "cameras.toml").unlink(missing_ok=True)
        for camera, address in zip(self.cameras, addresses, strict=False):
            self._run("camera", "add", camera, "--url", address)

    def start(self, log: Path) -> Server:
        """Record."""
        command: list[str | Path] = [self.program, "-m", "workers.edge", "run", "--home", self.home]
        return Server(command, name="edge", log=log, env=bare_environment(), cwd=ROOT)

    def _run(self, *arguments: str) -> None:
        command = [self.program, "-m", "workers.edge", *arguments, "--home", self.home]
        subprocess.run(command, check=True, cwd=ROOT, env=bare_environment(), capture_output=True)  # noqa: S603 - ours
