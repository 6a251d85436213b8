"""An official document (公文) as the officer copied it: its parts, its number, and what it fails to state.

Pure: no clock, no session, no I/O. KH-6-1e lists the parts, KH-6-1f the four elements, section 8.4 the samples.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenants.disclosures.official.models import OfficialRequest


class Urgency(StrEnum):
    """速別. Letters with a dated limit leave it empty (8.4)."""

    NONE = ""
    ORDINARY = "普通件"
    FAST = "速件"
    FASTEST = "最速件"


class Classification(StrEnum):
    """密等, lowest first. At `CONFIDENTIAL` or higher no scan may lie on the platform (8.4)."""

    NONE = ""
    ORDINARY = "普通"
    CONFIDENTIAL = "密"
    CLASSIFIED = "機密"
    HIGHLY_CLASSIFIED = "極機密"
    UTMOST = "絕對機密"


SCAN_ALLOWED = frozenset({Classification.NONE, Classification.ORDINARY})


class Element(StrEnum):
    """What a letter must state (KH-6-1b, KH-6-1f, TY-5-2a to c). `VALUE` is the column that holds it."""

    DUTY = "duty"
    LEGAL_BASIS = "legal_basis"
    PURPOSE = "purpose"
    SCOPE = "scope"
    INTENDED_USE = "intended_use"


ELEMENT_NAMES = {
    Element.DUTY: "執行職務之事由",
    Element.LEGAL_BASIS: "法令依據",
    Element.PURPOSE: "調閱目的",
    Element.SCOPE: "範圍",
    Element.INTENDED_USE: "用途",
}


class Besides(StrEnum):
    """What a request may be sent back for besides the elements. No consent to looking depends on it."""

    COPY_NECESSITY = "copy_necessity"
    SCAN = "scan"
    ADDRESSEE = "addressee"


# What only a further letter answers, as its scan: what is asked for is another letter and no words (KH-6-1c).
BY_SCAN = frozenset({Besides.SCAN, Besides.ADDRESSEE})
Returnable = Element | Besides
RETURNABLE: tuple[Returnable, ...] = (*Element, *Besides)
RETURNABLE_NAMES: Mapping[Returnable, str] = dict(
    [
        *ELEMENT_NAMES.items(),
        (Besides.COPY_NECESSITY, "複製必要性"),
        (Besides.SCAN, "公文掃描檔"),
        (Besides.ADDRESSEE, "以本機構為受文者的公文"),
    ]
)
MISDIRECTED = "來文的受文者不是本機構，請改向受文機構送件並撤回本件；確係向本機構申請者，請上傳以本機構為受文者的公文"
NOTHING_ADDED = "請依退請補正的內容填寫或上傳補正公文。"


@dataclass(frozen=True, kw_only=True)
class OfficialDocument:
    """What the letter says. The four elements are None where the officer marked 「來文未載明」."""

    number: str
    dated: date
    subject: str
    duty: str
    legal_basis: str | None
    purpose: str | None
    scope: str | None
    intended_use: str | None
    urgency: Urgency = Urgency.NONE
    classification: Classification = Classification.NONE
    wants_copy: bool = False
    copy_necessity: str = ""
    return_by: date | None = None
    explanation: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentNumber:
    """A 字號 taken apart. All spellings of one number share `folded`; `complete` is false for an unusual form."""

    folded: str
    issuer: str
    roc_year: int | None
    complete: bool


_NUMBER = re.compile(r"^(?P<issuer>\D+)字第(?P<digits>\d{7,14})號$")
_NOT_A_DUTY = re.compile(r"^(了解|瞭解|明瞭|知悉|查看|確認)?(一下)?(情況|狀況|情形|狀態|案情)?[。．.]?$")


def number(typed: str) -> DocumentNumber:
    """Take a 字號 apart: full and half width, spaces, 台/臺 and a missing 「號」 are folded (8.4)."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", typed)).replace("台", "臺")
    complete = _NUMBER.match(text)
    if complete is None and not text.endswith("號"):
        text += "號"
    match = _NUMBER.match(text)
    return DocumentNumber(
        folded=text,
        issuer=f"{match['issuer']}字" if match else "",
        roc_year=int(match["digits"][:3]) if match else None,
        complete=complete is not None,
    )


def missing(document: OfficialDocument | OfficialRequest) -> tuple[Element, ...]:
    """The elements that the letter does not state, in the article's order. No consent while any is missing."""
    return tuple(element for element in Element if not _stated(element, getattr(document, element.value)))


def returnable(*, wants_copy: bool, classification: str) -> tuple[Returnable, ...]:
    """What a request can be sent back for: no scan of a letter that may not lie here, no necessity without a copy."""
    left_out = set() if wants_copy else {Besides.COPY_NECESSITY}
    if classification not in SCAN_ALLOWED:
        left_out.add(Besides.SCAN)
    return tuple(item for item in RETURNABLE if item not in left_out)


def returned_note(items: Iterable[Returnable], note: str, *, filled: Mapping[Returnable, str]) -> str:
    """What the officer reads: what the letter fails to state, whether a scan is owed, and the note.

    What was `filled` in and goes with it is told, or nobody would know any more what was asked on.
    """
    asked = set(items)
    unstated = [
        f"{RETURNABLE_NAMES[item]}{f'（原填：{filled[item]}）' if item in filled else ''}"
        for item in RETURNABLE
        if item in asked and item not in BY_SCAN
    ]
    sentences = [f"來文未載明：{'、'.join(unstated)}"] if unstated else []
    if Besides.ADDRESSEE in asked:
        sentences.append(MISDIRECTED)
    if Besides.SCAN in asked:
        sentences.append(f"請上傳{RETURNABLE_NAMES[Besides.SCAN]}")
    return "。".join([*sentences, *([note.strip()] if note.strip() else [])])


def owed(document: OfficialRequest, *, copy_needs_necessity: bool) -> tuple[Returnable, ...]:
    """What a completion must bring: the elements not stated, and what else the request was sent back for."""
    asked = {Besides(item) for item in document.returned_for}
    if copy_needs_necessity:
        asked.add(Besides.COPY_NECESSITY)
    if document.copy_necessity.strip():
        asked.discard(Besides.COPY_NECESSITY)
    if document.classification not in SCAN_ALLOWED:
        asked -= BY_SCAN  # the letter goes another way, and no scan of it comes here
    possible = returnable(wants_copy=document.wants_copy, classification=document.classification)
    return (*missing(document), *(item for item in possible if item in asked))


def _stated(element: Element, value: str | None) -> bool:
    text = re.sub(r"\s+", "", value or "")
    return bool(text) and not (element is Element.DUTY and _NOT_A_DUTY.match(text) is not None)
