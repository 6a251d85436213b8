"""One line of a roster as typed values, with everything that is wrong with it by itself. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tenants.csv_tables import Fault
from tenants.disclosures.applying.rules import normal_address
from tenants.errors import Invalid, refusals
from tenants.onboarding import columns as c
from tenants.people import free_text
from tenants.people.rules import check_login, normal_login
from tenants.profiles import CODES
from tenants.registry import phones
from tenants.registry.models import TenantKind
from tenants.registry.regulations import BY_NAME
from tenants.registry.rules import normal_code
from tenants.roc_dates import BadDate, parse_date

_KINDS = {
    "國民小學": TenantKind.ELEMENTARY_SCHOOL,
    "教保服務機構": TenantKind.PRESCHOOL,
    "幼兒園": TenantKind.PRESCHOOL,
}
_OWNERSHIPS = {"公立": "public", "私立": "private"}
_AUTHORITIES = {"直轄市": "直轄市", "教育部": "教育部"}
_LONGEST, _LONGEST_DISTRICT = 100, 20


@dataclass(frozen=True, kw_only=True)
class Place:
    """A site of the roster."""

    code: str
    name: str
    profile: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """Whose account heads the institution; all empty where the line names nobody."""

    login: str
    name: str
    title: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line that is whole by itself."""

    line: int
    code: str
    name: str
    short_name: str
    kind: TenantKind
    ownership: str
    authority: str
    district: str
    phone: str
    places: tuple[Place, ...]
    head: Head
    begins: date | None
    document: str


def _either(words: Sequence[str]) -> str:
    return "或".join(["、".join(words[:-1]), words[-1]])


class _Cells:
    """The cells of one line, and what was found wrong with them so far."""

    def __init__(self, line: int, cells: Mapping[str, str]) -> None:
        self.line, self.cells = line, cells
        self.faults: list[Fault] = []

    def text(self, column: str, *, most: int = _LONGEST) -> str:
        """What stands there."""
        typed = self.cells[column]
        if len(typed) > most:
            self.wrong(column, f"最多 {most} 字。請縮短。")
        for refused in refusals(lambda: free_text.check(typed, field=column)):
            self.wrong(column, str(refused))
        return typed

    def stated(self, column: str, *, most: int = _LONGEST) -> str:
        """The same, which must not be empty."""
        typed = self.text(column, most=most)
        if not typed:
            self.wrong(column, "這一欄必填。")
        return typed

    def one_of(self, column: str, known: Mapping[str, str]) -> str:
        """The value of the word that stands there; empty and a fault for any other."""
        typed = self.stated(column)
        if typed and typed not in known:
            self.wrong(column, f"「{typed[:20]}」不是可用的值。請填{_either(list(known))}。")
        return known.get(typed, "")

    def checked(self, column: str, typed: str, check: Callable[[str], str]) -> str:
        """What a rule of the domain makes of it, or a fault with the rule's own sentence; nothing stays nothing."""
        if not typed:
            return ""
        try:
            return check(typed)
        except Invalid as refused:
            self.wrong(column, str(refused))
            return ""

    def wrong(self, column: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(line=self.line, column=column, message=message))


def entry(line: int, cells: Mapping[str, str]) -> tuple[Entry | None, Sequence[Fault]]:
    """The line as an entry; None where something is wrong with it, and all that is."""
    read = _Cells(line, cells)
    if cells[c.KIND] == "教育局":
        read.wrong(c.KIND, "教育局本身不由名冊開通。請刪除這一列。")
        return None, read.faults
    name = read.stated(c.NAME)
    kind = read.one_of(c.KIND, _KINDS)
    made = {
        "code": read.checked(c.CODE, read.stated(c.CODE), normal_code),
        "name": name,
        "short_name": read.text(c.SHORT_NAME) or name,
        "ownership": read.one_of(c.OWNERSHIP, _OWNERSHIPS),
        "authority": read.one_of(c.AUTHORITY, _AUTHORITIES),
        "district": read.stated(c.DISTRICT, most=_LONGEST_DISTRICT),
        "phone": read.checked(c.PHONE, read.text(c.PHONE), phones.checked),
    }
    places, head = _places(read), _head(read)
    begins, document = _begins(read), read.text(c.DOCUMENT)
    if read.faults:
        return None, read.faults
    whole = Entry(line=line, kind=TenantKind(kind), places=places, head=head, begins=begins, document=document, **made)
    return whole, ()


def _places(read: _Cells) -> tuple[Place, ...]:
    first = _place(read, c.SITE_CODE, c.SITE_NAME, c.SITE_RULE)
    if not any(read.text(each) for each in (c.OTHER_CODE, c.OTHER_NAME, c.OTHER_RULE)):
        return (first,)
    second = _place(read, c.OTHER_CODE, c.OTHER_NAME, c.OTHER_RULE)
    if second.code and second.code == first.code:
        read.wrong(c.OTHER_CODE, "與場所代碼相同。兩個場所請用不同的代碼。")
    return first, second


def _place(read: _Cells, code: str, name: str, rule: str) -> Place:
    return Place(
        code=read.checked(code, read.stated(code), normal_code),
        name=read.text(name),
        profile=read.one_of(rule, {each: each for each in CODES} | dict(BY_NAME)),
    )


def _head(read: _Cells) -> Head:
    """Who heads it. Half of a person is a fault; nobody is one only where the institution is new."""
    login = normal_login(read.text(c.LOGIN))
    head = Head(login=login, name=read.text(c.HEAD), title=read.text(c.TITLE), email=read.text(c.EMAIL))
    if not any((head.login, head.name, head.title, head.email)):
        return head
    for column, typed in ((c.LOGIN, head.login), (c.HEAD, head.name), (c.EMAIL, head.email)):
        if not typed:
            read.wrong(column, "填寫首長時，帳號、姓名、電子郵件都必填。")
    for refused in refusals(lambda: check_login(login)) if login else ():
        read.wrong(c.LOGIN, str(refused))
    email = read.checked(c.EMAIL, head.email, normal_address)
    return Head(login=login, name=head.name, title=head.title, email=email)


def _begins(read: _Cells) -> date | None:
    typed = read.text(c.BEGINS)
    try:
        return parse_date(typed) if typed else None
    except BadDate as refused:
        read.wrong(c.BEGINS, str(refused))
        return None
