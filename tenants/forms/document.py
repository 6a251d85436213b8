"""A paper that no regulation draws, such as a panel's minutes: facts, sections, and room for signatures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tenants.forms.sheet import TEMPLATES, Imprint, Sheet, frame, plain

_TEMPLATE = "document_1.typ"


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
) -> Sheet:
    """The paper as a sheet to typeset. `signing` are whose signatures it has room for, with ink."""
    data = frame(title=title, imprint=imprint) | {
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
