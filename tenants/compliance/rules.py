"""What had to be recorded, what was, and how an institution stands. Pure; half-open spans, seconds.

Nothing known is never fine (DR-30): an institution that says nothing is `NOT_REPORTED`, one that never said anything is
`NO_DATA`, and both stand before those that merely have a fault.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tenants.footage.coverage import CameraDay
from tenants.footage.rules import SILENT_AFTER, Gap, Window, merged
from tenants.roc_dates import format_date

# A day that became due at midnight has this long to be destroyed and certified before it counts as late.
DESTRUCTION_GRACE = timedelta(days=1)
# The regulations ask that recording is not interrupted; a share below this is shown as an interruption to be explained.
# It is not 1.0 because a segment's last fraction of a second is lost between two key frames.
ENOUGH_COVERAGE = 0.995


class Standing(StrEnum):
    """How an institution stands, in the order in which it needs a person."""

    NOT_REPORTED = "not_reported"
    NO_DATA = "no_data"
    FAULT = "fault"
    TO_DO = "to_do"
    FINE = "fine"
    NOT_YET = "not_yet"
    NO_CAMERA = "no_camera"
    CLOSED = "closed"


STANDING_NAMES: Mapping[Standing, str] = {
    Standing.NOT_REPORTED: "未回報",
    Standing.NO_DATA: "無資料",
    Standing.FAULT: "異常",
    Standing.TO_DO: "有待處理案件",
    Standing.FINE: "正常",
    Standing.NOT_YET: "尚未起算",
    Standing.NO_CAMERA: "未設置鏡頭",
    Standing.CLOSED: "已停辦",
}
_ORDER = list(Standing)


class Coverage(StrEnum):
    """What a share of recorded time can say; only `KNOWN` has a percentage, and the others are not zero (DR-30)."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    NOT_BEGUN = "not_begun"
    NOT_DUE = "not_due"


COVERAGE_NAMES: Mapping[Coverage, str] = {
    Coverage.KNOWN: "已有資料",
    Coverage.UNKNOWN: "無資料",
    Coverage.NOT_BEGUN: "今日尚未開始",
    Coverage.NOT_DUE: "不需錄影",
}


@dataclass(frozen=True)
class CameraFacts:
    """Seconds of one camera that had to be recorded by now, those that were, and the interruptions between them."""

    due_seconds: int
    recorded_seconds: int
    gaps: int


@dataclass(frozen=True, kw_only=True)
class UrgentFacts:
    """An urgent preservation as the bureau knows it: its number and age, and that it is beyond the caps (DR-02)."""

    number: str
    placed_at: datetime
    ends_on: date | None
    over_cap: bool


@dataclass(frozen=True, kw_only=True)
class LawFacts:
    """Floor, ceiling and holds of an institution, and what stands still; `wrong_since`: without a pause until now."""

    computed_at: datetime
    wrong_since: datetime | None = None
    floor_missing: int = 0
    late_minutes: int = 0
    days_overdue: int = 0
    open_holds: int = 0
    late_reviews: int = 0
    incomplete_holds: int = 0
    stopped_runs: int = 0
    lost_requests: int = 0
    stalled: bool = False
    held_bytes: int | None = None
    urgent_holds: tuple[UrgentFacts, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NowFacts:
    """What an institution's roll-up says. None is "not known". `short_of` are the days that the short cameras owe.

    `stopped_since`: since when the camera has nothing that is longest without and of which no open fault tells.
    """

    computed_at: datetime
    last_report_at: datetime | None
    cameras: int
    recording_now: int | None
    coverage_today: float | None
    coverage_state: Coverage
    days_kept: int | None
    open_requests: int
    overdue_destructions: int
    short_cameras: int
    short_of: tuple[int, ...] = ()
    late_requests: int = 0
    stopped_in_faults: int = 0
    stopped_since: datetime | None = None
    law: LawFacts | None = None


@dataclass(frozen=True)
class Judgement:
    """How an institution stands and every reason, each a sentence for the bureau."""

    standing: Standing
    reasons: tuple[str, ...]

    @property
    def urgency(self) -> int:
        """Smaller needs a person sooner."""
        return _ORDER.index(self.standing)


def camera_facts(known: CameraDay, due: Sequence[Window]) -> CameraFacts:
    """One camera's part of the day that is over. Late footage counts as recorded, since it is (DR-17)."""
    if known.expected is None:
        return CameraFacts(0, 0, 0)
    owed = [part for window in due if (part := window.within(known.expected)) is not None]
    lost = merged(gap.window for gap in due_parts(known, owed))
    due_seconds = round(sum(window.seconds for window in owed))
    return CameraFacts(due_seconds, max(0, due_seconds - round(sum(window.seconds for window in lost))), len(lost))


def coverage_of(known: CameraDay, due: Sequence[Window], now: datetime) -> Coverage:
    """Whether one camera's share of a day can be told, or why not. A day with reports but no footage is a true 0."""
    if not due:
        return Coverage.NOT_DUE
    if now < due[0].started_at:
        return Coverage.NOT_BEGUN
    if not known.heard:
        return Coverage.UNKNOWN
    if camera_facts(known, due).due_seconds:
        return Coverage.KNOWN
    # The first minute is still being written, or the camera was entered after closing time.
    return Coverage.NOT_DUE if now >= due[-1].ended_at else Coverage.NOT_BEGUN


def together(states: Iterable[Coverage]) -> Coverage:
    """What can be said of several cameras: one that is known gives a share, in which the unknown count as missing."""
    return min(states, key=list(Coverage).index, default=Coverage.NOT_DUE)


def due_parts(known: CameraDay, due: Sequence[Window]) -> list[Gap]:
    """The gaps of a camera-day that lie in the hours that had to be recorded, each with its cause."""
    return [
        Gap(part, gap.cause) for gap in known.gaps for window in due if (part := gap.window.within(window)) is not None
    ]


def total(facts: Iterable[CameraFacts]) -> CameraFacts:
    """All cameras of an institution together."""
    listed = list(facts)
    return CameraFacts(
        sum(each.due_seconds for each in listed),
        sum(each.recorded_seconds for each in listed),
        sum(each.gaps for each in listed),
    )


def share(facts: CameraFacts) -> float | None:
    """The recorded share of what was due; None where nothing was due yet."""
    return facts.recorded_seconds / facts.due_seconds if facts.due_seconds else None


def past_days(today: date, count: int) -> list[date]:
    """The civil days before today, the oldest first."""
    return [today - timedelta(days=back) for back in range(count, 0, -1)]


def days_short(*, owed_since: date, active_from: date, oldest_day: date | None, today: date) -> int | None:
    """How many days a camera owes by now when it has fewer, None when it has them; a new camera owes its own (KH-5-3c).

    `owed_since` is the earliest day whose footage the site must still have, by the class of each day.
    """
    owed = (today - max(owed_since, active_from)).days
    kept = (today - oldest_day).days if oldest_day is not None else 0
    return owed if kept < owed else None


def judge(facts: NowFacts | None, *, now: datetime, is_first_day: bool = False) -> Judgement:
    """How an institution stands by its roll-up, which may be missing or old.

    Of one that was opened today and said nothing yet nobody expects a word: it is neither silent nor fine (DR-30).
    """
    if facts is None or (is_first_day and facts.last_report_at is None):
        return _unheard(is_first_day=is_first_day)
    law = (*(law_faults(facts.law) if facts.law is not None else ()), *_late_requests(facts))
    if facts.cameras == 0:  # what it once recorded must still go on its day
        return Judgement(Standing.FAULT if law else Standing.NO_CAMERA, ("沒有登記使用中的鏡頭", *law))
    unknown = _silence(facts, now)
    if unknown is not None:
        return Judgement(unknown.standing, (*unknown.reasons, *law))
    faults = (*_faults(facts), *law)
    if faults:
        return Judgement(Standing.FAULT, faults)
    if facts.open_requests:
        return Judgement(Standing.TO_DO, (f"{facts.open_requests} 件調閱案件待處理",))
    return Judgement(Standing.FINE, ())


def _unheard(*, is_first_day: bool) -> Judgement:
    if is_first_day:
        return Judgement(Standing.NOT_YET, ("今天開通，明天起計入",))
    return Judgement(Standing.NO_DATA, ("從未計算過合規資料",))


def law_faults(law: LawFacts) -> Iterator[str]:
    """What of floor, ceiling and holds needs a person; lateness within its day of grace is a number and no fault."""
    if law.floor_missing:
        yield f"{law.floor_missing} 段影像未滿保存天數即遺失"
    if law.lost_requests:
        yield f"{law.lost_requests} 件申請的影像於收件後遭刪除"
    if law.stopped_runs:
        yield "銷毀作業暫停，等候首長核可"
    if law.stalled:
        yield "已逾一日沒有銷毀任何到期影像"
    if law.late_reviews:
        yield f"{law.late_reviews} 筆保全或備查複製本逾複查日"
    if law.incomplete_holds:
        yield f"{law.incomplete_holds} 筆保全或備查複製本未完成"
    if over := sum(each.over_cap for each in law.urgent_holds):
        yield f"{over} 筆緊急保全超過上限，經首長確認"


def judge_closed(facts: NowFacts | None, *, closed_from: date, keeper: str) -> Judgement:
    """How a closed institution stands: nothing is owed any more but that its footage stays and goes in time (DR-33)."""
    if facts is not None:
        overdue = [_overdue(facts)] if facts.overdue_destructions else []
        law = law_faults(facts.law) if facts.law is not None else ()
        faults = [*overdue, *law, *_late_requests(facts)]
        if faults:
            return Judgement(Standing.FAULT, tuple(f"已停辦，{fault}" for fault in faults))
    return Judgement(Standing.CLOSED, (f"自{format_date(closed_from)}起停辦，資料由{keeper}保管",))


def silent_since(facts: NowFacts, now: datetime) -> datetime | None:
    """Since when nothing is known of an institution; None while it speaks, or where it never did."""
    if facts.last_report_at is None:
        return None
    last = facts.last_report_at if now - facts.last_report_at > SILENT_AFTER else facts.computed_at
    return last if now - last > SILENT_AFTER else None


def _silence(facts: NowFacts, now: datetime) -> Judgement | None:
    if facts.last_report_at is None:
        return Judgement(Standing.NO_DATA, ("邊緣主機從未回報",))
    if now - facts.last_report_at > SILENT_AFTER:
        return Judgement(Standing.NOT_REPORTED, ("邊緣主機停止回報",))
    if now - facts.computed_at > SILENT_AFTER:  # they are taken each minute, and five misses are no accident
        return Judgement(Standing.NOT_REPORTED, ("合規資料停止更新",))
    return None


def _faults(facts: NowFacts) -> Iterator[str]:
    if facts.recording_now is None:
        yield "無法得知鏡頭是否錄影中"
    elif facts.recording_now < facts.cameras:
        yield f"{facts.cameras - facts.recording_now} 支鏡頭未在錄影"
    if facts.coverage_today is not None and facts.coverage_today < ENOUGH_COVERAGE:
        yield "今日應錄影時段有中斷"
    if facts.short_cameras:
        yield f"{facts.short_cameras} 支鏡頭保存天數不足 {'、'.join(map(str, facts.short_of))} 日"
    if facts.overdue_destructions:
        yield _overdue(facts)


def _late_requests(facts: NowFacts) -> Iterator[str]:
    if facts.late_requests:
        yield f"{facts.late_requests} 件調閱案件已逾處理期限"


def _overdue(facts: NowFacts) -> str:
    return f"{facts.overdue_destructions} 日份影像逾期未完成銷毀"
