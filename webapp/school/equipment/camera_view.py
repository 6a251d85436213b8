"""A camera as its card shows it: its state in words, its day as a strip with a table twin, the earliest day kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from infra import clock
from infra.causes import GapCause
from infra.clock import civil_day
from tenants.compliance.rules import COVERAGE_NAMES, Coverage, camera_facts, coverage_of, due_parts, share
from tenants.footage import camera_days, times
from tenants.footage import queries as footage
from tenants.footage.coverage import CameraDay
from tenants.footage.due import due_by_site
from tenants.footage.remarks import Remarks, remarks
from tenants.footage.rules import CAUSE_NAMES, Gap, Now, Reported, Window, day_window, missing, state_now
from tenants.footage.times import Times
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.registry.models import Camera
from tenants.registry.standing import is_closed
from tenants.roc_dates import format_date, format_time, short_date
from webapp.school.equipment import clock_view
from webapp.school.equipment.clock_view import ClockLook

_DAY = timedelta(days=1)
_BADGES = {
    Now.RECORDING: ("good", "錄影中"),
    Now.NOT_RECORDING: ("bad", "未錄影"),
    Now.SILENT: ("unknown", "無資料（邊緣主機未回報）"),
}
_WITHDRAWN = (
    "unknown",
    "無資料（邊緣主機已撤銷）",
    "這個場所的邊緣主機已撤銷，平台不再接受它的回報與影像。請核發註冊碼，註冊新的主機。",
)

_CLOSED = ("info", "已停止錄影", "")
_RECOVERED = "已錄到（自鏡頭記憶卡回補）"
_LOST = "已錄到，但儲存空間沒有完好的影像"
_NOTHING_OWED = {
    Coverage.NOT_DUE: "這一天不需錄影。",
    Coverage.NOT_BEGUN: "今日的應錄影時段尚未開始。",
}


@dataclass(frozen=True)
class Span:
    """One part of a day: where it lies in seconds from midnight, its mark, its words, its clock times."""

    start: float
    end: float
    kind: str
    words: str
    from_words: str
    to_words: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one camera stands now; `cause` says why it does not record, or what of its picture is to be looked at."""

    camera: Camera
    badge: str
    state: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """What is known of one camera now and over one day."""

    camera: Camera
    badge: str
    state: str
    cause: str
    reported_at: datetime | None
    coverage: float | None
    coverage_state: Coverage
    spans: Sequence[Span]
    summary: str
    nothing_owed: bool
    destroyed: bool
    earliest: date | None
    remarks: Remarks
    clock: ClockLook
    undated: str


def standings(*, tenant_id: UUID, cameras: Sequence[Camera], now: datetime) -> list[Standing]:
    """How each camera stands, in the order given: what its card begins with, without its day."""
    said, withdrawn = camera_days.statuses(tenant_id=tenant_id), device_queries.sites_withdrawn(tenant_id=tenant_id)
    closed = is_closed(registry.tenant(tenant_id=tenant_id), clock.civil_day(now))
    found = []
    for camera in cameras:
        told, gone = said.get(camera.id), camera.site_id in withdrawn
        badge, state, cause = _CLOSED if closed else _shown(state_now(told, now), told, withdrawn=gone)
        found.append(Standing(camera=camera, badge=badge, state=state, cause=cause))
    return found


def cards(*, tenant_id: UUID, cameras: Sequence[Camera], day: date, now: datetime) -> list[Card]:
    """A card for each camera, in the order given."""
    said, told = camera_days.statuses(tenant_id=tenant_id), times.of_cameras(tenant_id=tenant_id)
    earliest = footage.earliest_days(tenant_id=tenant_id, cameras=cameras)
    due = due_by_site(tenant_id=tenant_id, day=day)
    remarked = remarks(tenant_id=tenant_id, camera_ids=[one.id for one in cameras], window=day_window(day))
    lines = camera_days.timeline(tenant_id=tenant_id, cameras=cameras, day=day, now=now)
    return [
        Card(
            camera=line.camera,
            badge=shown.badge,
            state=shown.state,
            cause=shown.cause,
            reported_at=said[line.camera.id].at if line.camera.id in said else None,
            coverage=share(camera_facts(line.day, due[line.camera.site_id])),
            coverage_state=coverage_of(line.day, due[line.camera.site_id], now),
            spans=spans(
                line.day,
                day,
                due[line.camera.site_id],
                recovered=said_of(remarked, line.camera).recovered,
                destroyed=line.destroyed,
            ),
            summary=summary(line.day, due[line.camera.site_id], now, destroyed=line.destroyed),
            nothing_owed=coverage_of(line.day, due[line.camera.site_id], now) in _NOTHING_OWED,
            destroyed=line.destroyed,
            earliest=earliest.get(line.camera.id),
            remarks=said_of(remarked, line.camera),
            clock=clock_view.of_camera(told.get(line.camera.id), now),
            undated=_undated(told.get(line.camera.id)),
        )
        for line, shown in zip(lines, standings(tenant_id=tenant_id, cameras=cameras, now=now), strict=True)
    ]


def _undated(told: Times | None) -> str:
    return clock_view.undated_words(told.undated) if told is not None and told.undated is not None else ""


def _shown(now: Now, said: Reported | None, *, withdrawn: bool) -> tuple[str, str, str]:
    """Badge, state and cause. A box that was withdrawn counts no more, whatever it said last."""
    if withdrawn:
        return _WITHDRAWN
    return (*_BADGES[now], _cause(now, said))


def said_of(remarked: Mapping[UUID, Remarks], camera: Camera) -> Remarks:
    """What a camera's segments remark of the day."""
    return remarked.get(camera.id, Remarks())


def spans(
    known: CameraDay,
    day: date,
    due: Sequence[Window],
    *,
    recovered: Sequence[Window] = (),
    destroyed: bool = False,
) -> list[Span]:
    """The day as parts in order: recorded, on its way, lost since, not recorded and why, and hours that need none.

    What was `recovered` off the camera's card is recorded, and marked. Of a day that is destroyed these are what was at
    that time, and say so.
    """
    not_due = f"當時{COVERAGE_NAMES[Coverage.NOT_DUE]}" if destroyed else COVERAGE_NAMES[Coverage.NOT_DUE]
    whole = day_window(day)
    filmed = [*known.recorded, *known.late, *known.lost]
    free = [part for window in missing(whole, due) for part in missing(window, filmed)]
    found = [
        *((part, "good", "已錄到") for window in known.recorded for part in missing(window, recovered)),
        *((part, "recovered", _RECOVERED) for window in known.recorded for part in _parts_in(window, recovered)),
        *((window, "info", "已錄到，待上傳") for window in known.late),
        *((window, "lost", _LOST) for window in known.lost),
        *((gap.window, *_gap(gap.cause)) for gap in due_parts(known, due)),
        *((window, "none", not_due) for window in free),
    ]
    return [_span(window, kind, words, whole) for window, kind, words in sorted(found)]


def _parts_in(whole: Window, spans: Sequence[Window]) -> list[Window]:
    return [part for span in spans if (part := span.within(whole)) is not None]


def summary(known: CameraDay, due: Sequence[Window], now: datetime, *, destroyed: bool = False) -> str:
    """The day in one sentence. That it is destroyed comes before that nothing had to be recorded."""
    state = coverage_of(known, due, now)
    if destroyed and state is Coverage.NOT_DUE:
        return "影像已銷毀；當時不需錄影，不計涵蓋率。"
    if state in _NOTHING_OWED:
        return _NOTHING_OWED[state]
    if known.expected is None:
        return "這一天沒有可以判斷的錄影資料。"
    gaps = due_parts(known, due)
    lost, unknown = _total(gaps, silent=False), _total(gaps, silent=True)
    told = [f"未錄到合計 {duration(lost)}"] if lost else []
    told += [f"無資料合計 {duration(unknown)}"] if unknown else []
    words = "，".join(told) if told else f"沒有中斷{'，部分影像待上傳' if known.late else ''}"
    if known.lost and not destroyed:
        words += f"；已錄到的有 {duration(_length(known.lost))}在儲存空間不完好，請聯絡平台維運人員查明"
    return f"{words}。"


def _total(gaps: Sequence[Gap], *, silent: bool) -> timedelta:
    return _length(gap.window for gap in gaps if (gap.cause is GapCause.NO_CONTACT) == silent)


def _length(spans: Iterable[Window]) -> timedelta:
    return sum((span.ended_at - span.started_at for span in spans), timedelta())


def duration(span: timedelta) -> str:
    """A length in the units that people use: 3 小時 5 分, 42 秒. Seconds beside hours are noise."""
    seconds = round(span.total_seconds())
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    parts = [f"{hours} 小時" if hours else "", f"{minutes} 分" if minutes else "", f"{rest} 秒" if rest else ""]
    return " ".join(part for part in parts[: 2 if hours else 3] if part) or "不到 1 秒"


def neighbours(chosen: date, *, today: date) -> list[tuple[str, str]]:
    """The day before and, unless that is tomorrow, the day after: words and what the address takes."""
    days = [("前一天", chosen - _DAY), ("後一天", chosen + _DAY)]
    return [(f"{words}（{format_date(day)}）", short_date(day)) for words, day in days if day <= today]


def _gap(cause: GapCause) -> tuple[str, str]:
    if cause is GapCause.NO_CONTACT:
        return "unknown", f"無資料：{CAUSE_NAMES[cause]}"
    return "bad", f"未錄到：{CAUSE_NAMES[cause]}"


def _span(window: Window, kind: str, words: str, whole: Window) -> Span:
    # Whole seconds: SVG needs no more, and a style checker reads a long fraction as noise.
    start = int((window.started_at - whole.started_at).total_seconds())
    end = int((window.ended_at - whole.started_at).total_seconds())
    until = "24:00" if window.ended_at == whole.ended_at else _clock(window.ended_at)
    return Span(start, max(end, start + 1), kind, words, _clock(window.started_at), until)


def _clock(instant: datetime) -> str:
    return format_time(instant.replace(microsecond=0))


def _cause(now: Now, said: Reported | None) -> str:
    if now is Now.RECORDING and said is not None and said.frozen_since is not None:
        since = f"{format_date(civil_day(said.frozen_since))} {_clock(said.frozen_since)}"
        return f"有錄影，但畫面自{since} 起完全不動。請到現場查看鏡頭，必要時重新啟動。"
    if now is Now.RECORDING or said is None:
        return ""
    if now is Now.SILENT:
        return "邊緣主機超過 5 分鐘沒有回報，是否錄影無從得知。請檢查主機電源與網路。"
    return CAUSE_NAMES[said.fault] if said.fault else "原因不明"
