"""Why a segment ended, seconds are missing or a picture is not fit: words that edge, index and pages share."""

from enum import StrEnum


class Ended(StrEnum):
    """Why a segment is not longer."""

    FULL = "full"
    DAY_END = "day_end"
    STREAM_CHANGED = "stream_changed"
    TIMESTAMP_JUMP = "timestamp_jump"
    STREAM_ENDED = "stream_ended"
    STREAM_STALLED = "stream_stalled"
    STOPPED = "stopped"
    CUT_OFF = "cut_off"
    TIME_KNOWN = "time_known"


class GapCause(StrEnum):
    """Why nothing was recorded, as the edge saw it; `no_contact` and `not_explained` are the server's own words."""

    CAMERA_UNREACHABLE = "camera_unreachable"
    CAMERA_REFUSED = "camera_refused"
    NOT_A_CAMERA = "not_a_camera"
    NO_VIDEO = "no_video"
    NO_KEY_FRAME = "no_key_frame"
    STREAM_ENDED = "stream_ended"
    STREAM_STALLED = "stream_stalled"
    NO_DAY_KEY = "no_day_key"
    SPOOL_FAILED = "spool_failed"
    DISK_FULL = "disk_full"
    SPOOL_MISSING = "spool_missing"
    PROCESS_RESTARTED = "process_restarted"
    BOX_RESTARTED = "box_restarted"
    EDGE_STOPPED = "edge_stopped"
    NOT_CONFIGURED = "not_configured"
    SETTINGS_CHANGED = "settings_changed"
    CAMERA_DISABLED = "camera_disabled"
    CAMERA_SESSION_CHANGED = "camera_session_changed"
    CLOCK_CHANGED = "clock_changed"
    PROHIBITED_ZONE = "prohibited_zone"
    NO_MASK = "no_mask"
    NO_CONTACT = "no_contact"
    NOT_EXPLAINED = "not_explained"


class PictureFault(StrEnum):
    """Why a picture is not fit to be looked at, as its box measured it."""

    DARK = "dark"
    BLOCKED = "blocked"
    MOVED = "moved"
    BLURRED = "blurred"
    STILL = "still"
    COLOURLESS = "colourless"


REPORTED_BY_EDGE = frozenset(GapCause) - {GapCause.NO_CONTACT, GapCause.NOT_EXPLAINED}

# Faults of the line or the box, during which a camera may have gone on recording on its own card. Not among them is
# what somebody decided, time that never was, and days without a key, which an institution that closed has none of.
MAY_BE_ON_CARD = REPORTED_BY_EDGE - {
    GapCause.NOT_CONFIGURED,
    GapCause.CAMERA_DISABLED,
    GapCause.PROHIBITED_ZONE,
    GapCause.NO_MASK,
    GapCause.CLOCK_CHANGED,
    GapCause.NO_DAY_KEY,
}

# What a server of before signed gaps knows, for each cause that came with them.
BEFORE_SIGNED_GAPS = {
    GapCause.BOX_RESTARTED: GapCause.PROCESS_RESTARTED,
    GapCause.CAMERA_DISABLED: GapCause.NOT_CONFIGURED,
    GapCause.CAMERA_SESSION_CHANGED: GapCause.STREAM_ENDED,
    GapCause.CLOCK_CHANGED: GapCause.PROCESS_RESTARTED,
    GapCause.PROHIBITED_ZONE: GapCause.NOT_CONFIGURED,
    GapCause.NO_MASK: GapCause.NOT_CONFIGURED,
    GapCause.DISK_FULL: GapCause.SPOOL_FAILED,
    GapCause.SPOOL_MISSING: GapCause.SPOOL_FAILED,
}
