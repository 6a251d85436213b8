"""Rows as files that any spreadsheet opens, CSV and ODS, in which nothing that a person typed can run (DR-24).

A cell that begins with `=`, `+`, `-`, `@`, a tabulator or a line's end is read as a formula by some program, so it gets
an apostrophe before it, in either format: an ODS is often saved as CSV by whoever receives it. Numbers of ours stay
numbers. Characters that XML cannot hold are left out.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

import odswriter

Cell = str | int
Row = Sequence[Cell]

CSV, ODS = "text/csv; charset=utf-8", "application/vnd.oasis.opendocument.spreadsheet"
# Also their full-width forms, which some programs fold before they look.
_DANGEROUS = re.compile(r"^\s*[=+\-@\t\r\n＝＋－＠|%]")
_NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOM = "\ufeff"


def neutral(cell: Cell) -> Cell:
    """The cell as it may stand in a spreadsheet."""
    if isinstance(cell, int):
        return cell
    text = _NOT_IN_XML.sub("", cell)
    return f"'{text}" if _DANGEROUS.match(text) else text


def as_csv(rows: Iterable[Row]) -> bytes:
    """UTF-8 with a byte-order mark, without which Excel in Taiwan reads it as Big5 (RFC 4180)."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows([neutral(cell) for cell in row] for row in rows)
    return (_BOM + made.getvalue()).encode()


def as_ods(rows: Iterable[Row], *, sheet: str) -> bytes:
    """An OpenDocument spreadsheet (ISO/IEC 26300) of one sheet, every text as text and none as a formula."""
    made = io.BytesIO()
    with odswriter.writer(made) as written:
        page = written.new_sheet(sheet)
        for row in rows:
            page.writerow([neutral(cell) for cell in row])
    return made.getvalue()
