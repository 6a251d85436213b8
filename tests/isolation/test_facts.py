"""The facts about row security on which `infra.tenancy` and `infra.rowsecurity` are built, seen on what is pinned.

Throw-away tables on the real server: when an upgrade of PostgreSQL or SQLAlchemy changes one of these, this file says
so before a school's rows do.
"""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from infra.rowsecurity import TENANT
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.tenancy import Binding, bind

pytestmark = pytest.mark.req("DR-08")

SETTING = "shouyuan.tenant_id"
BARE = f"tenant_id = current_setting('{SETTING}', true)::uuid"
OURS, THEIRS = uuid4(), uuid4()
COUNT = text("select count(*) from things")
TABLES = f"""
create table things (id uuid primary key, tenant_id uuid not null, name text not null);
alter table things enable row level security;
create policy things_bound on things to shouyuan_app using ({TENANT}) with check ({TENANT});
grant select, insert, update on things to shouyuan_app;
create table bare (tenant_id uuid);
alter table bare enable row level security;
alter table bare force row level security;
create policy bare_bound on bare to shouyuan_app using ({BARE});
grant select, insert on bare to shouyuan_app;
insert into things values (gen_random_uuid(), '{OURS}', 'ours'), (gen_random_uuid(), '{THEIRS}', 'theirs');
insert into things values (gen_random_uuid(), '{THEIRS}', 'theirs too')
"""  # noqa: S608 - a text of this file


class Thrown(DeclarativeBase):
    """Tables of this file only."""


class Thing(Thrown):
    """A row of somebody's."""

    __tablename__ = "things"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID]
    name: Mapped[str]


@pytest.fixture(scope="module")
def urls(postgres: Postgres) -> Iterator[DatabaseUrls]:
    urls = postgres.database("facts", fresh=True)
    with create_engine(urls.owner, poolclass=NullPool).begin() as connection:
        for statement in TABLES.split(";"):
            connection.execute(text(statement))
        connection.execute(text("alter table things force row level security"))
    yield urls
    postgres.drop("facts")


@pytest.fixture
def app(urls: DatabaseUrls) -> Iterator[Engine]:
    """The app role over one pooled connection, so that the next user surely gets the same one."""
    engine = create_engine(urls.app, pool_size=1, max_overflow=0)
    yield engine
    engine.dispose()


def _owner(urls: DatabaseUrls) -> Connection:
    return create_engine(urls.owner, poolclass=NullPool).connect()


def _set(connection: Connection, tenant_id: UUID, *, local: bool) -> None:
    connection.execute(text("select set_config(:n, :t, :l)"), {"n": SETTING, "t": str(tenant_id), "l": local})


def _read(connection: Connection) -> object:
    return connection.scalar(text("select current_setting(:n, true)"), {"n": SETTING})


def test_1_the_owner_sees_all_without_force_and_nothing_with_it_and_a_superuser_always_all(urls: DatabaseUrls) -> None:
    with _owner(urls) as owner:
        assert owner.scalar(COUNT) == 0
        owner.execute(text("alter table things no force row level security"))
        assert owner.scalar(COUNT) == 3
        owner.rollback()
    with create_engine(urls.superuser, poolclass=NullPool).connect() as superuser:
        assert superuser.scalar(COUNT) == 3


def test_2_a_local_setting_reads_as_an_empty_string_after_commit_and_a_bare_cast_raises(app: Engine) -> None:
    with app.connect() as connection:
        assert _read(connection) is None
        _set(connection, OURS, local=True)
        assert connection.scalar(COUNT) == 1
        connection.commit()
        assert _read(connection) == ""
        assert connection.scalar(COUNT) == 0, "nullif makes the empty string show nothing"
        connection.commit()
        with pytest.raises(DBAPIError, match="invalid input syntax for type uuid"):
            connection.execute(text("select count(*) from bare where tenant_id is null")).all()


def test_3_a_session_setting_reaches_the_next_user_of_the_pooled_connection(app: Engine) -> None:
    with app.connect() as first:
        _set(first, THEIRS, local=False)
        first.commit()
    with app.connect() as next_user:
        assert next_user.scalar(COUNT) == 2, "this is why infra.tenancy never sets anything for a session"


def test_4_a_session_role_reaches_the_next_user_too(urls: DatabaseUrls) -> None:
    engine = create_engine(urls.superuser, pool_size=1, max_overflow=0)
    with engine.connect() as first:
        first.execute(text("set session role shouyuan_app"))
        first.commit()
    with engine.connect() as next_user:
        assert next_user.scalar(text("select current_user")) == "shouyuan_app"
    engine.dispose()


def test_5_a_bound_session_sees_its_own_through_commits_refreshes_savepoints_and_get(app: Engine) -> None:
    with Session(app) as session:
        bind(session, Binding(tenant_id=OURS))
        thing = session.query(Thing).one()
        thing_id = thing.id
        session.commit()
        assert thing.name == "ours", "a refresh after commit is bound again"
        session.commit()
        with session.begin_nested():
            assert session.query(Thing).count() == 1
        assert session.query(Thing).count() == 1
        session.commit()
        session.expunge_all()
        assert session.get(Thing, thing_id) is not None
        session.rollback()
        assert session.query(Thing).count() == 1


def test_5_a_flush_alone_is_bound_and_a_row_of_another_is_refused(app: Engine) -> None:
    with Session(app) as session:
        bind(session, Binding(tenant_id=OURS))
        session.add(Thing(tenant_id=OURS, name="new"))
        session.flush()
        assert session.query(Thing).count() == 2
        session.rollback()
        session.add(Thing(tenant_id=THEIRS, name="smuggled"))
        with pytest.raises(ProgrammingError, match="violates row-level security policy"):
            session.commit()


def test_5_an_unbound_session_sees_nothing(app: Engine) -> None:
    with Session(app) as session:
        assert session.query(Thing).count() == 0


def test_6_binding_applies_to_the_open_transaction_too(app: Engine) -> None:
    with Session(app) as session:
        assert session.query(Thing).count() == 0
        session.info["shouyuan.binding"] = Binding(tenant_id=OURS)
        assert session.query(Thing).count() == 0, "noted alone, a binding waits for the next transaction"
        bind(session, Binding(tenant_id=OURS))
        assert session.query(Thing).count() == 1


def test_7_a_test_that_wraps_itself_in_a_transaction_hides_fact_2(app: Engine) -> None:
    with app.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            session.execute(text("select set_config(:n, :t, true)"), {"n": SETTING, "t": str(OURS)})
            session.commit()
            assert session.query(Thing).count() == 1, "after a real commit it would be nothing"
        outer.rollback()


@pytest.mark.parametrize(
    ("kind", "seen"),
    [("view leaky as", 3), ("materialized view leaky as", 3), ("view leaky with (security_invoker = true) as", 1)],
)
def test_8_a_view_shows_every_row_unless_it_reads_as_its_reader(urls: DatabaseUrls, kind: str, seen: int) -> None:
    with create_engine(urls.superuser, poolclass=NullPool).connect() as connection:
        connection.execute(text(f"create {kind} select * from things"))  # noqa: S608 - a text of this file
        connection.execute(text("grant select on leaky to shouyuan_app"))
        connection.execute(text("set local role shouyuan_app"))
        _set(connection, OURS, local=True)
        assert connection.scalar(text("select count(*) from leaky")) == seen
        connection.rollback()


@pytest.mark.parametrize(("key", "reveals"), [("name", True), ("tenant_id, name", False)])
def test_9_a_unique_key_reveals_another_row_unless_the_tenant_is_in_it(
    urls: DatabaseUrls, key: str, *, reveals: bool
) -> None:
    with create_engine(urls.superuser, poolclass=NullPool).connect() as connection:
        connection.execute(text(f"create unique index on things ({key})"))
        connection.execute(text("set local role shouyuan_app"))
        _set(connection, OURS, local=True)
        insert = text("insert into things values (gen_random_uuid(), :t, 'theirs')")
        if reveals:
            with pytest.raises(IntegrityError, match="duplicate key"):
                connection.execute(insert, {"t": OURS})
        else:
            connection.execute(insert, {"t": OURS})
        connection.rollback()


def test_the_binding_leaves_nothing_on_a_pooled_connection(app: Engine) -> None:
    seen: list[object] = []
    with Session(app) as session:
        bind(session, Binding(tenant_id=OURS))
        assert session.query(Thing).count() == 1
        session.commit()
    event.listen(app, "checkout", lambda raw, _record, _proxy: seen.append(id(raw)))
    with Session(app) as next_user:
        assert next_user.query(Thing).count() == 0
        assert len(seen) == 1
