"""The roles of the database hold exactly the rights of design section 6, and none of them can remove a row."""

import pytest
from sqlalchemy import Connection, text

from infra.db import APP_ROLE, BUREAU_ROLE
from tests.architecture.models import GROW_ONLY, ROLLED_UP

pytestmark = pytest.mark.req("DR-06", "DR-09")

OVERPOWERED = text(
    """select rolname from pg_roles where rolname like 'shouyuan%'
         and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)"""
)
MEMBERSHIPS = text(
    """select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member
       where m.rolname in ('shouyuan_app', 'shouyuan_bureau')"""
)
OWNED_BY_SERVICE = text(
    """select c.relname from pg_class c join pg_roles r on r.oid = c.relowner
       where r.rolname in ('shouyuan_app', 'shouyuan_bureau')"""
)
RIGHTS = text(
    """select c.relname, a.privilege_type from pg_class c, aclexplode(c.relacl) a
       join pg_roles r on r.oid = a.grantee
       where c.relnamespace = 'public'::regnamespace and r.rolname = :role"""
)
FOR_EVERYBODY = text(
    """select c.relname from pg_class c, aclexplode(c.relacl) a
       where c.relnamespace = 'public'::regnamespace and a.grantee = 0
       union select p.proname from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
       where p.pronamespace = 'public'::regnamespace and a.grantee = 0 and p.prosecdef"""
)


def _rights(catalogue: Connection, role: str) -> set[tuple[str, str]]:
    return {(table, right) for table, right in catalogue.execute(RIGHTS, {"role": role})}


def _removable(catalogue: Connection) -> set[str]:
    too_much = {"DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}
    return {table for table, right in _rights(catalogue, APP_ROLE) if right in too_much}


def _rewritable(catalogue: Connection) -> set[str]:
    return {t for t, right in _rights(catalogue, APP_ROLE) if t in GROW_ONLY and right not in {"SELECT", "INSERT"}}


def test_no_role_is_superuser_or_passes_row_security(catalogue: Connection) -> None:
    assert not set(catalogue.scalars(OVERPOWERED))
    assert not set(catalogue.scalars(MEMBERSHIPS)), "a role that may become another one holds its rights"


def test_the_service_roles_own_nothing(catalogue: Connection) -> None:
    assert not set(catalogue.scalars(OWNED_BY_SERVICE)), "an owner may switch row security off; the owner role owns"


def test_the_app_role_can_remove_nothing(catalogue: Connection) -> None:
    assert _rights(catalogue, APP_ROLE), "the app role holds no right at all: this test looks at nothing"
    assert not _removable(catalogue), "grant select, insert, update only: nothing removes rows"


@pytest.mark.req("KH-7-2")
def test_the_chain_and_the_register_can_only_grow(catalogue: Connection) -> None:
    assert not _rewritable(catalogue), "protect(table, rights='select, insert')"


def test_the_bureau_role_reads_the_rolled_up_tables_and_nothing_else(catalogue: Connection) -> None:
    assert _rights(catalogue, BUREAU_ROLE) == {(table, "SELECT") for table in ROLLED_UP}


def test_nothing_is_granted_to_everybody(catalogue: Connection) -> None:
    assert not set(catalogue.scalars(FOR_EVERYBODY)), "revoke all … from public"


@pytest.mark.parametrize(
    ("plant", "guard"),
    [
        ("alter role shouyuan_app bypassrls", lambda c: set(c.scalars(OVERPOWERED))),
        ("grant shouyuan_owner to shouyuan_app", lambda c: set(c.scalars(MEMBERSHIPS))),
        ("alter table sites owner to shouyuan_app", lambda c: set(c.scalars(OWNED_BY_SERVICE))),
        ("grant delete on sites to shouyuan_app", _removable),
        ("grant update on audit_events to shouyuan_app", _rewritable),
        ("grant select on sites to public", lambda c: set(c.scalars(FOR_EVERYBODY))),
    ],
)
def test_the_guards_see_a_planted_right(catalogue: Connection, plant: str, guard: object) -> None:
    catalogue.execute(text(plant))
    assert guard(catalogue)  # type: ignore[operator]


def test_the_guard_of_the_bureau_role_sees_a_planted_right(catalogue: Connection) -> None:
    catalogue.execute(text("grant select on segments to shouyuan_bureau"))
    assert ("segments", "SELECT") in _rights(catalogue, BUREAU_ROLE)
