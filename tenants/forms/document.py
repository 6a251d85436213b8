"""A paper that no regulation draws, such as a panel's minutes: facts, sections, and room for signatures.

One that is sent to somebody begins as a 函 does, with room for what the document system gives: date and number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tenants.forms.sheet import TEMPLATES, Imprint, Sheet, frame, plain

_TEMPLATE = "document_1.typ"
_DIGITS = "一二三四五六七八九十"
_DATE, _NUMBER = "發文日期：中華民國　　　年　　　月　　　日", "發文字號：　　　　　　字第　　　　　　　　　　號"


@dataclass(frozen=True, kw_only=True)
class Section:
    """Paragraphs, and beneath them a table where `head` names its columns; `heading` may be empty."""

    heading: str = ""
    paragraphs: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)


def document_sheet(
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    sections: Sequence[Section],
    signing: Sequence[str],
    imprint: Imprint,
    sent_to: str = "",
    marks: Sequence[str] = (),
) -> Sheet:
    """The paper as a sheet to typeset. `signing` are whose signatures it has room for, with ink.

    With `sent_to` it is a letter to that person (文書處理手冊, 函), with `marks` beneath its number.
    """
    data = frame(title=title, imprint=imprint) | {
        "sender": imprint.institution if sent_to else "",
        "opening": [f"受文者：{plain(sent_to)}", _DATE, _NUMBER, *marks] if sent_to else [],
        "facts": [[name, plain(value)] for name, value in facts],
        "sections": [
            {
                "heading": each.heading,
                "paragraphs": [plain(words) for words in each.paragraphs],
                "head": list(each.head),
                "rows": [[plain(cell) for cell in row] for row in each.rows],
            }
            for each in sections
        ],
        "signing": list(signing),
    }
    return Sheet(template=TEMPLATES / _TEMPLATE, data=data, at=imprint.printed_at)


def numbered(items: Sequence[str]) -> list[str]:
    """說明 or 辦法, item by item, as a document system numbers them."""
    return [f"{numeral(place)}、{each}" for place, each in enumerate(items, 1)]


def numeral(number: int) -> str:
    """一, 十, 十一, 二十一: how the items of an official document are numbered, from 1 to 99."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[number - 1]
    return f"{_DIGITS[tens - 1] if tens > 1 else ''}十{_DIGITS[ones - 1] if ones else ''}"
