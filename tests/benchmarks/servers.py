"""The bench's own servers, in a folder that is gone afterwards whatever happens."""

import multiprocessing
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg

from infra.kms import create_master_key
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.stack.processes import temporary_folder
from infra.stack.valkey import Valkey
from tests.benchmarks import city
from tests.benchmarks.worker import Place

# Of a row of the index with its three indexes, and what sorting and the log need meanwhile.
_BYTES_A_ROW, _MOST_BYTES = 610, 64_000_000_000
# As on a small server. A commit waits for the disk (fsync, synchronous_commit and full_page_writes are on); `minimal`
# lets the loading go without a log, and changes nothing for single rows.
SETTINGS = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "max_parallel_maintenance_workers": "1",
}


class Servers:
    """PostgreSQL and Valkey, running."""

    def __init__(self, folder: Path, postgres: Postgres, redis_url: str) -> None:
        """A master key lies beside them."""
        self.folder, self.postgres, self.redis_url = folder, postgres, redis_url
        self.master_key = folder / "master.key"
        create_master_key(self.master_key)

    def place(self, urls: DatabaseUrls, *, latency: float = 0.0) -> Place:
        """Where the workers of a city find everything."""
        return Place(
            urls=urls,
            redis_url=self.redis_url,
            master_key=self.master_key,
            cluster=self.folder / "postgres",
            latency=latency,
        )


@contextmanager
def servers(rows: int) -> Iterator[Servers]:
    """Start both; refuse when so many rows would fill the disk. An interrupt ends them and removes their data."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    with ExitStack() as stack:
        folder = temporary_folder("bench")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        _refuse_without_room(folder, rows * _BYTES_A_ROW)
        postgres = Postgres(folder / "postgres")
        urls = postgres.database("postgres")
        with psycopg.connect(urls.superuser.replace("postgresql+psycopg", "postgresql"), autocommit=True) as connection:
            for name, value in SETTINGS.items():
                connection.execute(f"alter system set {name} = '{value}'".encode())
        postgres.stop()
        postgres = Postgres(folder / "postgres")
        stack.callback(postgres.stop)
        valkey = Valkey(folder / "valkey")
        stack.callback(valkey.stop)
        city.prepared(postgres)
        yield Servers(folder, postgres, valkey.url)


def _refuse_without_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > min(free, _MOST_BYTES):
        raise SystemExit(f"{needed / 1e9:.0f} GB are needed, {free / 1e9:.0f} GB are free")


def _interrupted(_number: int, _frame: object) -> NoReturn:
    """End the loading processes too: whoever left them would first wait until their statements are through."""
    for child in multiprocessing.active_children():
        child.terminate()
    raise KeyboardInterrupt
