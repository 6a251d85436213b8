"""`python -m workers.main <queues>`: a worker process. It looks into queues in the order given.

Each job runs in a child of its own, so that a video library that crashes takes one job with it and not the worker. What
a child shares with its parent must not be a socket: the parent makes app, key and store clients, which connect lazily,
and every child drops the database connections it inherited.
"""

import argparse
import os
import sys
from importlib import import_module

import structlog
from rq.serializers import JSONSerializer
from sqlalchemy.orm import configure_mappers

from infra import garbage, logs, queues, typesetting
from infra.canary import row_security_faults
from infra.db import db
from infra.objects import S3Objects, StoreUnavailable
from infra.queues import Job, Queue
from infra.settings import Process, Settings
from workers import context
from workers.turns import TurnWorker

log = structlog.get_logger(__name__)


class NotSafe(RuntimeError):
    """Row security is not in force for this process's database role: it must not touch anybody's rows."""


def drop_inherited_connections() -> None:
    """In a new child: forget the parent's database connections without closing them under it."""
    with context.worker_app().app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)


def prepare() -> None:
    """Make what all children share, and refuse to start without it. Raises `NotSafe`."""
    app = context.worker_app()
    context.store(), context.kms()
    if context.cosigner() is None:
        log.warning("no key of the bureau: the heads of the chains are anchored without its signature")
    if context.timestamp_authority() is None:
        log.warning("no authority for timestamps: packages and the heads of the chains have none")
    say_what_the_store_cannot(context.settings())
    if not all(folder.is_dir() for folder in typesetting.DEFAULT.folders):
        log.warning("the fonts of the forms are not here: the papers of custody in packages are plain text")
    with app.app_context():
        faults = row_security_faults(db.engine)
        db.engine.dispose()
    if faults:
        raise NotSafe("; ".join(faults))
    for job in Job:
        import_module(job.rpartition(".")[0])  # once here instead of in every child
    configure_mappers()  # as above: it takes longer than most jobs
    garbage.settle()


def say_what_the_store_cannot(settings: Settings) -> None:
    """Warn of what this store leaves to us alone. Over a client of its own: children must not inherit a connection."""
    assert settings.store is not None  # noqa: S101 - `Settings.from_env` refuses a worker without one
    try:
        abilities = S3Objects(settings.store).abilities()
    except StoreUnavailable:
        log.warning("the store does not answer; jobs that need it will be tried again")
        return
    if not abilities.lifecycle:
        log.warning("the store has no lifecycle rules: nothing but our own destruction removes footage")
    if not abilities.object_lock:
        log.warning("the bucket has no object lock: whoever owns it could rewrite the anchors of the chains")


def worker(names: list[str]) -> TurnWorker:
    """A worker on these queues, over one connection, reading JSON, that gives each institution its turn (ADR 0061)."""
    return TurnWorker(names, connection=queues.connection(), serializer=JSONSerializer)


def main(arguments: list[str]) -> int:
    """Work until told to stop; a job that runs is finished first."""
    parser = argparse.ArgumentParser(prog="python -m workers.main", description=__doc__)
    parser.add_argument("queues", nargs="+", choices=[queue.value for queue in Queue])
    parser.add_argument("--burst", action="store_true", help="stop when the queues are empty")
    chosen = parser.parse_args(arguments)
    logs.configure(process=Process.WORKER)
    prepare()
    os.register_at_fork(after_in_child=drop_inherited_connections)
    worker(chosen.queues).work(burst=chosen.burst)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
