"""Whether row security is in force for the role that this process connects as. Asked at start and by readiness."""

from sqlalchemy import Connection, Engine, text

_ROLE = text("select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
_OWNED = text(
    "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
    "where n.nspname = 'public' and c.relkind in ('r', 'p') and pg_has_role(current_user, c.relowner, 'usage') "
    "order by c.relname"
)
# Every table with a `tenant_id`, and `tenants` itself. A partition counts where this role may read it by its own name,
# because a parent's policies do not reach a partition that is named directly.
_TABLES = text(
    "select c.relname, c.relrowsecurity, c.relforcerowsecurity, "
    "exists (select 1 from pg_policy p where p.polrelid = c.oid) as has_policy "
    "from pg_class c join pg_namespace n on n.oid = c.relnamespace "
    "where n.nspname = 'public' and c.relkind in ('r', 'p') and has_table_privilege(current_user, c.oid, 'select') "
    "and (c.relname = 'tenants' or exists (select 1 from pg_attribute a where a.attrelid = c.oid "
    "and a.attname = 'tenant_id' and not a.attisdropped)) order by c.relname"
)


def row_security_faults(engine: Engine) -> list[str]:
    """Every way in which one institution's rows could reach another's session; empty when row security holds (DR-08).

    Opens a transaction of its own and binds it to nobody: what it can see, everybody could.
    """
    with engine.connect() as connection:
        return _role_faults(connection) + _table_faults(connection)


def _role_faults(connection: Connection) -> list[str]:
    role = connection.execute(_ROLE).one()
    faults = []
    if role.rolsuper:
        faults.append(f"role {role.rolname} is a superuser")
    if role.rolbypassrls:
        faults.append(f"role {role.rolname} bypasses row security")
    owned = connection.scalars(_OWNED).all()
    if owned:
        faults.append(f"role {role.rolname} owns tables: {', '.join(owned)}")
    return faults


def _table_faults(connection: Connection) -> list[str]:
    faults = []
    tables = connection.execute(_TABLES).all()
    for table in tables:
        if not (table.relrowsecurity and table.relforcerowsecurity and table.has_policy):
            faults.append(f"table {table.relname} lacks enabled and forced row security with a policy")
        elif table.relname != "tenants" and _shows_a_row(connection, table.relname):
            faults.append(f"an unbound connection sees rows of {table.relname}")
    if not tables:
        faults.append("no table with tenant_id is readable: was the database migrated?")
    return faults


def _shows_a_row(connection: Connection, table: str) -> bool:
    quoted = connection.dialect.identifier_preparer.quote(table)
    return bool(connection.scalar(text(f"select exists (select 1 from {quoted})")))  # noqa: S608 - a name from the catalogue
