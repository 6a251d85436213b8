"""A city in a database of its own, made by SQL: the real migrations, then rows without triggers, then the indexes."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context

import psycopg
from alembic import command
from alembic.config import Config

from infra import clock
from infra.stack.city import ROOT
from infra.stack.postgres import DatabaseUrls, Postgres
from tests.benchmarks.sizes import LIVING_KEYS, MINUTES, RETENTION_DAYS, Size, over

TEMPLATE = "migrated"
# Loading only: what is durable or not afterwards is not changed by it.
_LOADING = ("set session_replication_role = replica", "set work_mem = '64MB'", "set maintenance_work_mem = '1GB'")
_PEOPLE = (
    """insert into tenants (id, code, kind, name, short_name, district, ownership, supervising_authority, keeper,
           phone)
       select md5('bureau')::uuid, 'BUREAU', 'bureau', '教育局', '教育局', '', 'public', '直轄市', '', ''
       union all
       select md5('tenant' || n)::uuid, 'K' || n, 'preschool', n || '號幼兒園', n || '號', '左營區', 'private',
              '直轄市', '', ''
       from generate_series(0, %(last)s::int) n""",
    """insert into audit_heads (tenant_id, seq, hash) select id, 0, repeat('0', 64) from tenants""",
    """insert into sites (id, tenant_id, code, name, profile, newest_first)
       select md5('site' || code)::uuid, id, code, name, 'KH_PRESCHOOL', false from tenants where kind <> 'bureau'""",
    """insert into edge_devices (id, tenant_id, site_id, name, public_key, enrolled_at, turns, disk_fault, sending,
           takes_hybrid, refused_segments, refused_gaps, refused_code)
       select md5('device' || code)::uuid, tenant_id, id, '邊緣主機', md5(code), now() - interval '90 days', 0, '', '',
              true, 0, 0, ''
       from sites""",
    """insert into cameras (id, tenant_id, site_id, code, name, zone, audio, active_from, created_at)
       select md5(code || '/' || c)::uuid, tenant_id, id, 'C-' || c, '鏡頭' || c, 'corridor', false, current_date - 90,
              now() - interval '90 days'
       from sites, generate_series(1, case when substr(code, 2)::int %% 3 = 2 then 16 else 17 end) c""",
    """insert into camera_status (tenant_id, camera_id, reported_at, recording, recorded_until, spooled, fault)
       select tenant_id, id, now(), true, now(), 0, '' from cameras""",
    """insert into day_keys (tenant_id, civil_day, retention_days, recipient, wrapped_secret)
       select id, %(day)s::date + k, %(kept)s, 'age1' || md5(code || k) || md5(k || code), decode(md5(code || k), 'hex')
       from tenants, generate_series(0, %(keys)s::int - 1) k where kind <> 'bureau'""",
)
_AT_ONCE = 6 * 60
# PostgreSQL's own, where a table has none.
_SHARE = 0.2
_TRIES, _PAUSE_SECONDS = 20, 5
# Minute by minute and in each minute school by school: rows lie as they arrived, not as they are read.
_SEGMENTS = """
insert into {part} (civil_day, retention_days, tenant_id, id, site_id, camera_id, device_id, started_at, ended_at,
    confirmed_at, checked_at, monotonic_ns, clock_offset_us, media_ms, packets, plain_bytes, cipher_bytes, width,
    height, v, audio, plain_sha256, cipher_sha256, cipher_md5, signature, clock_source, codec, ended_because, state)
select %(day)s, %(kept)s, tenant_id, id, site_id, camera_id, device_id, s, s + interval '1 minute',
    s + interval '70 s', s + interval '75 s', m * 60000000000::bigint, -1200, 60000, 900, 2000000, 2000800, 1280,
    720, 1, false, hash, hash, substr(hash, 1, 16), hash || hash, 'server', 'h264', 'full', 'stored'
from (select *, sha256(uuid_send(id)) as hash, %(start)s::timestamptz + m * interval '1 minute' as s
      from generate_series(%(first)s::int, %(last)s::int) m,
           lateral (select c.tenant_id, c.id as camera_id, c.site_id, d.id as device_id, gen_random_uuid() as id
                    from cameras c join edge_devices d on d.site_id = c.site_id
                    order by c.tenant_id, c.id offset m * 0) c
      offset 0) minute
"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Minutes of one civil day that are put into its table."""

    day: date
    minutes: int

    @property
    def table(self) -> str:
        """Where its rows lie."""
        return f"segments_{self.day:%Y%m%d}_d{RETENTION_DAYS}"


def prepared(postgres: Postgres) -> None:
    """A database with every migration applied, to be copied."""
    urls = postgres.database(TEMPLATE, fresh=True)
    os.environ["SHOUYUAN_OWNER_DATABASE_URL"] = urls.owner
    command.upgrade(Config(ROOT / "alembic.ini"), "head")
    del os.environ["SHOUYUAN_OWNER_DATABASE_URL"]


def parts(days: float) -> list[Part]:
    """The days that are filled, from the one that is over on."""
    whole, rest = divmod(days, 1)
    filled = [Part(day=over() + timedelta(days=number), minutes=MINUTES) for number in range(int(whole))]
    return filled + ([Part(day=over() + timedelta(days=int(whole)), minutes=int(MINUTES * rest))] if rest else [])


def founded(postgres: Postgres, name: str, size: Size, *, say: Callable[[str], None]) -> DatabaseUrls:
    """A city of this size with its index, analysed, and vacuumed as a day is that is over: but for its last share."""
    urls = postgres.database(name, template=TEMPLATE, fresh=True)
    given = {"last": size.tenants - 1, "day": over(), "kept": RETENTION_DAYS, "keys": LIVING_KEYS}
    with superuser(urls) as connection:
        for statement in _PEOPLE:
            connection.execute(statement.encode(), given)
    fill_index(urls, parts(size.days), say=say)
    return urls


def fill_index(urls: DatabaseUrls, filled: Sequence[Part], *, say: Callable[[str], None]) -> None:
    """Put every camera's minutes of these days into the index, and all of the city onto the disk.

    No day is vacuumed before all of them are filled: what still reads as of before keeps a vacuum from marking a page.
    """
    with superuser(urls) as connection:
        connection.execute("analyze cameras")
        for part in filled:
            connection.execute("select ensure_segment_partition(%s, %s)", [part.day, RETENTION_DAYS])
            # What is left to be vacuumed next time stays left, on every version of PostgreSQL.
            connection.execute(f"alter table {part.table} set (autovacuum_enabled = off)".encode())
        again = _without_indexes(connection)
    with pool_of(2) as pool:
        for step in (_fill, _vacuum, _fill_rest):
            list(pool.map(partial(step, urls, say), filled))
    with superuser(urls) as connection:
        for statement in again:
            connection.execute(statement.encode())
        connection.execute("analyze")
        # A city writes 333 rows a second and not 100,000: nobody lists while an hour's work of the disk is written out.
        connection.execute("checkpoint")
    say("indexes and statistics made, and all of it on the disk")


def _fill(urls: DatabaseUrls, say: Callable[[str], None], part: Part) -> None:
    """Fill the table of a day. Emptied in the same transaction, it is loaded without a write-ahead log."""
    with superuser(urls) as connection, connection.transaction():
        vacuumed = part.minutes - _rest(connection, part)
        connection.execute(f"truncate {part.table}".encode())
        for first in range(0, vacuumed, _AT_ONCE):
            last = min(first + _AT_ONCE, vacuumed)
            _insert(connection, part, first, last)
            say(f"{last} minutes of {part.day}")


def _vacuum(urls: DatabaseUrls, _say: Callable[[str], None], part: Part) -> None:
    """Vacuum until everybody sees every row: whatever still reads as of before a day was filled, is waited for."""
    query = "select relallvisible, relpages from pg_class where oid = %s::regclass"
    with superuser(urls) as connection:
        for _ in range(_TRIES):
            connection.execute(f"vacuum (freeze) {part.table}".encode())
            visible, pages = connection.execute(query, [part.table]).fetchone() or (0, 0)
            if visible == pages:
                return
            time.sleep(_PAUSE_SECONDS)
    raise RuntimeError(f"{part.day} has {pages} pages, and everybody sees {visible} of them")


def _fill_rest(urls: DatabaseUrls, _say: Callable[[str], None], part: Part) -> None:
    with superuser(urls) as connection:
        _insert(connection, part, part.minutes - _rest(connection, part), part.minutes)


def _rest(connection: psycopg.Connection, part: Part) -> int:
    """The minutes that a table may hold before it is vacuumed again, by the table's own setting."""
    query = """select option_value::float from pg_class, pg_options_to_table(reloptions)
               where oid = %s::regclass and option_name = 'autovacuum_vacuum_insert_scale_factor'"""
    (share,) = connection.execute(query, [part.table]).fetchone() or (_SHARE,)
    return int(part.minutes * share / (1 + share))


def _insert(connection: psycopg.Connection, part: Part, first: int, last: int) -> None:
    """The rows of minutes from `first` on, `last` not included."""
    given = {"day": part.day, "kept": RETENTION_DAYS, "start": clock.day_start(part.day)}
    connection.execute(_SEGMENTS.format(part=part.table).encode(), given | {"first": first, "last": last - 1})


def _without_indexes(connection: psycopg.Connection) -> Sequence[str]:
    """Drop the indexes of the empty index; the statements that make exactly the same ones again."""
    primary = connection.execute(
        "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'segments'::regclass "
        "and contype = 'p'"
    ).fetchall()
    others = connection.execute(
        "select indexname, indexdef from pg_indexes where tablename = 'segments' and indexname <> all(%s)",
        [[name for name, _ in primary]],
    ).fetchall()
    again = [f"alter table segments add constraint {name} {definition}" for name, definition in primary]
    for name, _ in primary:
        connection.execute(f"alter table segments drop constraint {name}".encode())
    for name, _ in others:
        connection.execute(f"drop index {name}".encode())
    # The index on the parent alone was spelled with ONLY; made without, it covers every table below.
    return again + [definition.replace(" ON ONLY ", " ON ") for _, definition in others]


def pool_of(processes: int, initializer: Callable[..., None] | None = None, *given: object) -> ProcessPoolExecutor:
    """Fresh processes, which inherit nothing that is connected."""
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=initializer, initargs=given)


def superuser(urls: DatabaseUrls) -> psycopg.Connection:
    """A connection that sees every row and makes them without triggers; each statement is committed."""
    connection = psycopg.connect(urls.superuser.replace("postgresql+psycopg", "postgresql"), autocommit=True)
    for statement in _LOADING:
        connection.execute(statement.encode())
    return connection
