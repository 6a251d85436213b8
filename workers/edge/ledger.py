"""The box's own index: segments that are not safely in the store, where each camera's recording ended, and its gaps.

SQLite in WAL mode with full synchronisation: a row that was committed survives a power cut. Every process of the box
opens it for itself. Gaps are kept beside (`gaps.keeping`) and written in the same transaction as the segment that ends
them, whichever process was killed in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from infra.causes import GapCause
from workers.edge import counts
from workers.edge.gaps.keeping import Gaps
from workers.edge.sending.rules import Span

CONTACT = "contact_us"
_LONGEST_SEGMENT_US = 3_600_000_000
_TRIES_AHEAD = 5
# What is kept of a segment, as `read_entry` takes it.
COLUMNS = "segment_id, camera_id, civil_day, started_us, ended_us, bytes, recovered"


class State(StrEnum):
    """To be sent; known to the server; safe in the store, so its file may go; refused, and kept for a person to see.

    `undated`: nobody knows yet when it was recorded, and its times count from the beginning of its boot. `dated`: that
    is known by now, and its file is yet to get its line. `believed`: it has a time, by a clock that nobody confirmed in
    that boot. None of these is sent (`workers.edge.undated`).
    """

    SPOOLED = "spooled"
    CONFIRMED = "confirmed"
    STORED = "stored"
    REFUSED = "refused"
    UNDATED = "undated"
    DATED = "dated"
    BELIEVED = "believed"


NOT_SIGNED = (State.UNDATED, State.DATED, State.BELIEVED)


@dataclass(frozen=True)
class Entry:
    """One segment in the spool. `size` is of its encrypted bytes; one that is `recovered` is off the camera's card."""

    segment_id: UUID
    camera_id: UUID
    civil_day: date
    started_us: int
    ended_us: int
    size: int = 0
    recovered: bool = False


@dataclass(frozen=True)
class CameraState:
    """Where one camera stands. `cause` is why it does not record, None while it does.

    A picture that stands still (`frozen_since_us`) is recorded all the same. Once it `begins`, its first segment is
    being made and not whole yet; until then the index knows only what was before.
    """

    recorded_until_us: int | None
    cause: GapCause | None
    key_interval_ms: int
    spooled: int
    spooled_from_us: int | None
    frozen_since_us: int | None = None
    undated: int = 0
    begins: bool = False


class Ledger(Gaps):
    """The index of one home. One object a thread. What writes raises `OSError` when the disk does not take it."""

    def enter(
        self,
        entry: Entry,
        *,
        key_interval_ms: int = 0,
        found_again: bool = False,
        state: State = State.SPOOLED,
        boot: str = "",
    ) -> None:
        """A segment is durable on disk. What lies between it and the one before becomes a gap with its cause.

        One that was `found_again` after a crash is no sign that the camera records: what was said after it stays said.
        """
        with self.transaction():
            is_new = self._add(entry, state, boot)
            if not entry.recovered:
                self.follow(entry, key_interval_ms, found_again=found_again, is_new=is_new)
                return
            if is_new:
                self._count(entry)
            self._note_fetched(entry)

    def follow(self, entry: Entry, key_interval_ms: int = 0, *, found_again: bool = False, is_new: bool = True) -> None:
        """The camera is recorded up to the end of this segment; within a transaction that has its row."""
        run, state = self.connection, self.camera(entry.camera_id)
        if is_new:
            self._count(entry)
        if state.until is not None and entry.ended_us <= state.until:
            return  # found again after a crash; a later one was entered already
        begun = state.since if state.since is not None else state.until
        if begun is not None and begun < entry.started_us:
            cause = GapCause(state.cause or GapCause.PROCESS_RESTARTED)
            self.add_gap(entry.camera_id, begun, entry.started_us, cause, state)
        stays = found_again and state.cause != "" and not state.resumed
        run.execute(
            "update cameras set recorded_until_us = ?, missing_since_us = ?, cause = ?, evidence = ?, boot = ?, "
            "resumed = 0, key_interval_ms = case when ? > 0 then ? else key_interval_ms end where camera_id = ?",
            (
                entry.ended_us,
                entry.ended_us if stays else None,
                state.cause if stays else "",
                state.evidence if stays else "{}",
                state.boot if found_again else self.boot,
                key_interval_ms,
                key_interval_ms,
                str(entry.camera_id),
            ),
        )

    def _add(self, entry: Entry, state: State, boot: str) -> bool:
        values = (
            str(entry.segment_id),
            str(entry.camera_id),
            entry.civil_day.isoformat(),
            entry.started_us,
            entry.ended_us,
            entry.size,
            int(entry.recovered),
            state,
            boot,
        )
        run, places = self.connection, ", ".join("?" * len(values))
        names = f"{COLUMNS}, state, boot_id"
        added = run.execute(f"insert or ignore into segments ({names}) values ({places})", values)  # noqa: S608
        return added.rowcount > 0

    def _count(self, entry: Entry) -> None:
        length_us, run = entry.ended_us - entry.started_us, self.connection
        counts.note_written(run, entry.camera_id, ended_us=entry.ended_us, size=entry.size, length_us=length_us)

    def _note_fetched(self, entry: Entry) -> None:
        """The gaps that it lies in are fetched up to its end, in one transaction with its row: never twice."""
        self.connection.execute(
            "update gaps set card_until_us = max(ifnull(card_until_us, 0), min(ended_us, ?)), card_tries = 0 "
            "where camera_id = ? and started_us < ? and ended_us > ?",
            (entry.ended_us, str(entry.camera_id), entry.ended_us, entry.started_us),
        )

    def told_until_us(self, camera_id: UUID) -> int:
        """Up to where the camera's time is told, by its last segment or by a gap that ended; 0 when none of it is.

        What begins before, under a clock that went back, would be footage where a gap was said (DR-18).
        """
        found = self.connection.execute(
            "select max(ifnull(recorded_until_us, 0), ifnull(missing_since_us, 0)) from cameras where camera_id = ?",
            (str(camera_id),),
        ).fetchone()
        return int(found[0]) if found else 0

    def recording_since_us(self, camera_id: UUID) -> int:
        """Where the camera's last gap ended; 0 when it never had one."""
        found = self.connection.execute(
            "select max(ended_us) from gaps where camera_id = ?", (str(camera_id),)
        ).fetchone()
        return int(found[0] or 0)

    def state_of(self, camera_id: UUID) -> CameraState:
        """Where a camera stands."""
        found = self.connection.execute(
            "select recorded_until_us, cause, key_interval_ms, frozen_since_us from cameras where camera_id = ?",
            (str(camera_id),),
        ).fetchone() or (None, "", 0, None)
        undated = [counts.held(self.connection, camera_id=camera_id, state=each)[0] for each in NOT_SIGNED]
        oldest = self.connection.execute(
            "select min(started_us) from segments where camera_id = ? and state = ?", (str(camera_id), State.SPOOLED)
        ).fetchone()
        spooled, _bytes = counts.held(self.connection, camera_id=camera_id, state=State.SPOOLED)
        cause = GapCause(found[1]) if found[1] else None
        return CameraState(found[0], cause, found[2], spooled, oldest[0], found[3], sum(undated))

    def recorded_until(self, camera_id: UUID) -> tuple[int | None, int]:
        """Where a camera's last segment ended, and its longest time between key frames, in milliseconds."""
        query = "select recorded_until_us, key_interval_ms from cameras where camera_id = ?"
        found = self.connection.execute(query, (str(camera_id),)).fetchone()
        return (found[0], found[1]) if found else (None, 0)

    def segments(self, state: State, *, limit: int, newest_first: bool = False) -> list[Entry]:
        """Segments in a state, those that were tried least first, and of these the oldest or the newest."""
        order = "tries, started_us desc" if newest_first else "tries, started_us"
        query = f"select {COLUMNS} from segments where state = ? order by {order} limit ?"  # noqa: S608
        return [read_entry(row) for row in self.connection.execute(query, (state, limit))]

    def waiting_of(self, span: Span, *, limit: int) -> list[Entry]:
        """What waits to be sent of a camera's span, the oldest first, without what was tried in vain time and again."""
        query = (
            f"select {COLUMNS} from segments where camera_id = ? and state = ? and started_us < ? "  # noqa: S608
            "and started_us >= ? and ended_us > ? and tries < ? order by started_us limit ?"
        )
        # A segment is never longer than an hour, so the index finds the first one that may reach into the span.
        first_us = span.started_us - _LONGEST_SEGMENT_US
        values = (str(span.camera_id), State.SPOOLED, span.ended_us, first_us, span.started_us, _TRIES_AHEAD, limit)
        return [read_entry(row) for row in self.connection.execute(query, values)]

    def oldest_waiting_us(self) -> int | None:
        """Where the oldest footage begins that waits to be sent."""
        query = "select min(started_us) from segments where camera_id = ? and state = ?"
        cameras = [row[0] for row in self.connection.execute("select camera_id from cameras")]
        found = [self.connection.execute(query, (one, State.SPOOLED)).fetchone()[0] for one in cameras]
        return min((one for one in found if one is not None), default=None)

    def count(self, state: State) -> int:
        """How many segments are in a state."""
        return counts.held(self.connection, state=state)[0]

    def held(self) -> tuple[int, int]:
        """How many segments lie on the disk in whatever state, and how many bytes they are."""
        return counts.held(self.connection)

    def bytes_per_second(self) -> float:
        """How fast all cameras together fill the disk, as measured; 0 before any did."""
        return sum(one.bytes_per_second for one in counts.rates(self.connection))

    def known(self, camera_id: UUID) -> dict[UUID, tuple[Entry, State]]:
        """Every segment of a camera that the index knows."""
        rows = self.connection.execute(
            f"select {COLUMNS}, state from segments where camera_id = ?",  # noqa: S608
            (str(camera_id),),
        )
        return {UUID(row[0]): (read_entry(row[:-1]), State(row[-1])) for row in rows}

    def mark(self, segment_ids: Sequence[UUID], state: State, *, again: bool = False) -> None:
        """Put segments into a state; `again` counts a try, and those that were tried least go first.

        What goes again is put to the store again.
        """
        with self.transaction() as run:
            run.executemany(
                "update segments set state = ?, code = '', tries = tries + ?, put = 0 where segment_id = ?",
                [(state, int(again), str(one)) for one in segment_ids],
            )

    def note_put(self, segment_id: UUID) -> None:
        """The store has taken it; whoever is cut off now has only to tell the server."""
        with self.transaction() as run:
            run.execute("update segments set put = 1 where segment_id = ?", (str(segment_id),))

    def is_put(self, segment_id: UUID) -> bool:
        """Whether the store has taken it, although the server may not have heard of it."""
        query = "select put from segments where segment_id = ?"
        return bool(self.connection.execute(query, (str(segment_id),)).fetchone() == (1,))

    def forget(self, segment_id: UUID) -> None:
        """A segment is safely in the store, and its file is gone."""
        with self.transaction() as run:
            run.execute("delete from segments where segment_id = ?", (str(segment_id),))

    def lose(self, entry: Entry) -> None:
        """A segment's file is gone although it is not in the store: from now on it is a gap, not a claim.

        What was recovered lay in a gap that is told already.
        """
        with self.transaction() as run:
            if not entry.recovered:
                self.add_row(entry.camera_id, entry.started_us, entry.ended_us, GapCause.SPOOL_FAILED, "{}")
            run.execute("delete from segments where segment_id = ?", (str(entry.segment_id),))

    def fact(self, name: str) -> int | None:
        """A number that processes of the box share, such as the clock's offset."""
        found = self.connection.execute("select value from facts where name = ?", (name,)).fetchone()
        return int(found[0]) if found else None

    def keep_fact(self, name: str, value: int) -> None:
        """Share a number."""
        with self.transaction() as run:
            run.execute("insert or replace into facts (name, value) values (?, ?)", (name, value))


def read_entry(row: tuple[str, str, str, int, int, int, int]) -> Entry:
    """A row of the index, by `COLUMNS`."""
    return Entry(UUID(row[0]), UUID(row[1]), date.fromisoformat(row[2]), *row[3:6], recovered=bool(row[6]))
