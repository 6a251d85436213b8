"""What the year runs on: a private database, a Ceph with lifecycle days of some seconds, and the worker's app."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import Result
from flask import Flask

from infra.db import db
from infra.objects import Leftover, ObjectFacts, S3Objects
from infra.s3_client import s3_client
from infra.settings import PREFIX, Process, StoreSettings
from infra.stack.ceph import Ceph
from infra.stack.city import ROOT, database_folder
from infra.stack.environments import Whereabouts, bare_environment
from infra.stack.postgres import Postgres
from tests.smoke.outside import Database
from tests.year.days import DayClock
from workers import context
from workers.app import create_app

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "year"
NAME = "shouyuan"


class StoreOfTheYear(S3Objects):
    """The store as the worker has it, whose times are those of the year instead of real seconds."""

    def __init__(self, settings: StoreSettings, *, days: DayClock) -> None:
        super().__init__(settings)
        self._days = days

    def facts(self, key: str) -> ObjectFacts:
        """As of the year."""
        found = super().facts(key)
        return replace(found, modified=self._days.of_store(found.modified))

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        """As of the year."""
        for found in super().listing(prefix):
            yield replace(found, modified=self._days.of_store(found.modified))

    def leftovers(self, prefix: str) -> Iterator[Leftover]:
        """As of the year."""
        for found in super().leftovers(prefix):
            yield replace(found, modified=self._days.of_store(found.modified))


@dataclass
class Servers:
    """Made with `start`; `stop` ends what was started."""

    home: Path
    days: DayClock
    app: Flask = field(init=False)

    def start(self) -> None:
        """Database with its migrations, a bucket with versions and object lock, an account for each process."""
        self.postgres = Postgres(database_folder(self.home), careless=True)
        self.urls = self.postgres.database(NAME)
        told = bare_environment() | {f"{PREFIX}OWNER_DATABASE_URL": self.urls.owner}
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], check=True, cwd=ROOT, env=told)
        self.ceph = Ceph(self.home / "ceph", day_seconds=self.days.seconds)
        S3Objects(self.ceph.root(BUCKET)).ensure_bucket(object_lock=True)
        self.accounts = self.ceph.accounts(BUCKET)
        whereabouts = Whereabouts(
            databases=self.urls,
            redis_url="redis://127.0.0.1:1/0",
            stores=self.accounts,
            base_url="http://localhost",
            home=self.home,
            segment_seconds=60,
        )
        mine = whereabouts.for_process(Process.WORKER)
        os.environ.update({name: value for name, value in mine.items() if name.startswith(PREFIX)})
        context.S3Objects = partial(StoreOfTheYear, days=self.days)
        self.app = create_app()

    @cached_property
    def bucket(self) -> "S3Client":
        """The bucket as its owner, without anything of ours between."""
        settings = self.ceph.root(BUCKET)
        return s3_client(settings, settings.endpoint)

    @property
    def uploads(self) -> S3Objects:
        """The store as the web process has it, which signs the uploads of the boxes."""
        return S3Objects(self.accounts[Process.WEB])

    @property
    def database(self) -> Database:
        """A connection of its own, as the database's administrator."""
        return Database(self.urls.superuser)

    def command(self, *arguments: str) -> Result:
        """What an operator types after `flask --app workers.app`."""
        return self.app.test_cli_runner().invoke(args=list(arguments))

    def dump(self) -> None:
        """Back the database up, as production does."""
        self.postgres.dump(NAME, self._backup)

    def restore(self) -> None:
        """Put the backup in the database's place."""
        self._let_go()
        self.postgres.restore(NAME, self._backup)

    def stop(self) -> None:
        """End everything."""
        if hasattr(self, "app"):
            self._let_go()
        for name in ("ceph", "postgres"):
            if hasattr(self, name):
                getattr(self, name).stop()

    @property
    def _backup(self) -> Path:
        return self.home / "backup"

    def _let_go(self) -> None:
        with self.app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
