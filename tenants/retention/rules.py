"""Pure decisions about keeping and destroying: no I/O, no clock, no session."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from infra.clock import civil_day
from tenants import periods
from tenants.errors import Invalid, refuse
from tenants.footage.rules import LONGEST
from tenants.retention.models import EXCEPTIONS, HoldBasis
from tenants.roc_dates import format_date

# A request may ask for a margin around its window (DR-01); what is further ahead is no footage to preserve but a wish.
MARGIN = timedelta(hours=1)
REVIEW_MONTHS = 6
_LONGEST_REVIEW_MONTHS = 12

# An instruction is no exception of the law: 「長官要求」 keeps nothing (KH-5-4b).
_INSTRUCTION = re.compile(r"長官|上級|主管|交辦|指示|口頭")
_STATUTE = re.compile(r"(法|條例|律|通則|規則|辦法|細則).*第\s*[0-9一二三四五六七八九十百千]+\s*(條|點)")
_NUMBER = re.compile(r"[0-9一二三四五六七八九十]")


class CameraSpan(Protocol):
    """One camera and a half-open span of aware instants."""

    @property
    def camera_id(self) -> UUID:
        """Whose footage."""

    @property
    def started_at(self) -> datetime:
        """In the span."""

    @property
    def ended_at(self) -> datetime:
        """The first instant that is not."""


@dataclass(frozen=True, kw_only=True, order=True)
class DayAndClass:
    """The unit of destruction."""

    day: date
    retention_days: int


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What a hold rests on: the basis, the law or the case, the 文號, and why it is necessary."""

    basis: HoldBasis
    reference: str
    document: str
    necessity: str


@dataclass(frozen=True, kw_only=True)
class CameraWindow:
    """A `CameraSpan`, as a caller names it."""

    camera_id: UUID
    started_at: datetime
    ended_at: datetime


def days_of(span: CameraSpan) -> list[date]:
    """The civil days whose keys may hold footage of a span, in order.

    A segment belongs to the day it starts on, so a span just after midnight reaches into the day before.
    """
    first = civil_day(span.started_at - LONGEST)
    last = civil_day(span.ended_at - timedelta(microseconds=1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def is_due(day: date, retention_days: int, today: date) -> bool:
    """Whether footage of `day` may be destroyed on `today`: whole civil days, the day itself not counted (Q-01)."""
    return today >= periods.destroyable_on(day, retention_days)


def too_early(day: date, retention_days: int, article: str) -> str:
    """The sentence for somebody who wants to destroy a day too early."""
    return (
        f"{format_date(day)}的影像至少應保存{retention_days}日（{article}），"
        f"{format_date(periods.destroyable_on(day, retention_days))} 00:00 起始得銷毀。"
    )


def check_hold(
    *, basis: HoldBasis, reference: str, document: str, necessity: str, review_on: date, today: date
) -> None:
    """Raise `Invalid` unless the hold names what the law asks of its basis, and a day of review (KH-5-4b, KH-5-4c)."""
    refuse(
        hold_faults(
            basis=basis, reference=reference, document=document, necessity=necessity, review_on=review_on, today=today
        )
    )


def hold_faults(
    *, basis: HoldBasis, reference: str, document: str, necessity: str, review_on: date | None, today: date
) -> Iterator[Invalid]:
    """All that `check_hold` asks, so that it is told in one round."""
    reference, necessity = reference.strip(), necessity.strip()
    if not reference:
        yield Invalid("請填寫延長保存的依據：法律名稱與條次，或案號、公文字號。", field="reference")
    if basis in EXCEPTIONS and (_INSTRUCTION.search(reference) or not _NUMBER.search(reference)):
        yield Invalid(
            "延長保存應有法律依據或案號，長官要求不是依據。請填法律名稱與條次，或案號、公文字號。", field="reference"
        )
    if basis is HoldBasis.OTHER_LAW and not _STATUTE.search(reference):
        yield Invalid("請寫明法律名稱與條次，例如「○○法第12條」。", field="reference")
    if basis in EXCEPTIONS and not _NUMBER.search(document):
        yield Invalid("請填寫公文文號。沒有公文，不得延長保存。", field="document")
    if basis in {HoldBasis.CRIME_INVESTIGATION, HoldBasis.OTHER_UNLAWFUL_ACT} and not necessity:
        yield Invalid("因調查而延長保存，請以文字說明繼續保存的必要。", field="necessity")
    if review_on is None:
        return
    if review_on < today:
        yield Invalid("複查日期已過。請填今日以後的日期。", field="review_on")
    if review_on > periods.add_months(today, _LONGEST_REVIEW_MONTHS):
        yield Invalid("複查日期不得晚於一年後。延長保存應定期複查是否仍有必要。", field="review_on")


def reviewed_by(windows: Sequence[CameraSpan]) -> date:
    """The last day of review that a request's hold may have: after it its oldest footage is over a year old."""
    return periods.destroyed_by(min(civil_day(window.started_at) for window in windows))


def review_day(basis: HoldBasis, windows: Sequence[CameraSpan], *, asked: date, today: date) -> date:
    """When a hold is reviewed: as asked where an exception of the law carries it, else within its footage's year."""
    return asked if basis in EXCEPTIONS else max(today, min(asked, reviewed_by(windows)))


def check_within_year(*, basis: HoldBasis, windows: Sequence[CameraSpan], review_on: date) -> None:
    """Raise `Invalid` where a hold would keep footage for over a year and rests on no exception of the law."""
    last = reviewed_by(windows)
    if basis not in EXCEPTIONS and review_on > last:
        raise Invalid(
            f"影像至遲應於{format_date(last)}銷毀。逾一年仍須保存者，應另填其他法律規定，或調查犯罪及其他違法行為的案號。",
            field="basis",
        )


def check_windows(windows: Sequence[CameraSpan], *, now: datetime) -> None:
    """Raise `Invalid` for a hold of nothing, of a reversed span, or of the future."""
    if not windows:
        raise Invalid("請至少指定一支鏡頭與時段。", field="windows")
    for window in windows:
        if window.ended_at <= window.started_at:
            raise Invalid("時段的結束應晚於開始。請確認起訖時間。", field="windows")
        if window.started_at >= now or window.ended_at > now + MARGIN:
            raise Invalid("時段尚未發生，沒有影像可以保全。請確認日期與時間。", field="windows")
