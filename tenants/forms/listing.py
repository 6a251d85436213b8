"""A list on paper, such as the bureau's: what it is of, when it was computed and how, and its rows (DR-24, DR-30)."""

from collections.abc import Sequence

from tenants.forms.sheet import TEMPLATES, Imprint, Sheet, frame, plain

_TEMPLATE = "list_1.typ"
_NARROWEST, _WIDEST = 4, 24
# What a column's width is measured by: what a later row has more of goes on in its next line.
_MEASURED = 200


def listing_sheet(
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    imprint: Imprint,
) -> Sheet:
    """The list as a sheet to typeset, each column as wide as what it holds."""
    data = frame(title=title, imprint=imprint) | {
        "facts": [[name, plain(value)] for name, value in facts],
        "head": list(head),
        "widths": [_width(index, [head, *rows[:_MEASURED]]) for index in range(len(head))],
        "rows": [[plain(cell) for cell in row] for row in rows],
    }
    return Sheet(template=TEMPLATES / _TEMPLATE, data=data, at=imprint.printed_at)


def _width(index: int, rows: Sequence[Sequence[str]]) -> int:
    return min(_WIDEST, max(_NARROWEST, *(len(row[index]) for row in rows)))
