"""What is in quarantine, as the institution's pages and the bureau's show it: facts about objects, never their content.

Most of what is found is encrypted, and nothing here opens it; an object is told by where it lies, and by its form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from wtforms import TextAreaField
from wtforms.validators import Length

from infra import clock, object_keys
from tenants.actor import Actor
from tenants.footage import quarantine
from tenants.footage.areas import ELSEWHERE, day_of
from tenants.footage.models import QuarantinedObject, StrayForm, StrayState
from tenants.people import queries as people
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date
from webapp.form_fields import Stated
from webapp.forms import Form

PER_PAGE = 50
_LONGEST = 1000
STATES: Mapping[StrayState, tuple[str, str]] = {
    StrayState.QUARANTINED: ("info", "隔離中"),
    StrayState.PROPOSED: ("warn", "待另一人核定"),
    StrayState.APPROVED: ("info", "已核定，待清除"),
    StrayState.DESTROYED: ("info", "已銷毀"),
    StrayState.CLAIMED: ("good", "已查明，有紀錄"),
    StrayState.GONE: ("info", "已不在儲存空間"),
}
FORM_NAMES: Mapping[StrayForm, str] = {
    StrayForm.OBJECT: "物件",
    StrayForm.VERSION: "舊版本",
    StrayForm.MARKER: "刪除標記",
    StrayForm.UPLOAD: "未完成的上傳",
}
# What is said after each step of the two.
PROPOSED = "已提出銷毀。請另一位有權限的人核定；核定前物件仍在隔離中。"
APPROVED = "已核定，物件將於幾分鐘內銷毀。"
WITHDRAWN = "已撤回，物件仍在隔離中。"
_FORM_WHY: Mapping[StrayForm, str] = {
    StrayForm.VERSION: "同名物件曾被覆寫，儲存服務留下了先前的內容。儲存區可能被人開啟了版本功能。",
    StrayForm.MARKER: "物件曾被刪除，儲存服務留下了標記。儲存區可能被人開啟了版本功能。",
    StrayForm.UPLOAD: "上傳中斷後沒有完成，也沒有取消。",
}
_PLACES: Mapping[str, tuple[str, str]] = {
    "evidence/": ("保全與複製檔", "另存或製作時作業中斷，或保全結束時沒有清除乾淨。"),
    "keys/": ("金鑰的分持部分", "建立金鑰時作業中斷，資料庫沒有寫入；單獨一份打不開任何影像。"),
    "ledger/": ("稽核錨定", "錨定時作業中斷，或有人以儲存服務的帳號放入。本系統不移除此處的物件。"),
    "letters/": ("公文掃描檔", "送件時中斷，資料庫沒有寫入。"),
}


@dataclass(frozen=True, kw_only=True)
class StrayLine:
    """One object. `past_year` is since when it breaks the ceiling of a year, and `owner` who must see to it."""

    stray: QuarantinedObject
    institution: str
    badge: str
    state: str
    form: str
    place: str
    why: str
    size: str
    owner: str
    past_year: datetime | None


@dataclass(frozen=True, kw_only=True)
class StrayPage:
    """One object, and what this person can do about it now: at most one of the two decisions, and taking it back."""

    line: StrayLine
    proposed_by: str
    approved_by: str
    is_removable: bool
    may_propose: bool
    may_approve: bool
    may_withdraw: bool
    is_own_proposal: bool


class ProposalForm(Form):
    """Why a quarantined object may go."""

    reason = TextAreaField(
        "為何可以銷毀",
        [Stated("請填寫為何可以銷毀，例如已向誰查證、這是什麼。"), Length(max=_LONGEST, message="最多 %(max)d 字。")],
    )


def lines(tenant: Tenant, *, state: str = "", number: int = 1) -> list[StrayLine]:
    """One page of what is in quarantine at an institution, and one line more if there is another page."""
    wanted = StrayState(state) if state in {StrayState.PROPOSED, StrayState.QUARANTINED, StrayState.APPROVED} else None
    found = quarantine.quarantined(
        tenant_id=tenant.id, state=wanted, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1
    )
    return [_line(each, tenant, clock.now()) for each in found]


def page(*, tenant_id: UUID, stray_id: UUID, actor: Actor) -> StrayPage:
    """One object for a person. Raises `NotFound`."""
    found = quarantine.stray(tenant_id=tenant_id, stray_id=stray_id)
    may = actor.may(Permission.STRAY_DESTROY)
    own = found.proposed_by is not None and found.proposed_by == actor.id
    is_proposed = found.state == StrayState.PROPOSED
    return StrayPage(
        line=_line(found, registry.tenant(tenant_id=tenant_id), clock.now()),
        proposed_by=_name(found.proposed_by),
        approved_by=_name(found.approved_by),
        may_propose=may and found.state == StrayState.QUARANTINED and quarantine.is_removable(found),
        is_removable=quarantine.is_removable(found),
        may_approve=may and is_proposed and not own,
        may_withdraw=may and is_proposed,
        is_own_proposal=own and is_proposed,
    )


def states() -> Sequence[tuple[str, str]]:
    """Choices for the filter."""
    return [
        (each.value, STATES[each][1]) for each in (StrayState.PROPOSED, StrayState.QUARANTINED, StrayState.APPROVED)
    ]


def _line(found: QuarantinedObject, tenant: Tenant, now: datetime) -> StrayLine:
    form, today = StrayForm(found.form), clock.civil_day(now)
    badge, state = STATES[StrayState(found.state)]
    place, why = _place(found, today)
    return StrayLine(
        stray=found,
        institution=tenant.name,
        badge=badge,
        state=state,
        form=FORM_NAMES[form],
        place=place,
        why=_FORM_WHY.get(form, why),
        size=f"{found.size:,} 位元組",
        owner=quarantine.owner_of(tenant, today=today),
        past_year=quarantine.past_year_since(found, now=now),
    )


def _place(found: QuarantinedObject, today: date) -> tuple[str, str]:
    day = day_of(found.area)
    if day is not None:
        words = f"{format_date(day.day)}的影像（保存 {day.retention_days} 日）"
        why = "上傳後沒有登記到資料庫，資料庫曾還原備份，或該日銷毀後才送到。"
        return words, why if day.day < today else "上傳中，尚未登記。"
    if found.area == ELSEWHERE:
        return "不屬於任何機構的位置", "不是本系統放入的，或屬於平台上從未有過的機構。"
    root = next((root for root in object_keys.ROOTS if found.area.startswith(root)), "")
    return _PLACES.get(root, ("其他位置", "不是本系統放入的。"))


def _name(user_id: UUID | None) -> str:
    user = people.user(user_id=user_id) if user_id is not None else None
    return user.name if user is not None else ""
