"""Pure decisions about windows, decisions and dates of a request: no I/O, no clock, no session."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from infra.clock import civil_day
from tenants import periods, working_days
from tenants.disclosures import asking
from tenants.disclosures.asking import AskedWindow, Grant
from tenants.disclosures.official.documents import ELEMENT_NAMES, Element, Urgency
from tenants.disclosures.packages.models import Package, PackageState
from tenants.errors import Invalid, refuse
from tenants.roc_dates import format_date

# 文書處理手冊: working days for a letter by its 速別; one that bears none is handled as an ordinary one (8.4).
HANDLING_DAYS: Mapping[str, int] = {Urgency.FASTEST: 1, Urgency.FAST: 3, Urgency.ORDINARY: 6}
ORDINARY_DAYS = 6
LINK_LIFE = timedelta(minutes=15)
# So many working days after its target an answer is more than late, and somebody else than its handler should know.
VERY_LATE_DAYS = 3


class Punctuality(StrEnum):
    """How an answer stands to its handling target, in working days of the offices (anchors row 58)."""

    IN_TIME = "in_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    VERY_OVERDUE = "very_overdue"


class Awaited(StrEnum):
    """What of a granted case has not happened yet."""

    COLLECTION = "collection"
    VIEWING = "viewing"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the head decides. `reasons` may be empty only for full consent to a scope that is not too wide (KH-6-1g).

    `return_by` is the last day on which the agency may keep a copy; None leaves what the letter says, or the default.
    """

    grants: tuple[Grant, ...]
    reasons: str
    copy: bool
    escort_id: UUID
    return_by: date | None = None


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
    filed_by: UUID | None
    members: Collection[UUID]


def answer_by(filed_on: date, urgency: str) -> date:
    """The day by which the institution should answer: its handling target and not a rule of the regulation (8.4)."""
    return working_days.working_days_after(filed_on, HANDLING_DAYS.get(urgency, ORDINARY_DAYS))


def punctuality(due: date, *, today: date) -> Punctuality:
    """How an unanswered letter stands: soon means today or the next working day."""
    if today > working_days.working_days_after(due, VERY_LATE_DAYS):
        return Punctuality.VERY_OVERDUE
    if today > due:
        return Punctuality.OVERDUE
    return Punctuality.DUE_SOON if due <= working_days.working_days_after(today, 1) else Punctuality.IN_TIME


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
    refuse(reply_date_faults(replied, incoming=incoming, today=today))


def reply_date_faults(replied: date, *, incoming: date, today: date) -> Iterator[Invalid]:
    """All that `check_reply_date` asks, so that it is told in one round."""
    if replied < incoming:
        yield Invalid("函復日期不能早於來文日期。請檢查日期。", field="reply_date")
    if replied > today:
        yield Invalid("函復日期不能晚於今天。請於發文後再登記。", field="reply_date")


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
    asking.check_grants(decision.grants, question.windows, destroyed=question.destroyed, absent=question.absent)
    refuse(_decision_faults(decision, question))


def _decision_faults(decision: Decision, question: Question) -> Iterator[Invalid]:
    if decision.copy and not question.wants_copy:
        yield Invalid("來文未申請複製，不能核准複製。", field="copy")
    if decision.copy and question.copy_needs_necessity and not question.copy_necessity.strip():
        yield Invalid("來文未敘明複製之必要性，僅能核准調閱。請退請補正，或僅核准調閱。", field="copy")
    if not decision.reasons.strip() and not (is_full(decision, question) and not question.broad):
        yield Invalid("部分同意，或範圍過廣仍予同意時，應敘明理由。", field="reasons")
    if decision.escort_id == question.filed_by:
        yield Invalid("陪同人員不能是申請人。請指定本機構的其他人員。", field="escort_id")
    if decision.escort_id not in question.members:
        yield Invalid("陪同人員應為本機構現職人員。請重新選擇。", field="escort_id")


def check_return_by(day: date | None, *, today: date) -> None:
    """The last day on which an agency may keep a copy lies ahead of the day on which it is set (row 61)."""
    if day is not None and day <= today:
        raise Invalid("返還或銷毀期限應晚於今天。請依公文所載期限或偵辦所需填寫。", field="return_by")


def check_end_report(*, ended_on: date, handed_on: date, document: str, today: date) -> None:
    """Raise `Invalid` unless a copy's end lies between its hand-over and today, with the document that shows it."""
    refuse(end_report_faults(ended_on=ended_on, handed_on=handed_on, document=document, today=today))


def end_report_faults(*, ended_on: date, handed_on: date, document: str, today: date) -> Iterator[Invalid]:
    """All that `check_end_report` asks, so that it is told in one round."""
    if ended_on < handed_on:
        yield Invalid("返還或銷毀日期不能早於領取影像的日期。請檢查日期。", field="ended_on")
    if ended_on > today:
        yield Invalid("返還或銷毀日期不能晚於今天。請於辦理後再回報。", field="ended_on")
    if not document.strip():
        yield Invalid("請填寫返還的簽收單號，或銷毀紀錄的文號。", field="document")


def check_read_back(typed: str, *, sha256: str) -> None:
    """Raise `Invalid` unless what was read from the medium is the copy: all 64 characters, or the first and last 8."""
    read = re.sub(r"[\s:…．.\-]", "", unicodedata.normalize("NFKC", typed)).lower()
    if re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{16}", read) is None:
        raise Invalid("請輸入從媒體讀回的檔案雜湊（SHA-256）：全部64個字元，或前8個與後8個字元。", field="read_back")
    if read not in {sha256, sha256[:8] + sha256[-8:]}:
        raise Invalid(
            "媒體上的檔案與核准的影像複製檔不符，不能交付。請重新下載寫入，或更換媒體後再讀回一次。",
            field="read_back",
            code="read_back",
        )


def is_open(package: Package) -> bool:
    """Whether a finished copy may be fetched: neither collected nor revoked, or opened again since (KH-6-5b)."""
    shut = max((at for at in (package.collected_at, package.revoked_at) if at is not None), default=None)
    return shut is None or (package.reopened_at is not None and package.reopened_at > shut)


def is_revoked(package: Package) -> bool:
    """Whether the institution took the copy back, after it may have been collected, and has not opened it again."""
    if package.revoked_at is None or is_open(package):
        return False
    return package.collected_at is None or package.revoked_at > package.collected_at


def is_asked_again(*, asked_at: datetime | None, reopened_at: datetime | None) -> bool:
    """Whether the officer's request to open the copy again still waits: opening it ends the request."""
    return asked_at is not None and (reopened_at is None or reopened_at < asked_at)


def not_carried_out(
    *, state: PackageState, built_at: datetime | None, waits_for: Awaited | None, today: date
) -> Invalid | None:
    """Why a granted case may not be closed yet; None when it may.

    What was granted must be there to be fetched or looked at first. What nobody fetched or came to see within the
    appeal period no longer keeps the case open.
    """
    if state is PackageState.PENDING:
        return Invalid("核准的影像尚未製作完成，不能結案。完成後再試一次。", code="not_ready")
    if state is not PackageState.READY or waits_for is None or built_at is None:
        return None
    last = periods.appealable_through(civil_day(built_at))
    if today > last:
        return None
    if waits_for is Awaited.COLLECTION:
        return Invalid(f"核准的影像尚未領取，{format_date(last)}後仍未領取始得結案。", code="not_collected")
    return Invalid(f"核准的到場調閱尚未進行，{format_date(last)}後仍未到場始得結案。", code="not_viewed")
