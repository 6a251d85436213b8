"""The benches write their cities as SQL past the models: a column that came since is told here, and not by a bench."""

import pytest

from infra.stack.postgres import Postgres
from tests.benchmarks import city
from tests.benchmarks.compliance import town
from tests.benchmarks.compliance.sizes import Town
from tests.benchmarks.progress import say_nothing
from tests.benchmarks.sizes import Size


@pytest.fixture(scope="module")
def prepared(postgres: Postgres) -> Postgres:
    city.prepared(postgres)
    return postgres


def minutes(postgres: Postgres, name: str) -> int:
    with city.superuser(postgres.database(name)) as connection:
        (found,) = connection.execute("select count(*) from segments").fetchone() or (0,)
    return int(found)


def test_the_city_of_the_retention_bench_is_made(prepared: Postgres) -> None:
    size = Size(name="two", tenants=2, day_seconds=1, days=0.01)
    city.founded(prepared, size.name, size, say=say_nothing)
    assert minutes(prepared, size.name) > 0


def test_the_town_of_the_compliance_bench_is_made(prepared: Postgres) -> None:
    small = Town(name="four", institutions=4, days=30)
    town.founded(prepared, small, say=say_nothing)
    assert minutes(prepared, small.name) > 0
