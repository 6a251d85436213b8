"""Dating an earlier boot by what a person knows of it: when the machine began to run, such as when the power came back.

Its footage lies in a gap that was told long ago, so nothing is told to the index but the times of the segments; the
server shows footage where there is some (DR-17). The amount stays once it is given, and each line says who gave it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from infra.clock import civil_day
from infra.manifest import CLOCK_BY_HAND, instant
from workers.edge.ledger import COLUMNS, Entry, Ledger, State, read_entry
from workers.edge.undated import files, other_kind
from workers.edge.undated.boots import Boots
from workers.edge.words import day_words, moment_words

# The server takes nothing that is older (`tenants.periods`, which no box has).
_OLDEST_DAYS = 15
_DAY_US = 86_400_000_000


class NotPossible(Exception):
    """The box knows that it cannot have been then. The sentence says why, and what could be."""


@dataclass(frozen=True)
class Left:
    """A boot that is over, and what it left without a time: from and until when, counted from its beginning.

    It lies after one moment, and before the other once that is known.
    """

    boot_id: str
    segments: int
    from_us: int
    until_us: int
    after_us: int
    before_us: int | None

    @property
    def earliest_us(self) -> int:
        """When the machine began to run, at the earliest."""
        return self.after_us - self.from_us

    @property
    def latest_us(self) -> int | None:
        """The same at the latest; None while nobody knows."""
        return self.before_us - self.until_us if self.before_us is not None else None


class ByHand:
    """The boots of one box that are over and whose time nobody found."""

    def __init__(self, ledger: Ledger, boots: Boots, spool: Path) -> None:
        self._ledger, self._boots, self._spool = ledger, boots, spool

    def left(self) -> Sequence[Left]:
        """Those that left something, the first one first."""
        rows = self._ledger.connection.execute(
            "select boot_id, count(*), min(started_us), max(ended_us), after_us, before_us "
            "from segments join undated_boots using (boot_id) where state = ? and boot_id <> ? "
            "group by boot_id order by undated_boots.rowid",
            (State.UNDATED, self._boots.boot),
        )
        return [Left(*row) for row in rows]

    def settle(self, left: Left, *, began_us: int, bound_us: int, now_us: int) -> int:
        """Date what a boot left: the machine began to run then, give or take the bound. How many segments there were.

        Raises `NotPossible`, and then changes nothing, or `OSError`.
        """
        shift = self._boots.shift(left.boot_id)
        began_us = shift.us if shift is not None else began_us  # the rest of what was dated before
        self._refuse_impossible(left, began_us, now_us)
        dated = [(entry, _later(entry, began_us)) for entry in self._entries(left.boot_id)]
        for entry, day in dated:
            self._refuse_without_key(entry, day)
        with self._ledger.transaction() as run:
            run.executemany(
                "update segments set state = ?, civil_day = ?, started_us = started_us + ?, ended_us = ended_us + ? "
                "where segment_id = ?",
                [(State.DATED, day.isoformat(), began_us, began_us, str(entry.segment_id)) for entry, day in dated],
            )
            # Why nothing was recorded then lies in the gap that was told.
            run.execute("delete from undated_causes where boot_id = ?", (left.boot_id,))
            run.execute(
                "update undated_boots set shift_us = ?, bound_us = ?, source = ?, read_ns = 0, found_us = ? "
                "where boot_id = ? and shift_us is null",
                (began_us, bound_us, CLOCK_BY_HAND, now_us, left.boot_id),
            )
            self._bound_others(left, began_us)
        return len(dated)

    def _refuse_impossible(self, left: Left, began_us: int, now_us: int) -> None:
        if began_us < left.earliest_us or (left.latest_us is not None and began_us > left.latest_us):
            raise NotPossible(f"那次開機不可能在 {moment_words(instant(began_us))}：{span_words(left)}。")
        if began_us + left.until_us > now_us:
            raise NotPossible("照這個時刻推算，影像會錄在現在之後。請確認開機的時刻。")
        if began_us + left.from_us < now_us - _OLDEST_DAYS * _DAY_US:
            raise NotPossible(f"照這個時刻推算，影像已超過 {_OLDEST_DAYS} 日，平台不再收取。影像仍加密留在主機。")

    def _refuse_without_key(self, entry: Entry, day: date) -> None:
        try:
            held = self._spool / str(entry.camera_id) / f"{entry.segment_id}{files.HELD}"
            kept, other = files.kept_of(held), other_kind.kept(held)
        except (OSError, ValueError, KeyError):
            return  # whoever records the camera finds out what became of it
        if day.isoformat() not in {*kept.days, *(other.days if other is not None else ())}:
            raise NotPossible(
                f"那次開機的影像沒有以 {day_words(instant(entry.started_us))} 的金鑰加密，不可能錄於那一天。"
            )

    def _bound_others(self, left: Left, began_us: int) -> None:
        """What other boots left lies before it, or after it."""
        run, of = self._ledger.connection, {"boot": left.boot_id}
        run.execute(
            "update undated_boots set after_us = max(after_us, :us) where shift_us is null and boot_id <> :boot "
            "and rowid > (select rowid from undated_boots where boot_id = :boot)",
            {**of, "us": began_us + left.until_us},
        )
        run.execute(
            "update undated_boots set before_us = min(ifnull(before_us, :us), :us) where shift_us is null "
            "and boot_id <> :boot and rowid < (select rowid from undated_boots where boot_id = :boot)",
            {**of, "us": began_us + left.from_us},
        )

    def _entries(self, boot: str) -> Iterator[Entry]:
        query = f"select {COLUMNS} from segments where state = ? and boot_id = ?"  # noqa: S608
        rows = self._ledger.connection.execute(query, (State.UNDATED, boot)).fetchall()
        return map(read_entry, rows)


def span_words(left: Left) -> str:
    """When the machine can have begun to run."""
    after = f"只可能在 {moment_words(instant(left.earliest_us))} 之後"
    return after if left.latest_us is None else f"{after}、{moment_words(instant(left.latest_us))} 之前"


def _later(entry: Entry, shift_us: int) -> date:
    return civil_day(instant(entry.started_us + shift_us))
