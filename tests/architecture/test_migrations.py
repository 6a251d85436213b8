"""One line of migrations; what they build is what the models say; down and up again restores it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from infra.db import Base
from infra.stack.postgres import DatabaseUrls, Postgres
from tests.architecture.catalogue import everything, structure
from tests.architecture.models import all_models
from tests.architecture.source import ROOT


def _config() -> Config:
    return Config(ROOT / "alembic.ini")


@contextmanager
def _as_owner(urls: DatabaseUrls) -> Iterator[None]:
    os.environ["SHOUYUAN_OWNER_DATABASE_URL"] = urls.owner
    try:
        yield
    finally:
        del os.environ["SHOUYUAN_OWNER_DATABASE_URL"]


def _look(urls: DatabaseUrls) -> set[str]:
    with create_engine(urls.superuser, poolclass=NullPool).connect() as connection:
        return everything(connection)


def test_there_is_one_head_and_each_file_carries_its_number() -> None:
    script = ScriptDirectory.from_config(_config())
    revisions = list(script.walk_revisions())
    assert len(script.get_heads()) == 1, "two migrations follow the same one: renumber the later"
    for revision in revisions:
        assert revision.module.__name__.startswith(revision.revision), f"name {revision.path} after its number"


def _as_modelled(postgres: Postgres) -> set[str]:
    urls = postgres.database("modelled", fresh=True)
    with create_engine(urls.owner, poolclass=NullPool).begin() as connection:
        assert all_models()
        Base.metadata.create_all(connection)
        modelled = structure(connection)
    postgres.drop("modelled")
    return modelled


def _whole(lines: set[str]) -> set[str]:
    return {line for line in lines if "segments_2" not in line}


def test_models_and_the_newest_migration_agree(postgres: Postgres, catalogue: Connection) -> None:
    migrated, modelled = _whole(structure(catalogue)), _as_modelled(postgres)
    difference = "\n".join(
        [f"only in the models:     {line}" for line in sorted(modelled - migrated)]
        + [f"only in the migrations: {line}" for line in sorted(migrated - modelled)]
    )
    assert not difference, f"write the migration, both ways:\n{difference}"
    catalogue.execute(text("alter table sites drop constraint ck_sites_capacity_bytes"))
    assert _whole(structure(catalogue)) != modelled, "a dropped constraint must be seen"


def test_down_and_up_again_restores_everything(postgres: Postgres, migrated: str) -> None:
    urls = postgres.database("updown", template=migrated, fresh=True)
    before = _look(urls)
    with _as_owner(urls):
        command.downgrade(_config(), "base")
        assert not _look(urls), "a downgrade leaves something behind"
        command.upgrade(_config(), "head")
    after = _look(urls)
    postgres.drop("updown")
    assert sorted(before - after) + sorted(after - before) == []


def test_a_day_that_is_indexed_already_is_vacuumed_like_the_new_ones(postgres: Postgres, migrated: str) -> None:
    urls = postgres.database("indexed", template=migrated, fresh=True)
    engine = create_engine(urls.owner, poolclass=NullPool)

    def settings() -> list[str] | None:
        with engine.connect() as connection:
            query = text("select reloptions from pg_class where relname = 'segments_20261120_d14'")
            return connection.execute(query).scalar_one()

    with engine.begin() as connection:
        connection.execute(text("select ensure_segment_partition('2026-11-20', 14)"))
    new = settings()
    with _as_owner(urls):
        command.downgrade(_config(), "0027")
        before = settings()
        command.upgrade(_config(), "head")
    after = settings()
    postgres.drop("indexed")
    assert (before, after) == (None, new)


def _plant(connection: Connection, table: str, **values: object) -> None:
    """A row with these values, and with nothing in every other column that must not be NULL."""
    query = text(
        "select column_name, data_type from information_schema.columns where table_name = :t and is_nullable = 'NO'"
    )
    empty = {"jsonb": [], "integer": 0, "timestamp with time zone": "2026-11-20T10:00:00Z", "uuid": str(uuid4())}
    row = {name: empty.get(kind, "") for name, kind in connection.execute(query, {"t": table})} | values
    insert = text(f"insert into {table} select (jsonb_populate_record(null::{table}, cast(:row as jsonb))).*")
    connection.execute(insert, {"row": json.dumps(row)})


def test_a_copy_for_reference_of_before_keeps_the_list_of_its_pieces(postgres: Postgres, migrated: str) -> None:
    urls = postgres.database("pieces", template=migrated, fresh=True)
    engine = create_engine(urls.superuser, poolclass=NullPool)
    package_id, piece = str(uuid4()), {"number": 1, "started_us": 5, "duration_ms": 8000, "after_gap": False}
    ids = {"id": package_id, "tenant_id": str(uuid4()), "disclosure_id": str(uuid4())}
    made = {"made_at": "2026-11-20T10:00:00Z", "review_on": "2027-05-20", "sha256": "0" * 64, "basis": "request"}
    with _as_owner(urls):
        command.downgrade(_config(), "0033")
        with engine.begin() as connection:
            connection.execute(text("set session_replication_role = replica"))  # no rows besides these
            _plant(connection, "packages", **ids, state="ready", parts=[{"number": 1, "pieces": [piece]}])
            _plant(connection, "retained_copies", **ids, **made)
        command.upgrade(_config(), "head")
    with engine.connect() as connection:
        found = connection.execute(text("select pieces from retained_copies")).scalar_one()
    postgres.drop("pieces")
    assert found == {"1": [piece]}


def test_hours_that_a_school_had_said_become_its_first_version_and_go_back(postgres: Postgres, migrated: str) -> None:
    urls = postgres.database("hours", template=migrated, fresh=True)
    engine = create_engine(urls.superuser, poolclass=NullPool)
    own, default = {"mon": [["08:00", "16:00"]], "sat": [["09:00", "12:00"]]}, dict[str, object]()
    with _as_owner(urls):
        command.downgrade(_config(), "0045")
        with engine.begin() as connection:
            connection.execute(text("set session_replication_role = replica"))  # no rows besides these
            for code, opening_hours in (("A", own), ("B", default)):
                ids = {"id": str(uuid4()), "tenant_id": str(uuid4())}
                _plant(connection, "sites", **ids, code=code, newest_first=False, opening_hours=opening_hours)
        command.upgrade(_config(), "head")
        with engine.connect() as connection:
            query = text(
                "select s.code, h.weekly, h.effective_from::text from site_hours h join sites s on s.id = site_id"
            )
            moved = [tuple(row) for row in connection.execute(query)]
        command.downgrade(_config(), "0045")
        with engine.connect() as connection:
            back = [
                tuple(row) for row in connection.execute(text("select code, opening_hours from sites order by code"))
            ]
    postgres.drop("hours")
    assert moved == [("A", own, "2026-11-20")], "the system's own hours were nobody's word"
    assert back == [("A", own), ("B", default)]


def test_a_new_migration_is_made_with_every_models_table_in_sight() -> None:
    loaded = (ROOT / "tenants" / "migrations" / "env.py").read_text(encoding="utf-8")
    modules = {str(path.relative_to(ROOT).parent).replace("/", ".") for path in (ROOT / "tenants").rglob("models.py")}
    assert not [name for name in sorted(modules) if f"from {name} import models" not in loaded]
