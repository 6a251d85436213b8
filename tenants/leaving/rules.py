"""What somebody may still hold, and when a departure is done with. Pure functions of data and days (KH-5-2, TY-4-2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from tenants.errors import Invalid
from tenants.leaving.models import Way
from tenants.permissions import Role

WAY_NAMES: Mapping[Way, str] = {Way.LEFT: "離職", Way.TRANSFERRED: "調職（介聘）"}


class Handed(StrEnum):
    """What has no row anywhere and is handed over from hand to hand."""

    KEYS = "keys"
    PAPERS = "papers"
    PASSWORDS = "passwords"
    COPIES = "copies"


HANDED_NAMES: Mapping[Handed, str] = {
    Handed.KEYS: "機櫃、主機室或警衛室的鑰匙與門禁卡",
    Handed.PAPERS: "紙本登記簿、申請單與切結書",
    Handed.PASSWORDS: "主機、鏡頭與網路設備的密碼，並已變更",
    Handed.COPIES: "外接硬碟、光碟等存有影像的媒體（沒有則確認沒有）",
}


class HoldingKind(StrEnum):
    """What an institution's rows say that somebody holds."""

    ROLE = "role"
    DESIGNATION = "designation"
    DEPUTY = "deputy"
    CASES = "cases"
    HOLDS = "holds"
    VIEWING = "viewing"
    PANEL = "panel"
    FAULTS = "faults"
    ASSETS = "assets"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One thing in words, and what becomes of it on the day: it ends or goes over by itself, or somebody must act."""

    kind: HoldingKind
    words: str
    then: str
    blocks: bool = False


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Who leaves, how, and from which day on without any role here; who takes over what must not stand empty.

    `vacant` says that nobody can take over as designated person yet, as only a resignation allows (KH-4-1).
    """

    user_id: UUID
    way: Way
    gone_on: date
    document: str = ""
    successors: Mapping[Role, UUID] = field(default_factory=dict, hash=False)
    vacant: bool = False


def check_leaving(wanted: Leaving, *, held: Collection[Role], today: date, is_oneself: bool) -> None:
    """Raise `Invalid`, with the form's field, for what is no departure."""
    if not held:
        raise Invalid("此人在本機構已沒有角色。", field="user_id")
    if wanted.gone_on < today:
        raise Invalid("生效日不能早於今天。請填寫第一個不再任職的日子，例如 8 月 1 日。", field="gone_on")
    if is_oneself and wanted.gone_on == today:
        raise Invalid("自己的離職請預定於明天以後，並指派接任的首長。", field="gone_on")
    if wanted.vacant and wanted.successors.get(Role.HANDLER):
        raise Invalid("已指派接任的承辦人，不必勾選「尚無接任人選」。", field="vacant")


def faults_of_settling(
    *, gone_on: date, today: date, left: Sequence[Holding], handed: Collection[Handed], owes_secrecy: bool
) -> list[Invalid]:
    """Everything that still stands against saying that the hand-over is done."""
    found = []
    if gone_on > today:
        found.append(Invalid("生效日還沒到，權限仍在本人；請於生效日後確認完成。", field="gone_on"))
    if owes_secrecy:
        found.append(Invalid("本人尚未簽署離職保密切結。", field="secrecy"))
    found += [Invalid(f"尚未了結：{each.words}", field="left") for each in left if each.blocks]
    missing = [HANDED_NAMES[each] for each in Handed if each not in handed]
    if missing:
        found.append(Invalid(f"請逐項點交並勾選：{'、'.join(missing)}。", field="handed"))
    return found
