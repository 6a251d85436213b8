"""Every row of an institution lies behind forced row security, and every view reads as its reader (DR-08)."""

import pytest
from sqlalchemy import Connection, text

from infra.db import Base
from tests.architecture import models

pytestmark = pytest.mark.req("DR-08")

OF_NO_INSTITUTION = {"users": "people precede every institution", "agencies": "agencies are not institutions"}
FIX = "call infra.rowsecurity.protect() in the migration that makes the table"

UNPROTECTED = text(
    """select relname from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'alembic_version'
         and not (relrowsecurity and relforcerowsecurity)"""
)
WITHOUT_POLICY = text(
    """select relname from pg_class c
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity and not relispartition
         and not exists (select from pg_policy where polrelid = c.oid and polroles <> '{0}')"""
)
REACHABLE_PARTITIONS = text(
    """select c.relname from pg_class c where c.relispartition and c.relkind in ('r', 'p')
         and (exists (select from pg_policy where polrelid = c.oid)
              or exists (select from information_schema.role_table_grants g
                         where g.table_name = c.relname and g.grantee in ('shouyuan_app', 'shouyuan_bureau')))"""
)
LEAKING_VIEWS = text(
    """select relname from pg_class
       where relnamespace = 'public'::regnamespace
         and (relkind = 'm' or relkind = 'v' and not coalesce(reloptions, '{}') && array['security_invoker=true'])"""
)


def test_every_table_of_an_institution_is_enabled_and_forced(catalogue: Connection) -> None:
    open_tables = set(catalogue.scalars(UNPROTECTED)) - OF_NO_INSTITUTION.keys()
    assert not open_tables, f"{FIX}: {open_tables}"


def test_every_protected_table_has_a_policy_for_a_role_of_ours(catalogue: Connection) -> None:
    silent = set(catalogue.scalars(WITHOUT_POLICY))
    assert not silent, f"{FIX}: {silent}"


def test_every_model_with_a_tenant_is_in_the_catalogue_with_a_policy_that_reads_it(catalogue: Connection) -> None:
    guarded = set(catalogue.scalars(text("select tablename from pg_policies where qual like '%shouyuan.tenant_id%'")))
    owned = {model.__tablename__ for model in models.all_models() if hasattr(model, "tenant_id")}
    assert owned, "no model has a tenant_id: this test looks at the wrong thing"
    assert owned <= guarded, f"{FIX}: {owned - guarded}"


def test_the_tables_without_protection_have_no_tenant() -> None:
    for table in OF_NO_INSTITUTION:
        assert "tenant_id" not in Base.metadata.tables[table].columns


def test_partitions_are_protected_and_reached_through_their_parent_only(catalogue: Connection) -> None:
    partitions = set(catalogue.scalars(text("select relname from pg_class where relispartition and relkind = 'r'")))
    assert partitions, "the fixture made no partition: this test looks at nothing"
    assert not set(catalogue.scalars(REACHABLE_PARTITIONS)), "a partition needs no policy and no grant of its own"


def test_every_view_reads_with_its_readers_rights(catalogue: Connection) -> None:
    leaking = set(catalogue.scalars(LEAKING_VIEWS))
    assert not leaking, f"create view … with (security_invoker = true); no materialized views: {leaking}"


@pytest.mark.parametrize(
    ("plant", "guard", "found"),
    [
        ("create table planted (tenant_id uuid)", UNPROTECTED, "planted"),
        ("alter table sites no force row level security", UNPROTECTED, "sites"),
        ("drop policy cameras_bound on cameras", WITHOUT_POLICY, "cameras"),
        ("alter table segments_20261120 disable row level security", UNPROTECTED, "segments_20261120"),
        ("alter table segments_20261120_d14 disable row level security", UNPROTECTED, "segments_20261120_d14"),
        ("grant select on segments_20261120 to shouyuan_app", REACHABLE_PARTITIONS, "segments_20261120"),
        ("grant select on segments_20261120_d14 to shouyuan_app", REACHABLE_PARTITIONS, "segments_20261120_d14"),
        ("create view planted as select * from sites", LEAKING_VIEWS, "planted"),
        ("create materialized view planted as select * from sites", LEAKING_VIEWS, "planted"),
    ],
)
def test_the_guards_see_a_planted_hole(catalogue: Connection, plant: str, guard: object, found: str) -> None:
    catalogue.execute(text(plant))
    assert found in set(catalogue.scalars(guard))  # type: ignore[call-overload]
