"""The box's own index: segments that are not safely in the store, where each camera's recording ended, and its gaps.

SQLite in WAL mode with full synchronisation: a row that was committed survives a power cut. Every process of the box
opens it for itself. Where a gap begins and why is kept from the moment recording fails, so that the gap can be written
in the same transaction as the segment that ends it, whichever process was killed in between.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from infra.causes import GapCause

_SCHEMA = """
create table if not exists segments (
    segment_id text primary key, camera_id text not null, civil_day text not null,
    started_us integer not null, ended_us integer not null, state text not null default 'spooled',
    code text not null default '', tries integer not null default 0
);
create index if not exists segments_waiting on segments (state, started_us);
create table if not exists cameras (
    camera_id text primary key, recorded_until_us integer, missing_since_us integer,
    cause text not null default '', key_interval_ms integer not null default 0
);
create table if not exists gaps (
    gap_id integer primary key, camera_id text not null, started_us integer not null, ended_us integer not null,
    cause text not null, reported integer not null default 0
);
create table if not exists facts (name text primary key, value integer not null);
"""
_BUSY_SECONDS = 30


class State(StrEnum):
    """To be sent; known to the server; safe in the store, so its file may go; refused, and kept for a person to see."""

    SPOOLED = "spooled"
    CONFIRMED = "confirmed"
    STORED = "stored"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """One segment in the spool."""

    segment_id: UUID
    camera_id: UUID
    civil_day: date
    started_us: int
    ended_us: int


@dataclass(frozen=True)
class Missing:
    """A gap that has ended."""

    gap_id: int
    camera_id: UUID
    started_us: int
    ended_us: int
    cause: GapCause


@dataclass(frozen=True)
class CameraState:
    """Where one camera stands. `cause` is why it does not record, None while it does."""

    recorded_until_us: int | None
    cause: GapCause | None
    key_interval_ms: int
    spooled: int
    spooled_from_us: int | None


class Ledger:
    """The index of one home. One object a thread."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = full")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def enter(self, entry: Entry, *, key_interval_ms: int = 0) -> None:
        """A segment is durable on disk. What lies between it and the one before becomes a gap with its cause."""
        with self._transaction() as run:
            state = self._camera(entry.camera_id)
            values = (
                str(entry.segment_id),
                str(entry.camera_id),
                entry.civil_day.isoformat(),
                entry.started_us,
                entry.ended_us,
            )
            run.execute(
                "insert or ignore into segments (segment_id, camera_id, civil_day, started_us, ended_us) "
                "values (?, ?, ?, ?, ?)",
                values,
            )
            until, since, cause = state
            if until is not None and entry.ended_us <= until:
                return  # found again after a crash; a later one was entered already
            begun = since if since is not None else until
            if begun is not None and begun < entry.started_us:
                self._add_gap(entry.camera_id, begun, entry.started_us, cause or GapCause.PROCESS_RESTARTED)
            run.execute(
                "update cameras set recorded_until_us = ?, missing_since_us = null, cause = '', key_interval_ms = ? "
                "where camera_id = ?",
                (entry.ended_us, key_interval_ms, str(entry.camera_id)),
            )

    def fail(self, camera_id: UUID, cause: GapCause, *, at_us: int, unless_known: bool = False) -> None:
        """Recording does not go on, from the end of the last segment; a change of the cause divides the gap."""
        with self._transaction() as run:
            until, since, known = self._camera(camera_id)
            if known == cause or (known and unless_known):
                return
            begun = since if since is not None else until if until is not None else at_us
            if known and begun < at_us:
                self._add_gap(camera_id, begun, at_us, GapCause(known))
                begun = at_us
            run.execute(
                "update cameras set cause = ?, missing_since_us = ? where camera_id = ?", (cause, begun, str(camera_id))
            )

    def recorded_until_us(self, camera_id: UUID) -> int:
        """Where the camera's last durable segment ends; 0 when it has none."""
        found = self._connection.execute(
            "select recorded_until_us from cameras where camera_id = ?", (str(camera_id),)
        ).fetchone()
        return int(found[0] or 0) if found else 0

    def state_of(self, camera_id: UUID) -> CameraState:
        """Where a camera stands."""
        found = self._connection.execute(
            "select recorded_until_us, cause, key_interval_ms from cameras where camera_id = ?", (str(camera_id),)
        ).fetchone() or (None, "", 0)
        spooled = self._connection.execute(
            "select count(*), min(started_us) from segments where camera_id = ? and state = ?",
            (str(camera_id), State.SPOOLED),
        ).fetchone()
        return CameraState(found[0], GapCause(found[1]) if found[1] else None, found[2], spooled[0], spooled[1])

    def segments(self, state: State, *, limit: int) -> list[Entry]:
        """Segments in a state, the oldest first."""
        rows = self._connection.execute(
            "select segment_id, camera_id, civil_day, started_us, ended_us from segments where state = ? "
            "order by tries, started_us limit ?",
            (state, limit),
        )
        return [_entry(row) for row in rows]

    def count(self, state: State) -> int:
        """How many segments are in a state."""
        return int(self._connection.execute("select count(*) from segments where state = ?", (state,)).fetchone()[0])

    def known(self, camera_id: UUID) -> dict[UUID, tuple[Entry, State]]:
        """Every segment of a camera that the index knows."""
        rows = self._connection.execute(
            "select segment_id, camera_id, civil_day, started_us, ended_us, state from segments where camera_id = ?",
            (str(camera_id),),
        )
        return {UUID(row[0]): (_entry(row[:5]), State(row[5])) for row in rows}

    def mark(self, segment_ids: Sequence[UUID], state: State, *, code: str = "", again: bool = False) -> None:
        """Put segments into a state; `again` counts a try, and those that were tried least go first."""
        with self._transaction() as run:
            run.executemany(
                "update segments set state = ?, code = ?, tries = tries + ? where segment_id = ?",
                [(state, code, int(again), str(one)) for one in segment_ids],
            )

    def forget(self, segment_id: UUID) -> None:
        """A segment is safely in the store, and its file is gone."""
        with self._transaction() as run:
            run.execute("delete from segments where segment_id = ?", (str(segment_id),))

    def lose(self, entry: Entry) -> None:
        """A segment's file is gone although it is not in the store: from now on it is a gap, not a claim."""
        with self._transaction() as run:
            self._add_gap(entry.camera_id, entry.started_us, entry.ended_us, GapCause.SPOOL_FAILED)
            run.execute("delete from segments where segment_id = ?", (str(entry.segment_id),))

    def unreported_gaps(self, *, limit: int) -> list[Missing]:
        """Ended gaps that the server has not heard of."""
        rows = self._connection.execute(
            "select gap_id, camera_id, started_us, ended_us, cause from gaps where reported = 0 "
            "order by gap_id limit ?",
            (limit,),
        )
        return [Missing(row[0], UUID(row[1]), row[2], row[3], GapCause(row[4])) for row in rows]

    def mark_reported(self, gaps: Sequence[Missing]) -> None:
        """The server has heard of these."""
        with self._transaction() as run:
            run.executemany("update gaps set reported = 1 where gap_id = ?", [(gap.gap_id,) for gap in gaps])

    def fact(self, name: str) -> int | None:
        """A number that processes of the box share, such as the clock's offset."""
        found = self._connection.execute("select value from facts where name = ?", (name,)).fetchone()
        return int(found[0]) if found else None

    def keep_fact(self, name: str, value: int) -> None:
        """Share a number."""
        with self._transaction() as run:
            run.execute("insert or replace into facts (name, value) values (?, ?)", (name, value))

    def _camera(self, camera_id: UUID) -> tuple[int | None, int | None, str]:
        run = self._connection
        run.execute("insert or ignore into cameras (camera_id) values (?)", (str(camera_id),))
        row = run.execute(
            "select recorded_until_us, missing_since_us, cause from cameras where camera_id = ?", (str(camera_id),)
        ).fetchone()
        return row[0], row[1], row[2]

    def _add_gap(self, camera_id: UUID, started_us: int, ended_us: int, cause: str) -> None:
        self._connection.execute(
            "insert into gaps (camera_id, started_us, ended_us, cause) values (?, ?, ?, ?)",
            (str(camera_id), started_us, ended_us, cause),
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("begin immediate")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")


def _entry(row: tuple[str, str, str, int, int]) -> Entry:
    return Entry(UUID(row[0]), UUID(row[1]), date.fromisoformat(row[2]), row[3], row[4])
