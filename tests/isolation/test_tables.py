"""Every table of one institution, tried from another: read, changed, moved, added, joined and counted (DR-08)."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import ColumnElement, Table, func, insert, literal, select, text, update
from sqlalchemy.exc import ProgrammingError

from infra.db import Base, bureau_session, db
from infra.tenancy import Binding, bind
from tests.architecture.models import GROW_ONLY, ROLLED_UP
from tests.factories.whole import Whole
from tests.isolation.conftest import City

pytestmark = pytest.mark.req("DR-08")

OWNED = sorted((t for t in Base.metadata.sorted_tables if "tenant_id" in t.columns), key=lambda t: t.name)
OF_AGENCIES = [table for table in OWNED if "agency_id" in table.columns and table.name != "audit_events"]
WRITABLE = [table for table in OWNED if table.name not in GROW_ONLY]
each_table = pytest.mark.parametrize("table", OWNED, ids=lambda table: str(table.name))


def _rows(table: Table, *where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _theirs(table: Table, city: City) -> ColumnElement[bool]:
    return table.c.tenant_id == city.theirs.tenant_id


def test_there_are_tables_to_try() -> None:
    assert len(OWNED) > 15


@each_table
def test_own_rows_are_seen_and_no_others(city: City, mine: Whole, table: Table) -> None:
    own = table.c.tenant_id == mine.tenant_id
    assert _rows(table, own), f"{table.name} is empty: tests/factories/whole.py must fill it"
    assert _rows(table, _theirs(table, city)) == 0
    assert _rows(table) == _rows(table, own), "a count never includes another's rows"


@each_table
def test_an_unbound_session_sees_nothing(city: City, table: Table) -> None:
    with city.app.app_context():
        assert _rows(table) == 0


@pytest.mark.parametrize("table", WRITABLE, ids=lambda table: str(table.name))
def test_anothers_rows_cannot_be_changed(city: City, mine: Whole, table: Table) -> None:
    before = city.everything()
    statement = update(table).where(_theirs(table, city)).values(tenant_id=mine.tenant_id)
    assert db.session.execute(statement).rowcount == 0  # type: ignore[attr-defined]
    db.session.commit()
    assert city.everything() == before


@each_table
@pytest.mark.usefixtures("mine")
def test_a_row_cannot_be_added_for_another(city: City, table: Table) -> None:
    before = city.everything()
    columns = [column for column in table.columns if column.name != "tenant_id"]
    copied = select(literal(city.theirs.tenant_id).label("tenant_id"), *columns).limit(1)
    with pytest.raises(ProgrammingError, match="violates row-level security policy"):
        db.session.execute(insert(table).from_select(["tenant_id", *columns], copied))
    db.session.rollback()
    assert city.everything() == before


@pytest.mark.parametrize("table", WRITABLE, ids=lambda table: str(table.name))
def test_an_own_row_cannot_be_given_away(city: City, mine: Whole, table: Table) -> None:
    statement = update(table).where(table.c.tenant_id == mine.tenant_id).values(tenant_id=city.theirs.tenant_id)
    with pytest.raises(ProgrammingError, match="violates row-level security policy"):
        db.session.execute(statement)


@each_table
@pytest.mark.usefixtures("mine")
def test_nothing_can_be_removed(table: Table) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(table.delete())


@pytest.mark.parametrize("table", OF_AGENCIES, ids=lambda table: str(table.name))
def test_an_agency_sees_its_own_cases_and_no_others(city: City, table: Table) -> None:
    with city.app.app_context():
        bind(db.session, Binding(agency_id=city.mine.agency_id))
        assert _rows(table)
        assert _rows(table, table.c.agency_id != city.mine.agency_id) == 0


def test_an_agency_sees_nothing_of_an_institution_but_its_own_cases(city: City) -> None:
    shared = {table.name for table in OF_AGENCIES}
    with city.app.app_context():
        bind(db.session, Binding(agency_id=city.mine.agency_id))
        seen = {table.name for table in OWNED if _rows(table)}
    assert seen <= shared | {"memberships", "disclosures"}


def test_an_agency_sees_of_the_cases_exactly_those_it_asked(city: City) -> None:
    cases, asked = Base.metadata.tables["disclosures"], Base.metadata.tables["official_requests"]
    with city.app.app_context():
        bind(db.session, Binding(agency_id=city.mine.agency_id))
        seen = set(db.session.scalars(select(cases.c.id)))
        assert seen == set(db.session.scalars(select(asked.c.id).where(asked.c.agency_id == city.mine.agency_id)))
    assert seen


def test_a_person_alone_sees_nothing_but_their_own_roles(city: City) -> None:
    with city.app.app_context():
        bind(db.session, Binding(user_id=city.mine.head_id))
        assert {table.name for table in OWNED if _rows(table)} == {"memberships"}
        memberships = Base.metadata.tables["memberships"]
        assert _rows(memberships) == _rows(memberships, memberships.c.user_id == city.mine.head_id)


def test_a_reused_connection_carries_nothing_over(city: City) -> None:
    with city.app.app_context():
        backend = text("select pg_backend_pid()")
        bind(db.session, Binding(tenant_id=city.mine.tenant_id))
        first, seen = db.session.scalar(backend), _rows(Base.metadata.tables["sites"])
        db.session.commit()
        db.session.remove()
        again = db.session.scalar(backend)
        assert (first, seen) == (again, 1), "the pool did not give the same connection again"
        assert _rows(Base.metadata.tables["sites"]) == 0


def test_names_of_institutions_are_public_and_only_ones_own_can_be_changed(mine: Whole) -> None:
    tenants = Base.metadata.tables["tenants"]
    assert _rows(tenants) == 3, "two institutions and the bureau"
    changed = update(tenants).values(district="another")
    assert db.session.execute(changed).rowcount == 1  # type: ignore[attr-defined]
    assert mine.tenant_id == db.session.scalar(select(tenants.c.id).where(tenants.c.district == "another"))


@pytest.mark.req("DR-33")
def test_past_names_are_public_and_only_ones_own_can_be_added_or_changed(city: City, mine: Whole) -> None:
    names = Base.metadata.tables["institution_names"]
    assert set(db.session.scalars(select(names.c.institution_id))) == {mine.tenant_id, city.theirs.tenant_id}
    changed = update(names).values(document="another")
    assert db.session.execute(changed).rowcount == 1  # type: ignore[attr-defined]
    db.session.rollback()
    query = select(names).where(names.c.institution_id == city.theirs.tenant_id)
    theirs = dict(db.session.execute(query).mappings().one())
    with pytest.raises(ProgrammingError, match="violates row-level security policy"):
        db.session.execute(insert(names).values(theirs | {"id": uuid4(), "effective_from": date(2026, 5, 1)}))


@pytest.mark.req("DR-09", "KH-1-3")
@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_the_bureau_role_reads_facts_of_all_and_nothing_else(city: City, table: Table) -> None:
    with city.app.app_context(), bureau_session() as session:
        if table.name in ROLLED_UP:
            whose = table.c.id if table.name == "tenants" else table.c.tenant_id
            assert session.scalar(select(func.count(whose.distinct()))) == (3 if table.name == "tenants" else 2)
        else:
            with pytest.raises(ProgrammingError, match="permission denied"):
                session.execute(select(table))


@pytest.mark.req("DR-09")
def test_the_bureau_role_writes_nothing(city: City) -> None:
    with city.app.app_context(), bureau_session() as session:
        with pytest.raises(Exception, match=r"permission denied|read-only transaction"):
            session.execute(update(Base.metadata.tables["tenants"]).values(name="x"))
        session.rollback()


@pytest.mark.usefixtures("mine")
def test_the_service_is_refused_when_it_names_a_partition(city: City) -> None:
    with city.superuser() as connection:
        partition = connection.scalar(
            text("select relname from pg_class where relispartition and relkind = 'r' limit 1")
        )
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(f"select * from {partition}"))  # noqa: S608 - a name from the catalogue
