"""What an emergency access may open, for how long, and who may be its second and third person. Pure (DR-09, DR-15)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from tenants.emergency.models import EmergencyState, Scope
from tenants.errors import Invalid
from tenants.permissions import Permission

MOST_HOURS = 4
# Whoever is called for the second look sits before a screen or is on call: an hour later the emergency is another one.
APPROVE_WITHIN = timedelta(hours=1)
# 本系統預設: a week of work, so that it is written while everybody remembers.
REVIEW_WITHIN_WORKING_DAYS = 5
_SHORTEST_REASON, _LONGEST = 10, 1000
# Pages only to read, and none of them leads to a picture or to a paper of a case: no permission of the media process is
# here, nor any that the bureau's own roles lack for a reason of DR-09. A test holds both.
LENT: Mapping[Scope, frozenset[Permission]] = {
    Scope.TRAIL: frozenset({Permission.AUDIT_READ}),
    Scope.EQUIPMENT: frozenset({Permission.CAMERA_READ, Permission.UPKEEP_READ}),
    Scope.REGISTER: frozenset({Permission.REGISTER_READ}),
    Scope.HEAD_RESET: frozenset(),
}
SCOPE_NAMES: Mapping[Scope, str] = {
    Scope.TRAIL: "查看稽核軌跡",
    Scope.EQUIPMENT: "查看鏡頭與檢查保養情形（不含影像）",
    Scope.REGISTER: "查看調閱登記簿（不含影像）",
    Scope.HEAD_RESET: "寄信請首長重設密碼",
}


def request_faults(*, scope: str, hours: int | None, reason: str) -> Iterator[Invalid]:
    """All that is wrong with a request."""
    if scope not in set(Scope):
        yield Invalid("請選擇需要的範圍。", field="scope")
    if hours is None or not 1 <= hours <= MOST_HOURS:
        yield Invalid(f"時間請填 1 到 {MOST_HOURS} 小時。", field="hours")
    if not _SHORTEST_REASON <= len(reason.strip()) <= _LONGEST:
        message = f"請填寫事由，至少 {_SHORTEST_REASON} 字，說明發生什麼事、為何不能等機構自行處理。"
        yield Invalid(message, field="reason")


def check_second(*, requested_by: UUID, second: UUID) -> None:
    """Raise `Invalid` where who asked would agree with themselves."""
    if requested_by == second:
        raise Invalid("請求人不能核可自己的請求。請由另一位維運人員或稽核人員辦理。", field="decision")


def check_in_time(*, approve_by: datetime, now: datetime) -> None:
    """Raise `Invalid` for an approval that comes too late."""
    if now >= approve_by:
        raise Invalid("請求已逾一小時未核可而失效。仍有需要時，請重新請求。", field="decision")


def check_third(*, involved: Collection[UUID | None], third: UUID) -> None:
    """Raise `Invalid` where somebody would review what they asked for or agreed to."""
    if third in involved:
        raise Invalid("請求人與核可人不能檢討自己辦理的緊急存取。請由另一位承辦人或稽核人員檢討。", field="review")


def check_review(note: str) -> None:
    """Raise `Invalid` for a review that says nothing."""
    if not _SHORTEST_REASON <= len(note.strip()) <= _LONGEST:
        message = f"請填寫檢討結果（{_SHORTEST_REASON} 到 {_LONGEST} 字）：是否必要、做了什麼、如何避免再發生。"
        raise Invalid(message, field="review")


def is_usable(*, state: str, ends_at: datetime | None, now: datetime) -> bool:
    """Whether an access opens anything at this moment: it ends by itself, whether or not any job has run (DR-15)."""
    return state == EmergencyState.OPEN and ends_at is not None and now < ends_at
