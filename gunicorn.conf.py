"""Settings of both web processes that are not spelled in the Procfile. gunicorn finds this file by its name."""

import os
import shutil
import tempfile
from typing import Protocol

# Where the workers of this process count together (`infra.metrics`). A folder of its own each time: what it counted
# before a restart is over.
_COUNTED = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="shouyuan-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _COUNTED

from prometheus_client import multiprocess  # noqa: E402 - it looks for the folder when it is first imported

from infra import garbage, lately  # noqa: E402 - as above


class Ended(Protocol):
    """A worker of gunicorn's that is no more."""

    pid: int


def post_worker_init(_worker: object) -> None:
    """Called in each worker when its app is made, before its first request."""
    lately.keep()
    garbage.settle()


def child_exit(_server: object, worker: Ended) -> None:
    """Called in the master when a worker ended: what it held at the end is held no more; what it counted stays."""
    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: object) -> None:
    """Called in the master at the end."""
    shutil.rmtree(_COUNTED, ignore_errors=True)
