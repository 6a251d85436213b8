"""Whether a camera records: judged by its last durable second, never by a process or a connection that is alive."""

from uuid import UUID

from infra.causes import BEFORE_SIGNED_GAPS, GapCause
from infra.disk_hours import ALARM_HOURS, PLANNED_HOURS, in_words
from workers.edge.clocks.readings import CameraClock, Readings, moment
from workers.edge.configuration import Config
from workers.edge.home import Home
from workers.edge.ledger import CameraState, Ledger
from workers.edge.room import limits_of, measure
from workers.edge.sending.rules import Sending, SendingRules, sending
from workers.edge.words import ADVICE

SILENT_SECONDS = 90.0
# Longer than any try with its pause, but for one that waits longer for a key frame, of which that is said already.
LATE_SECONDS = 60.0
HUNG_SECONDS = 90.0
# What a server says of itself that takes signed gaps with their causes.
SIGNED_GAPS = "signed_gaps"
_KEY_INTERVALS = 3
_MICROSECOND = 1_000_000
_MOST_HOURS = 1_000_000
_NANOSECOND = 1_000_000_000
_LARGEST_INT = 2**31 - 1
TOO_SMALL = f"斷線時至少要能留存 {in_words(PLANNED_HOURS)}，請清出空間或換較大的磁碟。"


def status_of(state: CameraState, config: Config, now_us: int) -> dict[str, object]:
    """What a heartbeat says of one camera: that it records only when its last durable second is fresh.

    While its first segment is being made, that is a second of it; what it failed by before is over.
    """
    limit_us = late_after_seconds(config.segment_seconds, state.key_interval_ms) * _MICROSECOND
    fresh = state.recorded_until_us is not None and now_us - state.recorded_until_us < limit_us
    cause, signs = None if state.begins else state.cause, SIGNED_GAPS in config.accepts
    return {
        "recording": state.begins or (cause is None and fresh),
        "recorded_until_us": state.recorded_until_us,
        "spooled": state.spooled,
        "spooled_from_us": state.spooled_from_us,
        "fault": cause if signs or cause is None else BEFORE_SIGNED_GAPS.get(cause, cause),
        "frozen_since_us": state.frozen_since_us,
    }


def camera_clock(readings: Readings, camera_id: UUID) -> dict[str, int] | None:
    """What a heartbeat says of a camera's own clock: how far it is behind, how wrong that may be, and how old it is.

    None while nobody could read it, or nobody knows the time (KH-3-10).
    """
    found = CameraClock(readings, camera_id).offset(moment())
    if found is None:
        return None
    span, age_ns = found
    said = {"offset_ms": span.middle_us // 1000, "bound_ms": -(-span.bound_us // 1000), "age_s": age_ns // _NANOSECOND}
    return {name: max(-_LARGEST_INT, min(value, _LARGEST_INT)) for name, value in said.items()}


def late_after_seconds(segment_seconds: int, key_interval_ms: int) -> float:
    """When a camera's next segment is late, learnt from the key frames it really sends ("smart" codecs send few)."""
    return max(SILENT_SECONDS, _KEY_INTERVALS * key_interval_ms / 1000 + segment_seconds)


def hung_after_seconds(key_interval_ms: int, *, floor: float = HUNG_SECONDS) -> float:
    """When a camera's process hangs and is killed, or with `LATE_SECONDS` when it is said that it does not record.

    A segment waits for a key frame before its first second, and for nothing else.
    """
    return max(floor, _KEY_INTERVALS * key_interval_ms / 1000)


def disk_words(home: Home, ledger: Ledger) -> tuple[str, int]:
    """How long the disk lasts, for the person beside the box, and 1 when something must be done about it."""
    try:
        home.check_spool()
        room = measure(home, ledger)
    except OSError as error:
        return str(error), 1
    if not limits_of(home).is_understood:
        return "box.toml 的內容無法辨識，未套用任何上限。請改正後再執行：sudo shouyuan-edge status", 1
    if room.is_over:
        return ADVICE[GapCause.DISK_FULL], 1
    if room.hours_left is None or room.hours_in_all is None:
        return "尚未測得寫入量；錄影一段時間後會顯示可存放多久。", 0
    said = f"依目前寫入量共可存放 {in_words(room.hours_in_all)}，還可錄 {in_words(room.hours_left)}"
    short = f"不足 {ALARM_HOURS} 小時，請儘快恢復上傳或加大磁碟。" if room.is_short else ""
    wrong = short or ("" if room.hours_in_all >= PLANNED_HOURS else TOO_SMALL)
    return (f"{said}。{wrong}", 1) if wrong else (said, 0)


def disk_of(home: Home, ledger: Ledger, rules: SendingRules) -> dict[str, object]:
    """What a heartbeat says of the disk: whole hours, None while nothing was measured, and what is wrong with it."""
    told = {"hours_left": None, "hours_in_all": None, "fault": "", "sending": Sending.OPEN}
    try:
        home.check_spool()
        room = measure(home, ledger)
        told["sending"] = sending_now(home, ledger, rules)
    except OSError:
        return {**told, "fault": "missing"}
    hours = {"hours_left": room.hours_left, "hours_in_all": room.hours_in_all}
    whole = {name: min(int(found), _MOST_HOURS) if found is not None else None for name, found in hours.items()}
    return {**told, **whole, "fault": "full" if room.is_over else ""}


def sending_now(home: Home, ledger: Ledger, rules: SendingRules) -> Sending:
    """Whether footage is sent in bulk now, by the server's time where it is known. Raises `OSError`."""
    now_us = Readings(ledger).now_us()
    if sending(rules, now_us, is_short=False, oldest_us=None) is Sending.OPEN:
        return Sending.OPEN
    return sending(rules, now_us, is_short=measure(home, ledger).is_short, oldest_us=ledger.oldest_waiting_us())
