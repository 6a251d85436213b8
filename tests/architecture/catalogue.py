"""What a database is made of, as lines that can be compared: read from PostgreSQL's own catalogue."""

from sqlalchemy import Connection, text

_STRUCTURE = (
    """select 'table ' || c.relname || ' ' || c.relkind::text || coalesce(' by ' || pg_get_partkeydef(c.oid), '')
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')""",
    """select format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                     case when a.attnotnull then 'not null' else 'null' end, pg_get_expr(d.adbin, d.adrelid))
       from pg_attribute a join pg_class c on c.oid = a.attrelid
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
         and not a.attisdropped""",
    """select format('constraint %s on %s: %s', o.conname, c.relname, pg_get_constraintdef(o.oid))
       from pg_constraint o join pg_class c on c.oid = o.conrelid
       where c.relnamespace = 'public'::regnamespace and o.contype <> 'n'""",
    "select 'index ' || indexdef from pg_indexes where schemaname = 'public'",
)
_PROTECTION = (
    """select format('rls %s %s %s', relname, relrowsecurity, relforcerowsecurity) from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')""",
    "select format('policy %s', p.*) from pg_policies p where schemaname = 'public'",
    """select format('right %s %s %s', table_name, grantee, privilege_type) from information_schema.role_table_grants
       where table_schema = 'public'""",
    """select format('function %s', pg_get_functiondef(oid)) from pg_proc
       where pronamespace = 'public'::regnamespace""",
)
_NOT_IN_MODELS = "alembic_version"


def structure(connection: Connection) -> set[str]:
    """Tables, columns, constraints and indexes: what models and migrations must agree on."""
    return _lines(connection, _STRUCTURE)


def everything(connection: Connection) -> set[str]:
    """The structure, and who may do what: what going down and up again must restore."""
    return _lines(connection, _STRUCTURE + _PROTECTION)


def _lines(connection: Connection, queries: tuple[str, ...]) -> set[str]:
    found = {str(line) for query in queries for line in connection.scalars(text(query))}
    return {line for line in found if _NOT_IN_MODELS not in line}
