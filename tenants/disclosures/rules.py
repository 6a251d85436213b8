"""Pure decisions about windows, decisions and dates of a request: no I/O, no clock, no session."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from infra.clock import civil_day
from tenants import periods, working_days
from tenants.disclosures.documents import ELEMENT_NAMES, Element, Urgency
from tenants.disclosures.models import PackageState
from tenants.errors import Destroyed, Invalid
from tenants.roc_dates import format_date, format_instant

# A clock at the edge may be off by minutes, and the head of an event is often just before the minute that was named.
HOLD_MARGIN = timedelta(minutes=10)
LONG_WINDOW = timedelta(hours=72)
BROAD_TOTAL = timedelta(days=7)
# One letter that would freeze a whole institution's storage is not a request any more (DR-01, capped).
MOST_WINDOWS = 50
LONGEST_WINDOW = timedelta(days=31)
# 文書處理手冊: working days for a letter by its 速別; one that bears none is handled as an ordinary one (8.4).
HANDLING_DAYS: Mapping[str, int] = {Urgency.FASTEST: 1, Urgency.FAST: 3, Urgency.ORDINARY: 6}
_ORDINARY_DAYS = 6
LINK_LIFE = timedelta(minutes=15)
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


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the head decides. `reasons` may be empty only for full consent to a scope that is not too wide (KH-6-1g)."""

    grants: tuple[Grant, ...]
    reasons: str
    copy: bool
    escort_id: UUID


@dataclass(frozen=True)
class Caution:
    """Something unusual that does not stop a request; a person confirms it. `code` is stable."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a decision answers, as far as a rule needs to know it."""

    windows: Mapping[UUID, AskedWindow]
    destroyed: Collection[UUID]
    absent: Collection[UUID]
    missing: tuple[Element, ...]
    broad: bool
    wants_copy: bool
    copy_necessity: str
    copy_needs_necessity: bool
    filed_by: UUID
    members: Collection[UUID]


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
        raise Invalid("結束時間必須晚於開始時間。請檢查日期與時間。", field="windows")
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


def answer_by(filed_on: date, urgency: str) -> date:
    """The day by which the institution should answer: its handling target and not a rule of the regulation (8.4)."""
    return working_days.working_days_after(filed_on, HANDLING_DAYS.get(urgency, _ORDINARY_DAYS))


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


def check_copy_necessity(*, wants_copy: bool, needed: bool, necessity: str) -> None:
    """Where the regulation lets a copy leave only when it is necessary, asking for one says why (TY-5-2b)."""
    if wants_copy and needed and not necessity.strip():
        raise Invalid("申請複製時，請照來文敘明複製的必要性；來文未敘明者，請先申請調閱。", field="copy_necessity")


def check_document_date(dated: date, *, today: date) -> None:
    """發文日期 may not lie in the future (KH-6-1e)."""
    if dated > today:
        raise Invalid("發文日期不能晚於今天。請依公文上的日期輸入。", field="document_date")


def check_reply_date(replied: date, *, incoming: date, today: date) -> None:
    """The reply answers the letter, so it is not older than it (KH-6-1h)."""
    if replied < incoming:
        raise Invalid("函復日期不能早於來文日期。請檢查日期。", field="reply_date")
    if replied > today:
        raise Invalid("函復日期不能晚於今天。請於發文後再登記。", field="reply_date")


def is_full(decision: Decision, question: Question) -> bool:
    """Whether everything that was asked is approved: every window whole, and the copy if one was asked for."""
    granted = {grant.window_id: (grant.started_at, grant.ended_at) for grant in decision.grants}
    asked = {key: (window.started_at, window.ended_at) for key, window in question.windows.items()}
    return granted == asked and decision.copy == question.wants_copy


def check_decision(decision: Decision, question: Question) -> None:
    """Raise unless the head may decide so: `Invalid` with a field, or `Destroyed` (KH-6-1d to g, KH-7-1, TY-5-2b)."""
    if question.missing:
        names = "、".join(ELEMENT_NAMES[element] for element in question.missing)
        raise Invalid(f"來文未載明{names}，不能同意。請先退請補正。", code="incomplete_document")
    if not decision.grants:
        raise Invalid("沒有核准任何時段。如不同意調閱，請選擇「不同意」並敘明理由。", field="grants")
    _check_grants(decision, question)
    if decision.copy and not question.wants_copy:
        raise Invalid("來文未申請複製，不能核准複製。", field="copy")
    if decision.copy and question.copy_needs_necessity and not question.copy_necessity.strip():
        raise Invalid("來文未敘明複製之必要性，僅能核准調閱。請退請補正，或僅核准調閱。", field="copy")
    if not decision.reasons.strip() and not (is_full(decision, question) and not question.broad):
        raise Invalid("部分同意，或範圍過廣仍予同意時，應敘明理由。", field="reasons")
    if decision.escort_id == question.filed_by:
        raise Invalid("陪同人員不能是申請人。請指定本機構的其他人員。", field="escort_id")
    if decision.escort_id not in question.members:
        raise Invalid("陪同人員應為本機構現職人員。請重新選擇。", field="escort_id")


def _check_grants(decision: Decision, question: Question) -> None:
    if len({grant.window_id for grant in decision.grants}) < len(decision.grants):
        raise Invalid("同一時段只能核准一次。", field="grants")
    for grant in decision.grants:
        window = question.windows.get(grant.window_id)
        if window is None:
            raise Invalid("核准的時段不屬於本案。", field="grants")
        if grant.ended_at <= grant.started_at:
            raise Invalid("核准的結束時間必須晚於開始時間。", field="grants")
        if grant.started_at < window.started_at or grant.ended_at > window.ended_at:
            raise Invalid("核准的時段不能超出申請的時段。", field="grants")
        if grant.window_id in question.destroyed:
            raise Destroyed("這個時段的影像已依規定銷毀，無法提供。請對該時段選擇不同意，並於函復引用銷毀證明編號。")
        if grant.window_id in question.absent:
            raise Invalid("這個時段查無影像，不能同意。請對該時段選擇不同意，並於函復敘明查無影像。", field="grants")


def is_open(*, collected_at: datetime | None, reopened_at: datetime | None) -> bool:
    """Whether a finished copy may be fetched: nobody has yet, or it was opened again since (KH-6-5b)."""
    return collected_at is None or (reopened_at is not None and reopened_at > collected_at)


def is_asked_again(*, asked_at: datetime | None, reopened_at: datetime | None) -> bool:
    """Whether the officer's request to open the copy again still waits: opening it ends the request."""
    return asked_at is not None and (reopened_at is None or reopened_at < asked_at)


def check_handed_over(*, state: PackageState, built_at: datetime | None, waits_for_officer: bool, today: date) -> None:
    """Raise `Invalid` while a granted case may not be closed yet.

    Without its own copy the institution has nothing for reference (KH-6-4a). A copy that nobody fetched within the
    appeal period no longer keeps the case open.
    """
    if state is PackageState.PENDING:
        raise Invalid("備查複本尚未製作完成，不能結案。完成後再試一次。", code="no_retained_copy")
    if state is PackageState.READY and waits_for_officer and built_at is not None:
        last = periods.appealable_through(civil_day(built_at))
        if today <= last:
            raise Invalid(f"核准的影像尚未領取，{format_date(last)}後仍未領取始得結案。", code="not_collected")
