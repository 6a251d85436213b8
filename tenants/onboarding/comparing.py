"""A roster beside the directory: what would become of each line, and every fault. Changes nothing."""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from infra import clock
from tenants import csv_tables
from tenants.actor import Actor
from tenants.csv_tables import Fault, Table
from tenants.errors import Invalid, refusals
from tenants.onboarding import columns as c
from tenants.onboarding import directory as known
from tenants.onboarding import reading
from tenants.onboarding.directory import Directory
from tenants.onboarding.reading import Entry
from tenants.people import roles
from tenants.permissions import Permission, Role
from tenants.registry import renaming
from tenants.registry.models import Tenant, TenantKind
from tenants.registry.name_rules import Naming
from tenants.registry.regulations import BY_NAME
from tenants.registry.standing import is_closed

_COLUMN_OF = {"name": c.NAME, "district": c.DISTRICT, "effective_from": c.BEGINS, "document": c.DOCUMENT}
_RULES = {code: name for name, code in BY_NAME.items()}


class Verdict(StrEnum):
    """What a line without a fault comes to."""

    MAKE = "make"
    CHANGE = "change"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What would become of a line, in words without a person's name."""

    line: int
    code: str
    name: str
    verdict: str
    words: tuple[str, ...]

    def stored(self) -> dict[str, Any]:
        """The same as JSON."""
        return {**asdict(self), "words": list(self.words)}


@dataclass(frozen=True, kw_only=True)
class Looked:
    """The lines that are whole, what would become of them, and all faults in the order of the lines."""

    entries: Sequence[Entry]
    outcomes: Sequence[Outcome]
    faults: Sequence[Fault]
    now: Directory

    @property
    def plan(self) -> str:
        """The hash of what would be done, to see that it is still the same."""
        return hashlib.sha256(json.dumps(self.stored(), sort_keys=True).encode()).hexdigest()

    def stored(self) -> list[dict[str, Any]]:
        """The outcomes as JSON."""
        return [each.stored() for each in self.outcomes]


def look_through(*, actor: Actor, content: bytes, new_districts: Sequence[str]) -> Looked:
    """The dry run: what a roster would do, and all its faults. Raises `Invalid` for what is no such table."""
    actor.require(Permission.TENANT_MANAGE)
    table = csv_tables.read(content, c.LAYOUT)
    if not table.lines:
        raise Invalid("檔案裡沒有機構。請在欄位名稱下一列開始填寫。", field="file")
    return _look(table, new_districts=new_districts)


def look_again(*, actor: Actor, line: int, cells: Mapping[str, str], new_districts: Sequence[str]) -> Looked:
    """The same for one line of a roster that was looked through, beside the directory as it is by now."""
    actor.require(Permission.TENANT_MANAGE)
    return _look(Table(lines=[(line, cells)], faults=[]), new_districts=new_districts)


def _look(table: Table, *, new_districts: Sequence[str]) -> Looked:
    faults, entries = list(table.faults), []
    for line, cells in table.lines:
        made, wrong = reading.entry(line, cells)
        faults += wrong
        entries += [made] if made is not None else []
    logins = {each.head.login for each in entries} - {""}
    now = known.directory(codes={each.code for each in entries}, logins=logins)
    faults += _twice(table)
    faults += _people_twice(entries)
    faults += _districts(table, now, new_districts)
    outcomes, there = [], set(now.accounts)
    for each in entries:
        outcome, wrong = _compared(each, now, there)
        faults += wrong
        outcomes.append(outcome)
        there.add(each.head.login)  # by the time of a later line
    return Looked(entries=entries, outcomes=outcomes, faults=sorted(faults, key=_place), now=now)


def _place(fault: Fault) -> tuple[int, int]:
    return fault.line, c.HEADINGS.index(fault.column) if fault.column in c.HEADINGS else -1


def _twice(table: Table) -> Iterator[Fault]:
    """Codes that stand in two lines of the file, however they are written."""
    first: dict[str, int] = {}
    for line, cells in table.lines:
        code = unicodedata.normalize("NFKC", cells[c.CODE]).upper()
        if code and code in first:
            message = f"代碼 {code[:32]} 與第 {first[code]} 列重複。一個機構只填一列。"
            yield Fault(line=line, column=c.CODE, message=message)
        first.setdefault(code, line)


def _people_twice(entries: Sequence[Entry]) -> Iterator[Fault]:
    """One account that would be two people: the head of two institutions is written the same in both."""
    first: dict[str, Entry] = {}
    for each in entries:
        before = first.setdefault(each.head.login, each)
        if each.head.login and (before.head.name, before.head.email) != (each.head.name, each.head.email):
            message = f"帳號與第 {before.line} 列相同，姓名或電子郵件卻不同。同一人請填寫一致，不同人請用不同帳號。"
            yield Fault(line=each.line, column=c.LOGIN, message=message)


def _districts(table: Table, now: Directory, new: Sequence[str]) -> Iterator[Fault]:
    """Districts that nobody knows, and such as are called otherwise by now."""
    known_ones = now.districts | set(new)
    for line, cells in table.lines:
        district = cells[c.DISTRICT]
        if not district or district in known_ones:
            continue
        if district in now.former:
            message = f"「{district}」已改稱「{now.former[district]}」。請改填新名稱。"
        else:
            message = f"平台上沒有「{district[:20]}」。請檢查名稱；確為新的行政區，請在上傳時列入「新的行政區」。"
        yield Fault(line=line, column=c.DISTRICT, message=message)


def _compared(entry: Entry, now: Directory, there: Collection[str]) -> tuple[Outcome, list[Fault]]:
    found = now.institutions.get(entry.code)
    verdict, words, faults = (_new if found is None else _old)(entry, now, there)
    told = Outcome(line=entry.line, code=entry.code, name=entry.name, verdict=verdict, words=tuple(words))
    return told, faults


def _new(entry: Entry, now: Directory, there: Collection[str]) -> tuple[Verdict, list[str], list[Fault]]:
    faults = [*_head_faults(entry, now)]
    if not entry.head.login:
        faults.append(_fault(entry, c.LOGIN, "新機構應填寫首長的帳號、姓名及電子郵件，否則開通後無人能登入。"))
    faults += [_fault(entry, column, "這是新機構，不需要填寫變更。請清空。") for column in _stated_change(entry)]
    places = "、".join(f"{place.code}「{_RULES[place.profile]}」" for place in entry.places)
    return Verdict.MAKE, [f"開通機構，場所 {places}", _account(entry, there)], faults


def _account(entry: Entry, there: Collection[str]) -> str:
    """What the head needs: `there` are the accounts that there are by then, those of the lines before included."""
    return "沿用既有帳號" if entry.head.login in there else "建立首長帳號並寄送設定密碼的信"


def _old(entry: Entry, now: Directory, there: Collection[str]) -> tuple[Verdict, list[str], list[Fault]]:
    found = now.institutions[entry.code]
    if found.kind == TenantKind.BUREAU:
        return Verdict.LEAVE, [], [_fault(entry, c.CODE, "這是教育局的代碼，不由名冊變更。請刪除這一列。")]
    if is_closed(found, clock.today()):
        message = "這個機構已停辦，代碼不再使用。請刪除這一列；新機構請用新的代碼。"
        return Verdict.LEAVE, [], [_fault(entry, c.CODE, message)]
    words, faults = _renamed(entry, found, now)
    faults += _fixed(entry, found)
    added, wrong = _places(entry, found, now)
    words, faults = [*words, *added], [*faults, *wrong]
    if entry.phone and entry.phone != found.phone:
        words.append(f"聯絡電話改為 {entry.phone}")
    added, wrong = _headed(entry, found, now, there)
    words, faults = [*words, *added], [*faults, *wrong]
    return (Verdict.CHANGE if words else Verdict.LEAVE), words, faults


def naming(entry: Entry) -> Naming:
    """What the line calls its institution."""
    return Naming(name=entry.name, short_name=entry.short_name, district=entry.district)


def is_renamed(entry: Entry, found: Tenant, now: Directory) -> bool:
    """Whether the line calls its institution otherwise than it is called, or will be called already."""
    held = (found, now.waiting.get(found.id))
    known_as = [Naming(name=x.name, short_name=x.short_name, district=x.district) for x in held if x is not None]
    return naming(entry) not in known_as


def _renamed(entry: Entry, found: Tenant, now: Directory) -> tuple[list[str], list[Fault]]:
    """Another name or district asks for its day and document, as anywhere; one that waits already is left."""
    if not is_renamed(entry, found, now):
        return [], []
    wanted = naming(entry)
    refused = renaming.naming_faults(
        tenant_id=found.id, to=wanted, effective_from=entry.begins, document=entry.document
    )
    faults = [_fault(entry, _COLUMN_OF.get(each.field, c.NAME), str(each)) for each in refused]
    if entry.begins is None:
        faults.append(
            _fault(entry, c.BEGINS, "名稱、簡稱或行政區與現有的不同，請填寫變更生效日；若無變更請填現有的名稱。")
        )
    return [f"更名為「{wanted.name}」（{wanted.short_name}，{wanted.district}），自 {entry.begins} 起"], faults


def _fixed(entry: Entry, found: Tenant) -> list[Fault]:
    """What a roster does not change: it decides which law an institution stands under."""
    pairs = (
        (c.KIND, entry.kind, found.kind),
        (c.OWNERSHIP, entry.ownership, found.ownership),
        (c.AUTHORITY, entry.authority, found.supervising_authority),
    )
    message = "與現有的不同。改制不由名冊辦理，請依公文另行處理，並填回現有的內容。"
    return [_fault(entry, column, message) for column, wanted, held in pairs if wanted != held]


def _places(entry: Entry, found: Tenant, now: Directory) -> tuple[list[str], list[Fault]]:
    held, words, faults = now.sites.get(found.id, {}), [], []
    for place, column in zip(entry.places, (c.SITE_RULE, c.OTHER_RULE), strict=False):
        if place.code not in held:
            words.append(f"新增場所 {place.code}「{_RULES[place.profile]}」")
        elif held[place.code] != place.profile:
            message = f"場所 {place.code} 現適用「{_RULES[held[place.code]]}」，不由名冊變更。"
            faults.append(_fault(entry, column, message))
    return words, faults


def _headed(entry: Entry, found: Tenant, now: Directory, there: Collection[str]) -> tuple[list[str], list[Fault]]:
    """The first head of an institution that has none; whom it has, it hands over itself."""
    if not entry.head.login:
        return [], []
    held, account = known.heads(tenant_id=found.id), now.accounts.get(entry.head.login)
    if account is not None and account.id in held:
        return [], []
    if held:
        return [], [
            _fault(entry, c.LOGIN, "這個機構已有首長，交接由機構自行辦理。請填現任首長的帳號，或清空首長各欄。")
        ]
    return [f"指派首長，{_account(entry, there)}"], _head_faults(entry, now)


def _head_faults(entry: Entry, now: Directory) -> list[Fault]:
    """Why an account that is there cannot head this institution."""
    account = now.accounts.get(entry.head.login)
    if account is None:
        return []
    if account.name != entry.head.name:
        return [_fault(entry, c.LOGIN, "這個帳號已有人使用，姓名不同。請換一個帳號，或確認是否同一人。")]
    refused = refusals(lambda: roles.check_side_of(user_id=account.id, role=Role.HEAD))
    return [_fault(entry, c.LOGIN, str(each)) for each in refused]


def _stated_change(entry: Entry) -> list[str]:
    return [*([c.BEGINS] if entry.begins else []), *([c.DOCUMENT] if entry.document else [])]


def _fault(entry: Entry, column: str, message: str) -> Fault:
    return Fault(line=entry.line, column=column, message=message)
