"""What was recorded and what failed in a boot whose time nobody knew, in the index until it is dated.

Its times are the boot's own: microseconds since the machine began to run. Nothing of it is a gap or a claim yet. Once
the time is known it is told to the index all at once, in its order, as if it had been known from the beginning: so
nothing is invented and nothing is told twice, whenever a process dies.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from infra.causes import GapCause
from infra.clock import civil_day
from infra.gap_lines import Evidence
from infra.manifest import instant
from workers.edge.gaps import evidence as told
from workers.edge.ledger import COLUMNS, NOT_SIGNED, Entry, Ledger, State, read_entry


class Journal:
    """The journal of one camera."""

    def __init__(self, ledger: Ledger, camera_id: UUID) -> None:
        self._ledger, self._id = ledger, camera_id

    def enter(self, entry: Entry, boot: str, *, key_interval_ms: int = 0) -> None:
        """A segment is durable on disk."""
        with self._ledger.transaction() as run:
            self._ledger.camera(self._id)
            run.execute(
                "insert or ignore into segments (segment_id, camera_id, civil_day, started_us, ended_us, bytes, state, "
                "boot_id) values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    str(entry.segment_id),
                    str(self._id),
                    entry.civil_day.isoformat(),
                    entry.started_us,
                    entry.ended_us,
                    entry.size,
                    State.UNDATED,
                    boot,
                ),
            )
            run.execute(
                "update cameras set key_interval_ms = max(key_interval_ms, ?) where camera_id = ?",
                (key_interval_ms, str(self._id)),
            )

    def fail(self, cause: GapCause, boot: str, *, at_us: int, evidence: Evidence, unless_known: bool = False) -> None:
        """Recording does not go on. The same cause again is the same failure, tried once more."""
        with self._ledger.transaction() as run:
            self._ledger.camera(self._id)
            number, failing, said = self._failing(boot)
            if failing and unless_known:
                return
            if failing == cause:
                again = told.read(said)
                spelled = told.spelled({**again, "tries": int(again.get("tries", 1)) + 1})
                run.execute("update undated_causes set evidence = ? where cause_id = ?", (spelled, number))
                return
            run.execute(
                "insert into undated_causes (camera_id, boot_id, at_us, cause, evidence) values (?, ?, ?, ?, ?)",
                (str(self._id), boot, at_us, cause, told.spelled(evidence)),
            )

    def failing(self, boot: str) -> GapCause | None:
        """Why the camera does not record, in a boot whose time nobody knows; None while it does."""
        cause = self._failing(boot)[1]
        return GapCause(cause) if cause else None

    def _failing(self, boot: str) -> tuple[int, str, str]:
        row = self._ledger.connection.execute(
            "select cause_id, cause, evidence from undated_causes where camera_id = ? and boot_id = ? and at_us >= ? "
            "order by cause_id desc limit 1",
            (str(self._id), boot, self.recorded_until_us(boot) or 0),
        ).fetchone()
        return (int(row[0]), str(row[1]), str(row[2])) if row is not None else (0, "", "{}")

    def boots(self) -> Sequence[str]:
        """The boots of which something is not told yet."""
        rows = self._ledger.connection.execute(
            "select boot_id from segments where camera_id = ? and state = ? union "
            "select boot_id from undated_causes where camera_id = ?",
            (str(self._id), State.UNDATED, str(self._id)),
        )
        return [row[0] for row in rows]

    def recorded_until_us(self, boot: str) -> int | None:
        """Up to where a boot is recorded, by its own time."""
        return self._one("ended_us", "started_us desc", boot)

    def tell(self, boot: str, shift_us: int, *, begun_us: int | None = None) -> int:
        """Tell the index all of a boot, shifted by one amount; by how much it was.

        The amount is larger where the camera's time is told already up to beyond its first segment, under a clock that
        was ahead: spans never overlap (DR-18). It stays the same for the boot, however often something is told.
        `begun_us` is where the first segment begins that is not there yet.
        """
        with self._ledger.transaction() as run:
            shift_us = self._shift(boot, shift_us, begun_us)
            for _at, is_segment, number in self._events(boot):
                if is_segment:
                    self._date(str(number), shift_us)
                else:
                    at_us, cause, said = run.execute(
                        "select at_us, cause, evidence from undated_causes where cause_id = ?", (number,)
                    ).fetchone()
                    self._ledger.say_why(self._id, GapCause(cause), at_us=at_us + shift_us, evidence=told.read(said))
            run.execute("delete from undated_causes where camera_id = ? and boot_id = ?", (str(self._id), boot))
        return shift_us

    def entries(self) -> list[tuple[Entry, str]]:
        """The camera's segments that are not dated or not signed yet, with the boot of each, the oldest first."""
        rows = self._ledger.connection.execute(
            f"select {COLUMNS}, boot_id from segments where camera_id = ? and state in (?, ?, ?) order by started_us",  # noqa: S608
            (str(self._id), *NOT_SIGNED),
        )
        return [(read_entry(row[:-1]), row[-1]) for row in rows]

    def next_dated(self) -> tuple[Entry, str] | None:
        """The segment that is to get its line next, and its boot."""
        row = self._ledger.connection.execute(
            f"select {COLUMNS}, boot_id from segments where camera_id = ? and state = ? "  # noqa: S608
            "order by tries, started_us limit 1",
            (str(self._id), State.DATED),
        ).fetchone()
        return (read_entry(row[:-1]), row[-1]) if row is not None else None

    def settle(self, entry: Entry) -> None:
        """A dated segment has its line, and may be sent."""
        with self._ledger.transaction() as run:
            run.execute(
                "update segments set state = ?, bytes = ?, tries = 0 where segment_id = ? and state in (?, ?, ?)",
                (State.SPOOLED, entry.size, str(entry.segment_id), *NOT_SIGNED),
            )

    def lose(self, entry: Entry, boot: str) -> None:
        """The file of a segment is gone whose time nobody knows: it will be a gap."""
        with self._ledger.transaction() as run:
            run.execute("delete from segments where segment_id = ?", (str(entry.segment_id),))
            run.execute(
                "insert into undated_causes (camera_id, boot_id, at_us, cause, evidence) values (?, ?, ?, ?, '{}')",
                (str(self._id), boot, entry.started_us, GapCause.SPOOL_FAILED),
            )

    def _one(self, what: str, order: str, boot: str) -> int | None:
        row = self._ledger.connection.execute(
            f"select {what} from segments where camera_id = ? and state = ? and boot_id = ? "  # noqa: S608
            f"order by {order} limit 1",
            (str(self._id), State.UNDATED, boot),
        ).fetchone()
        return int(row[0]) if row is not None else None

    def _shift(self, boot: str, shift_us: int, begun_us: int | None) -> int:
        run = self._ledger.connection
        held = run.execute(
            "select shift_us from undated_shifts where camera_id = ? and boot_id = ?", (str(self._id), boot)
        ).fetchone()
        if held is not None:
            return int(held[0])
        starts = [one for one in (self._one("started_us", "started_us", boot), begun_us) if one is not None]
        told_us = self._ledger.told_until_us(self._id)
        shift_us = max(shift_us, told_us - min(starts)) if starts else shift_us
        run.execute("insert into undated_shifts values (?, ?, ?)", (str(self._id), boot, shift_us))
        return shift_us

    def _events(self, boot: str) -> list[tuple[int, bool, str | int]]:
        segments = self._ledger.connection.execute(
            "select started_us, segment_id from segments where camera_id = ? and state = ? and boot_id = ?",
            (str(self._id), State.UNDATED, boot),
        ).fetchall()
        causes = self._ledger.connection.execute(
            "select at_us, cause_id from undated_causes where camera_id = ? and boot_id = ?", (str(self._id), boot)
        ).fetchall()
        return sorted([(at, True, one) for at, one in segments] + [(at, False, one) for at, one in causes])

    def _date(self, segment_id: str, shift_us: int) -> None:
        run = self._ledger.connection
        row = run.execute(f"select {COLUMNS} from segments where segment_id = ?", (segment_id,)).fetchone()  # noqa: S608
        held, until_us = read_entry(row), self._ledger.camera(self._id).until or 0
        started_us = max(held.started_us + shift_us, until_us)
        ended_us = max(held.ended_us + shift_us, started_us + 1)
        entry = replace(held, civil_day=civil_day(instant(started_us)), started_us=started_us, ended_us=ended_us)
        run.execute(
            "update segments set state = ?, civil_day = ?, started_us = ?, ended_us = ? where segment_id = ?",
            (State.DATED, entry.civil_day.isoformat(), started_us, ended_us, segment_id),
        )
        self._ledger.follow(entry)
