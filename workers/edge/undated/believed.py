"""What one camera claims by a clock that nobody confirmed yet, and how it is put right once somebody says the time.

A clock that can be right is believed at once, since recording cannot wait. But nothing that is claimed by it is signed,
sent or told before a reference answered in that boot: the segments are `believed`, and the gaps stay here. Whether the
reference then agrees, or proves the clock to be hours off, they all move by one amount, and nothing is lost (DR-18).
What was claimed before the last boot has the same clock behind it, and moves along; nothing moves over what was told
while the time was sure.
"""

from dataclasses import dataclass
from uuid import UUID

from infra.causes import GapCause
from infra.clock import civil_day
from infra.manifest import instant
from infra.timeline import Timeline
from workers.edge.clocks.readings import MOST_BOUND_US, Readings, moment
from workers.edge.ledger import Ledger, State
from workers.edge.undated.boots import BACK_US

_NANOSECONDS_PER_MICROSECOND = 1000
# The first frame of a connection may have been taken so much earlier than anybody looked at a clock.
_BURST_US = 15_000_000


@dataclass(frozen=True)
class Claims:
    """After `sure_us` a camera's times are claims, from `from_us` on by a clock that stands at `position_us` in a boot.

    The position is what it adds to the time since that boot began.
    """

    sure_us: int
    from_us: int
    position_us: int
    boot: str


class Believed:
    """The claims of one camera. What writes raises `OSError` when the disk does not take it."""

    def __init__(self, ledger: Ledger, readings: Readings, camera_id: UUID, *, boot: str) -> None:
        self._ledger, self._readings, self._id, self._boot = ledger, readings, camera_id, boot
        self._due_us: int | None = None

    def claims(self) -> Claims | None:
        """What is not sure; None while everything is."""
        row = self._ledger.connection.execute(
            "select sure_until_us, claimed_from_us, claimed_us, claimed_boot from cameras "
            "where camera_id = ? and sure_until_us is not null",
            (str(self._id),),
        ).fetchone()
        return Claims(*row) if row is not None else None

    def now_us(self) -> int:
        """The time now as the camera's words count it, which is the believed one until it is put right."""
        held = self.claims()
        if held is None or held.boot != self._boot:
            return self._readings.now_us()
        return moment() // _NANOSECONDS_PER_MICROSECOND + held.position_us

    def off_us(self) -> int:
        """What must be added to the claims by what is known now; 0 where they may stand."""
        held = self.claims()
        return self._off_us(held, self.now_us()) if held is not None else 0

    def note(self, timeline: Timeline | None = None) -> None:
        """What is told from now on is a claim, unless the time is sure; counted by a timeline where there is one."""
        here_ns, held = moment(), self.claims()
        is_noted = held is not None and held.boot == self._boot and timeline is None
        if is_noted or self._readings.trusted(here_ns) is not None:
            return
        here_us = timeline.at(here_ns) if timeline is not None else self._readings.best_us(here_ns)
        told_us = self._ledger.told_until_us(self._id)
        position_us = here_us - here_ns // _NANOSECONDS_PER_MICROSECOND
        with self._ledger.transaction() as run:
            self._ledger.camera(self._id)
            # Another boot goes on with the claims of the one before.
            run.execute(
                "update cameras set sure_until_us = ifnull(sure_until_us, ?), "
                "claimed_from_us = ifnull(claimed_from_us, ?), claimed_us = ?, claimed_boot = ? where camera_id = ?",
                (told_us, max(told_us, here_us), position_us, self._boot, str(self._id)),
            )

    def look(self, timeline: Timeline) -> bool:
        """While something is recorded: confirm the claims, or have them put right at the next key frame.

        Whether there still are any.
        """
        held = self.claims()
        if held is None or timeline.is_due:
            return held is not None
        off_us = self._off_us(held, timeline.at(moment()))
        if off_us:
            self._due_us = off_us
            timeline.date(off_us)
        elif self._readings.trusted(moment()) is not None:
            with self._ledger.transaction():
                self._conclude()
            return False
        return True

    def settle_due(self) -> None:
        """The segment that was open is entered, and the timeline was put right: so are the claims, by as much."""
        if self._due_us is not None:
            self._settle(self._due_us)

    def settle(self) -> None:
        """Put right or confirm what is claimed. Only while nothing of the camera is being recorded."""
        held = self.claims()
        if held is not None:
            self._settle(self._off_us(held, self.now_us()))

    def _settle(self, us: int) -> None:
        held, self._due_us = self.claims(), None
        if held is None:
            return
        with self._ledger.transaction():
            if us:
                self._move(held, us)
            if self._readings.trusted(moment()) is not None:
                self._conclude()

    def _off_us(self, held: Claims, claimed_now_us: int) -> int:
        here_ns = moment()
        trusted, agreed = self._readings.trusted(here_ns), self._readings.agreed(here_ns)
        if trusted is None and agreed is not None:
            return 0  # somebody else may still contradict it
        now_us = self._readings.best_us(here_ns)
        if trusted is None and now_us < held.sure_us - BACK_US:
            return 0  # the machine's clock was set to what cannot be right
        if held.boot == self._boot:
            off_us = now_us - claimed_now_us
        else:  # nobody compared the clock of a boot that is over; what it recorded was before this one
            began_us = now_us - here_ns // _NANOSECONDS_PER_MICROSECOND
            off_us = min(0, began_us - self._ledger.told_until_us(self._id))
        return max(off_us, held.sure_us - held.from_us) if abs(off_us) > MOST_BOUND_US else 0

    def _move(self, held: Claims, us: int) -> None:
        """All claims by one amount, in their order; what lies between them and what was sure is made to fit."""
        self._move_segments(held, us)
        self._move_gaps(held, us)
        state = self._ledger.camera(self._id)
        until_us, since_us = (one if one is None else _moved(one, held, us) for one in (state.until, state.since))
        run = self._ledger.connection
        run.execute(
            "update cameras set recorded_until_us = ?, missing_since_us = ?, frozen_since_us = frozen_since_us + ?, "
            "claimed_from_us = claimed_from_us + ?, claimed_us = claimed_us + ?, step_us = 0, "
            "clock_us = clock_us + ? where camera_id = ?",
            (until_us, since_us, us, us, us, us, str(self._id)),
        )

    def _move_segments(self, held: Claims, us: int) -> None:
        run = self._ledger.connection
        rows = run.execute(
            "select segment_id, started_us from segments where camera_id = ? and state = ?",
            (str(self._id), State.BELIEVED),
        ).fetchall()
        moved = [(one, max(held.sure_us, started_us + us)) for one, started_us in rows]
        run.executemany(
            "update segments set civil_day = ?, started_us = ?, ended_us = max(? + 1, ended_us + ?) "
            "where segment_id = ?",
            [(civil_day(instant(begun_us)).isoformat(), begun_us, begun_us, us, one) for one, begun_us in moved],
        )

    def _move_gaps(self, held: Claims, us: int) -> None:
        run = self._ledger.connection
        rows = run.execute(
            "select gap_id, started_us, ended_us from gaps where camera_id = ? and reported = 0 and ended_us > ?",
            (str(self._id), held.sure_us),
        ).fetchall()
        for gap_id, started_us, ended_us in rows:
            span = _moved(started_us, held, us), _moved(ended_us, held, us)
            if span[0] < span[1]:
                run.execute("update gaps set started_us = ?, ended_us = ? where gap_id = ?", (*span, gap_id))
            else:
                run.execute("delete from gaps where gap_id = ?", (gap_id,))
        first_us = run.execute(
            "select min(started_us) from (select started_us from segments where camera_id = ?1 and state = ?2 union "
            "select started_us from gaps where camera_id = ?1 and reported = 0 and ended_us > ?3)",
            (str(self._id), State.BELIEVED, held.sure_us),
        ).fetchone()[0]
        # A clock that had stood still while the machine was off left no room for the gap that there was.
        if held.sure_us and first_us is not None and first_us > held.sure_us:
            self._ledger.add_row(self._id, held.sure_us, first_us, GapCause.BOX_RESTARTED, "{}")

    def _conclude(self) -> None:
        """The time is sure: nothing is a claim any more, and the segments are due to be signed."""
        run = self._ledger.connection
        run.execute(
            "update segments set state = ? where camera_id = ? and state = ?",
            (State.DATED, str(self._id), State.BELIEVED),
        )
        run.execute(
            "update cameras set sure_until_us = null, claimed_from_us = null, claimed_us = null, claimed_boot = '' "
            "where camera_id = ?",
            (str(self._id),),
        )


def _moved(us: int, held: Claims, by_us: int) -> int:
    """Where a moment goes: what was told for sure stays, claims move, and nothing between passes them."""
    if us <= held.sure_us:
        return us
    claimed_us = held.from_us - _BURST_US
    return max(held.sure_us, us + by_us if us >= claimed_us else min(us, claimed_us + by_us))
