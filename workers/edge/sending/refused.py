"""What was not taken: it stays on the disk, is told of, and goes again where its reason may pass.

First after an hour, and then less and less often, once a day in the end, each time with jitter: a thousand recorders
that a server refused together, because it was restored or had no keys yet, do not come back together.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from infra.refusals import LASTING, in_words, to_do
from workers.edge.clocks.readings import Readings
from workers.edge.gaps.keeping import GAP_COLUMNS, Missing
from workers.edge.ledger import COLUMNS, Entry, Ledger, State, read_entry
from workers.edge.waiting import Uniform

_FIRST_US, _LONGEST_US = 3600 * 1_000_000, 24 * 3600 * 1_000_000
_LAST_DOUBLING = 5
# What is due later than any wait is long was put off by a clock that was wrong, and that is a usual reason to refuse.
_IS_DUE = (
    f"code <> '' and code not in ({', '.join('?' * len(LASTING))}) "
    "and (due_us is null or due_us <= ? or due_us > ?) order by due_us limit ?"
)


@dataclass(frozen=True)
class Left:
    """How many segments and gaps were not taken, and why the newest of them was not."""

    segments: int
    gaps: int
    code: str

    def words(self) -> str:
        """For the person beside the box; empty when there is nothing to say."""
        if not self.segments + self.gaps:
            return ""
        return f"{in_words(self.segments, self.gaps)}。最近一次的原因：{to_do(self.code)}"

    def document(self) -> dict[str, object]:
        """As a heartbeat says it."""
        return asdict(self)


class Refusals:
    """Those of one home, as one thread sees them."""

    def __init__(
        self, ledger: Ledger, *, now_us: Callable[[], int] | None = None, uniform: Uniform = random.uniform
    ) -> None:
        self._ledger, self._now_us, self._uniform = ledger, now_us or Readings(ledger).now_us, uniform

    def refuse(self, entry: Entry, code: str) -> None:
        """A segment was not taken for this reason."""
        with self._ledger.transaction() as run:
            key = str(entry.segment_id)
            (tries,) = run.execute("select tries from segments where segment_id = ?", (key,)).fetchone()
            run.execute(
                "update segments set state = ?, code = ?, refused_us = ?, due_us = ?, tries = tries + 1, put = 0 "
                "where segment_id = ?",
                (State.REFUSED, code, *self._times(tries), key),
            )

    def refuse_gap(self, gap: Missing, code: str) -> None:
        """The word about a gap was not taken."""
        with self._ledger.transaction() as run:
            (tries,) = run.execute("select tries from gaps where gap_id = ?", (gap.gap_id,)).fetchone()
            run.execute(
                "update gaps set reported = 1, code = ?, refused_us = ?, due_us = ?, tries = tries + 1 "
                "where gap_id = ?",
                (code, *self._times(tries), gap.gap_id),
            )

    def due_segments(self, *, limit: int) -> Sequence[Entry]:
        """What should be tried again now."""
        query = f"select {COLUMNS} from segments where state = ? and {_IS_DUE}"  # noqa: S608
        found = self._ledger.connection.execute(query, (State.REFUSED, *self._due(limit)))
        return [read_entry(row) for row in found]

    def due_gaps(self, *, limit: int) -> Sequence[Missing]:
        """The same of gaps."""
        query = f"select {GAP_COLUMNS} from gaps where {_IS_DUE}"  # noqa: S608
        return [Missing.of_row(row) for row in self._ledger.connection.execute(query, self._due(limit))]

    def _times(self, tries: int) -> tuple[int, int]:
        wait_us = min(_FIRST_US << min(tries, _LAST_DOUBLING), _LONGEST_US)
        now_us = self._now_us()
        return now_us, now_us + round(self._uniform(wait_us / 2, wait_us))

    def _due(self, limit: int) -> tuple[str | int, ...]:
        now_us = self._now_us()
        return (*sorted(LASTING), now_us, now_us + _LONGEST_US, limit)


def left_behind(ledger: Ledger) -> Left:
    """What was not taken until now."""
    (gaps,) = ledger.connection.execute("select count(*) from gaps where code <> ''").fetchone()
    newest = ledger.connection.execute(
        "select code from (select code, refused_us from segments where state = ? "
        "union all select code, refused_us from gaps where code <> '') order by refused_us desc limit 1",
        (State.REFUSED,),
    ).fetchone()
    return Left(segments=ledger.count(State.REFUSED), gaps=gaps, code=newest[0] if newest is not None else "")
