"""Whether a camera records: judged by its last durable second, never by a process or a connection that is alive."""

from infra.causes import BEFORE_SIGNED_GAPS
from workers.edge.configuration import Config
from workers.edge.ledger import CameraState

SILENT_SECONDS = 90.0
# Longer than any try: ten seconds to connect, thirty until a key frame, one for a fragment, and ten of pause.
LATE_SECONDS = 60.0
HUNG_SECONDS = 90.0
# What a server says of itself that takes signed gaps with their causes, and pictures that stand still.
SIGNED_GAPS, FROZEN = "signed_gaps", "frozen"
_KEY_INTERVALS = 3
_MICROSECOND = 1_000_000


def status_of(state: CameraState, config: Config, now_us: int) -> dict[str, object]:
    """What a heartbeat says of one camera: that it records only when its last durable second is fresh."""
    limit_us = late_after_seconds(config.segment_seconds, state.key_interval_ms) * _MICROSECOND
    fresh = state.recorded_until_us is not None and now_us - state.recorded_until_us < limit_us
    signs = SIGNED_GAPS in config.accepts
    said: dict[str, object] = {
        "recording": state.cause is None and fresh,
        "recorded_until_us": state.recorded_until_us,
        "spooled": state.spooled,
        "spooled_from_us": state.spooled_from_us,
        "fault": state.cause if signs or state.cause is None else BEFORE_SIGNED_GAPS.get(state.cause, state.cause),
    }
    return said | ({"frozen_since_us": state.frozen_since_us} if FROZEN in config.accepts else {})


def late_after_seconds(segment_seconds: int, key_interval_ms: int) -> float:
    """When a camera's next segment is late, learnt from the key frames it really sends ("smart" codecs send few)."""
    return max(SILENT_SECONDS, _KEY_INTERVALS * key_interval_ms / 1000 + segment_seconds)


def hung_after_seconds(key_interval_ms: int, *, floor: float = HUNG_SECONDS) -> float:
    """When a camera's process hangs and is killed, or with `LATE_SECONDS` when it is said that it does not record.

    A segment waits for a key frame before its first second, and for nothing else.
    """
    return max(floor, _KEY_INTERVALS * key_interval_ms / 1000)
