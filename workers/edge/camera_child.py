"""A camera's process as the supervisor sees it.

It is killed from outside when its *last durable second* is late, since a process that is alive need not be recording;
the deadline is monotonic, so a step of the wall clock neither kills nor spares it. A camera that cannot be reached is
no hanging process: whoever tries leaves a sign of each try, whatever comes of it.
"""

from uuid import UUID

import structlog

from infra.causes import GapCause
from infra.gap_lines import Evidence
from workers.edge import camera
from workers.edge.children import Child
from workers.edge.configuration import Watched
from workers.edge.gaps.evidence import of_end
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.signs import Signs
from workers.edge.status import HUNG_SECONDS, LATE_SECONDS, hung_after_seconds
from workers.edge.undated.saying import Saying
from workers.edge.waiting import Clock

log = structlog.get_logger(__name__)


class CameraChild:
    """A camera's process, and when its recording last moved on."""

    def __init__(self, home: Home, camera_id: UUID, *, clock: Clock) -> None:
        self.child = Child(f"camera {camera_id}", camera.main, str(home.folder), str(camera_id), clock=clock)
        self._id, self._clock = camera_id, clock
        self._home, self._signs = home, Signs(home.spool / str(camera_id))
        self._moved_at = clock.now()
        self._seen: object = None
        self._until_us: int | None = None

    def watch(self, ledger: Ledger, *, hung_seconds: float = HUNG_SECONDS, has_spool: bool = True) -> None:
        """Kill it when its next durable second is late."""
        self._until_us, key_interval_ms = ledger.recorded_until(self._id)
        # While the spool is not there a try leaves no sign, and the process that tries does not hang.
        seen = (self._until_us, self._signs.seen()) if has_spool else self._clock.now()
        if seen != self._seen:
            self._seen, self._moved_at = seen, self._clock.now()
        if self.child.ended_with is not None:
            self._say(ledger, GapCause.PROCESS_RESTARTED, of_end(self.child.ended_with))
        elif self.child.pid is not None:
            self._judge(ledger, key_interval_ms, hung_seconds)

    def carry_over(self, ledger: Ledger) -> None:
        """Tell an index that begins anew up to where the camera was recorded, so that the gap after it is told."""
        if self._until_us is not None:
            ledger.fail(self._id, GapCause.PROCESS_RESTARTED, at_us=self._until_us)

    def _judge(self, ledger: Ledger, key_interval_ms: int, hung_seconds: float) -> None:
        """Say that it does not record once its next second is late, and kill it where it stays so."""
        late_seconds = self._clock.now() - max(self._moved_at, self.child.started_at)
        if late_seconds > hung_after_seconds(key_interval_ms, floor=min(LATE_SECONDS, hung_seconds)):
            self._say(ledger, GapCause.STREAM_STALLED, {"late_s": round(late_seconds)})
        if late_seconds > hung_after_seconds(key_interval_ms, floor=hung_seconds):
            log.error("recording is late, process is killed", camera_id=str(self._id), late_seconds=round(late_seconds))
            self.child.kill()

    def _say(self, ledger: Ledger, cause: GapCause, evidence: Evidence) -> None:
        saying = Saying(ledger, Watched(self._home).now)
        saying.fail(self._id, cause, evidence, unless_known=True, runs=self.child.pid is not None)
