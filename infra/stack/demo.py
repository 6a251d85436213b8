"""`python -m infra.stack.demo`: a small city that records, until Ctrl-C. `--clean` empties what it kept."""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from infra.settings import Process
from infra.stack.city import ROOT, City, empty
from infra.stack.processes import free_port, listens
from infra.stack.progress import Progress

HOME = ROOT / "var" / "demo"
_USUAL_PORT = 8800


class Ended(Exception):
    """Somebody asked the demo to end."""


def main() -> None:
    """Run, or clean."""
    HOME.mkdir(parents=True, exist_ok=True)
    with _alone():
        if "--clean" in sys.argv:
            empty(HOME)
            Progress.say("the demo's data is gone")
            return
        progress = Progress()
        city = City(HOME, progress, port=_port())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _end)
        try:
            _start(city)
            _watch(city)
        except Ended:
            progress.say("\nstopping what was started; the data stays for the next `make demo`")
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            city.stop()


def _start(city: City) -> None:
    city.start_servers()
    with city.progress.step("sample city: institutions, people, forty past days"):
        uploads = city.whereabouts.stores[Process.WEB]  # a worker may put no footage
        city.run(
            Process.WORKER,
            "workers.sample_city",
            SHOUYUAN_SAMPLE_DIR=str(HOME),
            SHOUYUAN_SAMPLE_S3_ACCESS_KEY=uploads.access_key,
            SHOUYUAN_SAMPLE_S3_SECRET_KEY=uploads.secret_key,
            SHOUYUAN_SAMPLE_LOOKUP_KEY_FILE=str(HOME / "secrets" / "lookup.key"),
        )
    told = city.run(Process.WORKER, "flask", "--app", "workers.app", "storage", "apply")
    city.progress.say(told.strip())
    city.start_processes()
    with city.progress.step("one recorder per site"):
        for edge in sorted((HOME / "edges").iterdir()):
            city.start_edge(edge)
    city.progress.say(f"\nready after {city.progress.seconds:.0f} s\n")
    city.progress.say(f"  pages      {city.base_url}/")
    city.progress.say(f"  mail       {HOME.relative_to(ROOT) / 'mail'}")
    city.progress.say(f"  logs       {HOME.relative_to(ROOT) / 'logs'}\n")
    city.progress.say((HOME / "accounts.txt").read_text(encoding="utf-8"))
    city.progress.say("Ctrl-C ends it.")


def _port() -> int:
    """The port of the first run, which the recorders remember as their server's."""
    kept = HOME / "port"
    if not kept.exists():
        kept.write_text(str(free_port() if listens(_USUAL_PORT) else _USUAL_PORT), encoding="ascii")
    port = int(kept.read_text(encoding="ascii"))
    if listens(port):
        sys.exit(
            f"port {port} of this demo is taken by another program; end that, or start over with `make clean-demo`"
        )
    return port


def _watch(city: City) -> None:
    while (name := city.ended()) is None:
        time.sleep(1)
    sys.exit(f"{name} ended by itself; see {city.log(name)}")


def _end(_number: int, _frame: FrameType | None) -> None:
    raise Ended


@contextmanager
def _alone() -> Iterator[None]:
    """One demo per clone. The lock lies beside the data, not in it, so that cleaning keeps it."""
    path = HOME.with_suffix(".lock")
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("the demo of this clone is running already; end it with Ctrl-C where it runs")
    try:
        yield
    finally:
        with suppress(OSError):
            os.close(descriptor)


if __name__ == "__main__":
    main()
