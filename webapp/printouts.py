"""A sheet or a document as the answer to a request, named so that no file name tells whom it is about (DR-22)."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from flask import Response, jsonify

from infra import spreadsheets
from infra.spreadsheets import Row
from infra.typesetting import MissingGlyph, typeset
from tenants.errors import Invalid
from tenants.forms import Sheet
from webapp.file_names import disposition


def pdf(sheet: Sheet, *, name: str) -> Response:
    """The PDF, to be looked at and printed. Raises `Invalid` with the characters that no font has (DR-23)."""
    return file(made(sheet), media_type="application/pdf", name=f"{name}.pdf", shown=True)


def made(sheet: Sheet) -> bytes:
    """The PDF itself. Raises as `pdf`."""
    try:
        return typeset(sheet.template, sheet.data, at=sheet.at)
    except MissingGlyph as missing:
        named = "、".join(f"{each}（U+{ord(each):04X}）" for each in missing.characters)
        raise Invalid(
            f"有無法列印的字：{named}。請更正這個字後再列印；確為罕用字時，請列印空白表單以手寫。", code="missing_glyph"
        ) from missing


def file(content: bytes, *, media_type: str, name: str, shown: bool = False) -> Response:
    """A file of ours under a Chinese name."""
    answer = Response(content, HTTPStatus.OK, content_type=media_type)
    stem, _, ending = name.rpartition(".")
    answer.headers["Content-Disposition"] = disposition(stem, ending, shown=shown)
    return answer


def spreadsheet(rows: Iterable[Row], *, ending: str, name: str, sheet: str) -> Response:
    """Rows as `csv`, or else as `ods` with one `sheet`; none of the cells is a formula in either (DR-24)."""
    if ending == "csv":
        return file(spreadsheets.as_csv(rows), media_type=spreadsheets.CSV, name=f"{name}.csv")
    return file(spreadsheets.as_ods(rows, sheet=sheet), media_type=spreadsheets.ODS, name=f"{name}.ods")


def document(found: Mapping[str, object], *, name: str) -> Response:
    """A JSON document to be kept, under a plain name."""
    answer = jsonify(found)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.json")
    return answer
