"""One database for one test after another: wiped in between, which takes a twentieth of making a new one.

A test finds what a new copy of the template would have: no row but the template's own, no partition that another test
made. Whatever else a test changed (a table, a right, a policy, statistics) is found by comparing the catalogue, and
then the database is thrown away and made anew. Its name stays, so that an app may live as long as the run.
"""

from uuid import uuid4

import psycopg
from psycopg import sql

from infra.stack.postgres import DatabaseUrls, Postgres

# Indexes and the catalogue keep the room of old rows, since these servers run without autovacuum.
_MOST_WIPES = 300
_PUBLIC = "relnamespace = 'public'::regnamespace"
_ROOTS = f"select relname from pg_class where {_PUBLIC} and relkind in ('r', 'p') and not relispartition"  # noqa: S608
_PARTITIONS = f"select relname from pg_class where {_PUBLIC} and relispartition and relkind in ('r', 'p')"  # noqa: S608
# How connections call themselves that go on, when nothing is open on them.
KEPT = "kept"
_OTHERS = f"""
select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and (application_name <> '{KEPT}' or state <> 'idle')
"""  # noqa: S608 - no text of anybody else
# What is not a row of ours. Whatever changes an entry of a catalogue writes it anew, under another transaction (xmin);
# only a table's own entry is also written by who makes a partition, so that is looked at itself. Oids from 16384 on are
# of what was made after the server was set up.
_CATALOGUE = f"""
select concat_ws('|', 'table', relname, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity, reltuples > 0)
  from pg_class where {_PUBLIC}
union all select concat_ws('|', 'columns', count(*), sum(xmin::text::bigint)) from pg_attribute where attrelid >= 16384
union all select concat_ws('|', 'defaults', count(*), sum(xmin::text::bigint)) from pg_attrdef
union all select concat_ws('|', 'policies', count(*), sum(xmin::text::bigint)) from pg_policy
union all select concat_ws('|', 'triggers', count(*), sum(xmin::text::bigint)) from pg_trigger
union all select concat_ws('|', 'constraints', count(*), sum(xmin::text::bigint)) from pg_constraint
union all select concat_ws('|', 'functions', count(*), sum(xmin::text::bigint)) from pg_proc where oid >= 16384
union all select concat_ws('|', 'types', count(*), sum(xmin::text::bigint)) from pg_type where oid >= 16384
union all select concat_ws('|', 'rules', count(*), sum(xmin::text::bigint)) from pg_rewrite
union all select concat_ws('|', 'default rights', count(*), sum(xmin::text::bigint)) from pg_default_acl
union all select concat_ws('|', 'schema', nspname, nspowner, nspacl) from pg_namespace
  where nspname not like 'pg_%temp%'
union all select concat_ws('|', 'database', datdba, datacl, datconnlimit) from pg_database
  where datname = current_database()
union all select concat_ws('|', 'setting', setrole, setconfig) from pg_db_role_setting
union all select concat_ws('|', 'statistics', count(*)) from pg_statistic where starelid >= 16384
union all select concat_ws('|', 'version', version_num) from alembic_version
order by 1
"""  # noqa: S608 - no text of anybody else


def keep_statistics_away(postgres: Postgres) -> None:
    """Let nothing but a test itself look at what lies in tables, so that every test has the plans of a new database."""
    address = postgres.database("postgres").superuser.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("alter system set autovacuum = off")
        connection.execute("select pg_reload_conf()")


class Slate:
    """One database, lent to a test at a time."""

    def __init__(self, postgres: Postgres, template: str) -> None:
        """Make nothing yet: the first test does."""
        self._postgres, self._template = postgres, template
        self._name = f"test_{uuid4().hex}"
        self._lent: _Lent | None = None

    def lend(self) -> DatabaseUrls:
        """The database as the template is."""
        if self._lent is None:
            self._lent = _Lent(self._postgres.database(self._name, template=self._template, fresh=True))
        return self._lent.urls

    def take_back(self) -> None:
        """Cut off whoever is still connected and wipe it; or throw it away, where that is not enough."""
        if self._lent is not None and not self._lent.wiped():
            self.close()

    def close(self) -> None:
        """Throw it away."""
        if self._lent is not None:
            self._lent.connection.close()
        self._postgres.drop(self._name)
        self._lent = None


class _Lent:
    """One that is there, what it is like when nobody has used it, and the connection that wipes it."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self.urls, self._wipes = urls, 0
        # Kept open: a new one would read the whole catalogue anew, which takes longer than to wipe.
        self.connection = psycopg.connect(urls.superuser.replace("postgresql+psycopg", "postgresql"), autocommit=True)
        roots = [name for name in self._names(_ROOTS) if name != "alembic_version"]
        self._filled = " union all ".join(f"select '{name}' where exists (select from \"{name}\")" for name in roots)  # noqa: S608
        assert self._names(self._filled) == [], "the template has rows that a wipe would take"
        self._own = set(self._names(_PARTITIONS))
        self._catalogue = self._names(_CATALOGUE)

    def wiped(self) -> bool:
        """Whether nothing is left of the test."""
        self._wipes += 1
        if self._wipes == _MOST_WIPES:
            return False
        try:
            self._wipe()
            return self._names(_CATALOGUE) == self._catalogue
        except psycopg.Error:  # somebody ended this connection too, or made what refuses to go
            return False

    def _wipe(self) -> None:
        self._names(_OTHERS)
        with self.connection.transaction():
            # No trigger and no foreign key: what is append-only can be emptied, and in any order.
            self.connection.execute("set local session_replication_role = replica")
            tables = [sql.Identifier(table) for table in self._names(self._filled)]
            for table in tables:
                self.connection.execute(sql.SQL("delete from {}").format(table))
            for partition in set(self._names(_PARTITIONS)) - self._own:  # a day's goes with its parts, or after them
                self.connection.execute(sql.SQL("drop table if exists {}").format(sql.Identifier(partition)))
        if tables:  # back to no page at all: rows lie in the order in which they come, as in a new table
            self.connection.execute(
                sql.SQL("vacuum (truncate, skip_database_stats) {}").format(sql.SQL(", ").join(tables))
            )

    def _names(self, query: str) -> list[str]:
        """The first column of what a query of this module finds."""
        return [str(name) for (name, *_) in self.connection.execute(query, prepare=True)]
