"""The gaps of the box's index: where each begins and why is kept from the moment recording fails (KH-5-3b).

A gap is written when it ends, or when its cause changes; until then it is the camera's standing.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.causes import MAY_BE_ON_CARD, GapCause
from infra.gap_lines import Evidence
from workers.edge import tables
from workers.edge.gaps import evidence as told
from workers.edge.index_faults import of_disk

_BUSY_SECONDS = 30
_NOTHING: Evidence = {}
# Less than this between two looks at both clocks is no step.
_LEAST_STEP_US = 500_000
# Less is not looked for on the camera's card: a key frame would hardly lie in it.
_LEAST_ON_CARD_US = 5_000_000
# As `Missing.of_row` reads them.
GAP_COLUMNS = "gap_id, camera_id, started_us, ended_us, cause, evidence"


@dataclass(frozen=True)
class Missing:
    """A gap that has ended."""

    gap_id: int
    camera_id: UUID
    started_us: int
    ended_us: int
    cause: GapCause
    evidence: Evidence

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> "Missing":
        """From `GAP_COLUMNS` of the index."""
        return cls(row[0], UUID(row[1]), row[2], row[3], GapCause(row[4]), told.read(row[5]))


@dataclass(frozen=True)
class Standing:
    """A camera's row: up to where it is recorded, since when and why not, and what was known when that was said.

    Once it has `resumed`, what is being recorded will end that gap.
    """

    until: int | None
    since: int | None
    cause: str
    evidence: str
    boot: str
    clock_us: int | None
    clock_boot: str
    step_us: int
    resumed: int


class Gaps:
    """What `workers.edge.ledger` builds on: the file, its transactions, and each camera's standing."""

    def __init__(self, path: Path, *, boot: str = "") -> None:
        """Raises `OSError` when the disk does not give it or take it."""
        self.boot = boot or told.short_boot_id()
        self.connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            with of_disk():
                self.connection.execute("pragma journal_mode = wal")
                self.connection.execute("pragma synchronous = full")
                tables.prepare(self.connection)
        except BaseException:
            self.connection.close()
            raise

    def is_whole(self) -> bool:
        """Whether the file holds together, page by page. It reads all of it."""
        with of_disk():
            return bool(self.connection.execute("pragma quick_check(1)").fetchone() == ("ok",))

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def fail(
        self,
        camera_id: UUID,
        cause: GapCause,
        *,
        at_us: int,
        unless_known: bool = False,
        evidence: Evidence = _NOTHING,
    ) -> None:
        """Recording does not go on, from the end of the last segment; a change of the cause divides the gap."""
        with self.transaction():
            if not (unless_known and self.camera(camera_id).cause):
                self.say_why(camera_id, cause, at_us=at_us, evidence=evidence)

    def say_why(self, camera_id: UUID, cause: GapCause, *, at_us: int, evidence: Evidence) -> None:
        """The same, within a transaction."""
        state = self.camera(camera_id)
        if state.cause == cause:
            again = told.read(state.evidence)
            self._say(camera_id, cause, state.since, {**again, "tries": int(again.get("tries", 1)) + 1})
            return
        self._divide(camera_id, state, cause, at_us, evidence)

    def woke(self, camera_id: UUID, *, at_us: int, last_sign_us: int) -> None:
        """The camera's process begins. What ended without a word ended with it, or with the whole machine.

        A camera that failed already was tried up to `last_sign_us`; from there on it is the machine that was off.
        """
        with self.transaction():
            state = self.camera(camera_id)
            is_new_boot = state.boot not in {"", self.boot}
            if not state.cause and state.until is not None:
                cause = GapCause.BOX_RESTARTED if is_new_boot else GapCause.PROCESS_RESTARTED
                boots = told.of_boots(state.boot, self.boot) if is_new_boot else {}
                self._divide(camera_id, state, cause, at_us, boots)
            elif state.cause not in {"", GapCause.EDGE_STOPPED} and is_new_boot:
                signed_off = min(max(last_sign_us, state.since or 0), at_us)
                boots = told.of_boots(state.boot, self.boot)
                self._divide(camera_id, state, GapCause.BOX_RESTARTED, signed_off, boots)

    def note_clock(self, camera_id: UUID, position_us: int) -> None:
        """Where the wall clock stands against the monotonic one: the next gap is longer by a step forward than it was.

        Within one start of the machine only; a step backward makes no time that is missing.
        """
        with self.transaction() as run:
            state = self.camera(camera_id)
            same = state.clock_us is not None and state.clock_boot == self.boot
            moved = position_us - (state.clock_us or 0) if same else 0
            step = moved if moved > _LEAST_STEP_US else 0
            run.execute(
                "update cameras set clock_us = ?, step_us = step_us + ?, clock_boot = ? where camera_id = ?",
                (position_us, step, self.boot, str(camera_id)),
            )

    def resume(self, camera_id: UUID) -> None:
        """Footage is being made again: if it is cut off, what comes after it has another cause than what was before."""
        with self.transaction() as run:
            run.execute("update cameras set resumed = 1 where camera_id = ? and cause <> ''", (str(camera_id),))

    def note_frozen(self, camera_id: UUID, since_us: int | None) -> None:
        """Since when the picture stands still; None once it moves."""
        with self.transaction() as run:
            self.camera(camera_id)
            run.execute("update cameras set frozen_since_us = ? where camera_id = ?", (since_us, str(camera_id)))

    def unreported_gaps(self, *, limit: int) -> list[Missing]:
        """Ended gaps that the server has not heard of, but for what is claimed by a clock that nobody confirmed."""
        rows = self.connection.execute(
            f"select {GAP_COLUMNS} from gaps where reported = 0 "  # noqa: S608 - names of ours
            "and camera_id not in (select camera_id from cameras where sure_until_us is not null) "
            "order by gap_id limit ?",
            (limit,),
        )
        return [Missing.of_row(row) for row in rows]

    def mark_reported(self, gaps: Sequence[Missing]) -> None:
        """The server has taken these."""
        with self.transaction() as run:
            run.executemany("update gaps set reported = 1, code = '' where gap_id = ?", [(one.gap_id,) for one in gaps])

    def camera(self, camera_id: UUID) -> Standing:
        """The camera's row, made where there is none; within a transaction."""
        run = self.connection
        run.execute("insert or ignore into cameras (camera_id) values (?)", (str(camera_id),))
        row = run.execute(
            "select recorded_until_us, missing_since_us, cause, evidence, boot, clock_us, clock_boot, step_us, resumed "
            "from cameras where camera_id = ?",
            (str(camera_id),),
        ).fetchone()
        return Standing(*row)

    def _divide(self, camera_id: UUID, state: Standing, cause: GapCause, at_us: int, evidence: Evidence) -> None:
        """What failed until then ends as a gap of its own cause, and another cause begins."""
        begun = state.since if state.since is not None else state.until if state.until is not None else at_us
        if state.cause and begun < at_us:
            self.add_gap(camera_id, begun, at_us, GapCause(state.cause), state)
            begun = at_us
        self._say(camera_id, cause, begun, evidence)

    def _say(self, camera_id: UUID, cause: GapCause, since_us: int | None, evidence: Evidence) -> None:
        self.connection.execute(
            "update cameras set cause = ?, missing_since_us = ?, evidence = ?, boot = ?, resumed = 0 "
            "where camera_id = ?",
            (cause, since_us, told.spelled(evidence), self.boot, str(camera_id)),
        )

    def add_gap(self, camera_id: UUID, started_us: int, ended_us: int, cause: GapCause, state: Standing) -> None:
        """A gap; what the clock jumped over since the last one never passed, and is said first."""
        stepped = min(state.step_us, ended_us - started_us)
        if stepped > 0:
            step = told.spelled({"step_us": state.step_us})
            self.add_row(camera_id, started_us, started_us + stepped, GapCause.CLOCK_CHANGED, step)
        if started_us + stepped < ended_us:
            self.add_row(camera_id, started_us + stepped, ended_us, cause, state.evidence)
        self.connection.execute("update cameras set step_us = 0 where camera_id = ?", (str(camera_id),))

    def add_row(self, camera_id: UUID, started_us: int, ended_us: int, cause: GapCause, evidence: str) -> None:
        """A gap exactly as told; within a transaction. One that the camera's card may fill is due to be looked for."""
        due_us = 0 if cause in MAY_BE_ON_CARD and ended_us - started_us >= _LEAST_ON_CARD_US else None
        names = "camera_id, started_us, ended_us, cause, evidence, card_due_us"
        self.connection.execute(
            f"insert into gaps ({names}) values (?, ?, ?, ?, ?, ?)",  # noqa: S608
            (str(camera_id), started_us, ended_us, cause, evidence, due_us),
        )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else writes meanwhile. Raises `OSError` when the disk does not take it."""
        with of_disk():
            try:
                self.connection.execute("begin immediate")
                yield self.connection
                self.connection.execute("commit")
            except BaseException:
                if self.connection.in_transaction:  # a full disk may have rolled it back already
                    self.connection.execute("rollback")
                raise
