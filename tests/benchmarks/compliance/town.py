"""A town with four hundred days behind it in a database of its own, all of whose rows satisfy its constraints."""

from collections.abc import Callable, Sequence

import psycopg

from infra import clock
from infra.stack.postgres import DatabaseUrls, Postgres
from tenants.compliance.articles.catalogue import ARTICLES
from tenants.people import passwords
from tests.benchmarks import city
from tests.benchmarks.compliance.past import CASES, DAYS, KEEPING, TOLD, UPKEEP
from tests.benchmarks.compliance.places import DICE, DISTRICTS, EQUIPMENT, INSTITUTIONS, OFFICERS, PEOPLE
from tests.benchmarks.compliance.sizes import Town, oldest, parts
from tests.benchmarks.sizes import RETENTION_DAYS

PASSWORD = "only for the bench, and long enough"
_CHAPTERS = {
    "institutions": INSTITUTIONS,
    "people": PEOPLE,
    "equipment": EQUIPMENT,
    "upkeep": UPKEEP,
    "keeping": KEEPING,
    "cases": CASES,
    "what was told": TOLD,
}
# As they were made, rows that refer to another name one that is there; partitions refer by what the others do.
_REFERENCES = """
select c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,
       array(select attname from unnest(c.conkey) with ordinality k (number, place)
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number order by place),
       array(select attname from unnest(c.confkey) with ordinality k (number, place)
             join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.number order by place)
from pg_constraint c join pg_class t on t.oid = c.conrelid
where c.contype = 'f' and t.relkind = 'r' and not t.relispartition"""


def founded(postgres: Postgres, town: Town, *, say: Callable[[str], None]) -> DatabaseUrls:
    """Make it; whoever asks for it under a name that exists gets a new one."""
    urls, now = postgres.database(town.name, template=city.TEMPLATE, fresh=True), clock.now()
    today = clock.civil_day(now)
    given = {
        "now": now,
        "today": today,
        "oldest": oldest(today),
        "last": town.institutions - 1,
        "days": town.days,
        "kept": RETENTION_DAYS,
        "districts": DISTRICTS,
        "officers": OFFICERS,
        "password": passwords.hashed(PASSWORD),
        "articles": [article.key for article in ARTICLES],
    }
    with city.superuser(urls) as connection:
        connection.execute(DICE.encode())
        connection.execute(DAYS.encode(), given)
        for name, statements in _CHAPTERS.items():
            for statement in statements:
                connection.execute(statement.encode(), given)
            connection.execute("analyze")
            say(f"{name} made")
    city.fill_index(urls, parts(now), say=say)
    with city.superuser(urls) as connection:
        connection.execute("vacuum (analyze)")
        connection.execute("checkpoint")
        _check(connection)
    return urls


def _check(connection: psycopg.Connection) -> None:
    """Refuse a town in which a row refers to nothing: it was made without the triggers that would have said so."""
    wrong = [
        name
        for name, table, other, columns, theirs in connection.execute(_REFERENCES.encode()).fetchall()
        if _dangles(connection, table, other, columns, theirs)
    ]
    if wrong:
        raise RuntimeError(f"rows refer to what is not there: {', '.join(wrong)}")


def _dangles(
    connection: psycopg.Connection, table: str, other: str, columns: Sequence[str], theirs: Sequence[str]
) -> bool:
    told = " and ".join(f"a.{name} is not null" for name in columns)
    same = " and ".join(f"b.{their} = a.{name}" for name, their in zip(columns, theirs, strict=True))
    query = f"select exists (select from {table} a where {told} and not exists (select from {other} b where {same}))"  # noqa: S608
    (found,) = connection.execute(query.encode()).fetchone() or (True,)
    return bool(found)
