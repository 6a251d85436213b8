"""Says beside a camera's process why it does not record, whether or not anybody knows the time."""

from collections.abc import Callable
from uuid import UUID

from infra.causes import GapCause
from infra.gap_lines import Evidence
from workers.edge.clocks.readings import Readings, moment
from workers.edge.configuration import Config
from workers.edge.ledger import Ledger
from workers.edge.undated.believed import Believed
from workers.edge.undated.boots import Boots
from workers.edge.undated.journal import Journal

_NANOSECONDS_PER_MICROSECOND = 1000


class Saying:
    """What the supervisor says of the cameras of one index."""

    def __init__(self, ledger: Ledger, config: Callable[[], Config | None]) -> None:
        self._ledger, self._readings = ledger, Readings(ledger)
        self._boots = Boots(ledger, self._readings, config)

    def once(self, camera_id: UUID, cause: GapCause) -> None:
        """Say of a camera without a process why it is not recorded, unless that is said: a word is a write."""
        journal = Journal(self._ledger, camera_id)
        is_lost = self._boots.is_lost()
        if not is_lost and cause is not GapCause.SPOOL_MISSING:  # what lies on that disk is yet to be found again
            believed = Believed(self._ledger, self._readings, camera_id, boot=self._boots.boot)
            believed.settle()
            believed.note()
        said = journal.failing(self._boots.boot) if is_lost else self._ledger.state_of(camera_id).cause
        if said is not cause:
            self.fail(camera_id, cause, {}, runs=False)

    def fail(
        self, camera_id: UUID, cause: GapCause, evidence: Evidence, *, runs: bool, unless_known: bool = False
    ) -> None:
        """A camera is not recorded. What its boot has not told yet comes first: its process tells it where one `runs`.

        Raises `OSError` when the disk does not take it.
        """
        journal = Journal(self._ledger, camera_id)
        untold = self._boots.is_lost() or (runs and self._boots.boot in journal.boots())
        if untold:
            here_us = moment() // _NANOSECONDS_PER_MICROSECOND
            journal.fail(cause, self._boots.boot, at_us=here_us, evidence=evidence, unless_known=unless_known)
            return
        for boot in journal.boots():
            shift = self._boots.shift(boot)
            if shift is not None and not shift.is_by_hand:
                journal.tell(boot, shift.us)
        at_us = Believed(self._ledger, self._readings, camera_id, boot=self._boots.boot).now_us()
        self._ledger.fail(camera_id, cause, at_us=at_us, unless_known=unless_known, evidence=evidence)
