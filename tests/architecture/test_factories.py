"""Every model has a factory: `tests.factories.whole` fills every table, and so no test must look at an empty one."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text

from infra.stack.postgres import DatabaseUrls
from tests.architecture.models import all_models
from tests.factories.registry import institution
from tests.factories.whole import whole


@pytest.fixture
def counted(domain: Flask, database: DatabaseUrls) -> Iterator[dict[str, int]]:
    assert domain
    whole(institution("K1"), agency_name="守園市政府警察局向陽分局")
    tables = [model.__tablename__ for model in all_models()]
    with create_engine(database.superuser, poolclass=NullPool).connect() as connection:
        yield {table: connection.scalar(text(f"select count(*) from {table}")) or 0 for table in tables}  # noqa: S608 - our own names


def test_every_model_has_a_factory(counted: dict[str, int]) -> None:
    assert counted
    empty = {table for table, rows in counted.items() if not rows}
    assert not empty, f"make one in tests/factories/ and call it from tests/factories/whole.py: {empty}"
