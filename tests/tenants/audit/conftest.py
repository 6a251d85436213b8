"""An institution with a chain of some events, and a way to change rows that the service itself does not have."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, text

from infra.db import db
from infra.stack.postgres import DatabaseUrls
from tenants.actor import system
from tenants.audit import actions
from tenants.audit.events import Event
from tests.factories.registry import Institution
from tests.tenants.audit.days import Days
from tests.time_authority import TimeAuthority

# Each after the one that its rows refer to.
_TABLES = ("audit_events", "audit_heads", "audit_tree_heads", "audit_tree_stamps")


class Tamper:
    """Statements by somebody who owns the database server."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self._engine = create_engine(urls.superuser, poolclass=NullPool)

    def __call__(self, statement: str, **values: object) -> None:
        db.session.rollback()
        db.session.expire_all()
        with self._engine.begin() as connection:
            assert connection.execute(text(statement), values).rowcount, "the statement changed nothing"

    @contextmanager
    def undone(self, statement: str) -> Iterator[None]:
        """Change something for a while."""
        with self._engine.begin() as connection:
            for table in _TABLES:
                connection.execute(text(f"create table kept_{table} as table {table}"))
        self(statement)
        yield
        db.session.rollback()
        with self._engine.begin() as connection:
            for table in reversed(_TABLES):
                connection.execute(text(f"delete from {table}"))  # noqa: S608 - our own names
            for table in _TABLES:
                connection.execute(text(f"insert into {table} table kept_{table}"))
                connection.execute(text(f"drop table kept_{table}"))
        db.session.expire_all()


def go_on(of: Institution, count: int = 1) -> None:
    """So many events more."""
    for _ in range(count):
        actions.record(Event.AGENCY_VERIFIED, tenant_id=of.tenant_id, actor=system("test"), agency_id=str(uuid4()))
    db.session.commit()


@pytest.fixture
def k1(k1: Institution) -> Institution:
    """With four events."""
    go_on(k1, 3)
    return k1


@pytest.fixture
def tamper(database: DatabaseUrls) -> Tamper:
    return Tamper(database)


@pytest.fixture
def stage(k1: Institution, authority: TimeAuthority) -> Days:
    """Three days; the heads of the first two have a token."""
    made = Days(k1, authority)
    for number in range(2):
        made.anchor(number)
        made.stamp()
    made.anchor(2)
    return made
