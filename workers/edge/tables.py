"""The tables of the box's own index, also in a file that an older version made."""

import sqlite3

from workers.edge import counts

_SCHEMA = """
create table if not exists segments (
    segment_id text primary key, camera_id text not null, civil_day text not null,
    started_us integer not null, ended_us integer not null, state text not null default 'spooled',
    code text not null default '', tries integer not null default 0
);
create table if not exists cameras (
    camera_id text primary key, recorded_until_us integer, missing_since_us integer,
    cause text not null default '', key_interval_ms integer not null default 0
);
create table if not exists gaps (
    gap_id integer primary key, camera_id text not null, started_us integer not null, ended_us integer not null,
    cause text not null, reported integer not null default 0
);
create table if not exists facts (name text primary key, value integer not null);
create table if not exists clock_readings (
    clock text primary key, boot_id text not null, monotonic_ns integer not null, shown_us integer not null,
    bound_us integer not null
);
create table if not exists undated_boots (
    boot_id text primary key, after_us integer not null, before_us integer, machine_us integer not null,
    shift_us integer, bound_us integer not null default -1, source text not null default '',
    read_ns integer not null default 0, found_us integer not null default 0
);
create table if not exists undated_shifts (
    camera_id text not null, boot_id text not null, shift_us integer not null, primary key (camera_id, boot_id)
);
create table if not exists undated_causes (
    cause_id integer primary key, camera_id text not null, boot_id text not null, at_us integer not null,
    cause text not null, evidence text not null
);
"""
# What came later, by table: each is added where it lacks.
_ADDED = {
    "cameras": {
        "evidence": "text not null default '{}'",
        "boot": "text not null default ''",
        "clock_us": "integer",
        "clock_boot": "text not null default ''",
        "step_us": "integer not null default 0",
        "frozen_since_us": "integer",
        "resumed": "integer not null default 0",
        # Claims by a clock that nobody confirmed (`undated.believed`): after which moment, from where on by that clock,
        # and where it stands against the monotonic one of which boot.
        "sure_until_us": "integer",
        "claimed_from_us": "integer",
        "claimed_us": "integer",
        "claimed_boot": "text not null default ''",
    },
    "segments": {
        "put": "integer not null default 0",
        "recovered": "integer not null default 0",
        "boot_id": "text not null default ''",
        # When it was refused last, and from when on it is tried again (`workers.edge.sending.refused`).
        "refused_us": "integer",
        "due_us": "integer",
    },
    "gaps": {
        "evidence": "text not null default '{}'",
        "code": "text not null default ''",
        "refused_us": "integer",
        "due_us": "integer",
        "tries": "integer not null default 0",
        # When the camera's card is looked at for it; null: never (more). Up to where it was fetched, and tries in vain.
        "card_due_us": "integer",
        "card_until_us": "integer",
        "card_tries": "integer not null default 0",
    },
}
_INDEXES = (
    "create index if not exists gaps_on_card on gaps (ended_us) where card_due_us is not null",
    "create index if not exists gaps_refused on gaps (due_us) where code <> ''",
)


def prepare(connection: sqlite3.Connection) -> None:
    """Make what is not there."""
    connection.executescript(_SCHEMA)
    counts.prepare(connection)
    if all(_lacking(connection, table) == [] for table in _ADDED):
        return
    connection.execute("begin immediate")  # several processes may come at once
    for table, columns in _ADDED.items():
        for name in _lacking(connection, table):
            connection.execute(f"alter table {table} add column {name} {columns[name]}")
    for index in _INDEXES:
        connection.execute(index)
    connection.execute("commit")


def _lacking(connection: sqlite3.Connection, table: str) -> list[str]:
    there = {row[1] for row in connection.execute(f"pragma table_info({table})")}
    return [name for name in _ADDED[table] if name not in there]
