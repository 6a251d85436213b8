"""The chain of acts."""

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text

from infra.db import db
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import actions, queries
from tenants.audit.events import Event
from tests.factories.registry import Institution, institution

pytestmark = pytest.mark.req("DR-06")


@pytest.fixture
def k1(domain: Flask) -> Institution:  # noqa: ARG001 - the context and its database
    made = institution("K1")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    for code in ("A", "B", "C"):
        actions.record(
            Event.SITE_ADDED,
            tenant_id=made.tenant_id,
            actor=system("test"),
            code=code,
            profile="KH_PRESCHOOL",
            retention_days=14,
        )
    db.session.commit()
    return made


def test_a_whole_chain_verifies(k1: Institution) -> None:
    assert queries.verify(tenant_id=k1.tenant_id) is None


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("update audit_events set actor_name = 'somebody else' where seq = 2", 2),
        ("delete from audit_events where seq = 3", 3),
        ("delete from audit_events where seq = 4", 5 - 1),
        ("update audit_events set seq = seq + 10 where seq = 2", 2),
    ],
)
def test_verification_names_the_first_link_that_was_changed(
    k1: Institution, database: DatabaseUrls, statement: str, broken_at: int
) -> None:
    with create_engine(database.superuser, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement))
    broken = queries.verify(tenant_id=k1.tenant_id)
    assert broken is not None
    assert broken.seq == broken_at


def test_an_event_with_a_missing_field_is_refused(k1: Institution) -> None:
    with pytest.raises(ValueError, match="takes exactly"):
        actions.record(Event.SITE_ADDED, tenant_id=k1.tenant_id, actor=system("test"), code="A")
