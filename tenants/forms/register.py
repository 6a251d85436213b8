"""調閱登記簿 (KH-A2-*): 附件2, and its columns under the school's name where a regulation prints none (TY-5-4b).

Title and clock time have no column of their own on the form; the article wants them, so they stand within 調閱單位 and
beneath the date (KH-7-3). Number, volume and page stand outside the frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from infra import clock
from tenants.forms.sheet import TEMPLATES, Imprint, Sheet, day_parts, frame, plain, written, written_span
from tenants.forms.wording import RegisterWording
from tenants.roc_dates import format_time

_DAY = ("年", "月", "日")
_VIEWED, _COPIED, _LATE = "調閱", "複製", "補登"
_MARGIN = "編號、註記"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who was shown the footage. The article asks for the name, so a sealed case's line has it (KH-7-3)."""

    name: str
    unit: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Footage:
    """What was seen of one camera, as it was and not as it was asked (KH-A2-05)."""

    camera: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """One line. `people`: everybody who was there (KH-A2-03); `late_entry`: the number of a paper entered later (補登).

    `marks` stand beneath the number, beside the frame: which line this one corrects, or which corrects it.
    Raises `ValueError` when nothing was done, or nobody was there.
    """

    number: int
    accessed_from: datetime
    accessed_until: datetime
    people: tuple[Person, ...]
    footage: tuple[Footage, ...]
    summary: str
    operator: str
    viewed: bool
    copied: bool
    late_entry: str = ""
    marks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a line that would say nothing."""
        if not (self.viewed or self.copied):
            raise ValueError(f"line {self.number} neither viewed nor copied")
        if not self.people:
            raise ValueError(f"line {self.number} names nobody")


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A number of the same volume whose line stands on the form of another regulation; `place` is whose register."""

    number: int
    place: str


@dataclass(frozen=True, kw_only=True)
class Volume:
    """Which book: `name` such as 115年, and how many lines it has when printed, which says how many pages."""

    name: str
    lines: int


def register_sheet(
    wording: RegisterWording,
    rows: Sequence[RegisterRow | Elsewhere],
    *,
    volume: Volume,
    institution: str,
    short_name: str,
    imprint: Imprint,
) -> Sheet:
    """Pages of the register, or one blank page when `rows` is empty. A line's place follows from its number.

    Raises `ValueError` unless the lines follow on one another without a hole, from the first of a page to no more than
    the volume has.
    """
    _check_numbers(rows, wording.rows, volume)
    first = (rows[0].number - 1) // wording.rows if rows else 0
    pages = [
        {
            "number": _page_number(volume, first + index + 1, wording.rows) if rows else _page_number(),
            "lines": [_line(row, wording) for row in rows[start : start + wording.rows]],
        }
        for index, start in enumerate(range(0, max(len(rows), 1), wording.rows))
    ]
    data = frame(title=wording.title.format(short_name=short_name), imprint=imprint) | {
        "annex": wording.annex,
        "annex_place": wording.annex_place,
        "institution": institution,
        "columns": wording.columns,
        "notes_title": wording.notes_title,
        "notes": wording.notes,
        "lines_per_page": wording.rows,
        "units": _DAY,
        "handling": [_VIEWED, _COPIED],
        "pages": pages,
    }
    return Sheet(template=TEMPLATES / wording.template, data=data, at=imprint.printed_at)


def _check_numbers(rows: Sequence[RegisterRow | Elsewhere], per_page: int, volume: Volume) -> None:
    if rows and rows[0].number % per_page != 1:
        raise ValueError(f"line {rows[0].number} is not the first of a page")
    if rows and rows[-1].number > volume.lines:
        raise ValueError(f"line {rows[-1].number} is beyond the volume's {volume.lines}")
    for before, after in pairwise(rows):
        if after.number != before.number + 1:
            raise ValueError(f"line {after.number} follows line {before.number}")


def _page_number(volume: Volume | None = None, page: int = 0, per_page: int = 1) -> str:
    """Outside the frame; with room for a pen on a blank form."""
    if volume is None:
        return "冊次：　　　　第　　頁／共　　頁"
    return f"冊次：{volume.name}　第{page}頁／共{-(-volume.lines // per_page)}頁"


def _line(row: RegisterRow | Elsewhere, wording: RegisterWording) -> dict[str, Any]:
    """Every text of a line beside the name it bears on a continuation sheet, in the template's order."""
    if isinstance(row, Elsewhere):
        texts = ["", "", "", f"本號載於{plain(row.place)}的登記簿", "", str(row.number), ""]
        names = [f"第{row.number}號"] * len(texts)
        return {"texts": texts, "names": names, "date": [""] * len(_DAY), "ticks": [False, False]}
    return _written_line(row, wording)


def _written_line(row: RegisterRow, wording: RegisterWording) -> dict[str, Any]:
    date, applicant, unit, footage, summary, operator, _ = ("".join(column) for column in wording.columns)
    texts = {
        applicant: "\n".join(person.name for person in row.people),
        unit: "\n".join(dict.fromkeys(f"{person.unit} {person.title}".strip() for person in row.people)),
        footage: "\n".join(f"{written_span(seen.start, seen.end)} {seen.camera}" for seen in row.footage),
        summary: plain(row.summary),
        operator: row.operator,
        _MARGIN: "\n".join([str(row.number), *([_LATE, row.late_entry] if row.late_entry else []), *row.marks]),
        date: _hours(row.accessed_from, row.accessed_until),
    }
    return {
        "texts": list(texts.values()),
        "names": [f"第{row.number}號　{name}" for name in texts],
        "date": day_parts(clock.civil_day(row.accessed_from)),
        "ticks": [row.viewed, row.copied],
    }


def _hours(start: datetime, end: datetime) -> str:
    """`16:30–16:52`, and the day of the end where it is another."""
    same_day = clock.civil_day(start) == clock.civil_day(end)
    return f"{format_time(start)}–{format_time(end) if same_day else written(end)}"
