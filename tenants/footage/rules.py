"""Spans of time, gaps and their causes, and what a device's times may claim. Pure, half-open, UTC."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from infra.causes import GapCause
from infra.clock import day_start
from tenants.periods import LATE_UPLOAD_DAYS

# How old, how far ahead and how long a segment may claim to be; its civil day is that of its start.
OLDEST = timedelta(days=LATE_UPLOAD_DAYS)
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
    GapCause.DISK_FULL: "邊緣主機磁碟已滿",
    GapCause.SPOOL_MISSING: "邊緣主機的錄影磁碟未掛載",
    GapCause.PROCESS_RESTARTED: "錄影程式重新啟動",
    GapCause.BOX_RESTARTED: "邊緣主機斷電或重新開機",
    GapCause.EDGE_STOPPED: "邊緣主機停機",
    GapCause.NOT_CONFIGURED: "邊緣主機尚未設定這支鏡頭",
    GapCause.SETTINGS_CHANGED: "變更錄影設定",
    GapCause.CAMERA_DISABLED: "平台設定不錄這支鏡頭",
    GapCause.CAMERA_SESSION_CHANGED: "鏡頭送出另一個連線的畫面",
    GapCause.CLOCK_CHANGED: "邊緣主機的時鐘被調快（實際未中斷）",
    GapCause.PROHIBITED_ZONE: "區域不得設置監錄系統",
    GapCause.NO_MASK: "無法確認隱私遮罩已開啟，未錄影",
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
    """A span of which there is no footage, and why. `signed`: whether its device put its name to it."""

    window: Window
    cause: GapCause
    signed: bool = False


@dataclass(frozen=True)
class Reported:
    """The edge's last word about a camera: `recorded_until` is safe on its disk, `late` of it is still to be sent."""

    at: datetime
    recording: bool
    recorded_until: datetime | None
    late: Window | None
    fault: GapCause | None
    # A picture that stands still on a stream that goes on: a fault of the camera, and no gap.
    frozen_since: datetime | None = None


class Now(StrEnum):
    """What can be said of a camera at this moment; silence is never shown as fine (DR-30)."""

    RECORDING = "recording"
    NOT_RECORDING = "not_recording"
    SILENT = "silent"


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
    """Every hole with its cause; `not_explained` where no report reaches.

    Of two reports the signed one counts, of two alike the earlier in line.
    """
    result: list[Gap] = []
    in_line = sorted(reports, key=lambda report: not report.signed)
    for hole in holes:
        left = [hole]
        for report in in_line:
            hits = [part for piece in left if (part := piece.within(report.window)) is not None]
            result += [replace(report, window=hit) for hit in hits]
            left = [rest for piece in left for rest in missing(piece, hits)]
        result += [Gap(piece, GapCause.NOT_EXPLAINED) for piece in left]
    return sorted(result, key=lambda gap: gap.window)


def state_now(reported: Reported | None, now: datetime) -> Now:
    """Whether a camera records at this moment, as far as anybody can know."""
    if reported is None or now - reported.at > SILENT_AFTER:
        return Now.SILENT
    return Now.RECORDING if reported.recording else Now.NOT_RECORDING


def is_plausible(span: Window, *, now: datetime) -> bool:
    """Whether a device may claim to have recorded this span: not in 1970, not tomorrow, not for an hour (DR-18)."""
    return now - OLDEST <= span.started_at <= now + NEWEST and span.ended_at - span.started_at <= LONGEST


def digest_of(segments: Iterable[tuple[UUID, str]]) -> str:
    """One hash that stands for a set of segments in the audit chain: ids with the SHA-256 of their cipher bytes."""
    lines = sorted(f"{segment_id} {sha256}\n" for segment_id, sha256 in segments)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
