"""The database that tests take turns with shows nothing of the test before, whatever that did to it."""

from collections.abc import Iterator

import psycopg
import pytest

from infra.stack.postgres import Postgres
from tests.slate import Slate

ROW = (
    "insert into agencies (id, name, folded_name, code, kind, contact) "
    "values (gen_random_uuid(), 'A', 'A', 'A', 'police', '')"
)


@pytest.fixture
def slate(postgres: Postgres, migrated: str) -> Iterator[Slate]:
    """One of this test's own."""
    made = Slate(postgres, migrated)
    yield made
    made.close()


def opened(slate: Slate) -> psycopg.Connection:
    return psycopg.connect(slate.lend().superuser.replace("postgresql+psycopg", "postgresql"), autocommit=True)


def said(slate: Slate, query: str) -> object:
    with opened(slate) as connection:
        found = connection.execute(query).fetchone()  # type: ignore[call-overload]
    assert found is not None
    return found[0]


def which(slate: Slate) -> object:
    """The number of the database, which a new one of the same name does not have."""
    return said(slate, "select oid from pg_database where datname = current_database()")


@pytest.mark.parametrize("left", [ROW, "select ensure_segment_partition('2026-11-18', 14)", "select 1"])
def test_rows_and_partitions_are_wiped_and_the_database_goes_on(slate: Slate, left: str) -> None:
    first = which(slate)
    with opened(slate) as connection:
        connection.execute(left)  # type: ignore[call-overload]
    slate.take_back()
    assert which(slate) == first
    assert said(slate, "select count(*) from agencies") == 0
    assert said(slate, "select count(*) from pg_class where relispartition and relkind in ('r', 'p')") == 0


@pytest.mark.parametrize(
    "changed",
    [
        "create table other (id int)",
        "alter table agencies drop constraint ck_agencies_kind",
        "alter table disclosures disable row level security",
        "alter table audit_events no force row level security",
        "grant delete on audit_events to shouyuan_app",
        "create policy everybody on disclosures using (true)",
        "create or replace function ensure_segment_partition(day date, days integer) returns void language sql as ''",
        "alter database current_one set row_security = off",
        f"{ROW}; analyze agencies",
        "update alembic_version set version_num = 'x'",
    ],
)
def test_where_more_than_rows_was_changed_the_next_test_has_a_new_one(slate: Slate, changed: str) -> None:
    first = which(slate)
    name = said(slate, "select current_database()")
    with opened(slate) as connection:
        for statement in changed.replace("current_one", str(name)).split("; "):
            connection.execute(statement)  # type: ignore[call-overload]
    slate.take_back()
    assert which(slate) != first
    assert said(slate, "select current_database()") == name


def test_who_is_still_connected_is_cut_off(slate: Slate) -> None:
    slow = opened(slate)
    slow.execute("begin")
    slow.execute(ROW)
    slate.take_back()
    assert said(slate, "select count(*) from agencies") == 0
    with pytest.raises(psycopg.OperationalError):
        slow.execute("commit")
