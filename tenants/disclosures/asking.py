"""Pure rules about what is asked for: one camera, one half-open span, for either door. No I/O, no clock, no session."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from infra.clock import civil_day
from tenants.errors import Caution, Destroyed, Invalid
from tenants.registry.models import Camera
from tenants.roc_dates import format_date, format_instant

# A clock at the edge may be off by minutes, and the head of an event is often just before the minute that was named.
HOLD_MARGIN = timedelta(minutes=10)


LONG_WINDOW = timedelta(hours=72)


BROAD_TOTAL = timedelta(days=7)


# One letter that would freeze a whole institution's storage is not a request any more (DR-01, capped).
MOST_WINDOWS = 50


LONGEST_WINDOW = timedelta(days=31)


# Windows are half-open: one that ends at midnight asks nothing of the day that begins.
_MOMENT = timedelta(microseconds=1)


_EVERYTHING = re.compile(r"(全部|所有|全校|全園|整園)(的)?(鏡頭|攝影機|監視器|影像|畫面)|整(個)?(週|月|學期|年)")


@dataclass(frozen=True, kw_only=True)
class AskedWindow:
    """One camera and half-open span, aware instants, as the letter asks for it."""

    camera_id: UUID
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What the head approves of one asked window: half-open, inside it. Windows without a grant are refused."""

    window_id: UUID
    started_at: datetime
    ended_at: datetime


def check_windows(windows: Sequence[AskedWindow], *, site_of: Mapping[UUID, UUID], now: datetime) -> UUID:
    """The one site that the windows concern. Raises `Invalid`, field `windows` (KH-6-1f, DR-11).

    `site_of` holds the institution's own cameras only, so a camera of another school is simply not there (DR-08).
    """
    if not windows:
        raise Invalid("請至少指定一支鏡頭與一段時間。", field="windows")
    if len(windows) > MOST_WINDOWS:
        raise Invalid(f"一件申請至多{MOST_WINDOWS}個時段。請縮小範圍，或分次來文。", field="windows")
    for window in windows:
        if window.camera_id not in site_of:
            raise Invalid("指定的鏡頭不屬於這個機構。請重新選擇鏡頭。", field="windows")
        check_span(window.started_at, window.ended_at, now=now)
    _check_overlaps(windows)
    sites = {site_of[window.camera_id] for window in windows}
    if len(sites) > 1:
        raise Invalid("一件申請只能針對一個場所，因為不同場所適用不同規定。請分件申請。", field="windows")
    return sites.pop()


def check_span(started_at: datetime, ended_at: datetime, *, now: datetime) -> None:
    """Raise `Invalid`, field `windows`, for a span that can be asked of no camera; a form shows it beside the span."""
    if started_at >= now:
        raise Invalid("調閱時段尚未開始，影像還沒有錄下。請檢查開始的日期與時間。", field="windows")
    if ended_at <= started_at:
        raise Invalid("結束時間必須晚於開始時間。請檢查日期與時間；跨過午夜的，迄日請填次日。", field="windows")
    if ended_at > now:
        raise Invalid("調閱時段尚未結束，影像還沒有錄下。請於時段結束後再申請。", field="windows")
    if ended_at - started_at > LONGEST_WINDOW:
        raise Invalid("單一時段不得超過31天。請依公文所載事件發生期間縮小範圍。", field="windows")


def _check_overlaps(windows: Sequence[AskedWindow]) -> None:
    ordered = sorted(windows, key=lambda window: (str(window.camera_id), window.started_at))
    for earlier, later in pairwise(ordered):
        if earlier.camera_id == later.camera_id and later.started_at < earlier.ended_at:
            raise Invalid("同一支鏡頭的時段互相重疊。請合併成一段。", field="windows")


def check_before_closing(windows: Sequence[AskedWindow], *, filmed_until: datetime) -> None:
    """Raise `Invalid`, field `windows`, for a time after which nothing was recorded any more (DR-33)."""
    if any(window.ended_at > filmed_until for window in windows):
        raise Invalid(
            f"這個機構已停辦，{format_instant(filmed_until)}以後沒有錄影。請將結束時間改在這之前。", field="windows"
        )


def check_in_use(windows: Sequence[AskedWindow], cameras: Mapping[UUID, Camera]) -> None:
    """Raise `Invalid`, field `windows`, for days on which a camera was not in use (KH-A1-08).

    One that was retired since is asked for as any other, for the days until then: its footage lives as long.
    """
    for window in windows:
        camera = cameras[window.camera_id]
        first, last = civil_day(window.started_at), civil_day(window.ended_at - _MOMENT)
        if last < camera.active_from:
            raise Invalid(
                f"「{camera.name}」的鏡頭{format_date(camera.active_from)}才啟用，當時沒有錄影。請改選其他地點。",
                field="windows",
            )
        if camera.retired_on is not None and last > camera.retired_on:
            ask = "請改選其他地點" if first > camera.retired_on else "請將結束時間改在這一天以前"
            raise Invalid(
                f"「{camera.name}」的鏡頭於{format_date(camera.retired_on)}停用，之後沒有錄影。{ask}。", field="windows"
            )


def with_margin(window: AskedWindow) -> AskedWindow:
    """What the hold keeps: the asked window and a margin on both sides (DR-01)."""
    return AskedWindow(
        camera_id=window.camera_id,
        started_at=window.started_at - HOLD_MARGIN,
        ended_at=window.ended_at + HOLD_MARGIN,
    )


def is_broad(windows: Sequence[AskedWindow], scope: str | None) -> bool:
    """Whether the scope looks wider than any single event, such as 「全部鏡頭、整個月」 (KH-6-1f)."""
    total = sum((window.ended_at - window.started_at for window in windows), timedelta())
    return total > BROAD_TOTAL or _EVERYTHING.search(scope or "") is not None


def window_cautions(windows: Sequence[AskedWindow], scope: str | None) -> tuple[Caution, ...]:
    """What a person should look at again before the windows are sent."""
    cautions = []
    if any(window.ended_at - window.started_at > LONG_WINDOW for window in windows):
        cautions.append(Caution("long_window", "有時段超過72小時，請確認是否為事件發生期間"))
    if is_broad(windows, scope):
        cautions.append(Caution("broad_scope", "範圍過廣，機構可能只同意一部分，或要求敘明必要性"))
    return tuple(cautions)


def check_grants(
    grants: Sequence[Grant],
    asked: Mapping[UUID, AskedWindow],
    *,
    destroyed: Collection[UUID],
    absent: Collection[UUID],
) -> None:
    """Raise unless each grant lies inside a window that was asked for and has footage: `Invalid`, or `Destroyed`."""
    if not grants:
        raise Invalid("沒有核准任何時段。如不同意調閱，請選擇「不同意」並敘明理由。", field="grants")
    if len({grant.window_id for grant in grants}) < len(grants):
        raise Invalid("同一時段只能核准一次。", field="grants")
    for grant in grants:
        window = asked.get(grant.window_id)
        if window is None:
            raise Invalid("核准的時段不屬於本案。", field="grants")
        if grant.ended_at <= grant.started_at:
            raise Invalid("核准的結束時間必須晚於開始時間。", field="grants")
        if grant.started_at < window.started_at or grant.ended_at > window.ended_at:
            raise Invalid("核准的時段不能超出申請的時段。", field="grants")
        if grant.window_id in destroyed:
            raise Destroyed("這個時段的影像已依規定銷毀，無法提供。請對該時段選擇不同意，並於函復引用銷毀證明編號。")
        if grant.window_id in absent:
            raise Invalid("這個時段查無影像，不能同意。請對該時段選擇不同意，並於函復敘明查無影像。", field="grants")


def plain_grants(grants: Sequence[Grant]) -> list[dict[str, str]]:
    """What was granted, as the audit event has it."""
    return [
        {"id": str(grant.window_id), "from": grant.started_at.isoformat(), "until": grant.ended_at.isoformat()}
        for grant in grants
    ]
