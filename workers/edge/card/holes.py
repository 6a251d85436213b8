"""Which gaps the camera's card may fill, when to look for them, and how far they are fetched: columns of `gaps`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from workers.edge.ledger import Ledger

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 300, 24 * 60 * 60
_MICROSECOND = 1_000_000
# A camera that fails now is left alone, and so is what lies after its last durable second, or where nobody is sure when
# it was. What is older than any key is not even looked at, however many gaps a box has seen.
_DUE = (
    "from gaps join cameras using (camera_id) where card_due_us <= ? and gaps.ended_us > ? "
    "and cameras.cause = '' and cameras.recorded_until_us >= gaps.ended_us and cameras.sure_until_us is null"
)


@dataclass(frozen=True)
class Hole:
    """Gaps of one camera that lie side by side: what is still to be fetched of them, by the box's time."""

    camera_id: UUID
    gap_ids: tuple[int, ...]
    from_us: int
    until_us: int
    tries: int


class Holes:
    """Those of one index. What writes raises `OSError` when the disk does not take it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def cameras_due(self, now_us: int, *, since_us: int) -> frozenset[UUID]:
        """The cameras whose card should be looked at now, for what ended after `since_us`."""
        rows = self._ledger.connection.execute(f"select distinct gaps.camera_id {_DUE}", (now_us, since_us))
        return frozenset(UUID(row[0]) for row in rows)

    def due(self, now_us: int, *, since_us: int) -> list[Hole]:
        """What to fetch now of what lies after `since_us`, camera by camera, the oldest first."""
        query = (
            f"select gaps.camera_id, gap_id, started_us, ended_us, card_until_us, card_tries {_DUE} "
            "order by gaps.camera_id, started_us"
        )
        rows = self._ledger.connection.execute(query, (now_us, since_us)).fetchall()
        return [replace(one, from_us=max(one.from_us, since_us)) for one in _side_by_side(rows)]

    def fetched_us(self, hole: Hole) -> int:
        """Up to where it is fetched by now; its beginning while nothing is."""
        each = "ifnull(max(card_until_us), 0), min(started_us)"
        marks = ",".join("?" * len(hole.gap_ids))
        query = f"select {each} from gaps where gap_id in ({marks})"  # noqa: S608
        return int(max(self._ledger.connection.execute(query, hole.gap_ids).fetchone()))

    def close(self, hole: Hole) -> None:
        """Nothing more is looked for there: it was fetched, or the card does not hold it."""
        self._write("card_due_us = null", hole)

    def put_off(self, hole: Hole, now_us: int) -> None:
        """Look again later, and ever later for as long as nothing comes."""
        pause = min(_FIRST_PAUSE_SECONDS * 4**hole.tries, _LONGEST_PAUSE_SECONDS)
        self._write(f"card_tries = card_tries + 1, card_due_us = {now_us + pause * _MICROSECOND:d}", hole)

    def leave_for_a_day(self, hole: Hole, now_us: int) -> None:
        """The camera has no card now; somebody may put one in."""
        self._write(f"card_due_us = {now_us + _LONGEST_PAUSE_SECONDS * _MICROSECOND:d}", hole)

    def _write(self, what: str, hole: Hole) -> None:
        with self._ledger.transaction() as run:
            run.executemany(f"update gaps set {what} where gap_id = ?", [(one,) for one in hole.gap_ids])  # noqa: S608


def _side_by_side(rows: list[tuple[str, int, int, int, int | None, int]]) -> Iterator[Hole]:
    held: Hole | None = None
    for camera, gap_id, started_us, ended_us, fetched_us, tries in rows:
        one = Hole(UUID(camera), (gap_id,), max(started_us, fetched_us or 0), ended_us, tries)
        if held is not None and (held.camera_id, held.until_us) == (one.camera_id, started_us):
            from_us = one.from_us if fetched_us else held.from_us
            held = Hole(held.camera_id, (*held.gap_ids, gap_id), from_us, ended_us, max(held.tries, tries))
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held
