"""The processes of the Procfile over a town's database: web behind the proxy, and the workers of two cores."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from infra.settings import Process, StoreSettings
from infra.stack.city import answers, procfile, proxy, started
from infra.stack.environments import Whereabouts
from infra.stack.postgres import DatabaseUrls
from infra.stack.processes import Server, free_port
from tests.benchmarks.city import superuser
from tests.benchmarks.servers import Servers

# As the deployment says for two cores. Of so many the city's jobs have all but one (ADR 0061).
WORKERS = 4
# Nobody is asked for footage: no page of these and no job of the roll-up speaks to the store.
_NO_STORE = StoreSettings(
    endpoint="http://127.0.0.1:1",
    public_endpoint="http://127.0.0.1:1",
    region="none",
    bucket="none",
    access_key="none",
    secret_key="none",
)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A town's database and what its processes are told. `cluster` is the folder of its PostgreSQL."""

    urls: DatabaseUrls
    redis_url: str
    cluster: Path
    whereabouts: Whereabouts
    port: int
    web_port: int

    @property
    def proxied(self) -> str:
        """The origin that people use."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def direct(self) -> str:
        """The web process itself, as the proxy sees it."""
        return f"http://127.0.0.1:{self.web_port}"

    def environment(self, process: Process, **more: str) -> dict[str, str]:
        """What a process of this town is started with."""
        return self.whereabouts.for_process(process, **more)

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return self.whereabouts.home / f"{name}.log"


def ground(running: Servers, urls: DatabaseUrls, name: str) -> Ground:
    """A folder for a town's processes beside the servers' own."""
    home = running.folder / f"home-{name}"
    home.mkdir()
    port = free_port()
    return Ground(
        urls=urls,
        redis_url=running.redis_url,
        cluster=running.folder / "postgres",
        whereabouts=Whereabouts(
            databases=urls,
            redis_url=running.redis_url,
            stores=dict.fromkeys(Process, _NO_STORE),
            base_url=f"http://127.0.0.1:{port}",
            home=home,
            segment_seconds=60,
        ),
        port=port,
        web_port=free_port(),
    )


@contextmanager
def workers(of: Ground) -> Iterator[list[Server]]:
    """Worker processes by the Procfile's command, waiting for jobs."""
    environment = of.environment(Process.WORKER)
    with ExitStack() as stack:
        found = []
        for number in range(WORKERS):
            server = started("worker", procfile()["worker"], environment, log=of.log(f"worker{number}"))
            stack.callback(server.stop)
            found.append(server)
        for number, server in enumerate(found):
            log = of.log(f"worker{number}")
            server.wait_until(lambda log=log: b"Listening on" in log.read_bytes(), seconds=120)
        yield found


@contextmanager
def pages(of: Ground) -> Iterator[Server]:
    """The web process by the Procfile's command, with as many workers and threads as it says, and the proxy."""
    with ExitStack() as stack:
        environment = of.environment(Process.WEB, PORT=str(of.web_port))
        web = started("web", procfile()["web"], environment, log=of.log("web"))
        stack.callback(web.stop)
        web.wait_until(lambda: answers(f"{of.direct}/health/ready"), seconds=60)
        front = proxy(of.whereabouts.home, port=of.port, web=of.web_port, media=free_port(), log=of.log("proxy"))
        stack.callback(front.stop)
        yield web


def heartbeats(of: Ground) -> None:
    """Let every box and camera speak now: a town that fell silent five minutes ago has other findings."""
    with superuser(of.urls) as connection:
        connection.execute(
            """update camera_status set reported_at = now(),
                      recorded_until = case when recording then now() else recorded_until end"""
        )
        connection.execute("update edge_devices set last_seen_at = now()")
        connection.execute("update retention_runs set ran_at = now()")


def seconds_of(server: Server) -> float:
    """How much of a core a process used with all its children, those that ended included."""
    process = psutil.Process(server.pid)
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        try:
            used = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system + (used.children_user + used.children_system)
    return total
