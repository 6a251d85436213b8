"""How an invitation stands, and whether another may take its place. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from tenants.errors import Invalid, InvalidTransition
from tenants.people.invitations.models import AccountInvitation, Occasion
from tenants.people.models import User


class Standing(StrEnum):
    """What became of a link so far."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"
    REPLACED = "replaced"
    USED = "used"


STANDING_NAMES: Mapping[Standing, str] = {
    Standing.WAITING: "信件等待寄出",
    Standing.SENT: "已寄出，等待首長設定密碼",
    Standing.REFUSED: "收件伺服器拒收，信沒有寄到",
    Standing.EXPIRED: "連結已逾期，首長還沒有設定密碼",
    Standing.REPLACED: "已由另一封信取代",
    Standing.USED: "首長已設定密碼",
}


def standing(found: AccountInvitation, *, now: datetime) -> Standing:
    """How it stands at an instant."""
    if found.used_at is not None:
        return Standing.USED
    if found.ended_at is not None:
        return Standing.REPLACED
    if found.refused_at is not None:
        return Standing.REFUSED
    if found.sent_at is None or found.expires_at is None:
        return Standing.WAITING
    return Standing.EXPIRED if now >= found.expires_at else Standing.SENT


def unreachable(user: User) -> Invalid | None:
    """Why no link can be mailed to a person; None where one can."""
    if user.deactivated_at is not None:
        return Invalid("這個帳號已停用。請先復用帳號，再寄送設定密碼的信。", field="user_id")
    if not user.email:
        return Invalid("這個帳號沒有登載電子郵件，無法寄送。請改由同機構的另一位首長辦理。", field="user_id")
    return None


def not_renewable(
    found: AccountInvitation, *, is_head: bool, has_password: bool, now: datetime
) -> Invalid | InvalidTransition | None:
    """Why no new link may take this one's place; None where one may.

    Only for a first head who has set no password yet: there is nothing to take over. Whoever has one is helped by two
    people (infra/decisions/0060).
    """
    state = standing(found, now=now)
    if state is Standing.USED or has_password:
        return InvalidTransition("這位首長已設定密碼，不能再寄送開通的連結。無法登入時，請依緊急存取程序辦理。")
    if state is Standing.REPLACED:
        return InvalidTransition("已經寄送新的連結，這一封不再有效。請看下方信件的狀態。")
    if state is Standing.WAITING:
        return InvalidTransition("信件還在等待寄出，不必重寄。若超過十分鐘，請到「平台健康情形」查看郵件服務。")
    if found.occasion != Occasion.OPENED or not is_head:
        return Invalid("只有開通時的首長可以重寄連結。這個人現在不是這個機構的首長。", field="user_id")
    return None
