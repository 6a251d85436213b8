"""Decisions about accounts: when they lock, what a password must be, who may hold or end which role. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from tenants.errors import Invalid, refusals, refuse
from tenants.permissions import BUREAU_ROLES, CUSTODY_ROLES, ROLE_NAMES, SCHOOL_ROLES, Acting, Role
from tenants.roc_dates import format_date

# Five tries and a quarter of an hour: a guesser gets 480 tries a day, a person who mistypes is back after a coffee.
FAILURES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)
# NIST SP 800-63B section 5.1.1.2: length matters, composition rules do not. The upper bound keeps hashing short.
PASSWORD_MIN, PASSWORD_MAX = 12, 128
# Typed before others several times an hour, so digits only; with five tries a lock, six of them are enough.
PIN_MIN, PIN_MAX = 6, 12
# Who decides does not operate (KH-4-2, KH-6-1g).
_APART: Mapping[Role, tuple[Role, ...]] = {
    Role.HEAD: (Role.HANDLER, Role.PLAYBACK),
    Role.CUSTODIAN: (Role.HANDLER, Role.PLAYBACK),
    Role.HANDLER: (Role.HEAD, Role.CUSTODIAN),
    Role.PLAYBACK: (Role.HEAD, Role.CUSTODIAN),
}
# Who asks for footage, who holds it and who supervises are never one person: nobody judges a matter of their own
# (DR-27). Each of the three may be held at several places.
_SIDES = (SCHOOL_ROLES | CUSTODY_ROLES, BUREAU_ROLES, frozenset({Role.AGENCY_OFFICER}))
# There is somebody in these at every moment (KH-4-1), so that whoever leaves may name who takes over.
SUCCEEDED = frozenset({Role.HEAD, Role.HANDLER})
# Offices in which somebody may act; a guard's or a teacher's signature stands nowhere (KH-A1-13 to KH-A1-15).
DEPUTISED = (Role.HEAD, Role.HANDLER, Role.OFFICE_HEAD)
# Longer than a year is no absence any more, but another holder.
LONGEST_DEPUTY = timedelta(days=366)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")


def is_locked(*, locked_until: datetime | None, now: datetime) -> bool:
    """Whether an account refuses even the right password now."""
    return locked_until is not None and now < locked_until


def lock_after_failure(*, failures: int, now: datetime) -> datetime | None:
    """Until when an account is locked after so many failures in a row; None while it is not."""
    return now + LOCKED_FOR if failures >= FAILURES_BEFORE_LOCK else None


def normal_login(login: str) -> str:
    """A sign-in name as it is stored: full-width letters made narrow, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def check_login(login: str) -> None:
    """Raise `Invalid` unless a normalised sign-in name can be typed on any keyboard."""
    if not _LOGIN.fullmatch(login):
        raise Invalid("帳號須為 3 到 64 個字元，只能使用小寫英文字母、數字及 . _ @ - 。請重新輸入。", field="login")


def check_password(password: str, *, login: str) -> None:
    """Raise `Invalid` for a password that is too short, too long, the sign-in name, or one character repeated."""
    if len(password) < PASSWORD_MIN:
        raise Invalid(f"密碼至少要 {PASSWORD_MIN} 個字元。可以用一句容易記得的話。", field="password")
    if len(password) > PASSWORD_MAX:
        raise Invalid(f"密碼最多 {PASSWORD_MAX} 個字元。請改用較短的密碼。", field="password")
    if password.strip().lower() == login or len(set(password)) < 5:  # noqa: PLR2004 - five different ones, said below
        raise Invalid("密碼不可與帳號相同，且至少要有 5 種不同的字元。請換一個密碼。", field="password")


def check_pin(pin: str) -> None:
    """Raise `Invalid` for a PIN that is not of 6 to 12 digits, or that anybody would try first."""
    if not (pin.isascii() and pin.isdigit() and PIN_MIN <= len(pin) <= PIN_MAX):
        raise Invalid(f"PIN 須為 {PIN_MIN} 到 {PIN_MAX} 位數字。請重新輸入。", field="pin")
    steps = {int(later) - int(digit) for digit, later in pairwise(pin)}
    if len(set(pin)) < 3 or steps in ({1}, {-1}):  # noqa: PLR2004 - three different digits, said below
        raise Invalid("PIN 不可為連號，且至少要有 3 種不同的數字。請換一組。", field="pin")


def check_role_fits(role: Role, *, at_bureau: bool) -> None:
    """Raise `Invalid` for a school's role at the bureau and the reverse. Agencies appoint theirs elsewhere."""
    if role not in (BUREAU_ROLES if at_bureau else SCHOOL_ROLES):
        raise Invalid(f"「{ROLE_NAMES[role]}」不是這個機構可以指派的角色。請從清單中選取。", field="role")


def check_role_at_closed(role: Role) -> None:
    """Raise `Invalid` for a role that a closed institution needs no more (DR-33)."""
    if role is not Role.HANDLER:
        raise Invalid(
            f"機構已停辦，不再指派「{ROLE_NAMES[role]}」。為辦結尚未結案的案件，僅得指派「{ROLE_NAMES[Role.HANDLER]}」。",
            field="role",
        )


def check_duties_apart(role: Role, *, held: Collection[Role]) -> None:
    """Raise `Invalid` where one person would decide and operate at one institution (KH-4-2, KH-6-1g)."""
    for other in (each for each in _APART.get(role, ()) if each in held):
        raise Invalid(
            f"此人已是本機構的「{ROLE_NAMES[other]}」，不能兼任「{ROLE_NAMES[role]}」："
            "首長決定但不操作，承辦人操作但不決定。請改選其他人，或先結束原有的指派。",
            field="role",
        )


def may_act_in(held: Collection[Role]) -> tuple[Role, ...]:
    """The offices in which somebody with these duties could act: none of their own, none that theirs do not go with."""
    apart = {other for role in held for other in _APART.get(role, ())}
    return tuple(role for role in DEPUTISED if role not in held and role not in apart)


def check_side(role: Role, *, held: Collection[Role]) -> None:
    """Raise `Invalid` where one person would ask for footage, hold it or supervise those who do, two of the three."""
    side = next(roles for roles in _SIDES if role in roles)
    for other in Role:
        if other in held and other not in side:
            raise Invalid(
                f"此人在其他單位擔任「{ROLE_NAMES[other]}」，不能再擔任「{ROLE_NAMES[role]}」："
                "學校（園）、教育局與調閱機關的角色應由不同的人擔任，以避免利益衝突。"
                "請改選其他人，或先由原單位結束原有的指派。",
                field="role",
            )


def check_role_endable(role: Role) -> None:
    """Raise `Invalid` for a role that only the operator gives and takes, by document (DR-33)."""
    if role in CUSTODY_ROLES:
        raise Invalid("資料保管人由平台維運人員依公文變更，請洽平台維運人員指派接任的保管人。", field="role")


def check_handler_remains(role: Role, *, others: int) -> None:
    """Raise `Invalid` when ending this role would leave nobody designated (KH-4-1)."""
    if role is Role.HANDLER and not others:
        raise Invalid(
            "這是唯一的監錄系統管理承辦人。依規定應隨時有專人負責，請先指派接任人員，再結束這項指派。（要點第四點）",
            field="role",
        )


def check_head_remains(role: Role, *, others: int) -> None:
    """Raise `Invalid` when ending this role would leave an institution without anybody who decides."""
    if role is Role.HEAD and not others:
        raise Invalid("這是唯一的首長帳號，結束後將無人能決定案件。請先指派接任的首長。", field="role")


def roles_named(roles: Collection[Role]) -> str:
    """Roles as people call them, in the order of the permission table."""
    return "、".join(ROLE_NAMES[role] for role in Role if role in roles)


@dataclass(frozen=True, kw_only=True)
class Deputyship:
    """Who shall act (`user_id`) in whose office, as what, and from which day through which."""

    principal_id: UUID
    role: Role
    user_id: UUID
    acting: Acting
    starts_on: date
    ends_on: date
    reason: str


def check_deputy(wanted: Deputyship, *, holds: bool, usable: bool, today: date) -> None:
    """Raise `Invalid`, with the form's field, for what is no deputyship (DR-26).

    `holds`: the principal holds the office now. `usable`: the deputy is of the institution, with a usable account.
    """
    refuse(deputy_faults(wanted, holds=holds, usable=usable, today=today))


def deputy_faults(wanted: Deputyship, *, holds: bool, usable: bool, today: date) -> Iterator[Invalid]:
    """All that `check_deputy` asks, so that it is told in one round."""
    role = wanted.role
    if role not in DEPUTISED or not holds:
        yield Invalid("請選擇現任的職務。", field="office")
    if wanted.acting is Acting.DELEGATE:
        yield from refusals(lambda: check_delegation(role))
    if not usable:
        yield Invalid("代理人應為本機構現職人員，並有可用的帳號。請從清單中選取。", field="deputy")
    if wanted.user_id == wanted.principal_id:
        yield Invalid("不能代理自己。請選擇其他人。", field="deputy")
    yield from period_faults(wanted.starts_on, wanted.ends_on, today=today)
    if not wanted.reason.strip():  # it is what an auditor asks for
        yield Invalid("請填寫事由，例如「公差」，或分層負責明細表的文號。", field="reason")


def check_delegation(role: Role) -> None:
    """Raise `Invalid` for 分層負責 of an office whose decisions are not the head's."""
    if role is not Role.HEAD:
        raise Invalid(f"分層負責（代為決行）僅限「{ROLE_NAMES[Role.HEAD]}」的決定。請改選職務代理。", field="acting")


def period_faults(starts_on: date, ends_on: date, *, today: date) -> Iterator[Invalid]:
    """What is wrong with the days of a deputyship."""
    if ends_on < starts_on:
        yield Invalid("迄日不能早於起日。", field="ends_on")
    if ends_on < today:
        yield Invalid("代理期間已過，不能補登。簽核應由當時有權的人辦理。", field="ends_on")
    if ends_on - starts_on > LONGEST_DEPUTY:
        yield Invalid("代理期間最長一年。長期出缺請另行指派職務。", field="ends_on")


def check_no_overlap(wanted: Deputyship, *, others: Iterable[tuple[Role, date, date]]) -> None:
    """Raise `Invalid` where the person already acts in this office on one of these days."""
    for other, first, last in others:
        if other is wanted.role and first <= wanted.ends_on and wanted.starts_on <= last:
            raise Invalid(
                f"此人於{format_date(first)}至{format_date(last)}已代理「{ROLE_NAMES[other]}」，期間不可重疊。",
                field="starts_on",
            )
