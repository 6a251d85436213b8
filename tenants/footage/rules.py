"""Spans of time, coverage and gaps of a camera-day, and what a device's times may claim. Pure, half-open, UTC."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from infra.causes import GapCause
from infra.clock import day_start

# How old, how far ahead and how long a segment may claim to be; its civil day is that of its start.
OLDEST = timedelta(days=10)
NEWEST = timedelta(minutes=5)
LONGEST = timedelta(minutes=10)
# A heartbeat comes every 15 s; after this long without one nobody knows whether the camera records (DR-30).
SILENT_AFTER = timedelta(minutes=5)
ONE_DAY = timedelta(days=1)

CAUSE_NAMES: Mapping[GapCause, str] = {
    GapCause.CAMERA_UNREACHABLE: "鏡頭無法連線",
    GapCause.CAMERA_REFUSED: "鏡頭拒絕連線（帳號、密碼或位址不符）",
    GapCause.NOT_A_CAMERA: "位址不是攝影機的影像串流",
    GapCause.NO_VIDEO: "鏡頭有連線但沒有影像",
    GapCause.NO_KEY_FRAME: "鏡頭未送出可獨立解碼的畫面",
    GapCause.STREAM_ENDED: "鏡頭中斷串流",
    GapCause.STREAM_STALLED: "鏡頭停止送出畫面",
    GapCause.NO_DAY_KEY: "邊緣主機沒有當日的加密金鑰",
    GapCause.SPOOL_FAILED: "邊緣主機無法寫入磁碟",
    GapCause.PROCESS_RESTARTED: "錄影程式重新啟動",
    GapCause.EDGE_STOPPED: "邊緣主機停機",
    GapCause.NOT_CONFIGURED: "邊緣主機尚未設定這支鏡頭",
    GapCause.SETTINGS_CHANGED: "變更錄影設定",
    GapCause.NO_CONTACT: "與邊緣主機失去聯絡，尚無資料",
    GapCause.NOT_EXPLAINED: "原因不明",
}


@dataclass(frozen=True, order=True)
class Window:
    """A half-open span: `started_at` is in it, `ended_at` is not. Raises `ValueError` when it is empty or reversed."""

    started_at: datetime
    ended_at: datetime

    def __post_init__(self) -> None:
        """Refuse a span that holds no instant."""
        if self.started_at >= self.ended_at:
            raise ValueError("a window ends after it begins")

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.ended_at - self.started_at).total_seconds()

    def within(self, other: "Window") -> "Window | None":
        """The part of this window that lies in the other; None when they do not meet."""
        started_at, ended_at = max(self.started_at, other.started_at), min(self.ended_at, other.ended_at)
        return Window(started_at, ended_at) if started_at < ended_at else None


@dataclass(frozen=True)
class Gap:
    """A span of which there is no footage, and why."""

    window: Window
    cause: GapCause


@dataclass(frozen=True)
class Reported:
    """The edge's last word about a camera: `recorded_until` is safe on its disk, `late` of it is still to be sent."""

    at: datetime
    recording: bool
    recorded_until: datetime | None
    late: Window | None
    fault: GapCause | None


class Now(StrEnum):
    """What can be said of a camera at this moment; silence is never shown as fine (DR-30)."""

    RECORDING = "recording"
    NOT_RECORDING = "not_recording"
    SILENT = "silent"


@dataclass(frozen=True)
class CameraDay:
    """What is known of one camera over the part of a day that is over. `coverage` is None when no part of it counts.

    Continuity is judged on recording, so footage still on its way counts as covered and is shown as late (DR-17).
    """

    expected: Window | None
    recorded: Sequence[Window] = field(default_factory=tuple)
    late: Sequence[Window] = field(default_factory=tuple)
    gaps: Sequence[Gap] = field(default_factory=tuple)
    # Whether anything at all was said of this day; without a word its gaps are unknown and not a fault (DR-30).
    heard: bool = False

    @property
    def coverage(self) -> float | None:
        """The share of the expected span that was recorded, from 0 to 1."""
        if self.expected is None:
            return None
        return 1 - sum(gap.window.seconds for gap in self.gaps) / self.expected.seconds


def day_window(day: date) -> Window:
    """A Taipei civil day."""
    return Window(day_start(day), day_start(day + ONE_DAY))


def merged(spans: Iterable[Window]) -> list[Window]:
    """The same instants as few windows as possible, in order; windows that touch become one."""
    result: list[Window] = []
    for span in sorted(spans):
        if result and span.started_at <= result[-1].ended_at:
            result[-1] = Window(result[-1].started_at, max(result[-1].ended_at, span.ended_at))
        else:
            result.append(span)
    return result


def missing(whole: Window, covered: Iterable[Window]) -> list[Window]:
    """What of `whole` no span covers, in order."""
    result: list[Window] = []
    reached = whole.started_at
    for span in merged(inside for span in covered if (inside := span.within(whole)) is not None):
        if reached < span.started_at:
            result.append(Window(reached, span.started_at))
        reached = span.ended_at
    if reached < whole.ended_at:
        result.append(Window(reached, whole.ended_at))
    return result


def explained(holes: Iterable[Window], reports: Iterable[Gap]) -> list[Gap]:
    """Every hole with its cause; `not_explained` where no report reaches. Of two reports the earlier in line counts."""
    result: list[Gap] = []
    in_line = list(reports)
    for hole in holes:
        left = [hole]
        for report in in_line:
            hits = [part for piece in left if (part := piece.within(report.window)) is not None]
            result += [Gap(hit, report.cause) for hit in hits]
            left = [rest for piece in left for rest in missing(piece, hits)]
        result += [Gap(piece, GapCause.NOT_EXPLAINED) for piece in left]
    return sorted(result, key=lambda gap: gap.window)


def state_now(reported: Reported | None, now: datetime) -> Now:
    """Whether a camera records at this moment, as far as anybody can know."""
    if reported is None or now - reported.at > SILENT_AFTER:
        return Now.SILENT
    return Now.RECORDING if reported.recording else Now.NOT_RECORDING


def camera_day(
    whole: Window, *, arrived: Sequence[Window], reports: Sequence[Gap], reported: Reported | None, now: datetime
) -> CameraDay:
    """Coverage and gaps of the part of `whole` that is over.

    While a camera records, the minute being written is neither covered nor missing; once it fails or falls silent, the
    time since its last durable second is a gap, with its fault or `no_contact` as the cause.
    """
    known_until, open_gap = _reach(reported, now)
    expected = Window(whole.started_at, now).within(whole) if now > whole.started_at else None
    if expected is not None and known_until is not None:
        expected = expected.within(Window(datetime.min.replace(tzinfo=UTC), known_until))
    heard = _heard(whole, arrived, reports, reported)
    if expected is None:
        return CameraDay(expected=None, heard=heard)
    recorded = merged(part for span in arrived if (part := span.within(expected)) is not None)
    late = _late(expected, recorded, reports, reported)
    holes = missing(expected, [*recorded, *late])
    gaps = explained(holes, [*reports, *([open_gap] if open_gap else ())])
    return CameraDay(expected=expected, recorded=recorded, late=late, gaps=gaps, heard=heard or bool(late))


def _heard(whole: Window, arrived: Iterable[Window], reports: Iterable[Gap], reported: Reported | None) -> bool:
    """Whether footage, a reported gap or the edge's last word is of this day."""
    footage = any(span.within(whole) for span in arrived)
    told = any(gap.cause is not GapCause.NO_CONTACT and gap.window.within(whole) for gap in reports)
    if reported is None or (reported.recorded_until is None and reported.fault is None):
        return footage or told
    return footage or told or whole.started_at <= reported.at < whole.ended_at


def _reach(reported: Reported | None, now: datetime) -> tuple[datetime | None, Gap | None]:
    """Until when the edge's word reaches (None: until now), and the gap that is open since."""
    if reported is None or reported.recorded_until is None:
        cause = (reported.fault if reported else None) or GapCause.NO_CONTACT
        return None, Gap(Window(datetime.min.replace(tzinfo=UTC), now), cause)
    if state_now(reported, now) is Now.RECORDING:
        return reported.recorded_until, None
    if reported.recorded_until >= now:
        return None, None
    silent = now - reported.at > SILENT_AFTER
    cause = GapCause.NO_CONTACT if silent else reported.fault or GapCause.NOT_EXPLAINED
    return None, Gap(Window(reported.recorded_until, now), cause)


def _late(
    expected: Window, recorded: Iterable[Window], reports: Iterable[Gap], reported: Reported | None
) -> list[Window]:
    """What the edge says it holds and has not sent, without what arrived and without its own gaps."""
    claimed = reported.late.within(expected) if reported is not None and reported.late is not None else None
    return missing(claimed, [*recorded, *(report.window for report in reports)]) if claimed is not None else []


def is_plausible(span: Window, *, now: datetime) -> bool:
    """Whether a device may claim to have recorded this span: not in 1970, not tomorrow, not for an hour (DR-18)."""
    return now - OLDEST <= span.started_at <= now + NEWEST and span.ended_at - span.started_at <= LONGEST


def digest_of(segments: Iterable[tuple[UUID, str]]) -> str:
    """One hash that stands for a set of segments in the audit chain: ids with the SHA-256 of their cipher bytes."""
    lines = sorted(f"{segment_id} {sha256}\n" for segment_id, sha256 in segments)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
