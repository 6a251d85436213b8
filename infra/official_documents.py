"""An electronic official document: the DI file of the document exchange, read for a person to confirm (KH-6-1e, 8.4).

文書及檔案管理電腦化作業規範, annex on file formats: document type `104_2_utf8.dtd` and its forerunners in Big5. Read
with tolerance, since every document system writes them a little differently: what is missing is empty and warned of,
what is unknown is passed over. Nothing that the file names is opened (`strict_xml`); attachments come from the package
alone (`document_packages`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from infra import strict_xml
from infra.strict_xml import BadXml, Element, Reference

LETTERS = frozenset({"函", "書函"})
OTHERS = frozenset({"令", "公告", "開會通知單", "會勘通知單", "交辦案件通知單", "移文單"})
ROSTER = "交換表單"

_NAMES = ("全銜", "單位名", "總稱", "姓名")
_ROC_DATE = re.compile(r"(?:中華)?(?:民國)?(\d{2,3})年(\d{1,2})月(\d{1,2})日?")
_WHOLE_NUMBER = re.compile(r"(?P<word>.+?)字?第(?P<year>\d{3})(?P<serial>\d{4,10})(?P<branch>)號?")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,100}")
_LABELLED = re.compile(r"(?P<label>[^：:]{1,8})[：:](?P<value>.*)")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_PLAIN_FILE = re.compile(r"[^/\\:%?#]{1,200}")
_FIRST_ROC_YEAR = 1911
_LEVELS = 8


class BadDocument(Exception):
    """A file that is no such document. `code`: `not_a_letter`, or one of `strict_xml.BadXml`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Party:
    """An agency, institution or person as the file names it. `code` is the 機關代碼, often empty."""

    name: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Number:
    """發文字號 in its parts. `word` is without 「字」; `branch` (支號) is mostly empty."""

    word: str = ""
    year: str = ""
    serial: str = ""
    branch: str = ""
    as_written: str = ""

    @property
    def text(self) -> str:
        """As it is printed: 「高市警左分偵字第11571234500號」; as the file wrote it where it has no parts."""
        if not (self.word and self.year and self.serial):
            return self.as_written
        return f"{self.word}字第{self.year}{self.serial}{self.branch}號"


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A 段落: its title (說明, 辦法), its own text, and its items with their numbering, inner ones after outer ones."""

    title: str
    text: str
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to ask at the sender, as far as the lines of 聯絡方式 tell."""

    address: str = ""
    person: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class OfficialDocument:
    """What the file says, in the file's own words. Several `recipients` (正本) are several linked cases.

    `outside` is what the file would have had us open: nothing was read, and the caller records that it was tried.
    `warnings` are codes of `WARNINGS`.
    """

    kind: str
    agency: Party
    addressee: Party
    dated: date | None
    number: Number
    urgency: str
    classification: str
    declassification: str
    attachments: str
    attachment_files: tuple[str, ...]
    subject: str
    paragraphs: tuple[Paragraph, ...]
    recipients: tuple[Party, ...]
    copies: tuple[Party, ...]
    contact: Contact
    outside: tuple[Reference, ...]
    warnings: tuple[str, ...]


WARNINGS = {
    "kind": "這不是「函」或「書函」，請確認是否為調閱的來文。",
    "no_agency": "檔案未載發文機關全銜，請依公文填寫。",
    "no_date": "檔案未載發文日期或無法辨識，請依公文填寫。",
    "no_number": "檔案未載完整的發文字號，請依公文填寫。",
    "no_subject": "檔案未載主旨，請依公文填寫。",
    "no_recipient": "檔案未載正本受文者，請自行選擇機構。",
    "several_recipients": "正本有數個機構，將分別立案並互相連結。",
    "damaged": "部分文字的編碼有誤，請對照公文檢查。",
    "rare_characters": "檔案含有造字，請對照公文補正。",
    "outside": "檔案指向外部的檔案或網址，本系統沒有讀取，並已記錄。",
}


def read(data: bytes) -> OfficialDocument:
    """The document of a DI file. Raises `BadDocument`."""
    found = _parsed(data)
    root = found.root
    if root.name not in LETTERS | OTHERS:
        raise BadDocument("not_a_letter")
    sender = _first(root, "發文機關")
    secrecy = _first(root, "密等及解密條件或保密期限")
    parts = OfficialDocument(
        kind=_code(_first(root, "函類別")) or root.name,
        agency=_party(sender),
        addressee=_party(_first(root, "受文者")),
        dated=_dated(_line(_first(root, "發文日期"))),
        number=_number(_first(root, "發文字號")),
        urgency=_code(_first(root, "速別")),
        classification=_code(_first(secrecy, "密等")) or _code(secrecy),
        declassification=_line(_first(secrecy, "解密條件或保密期限")),
        attachments=_line(_first(_first(root, "附件"), "文字")),
        attachment_files=tuple(each.target for each in found.references if _is_attachment(each)),
        subject=_line(_first(root, "主旨")),
        paragraphs=tuple(_paragraph(each) for each in root.children("段落")),
        recipients=_parties(_first(root, "正本")),
        copies=_parties(_first(root, "副本")),
        contact=_contact(root),
        outside=tuple(each for each in found.references if not _is_harmless(each)),
        warnings=(),
    )
    return replace(parts, warnings=tuple(_warnings(parts, found)))


def roster(data: bytes) -> tuple[Party, ...]:
    """The institutions of a package's SW file (交換表單), which gives the codes that a DI file leaves out.

    Raises `BadDocument`.
    """
    root = _parsed(data).root
    if root.name != ROSTER:
        raise BadDocument("not_a_letter")
    return _parties(root)


def _parsed(data: bytes) -> strict_xml.Document:
    try:
        return strict_xml.read(data)
    except BadXml as error:
        raise BadDocument(error.code) from error


def _is_harmless(reference: Reference) -> bool:
    """Whether it is what every such file has, by a bare file name: its document type, or a part of its package."""
    return _PLAIN_FILE.fullmatch(reference.target) is not None


def _is_attachment(reference: Reference) -> bool:
    return _is_harmless(reference) and not reference.target.lower().endswith((".dtd", ".sw", ".di"))


def _first(parent: Element | None, name: str) -> Element | None:
    return next(parent.children(name), None) if parent else None


def _line(element: Element | None) -> str:
    """The text in one line. Lines that were broken within Chinese text join without a space."""
    joined = ""
    for line in (element.text() if element else "").splitlines():
        piece = line.strip()
        if joined and piece and joined[-1].isascii() and piece[0].isascii():
            joined += " "
        joined += piece
    return joined


def _code(element: Element | None) -> str:
    """What 速別, 密等 and 函類別 say: by attribute in most files, as text in some."""
    return (element.attributes.get("代碼", "").strip() or _line(element)) if element else ""


def _party(element: Element | None) -> Party:
    parties = _parties(element)
    return parties[0] if parties else Party(name="")


def _parties(element: Element | None) -> tuple[Party, ...]:
    """Who is named, in order and each once; a 機關代碼 belongs to the name before it."""
    found: list[Party] = []
    for child in element.children() if element else ():
        text = _line(child)
        if child.name in _NAMES and text:
            found.append(Party(name=text))
        elif child.name == "機關代碼" and text and found:
            found[-1] = replace(found[-1], code=text)
        elif child.name == "職稱" and found:
            found[-1] = replace(found[-1], name=found[-1].name + text)
    return tuple(dict.fromkeys(found))


def _dated(text: str) -> date | None:
    match = _ROC_DATE.search(re.sub(r"\s", "", text))
    try:
        return date(int(match[1]) + _FIRST_ROC_YEAR, int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _number(element: Element | None) -> Number:
    """By its parts, or taken apart where the file has the whole number as text."""
    whole = _line(_first(element, "文字"))
    if whole:
        match = _WHOLE_NUMBER.fullmatch(re.sub(r"\s", "", whole))
        return Number(**match.groupdict(), as_written=whole) if match else Number(as_written=whole)
    figures = _first(element, "文號")
    return Number(
        word=_line(_first(element, "字")).removesuffix("字"),
        year=_line(_first(figures, "年度")),
        serial=_line(_first(figures, "流水號")),
        branch=_line(_first(figures, "支號")),
        as_written=_line(element),
    )


def _paragraph(element: Element) -> Paragraph:
    title = element.attributes.get("段名", "").strip().rstrip("：: ")
    texts = (_line(each) for each in element.children("文字"))
    return Paragraph(title=title, text="".join(texts), items=tuple(_items(element, _LEVELS)))


def _items(element: Element, levels: int) -> Iterator[str]:
    for item in element.children("條列"):
        own = "".join(_line(each) for each in item.children("文字"))
        yield item.attributes.get("序號", "").strip() + own
        if levels:
            yield from _items(item, levels - 1)


def _contact(root: Element) -> Contact:
    lines = [_line(each) for each in root.children("聯絡方式")]
    told: dict[str, str] = {}
    for line in lines:
        match = _LABELLED.fullmatch(line)
        if match:
            told.setdefault(re.sub(r"\s", "", match["label"]), match["value"].strip())
    email = _EMAIL.search(" ".join(lines))
    return Contact(
        address=_line(_first(root, "地址")) or told.get("地址", ""),
        person=told.get("承辦人", "") or told.get("承辦人員", "") or told.get("聯絡人", ""),
        phone=told.get("電話", "") or told.get("聯絡電話", "") or told.get("聯絡方式", ""),
        fax=told.get("傳真", ""),
        email=email[0] if email else "",
    )


def _warnings(document: OfficialDocument, found: strict_xml.Document) -> Iterator[str]:
    known = {
        "kind": found.root.name in LETTERS,
        "no_agency": document.agency.name,
        "no_date": document.dated,
        "no_number": document.number.word and document.number.year and document.number.serial,
        "no_subject": document.subject,
        "no_recipient": document.recipients,
        "several_recipients": len(document.recipients) <= 1,
        "damaged": not found.damaged,
        "rare_characters": not _PRIVATE.search(found.root.text()),
        "outside": not document.outside,
    }
    yield from (code for code, is_fine in known.items() if not is_fine)
