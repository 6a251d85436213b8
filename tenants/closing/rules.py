"""When an institution may close, into whose hands, and until when it was recorded there. Pure (DR-33)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from infra import clock
from tenants import periods
from tenants.closing.models import ClosingKind
from tenants.errors import Invalid, refuse
from tenants.roc_dates import format_date

# A letter reaches the platform late. What is longer ago was recorded on, and is a matter for a person to look into.
LATEST_ENTRY = timedelta(days=30)
FURTHEST_AHEAD = timedelta(days=730)
_LONGEST = 100


NO_SUCCESSOR = "請選擇承接的學校、幼兒園。"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A closing as typed: how, from which day, by which document, who keeps the papers, who ends the cases."""

    kind: ClosingKind
    effective_from: date
    document: str
    document_date: date
    keeper: str
    custodian_id: UUID
    successor_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Successor:
    """What a rule needs to know of the institution that takes another in."""

    id: UUID
    name: str
    is_bureau: bool
    closed_from: date | None


def check_day(effective_from: date, *, today: date) -> None:
    """Raise `Invalid` for a day that is too long ago or too far ahead."""
    if effective_from < today - LATEST_ENTRY:
        raise Invalid(
            f"停辦日最早可補登到{format_date(today - LATEST_ENTRY)}。更早停辦的機構仍在錄影，請先洽教育局查明。",
            field="effective_from",
        )
    if effective_from > today + FURTHEST_AHEAD:
        raise Invalid("停辦日不可晚於兩年後。請確認年份。", field="effective_from")


def check_document(document: str, dated: date, *, today: date) -> str:
    """The number of the document. Raises `Invalid` without one, or for one of a day that has not come."""
    lacking = Invalid("請填寫核准停辦、裁撤或合併的公文文號。", field="document")
    early = Invalid("發文日期不能晚於今天。請依公文上的日期輸入。", field="document_date")
    refuse([*([] if document.strip() else [lacking]), *([early] if dated > today else [])])
    return document.strip()


def check_successor(kind: ClosingKind, successor: Successor | None, *, own_id: UUID, effective_from: date) -> None:
    """Raise `Invalid` unless exactly a merger names an institution, another one, that stays open."""
    field = "successor"
    if kind is not ClosingKind.MERGED:
        if successor is not None:
            raise Invalid("停辦、裁撤沒有承接的機構。如由另一校（園）承接，請選「併校（園）」。", field=field)
        return
    if successor is None:
        raise Invalid(NO_SUCCESSOR, field=field)
    if successor.id == own_id:
        raise Invalid("不能併入自己。請選擇承接的另一所學校、幼兒園。", field=field)
    if successor.is_bureau:
        raise Invalid("教育局不能承接機構的影像與案件。請選擇學校、幼兒園，或改選停辦、裁撤。", field=field)
    if successor.closed_from is not None:
        since = format_date(successor.closed_from)
        word = "已" if successor.closed_from <= effective_from else "將"
        raise Invalid(f"{successor.name}自{since}起{word}停辦，不能承接。請選擇其他學校、幼兒園。", field=field)


def check_no_arrivals(arriving: list[str]) -> None:
    """Raise `Invalid` while other institutions are about to go into the one that would close."""
    if arriving:
        raise Invalid(
            f"{'、'.join(arriving)}已排定併入這個機構。請先撤回該併校登記，再登記停辦。", field="effective_from"
        )


def checked_keeper(kind: ClosingKind, keeper: str, successor: Successor | None) -> str:
    """Who keeps the papers, as the public reads it: the successor, or the body that the document names."""
    if kind is ClosingKind.MERGED and successor is not None:
        return successor.name
    if not keeper.strip():
        raise Invalid("請填寫停辦後保管資料的機關或學校全銜，公眾會看到。", field="keeper")
    if len(keeper.strip()) > _LONGEST:
        raise Invalid(f"保管機關全銜最多{_LONGEST}字。", field="keeper")
    return keeper.strip()


def check_heads_successor(kind: ClosingKind, *, is_head_there: bool) -> None:
    """Raise `Invalid` where a merged institution's papers would go to somebody who does not head the successor."""
    if kind is ClosingKind.MERGED and not is_head_there:
        raise Invalid("併校（園）時，保管人應為承接機構現任的校（園）長／負責人。請填寫其帳號。", field="custodian")


def filmed_until(effective_from: date, *, entered_at: datetime) -> datetime:
    """The instant after which nothing was recorded: the day's begin, or later where the letter came late.

    What was recorded until then exists; it is kept for its days and can be asked for, as any other.
    """
    return max(clock.day_start(effective_from), entered_at)


def devices_end_on(filmed: datetime) -> date:
    """The first day on which a box of the institution has nothing left that must be kept (DR-34).

    The last day of recording may go then. A box that could still say that it holds some of it would delay the proof.
    """
    last = clock.civil_day(filmed - timedelta(microseconds=1))
    return periods.destroyable_on(last, periods.LEAST_RETENTION_DAYS)
