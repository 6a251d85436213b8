"""Copies for reference as pages show them: what is kept of which case, by whom and where, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for

from infra import clock
from tenants import periods
from tenants.actor import Actor
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.packages import contents
from tenants.disclosures.retained import history, opening, queries
from tenants.disclosures.retained.models import CopyChange, CopyStep, Found, RetainedCopy
from tenants.disclosures.retained.queries import Kept
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.retention.models import HoldBasis
from tenants.retention.pending import TRIES, words
from tenants.roc_dates import format_date, format_span
from webapp.school.retention.kept_view import BASIS_NAMES

STEP_NAMES: Mapping[CopyStep, str] = {
    CopyStep.MADE: "製作完成",
    CopyStep.KEPT: "登記保管",
    CopyStep.OPENED: "開啟",
    CopyStep.CHECKED: "驗證",
    CopyStep.EXTENDED: "續存",
    CopyStep.ENDED: "決定銷毀",
    CopyStep.DESTROYED: "已銷毀並出具證明",
}
FOUND_NAMES: Mapping[Found, str] = {
    Found.SAME: "相符",
    Found.OTHER: "與製作時的雜湊不符",
    Found.UNREADABLE: "無法開啟",
}
NEEDED = "仍有保存之必要（影像未滿一年）"


@dataclass(frozen=True)
class Advice:
    """How a copy stands: a state in words, and what to do now; nothing to do where `now` is empty."""

    badge: str
    state: str
    now: str = ""


@dataclass(frozen=True, kw_only=True)
class CopyLine:
    """One copy in the list."""

    copy: RetainedCopy
    serial: str
    case: str
    advice: Advice
    windows: Sequence[str]
    review_on: date | None
    article: str


@dataclass(frozen=True, kw_only=True)
class CopyPage:
    """One copy with its history, and what this person may do about it."""

    line: CopyLine
    history: Sequence[tuple[CopyChange, str]]
    basis: str
    checked: str
    last_day: date
    disposal: str
    custodian_required: bool
    is_open: bool
    is_opened: bool
    may_keep: bool
    may_review: bool
    may_open: bool


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How many copies there are, how many need somebody, and how many are gone."""

    living: int
    waiting: int
    gone: int


def totals(*, tenant_id: UUID, actor: Actor) -> Totals:
    """The figures of 保存與銷毀."""
    found, today = queries.shown(tenant_id=tenant_id, actor=actor), clock.today()
    living = [kept for kept in found if kept.copy.destroyed_at is None]
    waiting = sum(advice(kept, today).badge in {"warn", "bad"} for kept in living)
    return Totals(living=len(living), waiting=waiting, gone=len(found) - len(living))


def lines(*, tenant_id: UUID, actor: Actor) -> Sequence[CopyLine]:
    """Every copy that this person may know of, the newest first."""
    today = clock.today()
    return [line(kept, today) for kept in queries.shown(tenant_id=tenant_id, actor=actor)]


def of_case(*, tenant_id: UUID, disclosure_id: UUID, actor: Actor) -> CopyLine | None:
    """The copy of a case, for the case's page; None where there is none, or it is not for this person."""
    if not actor.may(Permission.RETENTION_READ):
        return None
    found = queries.of_case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    return line(found, clock.today()) if found is not None and not found.concerns(actor) else None


def line(kept: Kept, today: date) -> CopyLine:
    """One copy as a line."""
    copy = kept.copy
    return CopyLine(
        copy=copy,
        serial=kept.disclosure.serial,
        case=case_address(kept),
        advice=advice(kept, today),
        windows=[f"{each.camera} {each.shown}" for each in contents.approved_windows(kept.disclosure)],
        review_on=copy.review_on if copy.ended_at is None else None,
        article=article(kept),
    )


def page(*, tenant_id: UUID, copy_id: UUID, actor: Actor) -> CopyPage:
    """One copy. Raises `NotFound`."""
    kept = queries.shown_one(tenant_id=tenant_id, copy_id=copy_id, actor=actor)
    copy = kept.copy
    is_open = copy.made_at is not None and copy.ended_at is None
    return CopyPage(
        line=line(kept, clock.today()),
        history=[
            (each, STEP_NAMES[CopyStep(each.step)] + (f"：{FOUND_NAMES[Found(each.found)]}" if each.found else ""))
            for each in history.history(tenant_id=tenant_id, copy_id=copy_id)
        ],
        basis=NEEDED if copy.basis == HoldBasis.REQUEST else BASIS_NAMES[copy.basis],
        checked=FOUND_NAMES[Found(copy.found)] if copy.found else "",
        last_day=periods.reviewed_by(clock.civil_day(copy.oldest_at)),
        disposal=_disposal(kept),
        custodian_required=kept.rule.retained_copy.custodian_required,
        is_open=is_open,
        is_opened=is_open and opening.is_opened(actor=actor, tenant_id=tenant_id, copy_id=copy_id),
        may_keep=is_open and actor.may(Permission.RETAINED_KEEP),
        may_review=is_open and actor.may(Permission.RETAINED_REVIEW),
        may_open=copy.wrapped_secret is not None and actor.may(Permission.FOOTAGE_WATCH),
    )


def advice(kept: Kept, today: date) -> Advice:
    """How a copy stands and what comes next, the worst first."""
    copy = kept.copy
    if copy.destroyed_at is not None:
        return Advice("info", "已銷毀")
    if copy.ended_at is not None:
        return Advice("info", "已決定銷毀", "系統正在清除並驗證，完成後出具證明。")
    if copy.made_at is None and copy.failures >= TRIES:
        return Advice("bad", "待完成", f"製作連續失敗 {copy.failures} 次：{words(copy.last_error)}請平台維運人員處理。")
    if copy.made_at is None:
        return Advice("warn", "製作中", "系統自動製作並讀回驗證，完成前不能結案。")
    if copy.found in {Found.OTHER, Found.UNREADABLE}:
        return Advice("bad", "驗證不符", f"上次驗證{FOUND_NAMES[Found(copy.found)]}，請平台維運人員查明。")
    return _kept_advice(kept, today)


def article(kept: Kept) -> str:
    """The article that asks for what comes next."""
    asked = Clause.RETAINED_COPY if kept.copy.made_at is None or kept.needs_custodian else Clause.RETAINED_COPY_DISPOSAL
    return kept.rule.article(asked)


def case_address(kept: Kept) -> str:
    """The page of its case."""
    door = "applications" if isinstance(kept.disclosure, InsiderRequest) else "cases"
    return url_for(f"school.{door}.show", disclosure_id=kept.disclosure.id)


def last_custody(*, tenant_id: UUID, actor: Actor) -> tuple[str, str]:
    """Who kept the newest copy of which that is known, and where: most often the same person and cupboard."""
    told = (kept.copy for kept in queries.shown(tenant_id=tenant_id, actor=actor) if kept.copy.custodian)
    found = next(told, None)
    return (found.custodian, found.place) if found is not None else ("", "")


def certified_windows(paper: Mapping[str, Any]) -> Sequence[str]:
    """What a certificate says was destroyed, each camera with its span."""
    return [
        f"{each['camera']} {format_span(datetime.fromisoformat(each['from']), datetime.fromisoformat(each['until']))}"
        for each in paper["windows"]
    ]


def _kept_advice(kept: Kept, today: date) -> Advice:
    copy = kept.copy
    if kept.is_overdue(today):
        if kept.must_go:
            return Advice("bad", "已逾複查日", "請複查：無保存之必要者應予銷毀，仍有必要者請續存。")
        return Advice("warn", "已逾複查日", "提醒：無保存之必要者得予銷毀，仍有必要者請續存。")
    if kept.needs_custodian:
        return Advice("warn", "待登記保管", "請登記保管人及保管處所。")
    if copy.review_on == today:
        return Advice("warn", "今日應複查", "請決定續存或銷毀。")
    return Advice("good", "保存中", f"於{format_date(copy.review_on)}前複查。" if copy.review_on else "")


def _disposal(kept: Kept) -> str:
    return "無保存之必要時，應予銷毀。" if kept.must_go else "無保存之必要時，得予銷毀。"
