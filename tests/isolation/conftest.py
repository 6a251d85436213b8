"""Two institutions, always present, each with one row in every table and an agency of its own. Commits are real."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, NullPool, create_engine, text

from infra.baseapp import create_base_app
from infra.db import Base, db
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.tenancy import Binding, bind
from tests.apps import dispose, worker_settings
from tests.factories import people
from tests.factories.registry import institution
from tests.factories.whole import Whole, whole


@dataclass(frozen=True)
class City:
    """One database in which `mine` must see nothing of `theirs`."""

    urls: DatabaseUrls
    app: Flask
    mine: Whole
    theirs: Whole
    bureau_people: tuple[UUID, ...]

    def superuser(self) -> Connection:
        """A connection that sees everything, to check from outside."""
        return create_engine(self.urls.superuser, poolclass=NullPool).connect()

    def everything(self) -> dict[str, str]:
        """A digest of each table, to see that an attempt changed nothing."""
        query = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t"
        with self.superuser() as connection:
            return {name: str(connection.scalar(text(query.format(name)))) for name in Base.metadata.tables}


@pytest.fixture(scope="package")
def city(postgres: Postgres, migrated: str) -> Iterator[City]:
    urls = postgres.database("isolation", template=migrated, fresh=True)
    app = create_base_app(worker_settings(urls))
    with app.app_context():
        k1 = whole(institution("K1"), agency_name="守園市政府警察局向陽分局")
        e1 = whole(
            institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY"),
            agency_name="守園地方檢察署",
        )
        officers = (people.bureau_officer(), people.operator(), people.auditor())
        db.session.remove()
    yield City(urls, app, mine=k1, theirs=e1, bureau_people=officers)
    dispose(app)
    postgres.drop("isolation")


@pytest.fixture
def mine(city: City) -> Iterator[Whole]:
    """An app context bound to the first institution."""
    with city.app.app_context():
        bind(db.session, Binding(tenant_id=city.mine.tenant_id))
        yield city.mine
        db.session.rollback()
        db.session.remove()
