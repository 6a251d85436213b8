"""What the spool holds and how fast it fills, counted as it happens: seven days of sixteen cameras are 161,280 rows.

Triggers keep `held` beside every change of a segment, in its own transaction, so that no question counts rows.
`written` keeps what came in by the hour, also after it was sent and forgotten.
"""

import sqlite3
from dataclasses import dataclass
from uuid import UUID

_US_PER_HOUR = 3_600_000_000
_MEASURED_HOURS = 24
_KEPT_HOURS = 14 * 24
_HELD = """create table held (camera_id text not null, state text not null, segments integer not null default 0,
bytes integer not null default 0, primary key (camera_id, state)) without rowid"""
_WRITTEN = """create table written (camera_id text not null, hour integer not null, bytes integer not null default 0,
us integer not null default 0, primary key (camera_id, hour)) without rowid"""
_TABLES = (
    _HELD,
    _WRITTEN,
    "create index segments_oldest on segments (state, tries, started_us)",
    "create index segments_newest on segments (state, tries, started_us desc)",
    "create index segments_of_camera on segments (camera_id, state, started_us)",
    "drop index if exists segments_waiting",
)
# No upsert: what `insert or ignore` fires takes over its way of meeting a conflict.
_ADD = (
    "insert or ignore into held (camera_id, state) values (new.camera_id, new.state); update held set "
    "segments = segments + 1, bytes = bytes + new.bytes where camera_id = new.camera_id and state = new.state;"
)
_TAKE = (
    "update held set segments = segments - 1, bytes = bytes - old.bytes "
    "where camera_id = old.camera_id and state = old.state;"
)
_TRIGGERS = (
    f"create trigger segments_in after insert on segments begin {_ADD} end",
    f"create trigger segments_out after delete on segments begin {_TAKE} end",
    f"create trigger segments_on after update of state, bytes on segments begin {_TAKE} {_ADD} end",
)
_FILL = "insert into held select camera_id, state, count(*), sum(bytes) from segments group by camera_id, state"


@dataclass(frozen=True)
class Written:
    """How fast one camera fills the disk while it records, in bytes a second."""

    camera_id: UUID
    bytes_per_second: float


def prepare(connection: sqlite3.Connection) -> None:
    """Add the counts to an index that has none yet, such as one of an earlier version."""
    if _has_bytes(connection):
        return
    connection.execute("begin immediate")
    try:
        if not _has_bytes(connection):  # another process was quicker
            connection.execute("alter table segments add column bytes integer not null default 0")
            for statement in (*_TABLES, *_TRIGGERS, _FILL):
                connection.execute(statement)
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:  # a broken file may have ended it already
            connection.execute("rollback")
        raise


def note_written(run: sqlite3.Connection, camera_id: UUID, *, ended_us: int, size: int, length_us: int) -> None:
    """A segment came in."""
    hour = ended_us // _US_PER_HOUR
    run.execute(
        "insert into written (camera_id, hour, bytes, us) values (?, ?, ?, ?) on conflict do update set "
        "bytes = bytes + excluded.bytes, us = us + excluded.us",
        (str(camera_id), hour, size, length_us),
    )
    run.execute("delete from written where camera_id = ? and hour < ?", (str(camera_id), hour - _KEPT_HOURS))


def rates(connection: sqlite3.Connection) -> list[Written]:
    """Each camera's rate over the last day that it recorded; none of one that has not recorded for two weeks.

    By recorded time and not by the clock: a camera that failed for hours will fill the disk again when it is mended.
    """
    rows = connection.execute(
        "select camera_id, sum(bytes), sum(us) from written as one where "
        "hour > (select max(hour) from written where camera_id = one.camera_id) - ? "
        "and hour > (select max(hour) from written) - ? group by camera_id",
        (_MEASURED_HOURS, _KEPT_HOURS),
    )
    return [Written(UUID(row[0]), row[1] * 1_000_000 / row[2]) for row in rows if row[2] > 0]


def held(connection: sqlite3.Connection, *, camera_id: UUID | None = None, state: str | None = None) -> tuple[int, int]:
    """How many segments lie on the disk and how many bytes they are."""
    row = connection.execute(
        "select coalesce(sum(segments), 0), coalesce(sum(bytes), 0) from held "
        "where camera_id = coalesce(?, camera_id) and state = coalesce(?, state)",
        (str(camera_id) if camera_id is not None else None, state),
    ).fetchone()
    return int(row[0]), int(row[1])


def _has_bytes(connection: sqlite3.Connection) -> bool:
    return any(row[1] == "bytes" for row in connection.execute("pragma table_info(segments)"))
