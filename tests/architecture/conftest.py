"""A database at the newest migration, as the superuser sees it."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text

from infra.stack.postgres import DatabaseUrls, Postgres


@pytest.fixture(scope="package")
def built(postgres: Postgres, migrated: str) -> Iterator[DatabaseUrls]:
    """One database for all guards that only look, with one partition of segments."""
    urls = postgres.database("architecture", template=migrated, fresh=True)
    engine = create_engine(urls.superuser, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("select ensure_segment_partition(:day, 14)"), {"day": date(2026, 11, 20)})
    yield urls
    postgres.drop("architecture")


@pytest.fixture
def catalogue(built: DatabaseUrls) -> Iterator[Connection]:
    """A connection whose planted violations are rolled back."""
    with create_engine(built.superuser, poolclass=NullPool).connect() as connection:
        yield connection
        connection.rollback()
