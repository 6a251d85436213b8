"""What is fetched off a card, as a segment of its camera: it says so, and what its times are worth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from infra.manifest import UNKNOWN, Note
from infra.recorded import Recorded
from workers.edge.ledger import Entry
from workers.edge.open_segments import OpenSegment

_NO_BOOT = str(UUID(int=0))
_MICROSECOND = 1_000_000


@dataclass(frozen=True)
class CameraTime:
    """What the camera's clock lacked, within a bound, when the card was read. All in microseconds."""

    offset_us: int
    bound_us: int
    read_us: int

    def within(self, one: Recorded, until_us: int) -> Recorded:
        """What a line is to say of a segment that was fetched. None of the box's clocks ran beside it."""
        return replace(
            one,
            ended_us=max(one.started_us + 1, min(one.ended_us, until_us)),
            monotonic_ns=0,
            boot_id=_NO_BOOT,
            wall_us=UNKNOWN,
            notes=",".join(sorted({Note.RECOVERED, *one.notes.split(",")} - {""})),
            camera_offset_us=self.offset_us,
            camera_bound_us=self.bound_us,
            camera_age_s=max(0, (self.read_us - one.ended_us) // _MICROSECOND),
        )


class Recovered:
    """A segment's sink (`infra.recording.Sink`). `ended` hears where each one ends that is entered."""

    def __init__(self, segment: OpenSegment, time: CameraTime, until_us: int, *, ended: Callable[[int], None]) -> None:
        self._segment, self._time, self._until_us, self._ended = segment, time, until_us, ended

    def write(self, data: bytes) -> None:
        """As it comes."""
        self._segment.write(data)

    def mark(self, so_far: Recorded) -> None:
        """What was cut off says the same of itself."""
        self._segment.mark(self._time.within(so_far, self._until_us))

    def finish(self, recorded: Recorded) -> Entry:
        """Enter it."""
        entry = self._segment.finish(self._time.within(recorded, self._until_us))
        self._ended(entry.ended_us)
        return entry

    def leave(self) -> None:
        """Write no more."""
        self._segment.leave()
