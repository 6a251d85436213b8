"""An institution with a chain of some events, and a way to change rows that the service itself does not have."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, text

from infra.db import db
from infra.stack.postgres import DatabaseUrls
from tenants.actor import system
from tenants.audit import actions
from tenants.audit.events import Event
from tests.factories.registry import Institution

Tamper = Callable[..., None]


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
    """A statement by somebody who owns the database server."""

    def run(statement: str, **values: object) -> None:
        db.session.rollback()
        db.session.expire_all()
        with create_engine(database.superuser, poolclass=NullPool).begin() as connection:
            assert connection.execute(text(statement), values).rowcount, "the statement changed nothing"

    return run
