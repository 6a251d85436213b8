"""An official document (公文) as the officer copied it: its parts, its number, and what it fails to state.

Pure: no clock, no session, no I/O. KH-6-1e lists the parts, KH-6-1f the four elements, section 8.4 the samples.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenants.disclosures.models import Disclosure


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


def missing(document: OfficialDocument | Disclosure) -> tuple[Element, ...]:
    """The elements that the letter does not state, in the article's order. No consent while any is missing."""
    return tuple(element for element in Element if not _stated(element, getattr(document, element.value)))


def _stated(element: Element, value: str | None) -> bool:
    text = re.sub(r"\s+", "", value or "")
    return bool(text) and not (element is Element.DUTY and _NOT_A_DUTY.match(text) is not None)
