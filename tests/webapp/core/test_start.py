"""The app starts only when it is safe to serve."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, NullPool, create_engine, text

from infra.canary import row_security_faults
from infra.stack.postgres import DatabaseUrls
from tests.apps import dispose, web_settings
from tests.factories import people
from tests.factories.registry import institution
from webapp import create_app, health
from webapp.access import check_every_route, public
from webapp.shell import create_shell


@pytest.fixture
def superuser(database: DatabaseUrls) -> Iterator[Connection]:
    with create_engine(database.superuser, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection


def start(database: DatabaseUrls, **others: str) -> None:
    app = create_app(web_settings(database, **others))
    dispose(app)


@pytest.mark.req("DR-08")
def test_it_starts_on_a_migrated_database_with_rows_of_others(domain: Flask, database: DatabaseUrls) -> None:
    assert domain
    people.head(institution().tenant_id)
    start(database)


@pytest.mark.req("DR-08")
@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("alter table cameras disable row level security", "table cameras lacks"),
        ("alter table cameras no force row level security", "table cameras lacks"),
        ("drop policy holds_bound on holds", "table holds lacks"),
        ("create policy leak on cameras for select using (true)", "an unbound connection sees rows of cameras"),
        ("create table extra (tenant_id uuid); grant select on extra to shouyuan_app", "table extra lacks"),
        ("alter table cameras owner to shouyuan_app", "owns tables: cameras"),
    ],
)
def test_it_refuses_to_serve_without_row_security(
    domain: Flask, database: DatabaseUrls, superuser: Connection, harm: str, fault: str
) -> None:
    assert domain
    institution()
    superuser.execute(text(harm))
    with pytest.raises(health.RowSecurityOff, match=fault):
        start(database)


@pytest.mark.req("DR-08")
@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("superuser", "is a superuser"),
        ("owner", "owns tables: account_i"),
        ("bypassing", "bypasses row security"),
    ],
)
def test_it_refuses_a_role_that_row_security_does_not_bind(
    database: DatabaseUrls, superuser: Connection, url: str, fault: str
) -> None:
    if url == "bypassing":
        superuser.execute(
            text("do $$ begin create role careless login bypassrls; exception when duplicate_object then null; end $$")
        )
        superuser.execute(text("grant shouyuan_app to careless"))
        told = database.app.replace("shouyuan_app@", "careless@")
    else:
        told = getattr(database, url)
    with pytest.raises(health.RowSecurityOff, match=fault):
        start(database, DATABASE_URL=told)


def test_an_empty_database_is_not_safe(postgres_empty: str) -> None:
    engine = create_engine(postgres_empty, poolclass=NullPool)
    assert row_security_faults(engine) == ["no table with tenant_id is readable: was the database migrated?"]


@pytest.fixture
def postgres_empty(request: pytest.FixtureRequest) -> str:
    database: DatabaseUrls = request.getfixturevalue("postgres").database("never_migrated", fresh=True)
    return database.app


def test_a_route_that_declares_nothing_stops_the_start(database: DatabaseUrls) -> None:
    app = create_shell(web_settings(database))
    app.add_url_rule("/declared", "declared", public(lambda: ""))
    check_every_route(app)
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(LookupError, match="/forgotten"):
        check_every_route(app)
    dispose(app)
