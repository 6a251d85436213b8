"""Pure decisions about urgent preservation: how long, how much, and what must be said. No I/O, no clock, no session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tenants.errors import Invalid
from tenants.retention.rules import CameraSpan
from tenants.retention.urgent.models import Source

# Whole civil days, the first not counted: asked for on the 1st, it is kept through the 8th (DR-02's default).
URGENT_DAYS = 7
# The fifth day: a letter that is written then still arrives.
WARNED_BEFORE = timedelta(days=2)
# A door through which everything could be kept would end destruction (DR-01). Beyond these the head says so, and the
# bureau sees it: a station that investigates presses a few times a week, not ten times at once.
MOST_AT_ONCE = 10
MOST_A_DAY = 5
MOST_CAMERA_HOURS = 200
# Who calls says 「十點多」, and a box's clock may be off: so much more is kept on both sides.
AROUND = timedelta(minutes=10)
WHY_IT_LAPSES = "緊急保全期限內未收到公文、調閱申請或案號"
_LONGEST = 500
_LONGEST_LINE = 100

SOURCE_NAMES: Mapping[Source, str] = {
    Source.TELEPHONE: "來電",
    Source.VISIT: "到場",
    Source.INCIDENT: "事件通報",
}


class Notice(StrEnum):
    """What the institution is told of by mail."""

    PLACED = "placed"
    LAPSING = "lapsing"
    LAPSED = "lapsed"


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was said: who calls, from where, why; `incident` is a number of theirs, such as of a complaint."""

    source: Source
    caller: str
    reason: str
    agency: str = ""
    phone: str = ""
    incident: str = ""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What an institution keeps urgently already: still open, pressed today, and camera-hours of the open ones."""

    at_once: int
    today: int
    camera_hours: float


def kept_through(placed_on: date) -> date:
    """The last day on which it is kept unless a letter, an application or a number arrives."""
    return placed_on + timedelta(days=URGENT_DAYS)


def is_lapsing(*, ends_on: date, today: date) -> bool:
    """Whether the institution should be told that it lapses soon."""
    return today >= ends_on - WARNED_BEFORE


def check_call(call: Call) -> None:
    """Raise `Invalid`, with the field, unless it is said who asks and why, each short enough to be read."""
    if not call.caller.strip():
        raise Invalid("請填寫是誰要求的，例如「向陽派出所 陳警員」。", field="caller")
    if not call.reason.strip():
        raise Invalid("請填寫為什麼要先保全，例如「校門口車禍，警方將來函」。", field="reason")
    if len(call.reason) > _LONGEST:
        raise Invalid(f"事由最多{_LONGEST}字，細節請於公文敘明。", field="reason")
    for name in ("caller", "agency", "phone", "incident"):
        if len(getattr(call, name)) > _LONGEST_LINE:
            raise Invalid(f"最多{_LONGEST_LINE}字。", field=name)


def camera_hours(windows: Sequence[CameraSpan]) -> float:
    """How many hours of how many cameras."""
    return sum((window.ended_at - window.started_at).total_seconds() for window in windows) / 3600


def beyond_caps(load: Load, windows: Sequence[CameraSpan]) -> str:
    """Which cap one more would exceed, as a sentence; empty while there is room."""
    if load.at_once >= MOST_AT_ONCE:
        return f"本機構已有 {load.at_once} 筆進行中的緊急保全（上限 {MOST_AT_ONCE} 筆）"
    if load.today >= MOST_A_DAY:
        return f"本機構今日已緊急保全 {load.today} 筆（每日上限 {MOST_A_DAY} 筆）"
    hours = load.camera_hours + camera_hours(windows)
    if hours > MOST_CAMERA_HOURS:
        return f"緊急保全的影像將達 {hours:.0f} 鏡頭小時（上限 {MOST_CAMERA_HOURS} 鏡頭小時）"
    return ""
