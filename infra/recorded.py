"""What one segment holds, as its recorder tells it to whoever keeps it."""

from dataclasses import dataclass
from uuid import UUID

from infra.causes import Ended
from infra.manifest import UNKNOWN

_NO_BOOT = str(UUID(int=0))


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What one segment holds, or held so far. The span is half-open, in microseconds since 1970.

    `monotonic_ns` counts within `boot_id`, and the machine's own clock showed `wall_us` then. `lost_packets` is
    `UNKNOWN` where nobody counted; `notes` are those of its line (`infra.manifest.Note`). Of what was recovered, the
    camera's clock has been put right by `camera_offset_us` already, and none of the box's clocks was there. Unless it
    `is_dated`, the span counts from the beginning of the boot, since nobody knew the time.
    """

    started_us: int
    ended_us: int
    monotonic_ns: int
    media_ms: int
    codec: str
    width: int
    height: int
    audio: bool
    packets: int
    ended_because: Ended
    key_interval_ms: int
    boot_id: str = _NO_BOOT
    wall_us: int = UNKNOWN
    lost_packets: int = UNKNOWN
    notes: str = ""
    camera_offset_us: int = 0
    camera_bound_us: int = UNKNOWN
    camera_age_s: int = UNKNOWN
    is_dated: bool = True
